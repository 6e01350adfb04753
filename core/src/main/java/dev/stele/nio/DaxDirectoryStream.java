package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.FileType;
import dev.stele.node.Listing;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;

/// An open directory: lists it, and is where relative paths start, whatever happens to the directory's name.
final class DaxDirectoryStream implements SecureDirectoryStream<Path> {
    private final DaxPath path;
    private final OpenFile directory;
    private final DirectoryStream.Filter<? super Path> filter;
    private boolean iterated;

    private DaxDirectoryStream(DaxPath path, OpenFile directory, DirectoryStream.Filter<? super Path> filter) {
        this.path = path;
        this.directory = directory;
        this.filter = filter;
    }

    static DaxDirectoryStream open(DaxPath path, DirectoryStream.Filter<? super Path> filter) throws IOException {
        DaxFileSystem fileSystem = path.getFileSystem();
        return fileSystem.call(path, null,
                volume -> open(fileSystem, volume.root(), path, path, true, filter));
    }

    /// @param where the path to open, from `start`
    /// @param path what the entries are resolved against
    private static DaxDirectoryStream open(DaxFileSystem fileSystem, long start, DaxPath where, DaxPath path,
            boolean followLinks, DirectoryStream.Filter<? super Path> filter) throws IOException {
        OpenFile file = openAny(fileSystem, start, where, followLinks);
        if (file.type() != FileType.DIRECTORY) {
            file.release();
            if (file.type() == FileType.SYMLINK) {
                throw new VolumeException(Errno.ELOOP);
            }
            throw new NotDirectoryException(where.toString());
        }
        DaxDirectoryStream stream = new DaxDirectoryStream(path, file, filter);
        file.ownedBy(stream);
        return stream;
    }

    private static OpenFile openAny(DaxFileSystem fileSystem, long start, DaxPath where, boolean followLinks)
            throws NotDirectoryException {
        try {
            return OpenFile.existing(fileSystem, start, where, followLinks);
        } catch (VolumeException e) {
            if (e.errno() == Errno.ENOTDIR) {
                throw new NotDirectoryException(where.toString());
            }
            throw e;
        }
    }

    /// Runs with the directory as the start of relative paths.
    ///
    /// @throws ClosedDirectoryStreamException if this stream is closed
    <T> T call(DaxPath file, DaxPath other, Subject.Operation<T> operation) throws IOException {
        int ticket = directory.gate().enter();
        if (ticket < 0) {
            throw new ClosedDirectoryStreamException();
        }
        try {
            return operation.run(directory.volume(), directory.inode());
        } catch (VolumeException e) {
            throw Failure.of(e, file, other);
        } catch (InternalError fault) {
            throw Failure.of(Failure.lost(fault), file, other);
        } finally {
            directory.gate().leave(ticket);
        }
    }

    @Override
    public Iterator<Path> iterator() {
        if (directory.gate().isClosed()) {
            throw new IllegalStateException("Directory stream is closed");
        }
        synchronized (this) {
            if (iterated) {
                throw new IllegalStateException("Iterator already obtained");
            }
            iterated = true;
        }
        return new Entries();
    }

    @Override
    public void close() {
        directory.release();
    }

    @Override
    public SecureDirectoryStream<Path> newDirectoryStream(Path path, LinkOption... options) throws IOException {
        DaxPath where = DaxPath.of(path);
        boolean followLinks = Options.followLinks(options);
        return call(where, null, (volume, start) ->
                open(directory.fileSystem(), start, where, this.path.resolve(where), followLinks, null));
    }

    @Override
    public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options,
            FileAttribute<?>... attributes) throws IOException {
        DaxPath where = DaxPath.of(path);
        Options.Open how = Options.Open.of(options);
        int permissions = Permissions.bits(Permissions.NEW_FILE, attributes);
        FileChannel channel = call(where, null, (volume, start) ->
                new DaxFileChannel(OpenFile.open(directory.fileSystem(), start, where, how, permissions), how));
        return channel;
    }

    @Override
    public void deleteFile(Path path) throws IOException {
        DaxPath file = DaxPath.of(path);
        call(file, null, (volume, start) -> {
            directory.fileSystem().tree().unlink(start, file);
            return null;
        });
    }

    @Override
    public void deleteDirectory(Path path) throws IOException {
        DaxPath file = DaxPath.of(path);
        call(file, null, (volume, start) -> {
            try {
                directory.fileSystem().tree().rmdir(start, file);
            } catch (VolumeException e) {
                if (e.errno() == Errno.ENOTEMPTY) {
                    throw new DirectoryNotEmptyException(file.toString());
                }
                throw e;
            }
            return null;
        });
    }

    @Override
    public void move(Path sourcePath, SecureDirectoryStream<Path> targetDirectory, Path targetPath) throws IOException {
        DaxPath source = DaxPath.of(sourcePath);
        DaxPath target = DaxPath.of(targetPath);
        if (!(Objects.requireNonNull(targetDirectory) instanceof DaxDirectoryStream that)
                || that.directory.fileSystem() != directory.fileSystem()) {
            throw new ProviderMismatchException();
        }
        call(source, target, (volume, from) -> that.call(source, target, (sameVolume, to) -> {
            directory.fileSystem().tree().rename(from, source, to, target);
            return null;
        }));
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Class<V> type) {
        return view(type, null, true);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return view(type, DaxPath.of(path), Options.followLinks(options));
    }

    private <V extends FileAttributeView> V view(Class<V> type, DaxPath file, boolean followLinks) {
        Subject subject = new Subject(directory.fileSystem(), this, file, followLinks);
        return Views.of(type, subject);
    }

    /// The entries, fetched a block of the directory at a time; each fetch goes on behind the cookie where the last one
    /// ended. For one thread, as iterators are.
    private final class Entries implements Iterator<Path> {
        private final Listing fetched = new Listing();
        private int taken;
        private long cookie;
        private boolean exhausted;
        private Path next;

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = find();
            }
            return next != null;
        }

        @Override
        public Path next() {
            Path found = next == null ? find() : next;
            if (found == null) {
                throw new NoSuchElementException();
            }
            next = null;
            return found;
        }

        private Path find() {
            try {
                for (;;) {
                    if (taken == fetched.count() && !fetch()) {
                        return null;
                    }
                    Path entry = path.child(fetched, taken++);
                    // The filter is the caller's: it must not run inside the gate, or it could not close the stream.
                    if (filter == null || filter.accept(entry)) {
                        return entry;
                    }
                }
            } catch (IOException e) {
                throw new DirectoryIteratorException(e);
            }
        }

        /// A stream closed in between ends early, as if the directory did.
        private boolean fetch() throws IOException {
            taken = 0;
            do {
                fetched.clear();
                if (exhausted || directory.gate().isClosed()) {
                    return false;
                }
                exhausted = true;
                try {
                    call(path, null, (volume, inode) -> {
                        volume.list(inode, cookie, fetched);
                        return null;
                    });
                } catch (ClosedDirectoryStreamException e) {
                    return false;
                }
                exhausted = !fetched.more();
                cookie = fetched.nextCookie();
            } while (fetched.count() == 0);
            return true;
        }
    }
}
