package dev.stele.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.h2.store.fs.FilePath;

/// H2's layer of files over the paths of any file system: H2's own knows only the default one. All contenders go
/// through this.
final class H2Path extends FilePath {
    private final String scheme;
    private final FileSystem fileSystem;

    /// @param scheme under which H2 finds it again, once it is registered
    H2Path(String scheme, FileSystem fileSystem, String path) {
        this.scheme = scheme;
        this.fileSystem = fileSystem;
        this.name = scheme + ":" + path;
    }

    private Path path() {
        return fileSystem.getPath(name.substring(scheme.length() + 1));
    }

    private H2Path of(Path path) {
        return new H2Path(scheme, fileSystem, path.toString());
    }

    private interface Step<T> {
        T go() throws IOException;
    }

    private static <T> T unchecked(Step<T> step) {
        try {
            return step.go();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public String getScheme() {
        return scheme;
    }

    @Override
    public FilePath getPath(String path) {
        String prefix = scheme + ":";
        return new H2Path(scheme, fileSystem, path.startsWith(prefix) ? path.substring(prefix.length()) : path);
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        return mode.equals("r") ? FileChannel.open(path(), StandardOpenOption.READ)
                : FileChannel.open(path(), StandardOpenOption.CREATE, StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
    }

    @Override
    public long size() {
        return unchecked(() -> Files.size(path()));
    }

    @Override
    public void moveTo(FilePath target, boolean isAtomic) {
        Path to = ((H2Path) target).path();
        unchecked(() -> isAtomic ? Files.move(path(), to, StandardCopyOption.ATOMIC_MOVE) : Files.move(path(), to));
    }

    @Override
    public boolean createFile() {
        return !exists() && unchecked(() -> Files.createFile(path())) != null;
    }

    @Override
    public boolean exists() {
        return Files.exists(path());
    }

    @Override
    public void delete() {
        unchecked(() -> Files.deleteIfExists(path()));
    }

    @Override
    public List<FilePath> newDirectoryStream() {
        try (Stream<Path> files = unchecked(() -> Files.list(path()))) {
            return files.<FilePath>map(this::of).toList();
        }
    }

    @Override
    public FilePath toRealPath() {
        return of(path().toAbsolutePath());
    }

    @Override
    public FilePath getParent() {
        Path parent = path().getParent();
        return parent == null ? null : of(parent);
    }

    @Override
    public boolean isDirectory() {
        return Files.isDirectory(path());
    }

    @Override
    public boolean isRegularFile() {
        return Files.isRegularFile(path());
    }

    @Override
    public boolean isAbsolute() {
        return path().isAbsolute();
    }

    @Override
    public long lastModified() {
        return unchecked(() -> Files.getLastModifiedTime(path()).toMillis());
    }

    @Override
    public boolean canWrite() {
        return Files.isWritable(path());
    }

    @Override
    public void createDirectory() {
        unchecked(() -> Files.createDirectory(path()));
    }

    /// Nobody here asks for it.
    @Override
    public boolean setReadOnly() {
        return false;
    }
}
