package dev.stele.api;

import dev.stele.error.VolumeException;
import dev.stele.medium.MemoryMedium;
import dev.stele.nio.DaxFileSystem;
import dev.stele.nio.DaxFileSystemProvider;
import dev.stele.volume.SyncErrors;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/// An open volume.
///
/// One process has a volume at a time. Everything here may be called from any thread. Closing it closes its files; what
/// was durable stays, and so, after an orderly close, does everything else.
public final class Stele implements Closeable {
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final Set<OpenOption> READ_WRITE_CREATE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);

    private final DaxFileSystem fileSystem;
    /// What this handle of the volume has been told.
    private final SyncErrors syncErrors;

    Stele(FileSystem fileSystem) {
        this.fileSystem = (DaxFileSystem) fileSystem;
        this.syncErrors = this.fileSystem.volume().errors();
    }

    /// Opens the volume in a file or device, recovering it first if it was not closed.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is no such file
    /// @throws UnsupportedOperationException if the file is no volume
    /// @throws java.nio.file.FileSystemAlreadyExistsException if this process has it open
    /// @throws FileSystemException if another process has it open, or the medium or the volume cannot be opened; the
    ///     reason says why
    public static Stele open(Path volume) throws IOException {
        return open(volume, SteleOptions.DEFAULT);
    }

    /// See [#open(Path)].
    public static Stele open(Path volume, SteleOptions options) throws IOException {
        return newFileSystem(volume, options.toEnvironment());
    }

    /// Makes a file with an empty volume in it, and opens that.
    ///
    /// @param sizeBytes a multiple of 4096, at least 1 MiB
    /// @throws java.nio.file.FileAlreadyExistsException if the file exists
    public static Stele create(Path volume, long sizeBytes) throws IOException {
        return create(volume, sizeBytes, SteleOptions.DEFAULT);
    }

    /// See [#create(Path, long)].
    public static Stele create(Path volume, long sizeBytes, SteleOptions options) throws IOException {
        Map<String, Object> environment = options.toEnvironment();
        environment.put("create", true);
        environment.put("size", sizeBytes);
        return newFileSystem(volume, environment);
    }

    private static Stele newFileSystem(Path volume, Map<String, ?> environment) throws IOException {
        return new Stele(DaxFileSystemProvider.installed().newFileSystem(volume, environment));
    }

    /// Makes a volume in memory of this process; it is gone when it is closed.
    ///
    /// @param sizeBytes a multiple of 4096, at least 1 MiB
    public static Stele inMemory(long sizeBytes) throws IOException {
        try {
            return new Stele(DaxFileSystemProvider.installed().format(MemoryMedium.create(sizeBytes), ""));
        } catch (VolumeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// The volume that an open file system of the scheme `dax` stands on.
    ///
    /// @throws IllegalArgumentException if it is another kind of file system
    public static Stele of(FileSystem fileSystem) {
        if (!(fileSystem instanceof DaxFileSystem)) {
            throw new IllegalArgumentException(fileSystem + " is not on a Stele volume");
        }
        return new Stele(fileSystem);
    }

    /// The volume for `java.nio.file.Files` and whoever takes a `Path`. Closing either closes both.
    public FileSystem fileSystem() {
        return fileSystem;
    }

    /// A path in this volume.
    public Path path(String first, String... more) {
        return fileSystem.getPath(first, more);
    }

    /// Opens a file for reading and writing, creating it where there is none; of a volume that is read-only, for
    /// reading.
    public DaxFile file(String path) throws IOException {
        return open(path, fileSystem.isReadOnly() ? READ : READ_WRITE_CREATE);
    }

    /// Opens a file.
    ///
    /// @param options as for `FileChannel.open`: `StandardOpenOption`, `LinkOption.NOFOLLOW_LINKS`,
    ///     [dev.stele.nio.DaxOpenOption#ATOMIC]
    public DaxFile file(String path, OpenOption... options) throws IOException {
        return options.length == 0 ? file(path) : open(path, Set.of(options));
    }

    private DaxFile open(String path, Set<OpenOption> options) throws IOException {
        return new DaxFile(fileSystem.openFile(path, options));
    }

    public boolean isReadOnly() {
        return fileSystem.isReadOnly();
    }

    /// Makes durable everything that was stored in any file before the call.
    ///
    /// @throws java.nio.file.ClosedFileSystemException when the volume is closed
    /// @throws FileSystemException where the medium failed, now or in any sync since the last call
    public void sync() throws IOException {
        call(() -> fileSystem.volume().sync(syncErrors));
    }

    /// Makes the volume larger while it is in use.
    ///
    /// @param sizeBytes new size, a multiple of 4096
    /// @throws java.nio.file.ClosedFileSystemException when the volume is closed
    public void grow(long sizeBytes) throws IOException {
        call(() -> fileSystem.volume().grow(sizeBytes));
    }

    private void call(Runnable operation) throws IOException {
        try {
            fileSystem.whileOpen(operation);
        } catch (VolumeException e) {
            throw new FileSystemException(fileSystem.toString(), null, e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        fileSystem.close();
    }

    /// The URI of its root, less the `!/`.
    @Override
    public String toString() {
        return fileSystem.toString();
    }
}
