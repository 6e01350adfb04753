package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// An open volume as a file system. One root, `/`, which is also where relative paths start.
///
/// Closing it closes every channel, stream and watch service on it, waits for operations under way, and closes the
/// volume; whatever is called afterwards throws `ClosedFileSystemException`.
public final class DaxFileSystem extends FileSystem {
    private final DaxFileSystemProvider provider;
    private final Volume volume;
    private final String location;
    private final long device;
    private final Resolver resolver;
    private final Tree tree;
    private final DaxPath root;
    private final DaxPath emptyPath;
    private final DaxFileStore store;
    private final Gate gate = Gate.ofFileSystem();
    private final Watches watches = new Watches();
    private final FileLocks locks = new FileLocks();
    private final OpenFiles files = new OpenFiles();
    private final Set<DaxWatchService> watchServices = ConcurrentHashMap.newKeySet();

    DaxFileSystem(DaxFileSystemProvider provider, Volume volume, String location) {
        this.provider = provider;
        this.volume = volume;
        this.location = location;
        this.device = (volume.uuid().getMostSignificantBits() ^ volume.uuid().getLeastSignificantBits()) >>> 1;
        this.resolver = new Resolver(volume);
        this.tree = new Tree(volume, resolver, watches);
        this.root = DaxPath.of(this, "/");
        this.emptyPath = DaxPath.of(this, "");
        this.store = new DaxFileStore(this);
    }

    // For the package

    Resolver resolver() {
        return resolver;
    }

    Tree tree() {
        return tree;
    }

    Watches watches() {
        return watches;
    }

    FileLocks locks() {
        return locks;
    }

    OpenFiles files() {
        return files;
    }

    DaxPath root() {
        return root;
    }

    DaxPath emptyPath() {
        return emptyPath;
    }

    /// Number of the volume, as `st_dev`: made of its UUID, never negative.
    long device() {
        return device;
    }

    /// Where the volume is, as its URI has it.
    String location() {
        return location;
    }

    interface Operation<T> {
        T run(Volume volume) throws IOException;
    }

    int enter() {
        int ticket = gate.enter();
        if (ticket < 0) {
            throw new ClosedFileSystemException();
        }
        return ticket;
    }

    void leave(int ticket) {
        gate.leave(ticket);
    }

    /// Runs while the volume is open, and names the files in what goes wrong.
    ///
    /// @param file the first path the caller named, or null
    /// @param other the second, or null
    <T> T call(DaxPath file, DaxPath other, Operation<T> operation) throws IOException {
        int ticket = enter();
        try {
            return operation.run(volume);
        } catch (VolumeException e) {
            throw Failure.of(e, file, other);
        } catch (InternalError fault) {
            throw Failure.of(Failure.lost(fault), file, other);
        } finally {
            leave(ticket);
        }
    }

    /// Reads without throwing for what is merely not there.
    ///
    /// @return false where the file does not exist
    boolean attributes(DaxPath path, boolean followLinks, Attributes into) throws IOException {
        int ticket = enter();
        try {
            return resolver.attributes(volume.root(), path, followLinks, into);
        } catch (VolumeException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ESTALE) {
                return false;
            }
            throw Failure.of(e, path);
        } catch (InternalError fault) {
            throw Failure.of(Failure.lost(fault), path);
        } finally {
            leave(ticket);
        }
    }

    boolean isDirectory(DaxPath path) {
        try {
            Attributes attributes = new Attributes();
            return isOpen() && attributes(path, true, attributes) && attributes.type() == FileType.DIRECTORY;
        } catch (IOException e) {
            return false;
        }
    }

    /// @return false where there was nothing to delete and that is no failure
    boolean delete(DaxPath path, boolean mustExist) throws IOException {
        return call(path, null, open -> {
            try {
                tree.delete(open.root(), path);
                return true;
            } catch (VolumeException e) {
                if (e.errno() == Errno.ENOTEMPTY) {
                    throw new DirectoryNotEmptyException(path.toString());
                }
                if (e.errno() == Errno.ENOENT && !mustExist) {
                    return false;
                }
                throw e;
            }
        });
    }

    // For the direct face

    /// The volume under this file system. Who changes it directly goes past the watch services.
    public Volume volume() {
        return volume;
    }

    /// Runs what concerns the volume as a whole: closing it waits.
    public void whileOpen(Runnable action) {
        int ticket = enter();
        try {
            action.run();
        } finally {
            leave(ticket);
        }
    }

    /// Opens a file for the direct face.
    ///
    /// @throws IOException what opening a channel with these options throws
    public OpenFile openFile(String path, Set<? extends OpenOption> options) throws IOException {
        DaxPath where = DaxPath.of(this, path);
        Options.Open how = Options.Open.of(options);
        return call(where, null, open -> OpenFile.open(this, open.root(), where, how, Permissions.NEW_FILE));
    }

    // FileSystem

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() throws IOException {
        synchronized (gate) {
            if (gate.isClosed()) {
                return;
            }
            gate.close();
        }
        try {
            closeEverything();
        } finally {
            try {
                volume.close();
            } catch (VolumeException e) {
                throw Failure.onChannel(e, location);
            } catch (InternalError fault) {
                throw Failure.onChannel(Failure.lost(fault), location);
            } finally {
                provider.forget(this);
            }
        }
    }

    /// Nothing new can come: whoever opens a file is inside the gate or inside an open directory's.
    private void closeEverything() throws IOException {
        watchServices.forEach(DaxWatchService::close);
        IOException first = null;
        for (List<OpenFile> left = files.all(); !left.isEmpty(); left = files.all()) {
            for (OpenFile file : left) {
                try {
                    // Whether or not it fails, the file is no longer among those that are open.
                    file.closeOwner();
                } catch (IOException | VolumeException e) {
                    first = first == null ? new IOException(file.path() + ": " + e.getMessage(), e) : first;
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    @Override
    public boolean isOpen() {
        return !gate.isClosed();
    }

    @Override
    public boolean isReadOnly() {
        return volume.isReadOnly();
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(root);
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of(store);
    }

    DaxFileStore store() {
        return store;
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Views.NAMES;
    }

    @Override
    public Path getPath(String first, String... more) {
        StringBuilder joined = new StringBuilder(first);
        for (String part : more) {
            if (!part.isEmpty()) {
                joined.append(joined.isEmpty() ? "" : "/").append(part);
            }
        }
        return DaxPath.of(this, joined.toString());
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        int colon = syntaxAndPattern.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("expected 'glob:…' or 'regex:…', got: " + syntaxAndPattern);
        }
        String syntax = syntaxAndPattern.substring(0, colon);
        String input = syntaxAndPattern.substring(colon + 1);
        Pattern pattern;
        if (syntax.equalsIgnoreCase("glob")) {
            pattern = Globs.compile(input);
        } else if (syntax.equalsIgnoreCase("regex")) {
            pattern = Pattern.compile(input);
        } else {
            throw new UnsupportedOperationException("Syntax '" + syntax + "' not recognized");
        }
        return path -> pattern.matcher(Objects.requireNonNull(path).toString()).matches();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return Principals.INSTANCE;
    }

    @Override
    public WatchService newWatchService() {
        int ticket = enter();
        try {
            DaxWatchService service = new DaxWatchService(this);
            watchServices.add(service);
            return service;
        } finally {
            leave(ticket);
        }
    }

    void forget(DaxWatchService service) {
        watchServices.remove(service);
    }

    @Override
    public String toString() {
        return DaxUri.SCHEME + ":" + location;
    }
}
