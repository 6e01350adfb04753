package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.node.Attributes;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

/// The provider of the scheme `dax`, found by `FileSystems` through `META-INF/services`.
///
/// A volume is open once, whether by URI or by path; the URI of a file in it is
/// `dax:///path/to/volume!/path/inside`. What `newFileSystem` may be told is in [PoolOptions].
public final class DaxFileSystemProvider extends FileSystemProvider {
    private final Map<String, DaxFileSystem> open = new ConcurrentHashMap<>();

    /// For `ServiceLoader`; [#installed] gives the one that `FileSystems` uses.
    public DaxFileSystemProvider() {
    }

    /// The provider that `FileSystems` and `Path.of(URI)` use.
    public static DaxFileSystemProvider installed() {
        for (FileSystemProvider provider : installedProviders()) {
            if (provider instanceof DaxFileSystemProvider own) {
                return own;
            }
        }
        throw new IllegalStateException("the provider of scheme dax is not on the system class path");
    }

    @Override
    public String getScheme() {
        return DaxUri.SCHEME;
    }

    // Opening

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) throws IOException {
        DaxUri parsed = DaxUri.parse(uri);
        if (!parsed.isRoot()) {
            throw new IllegalArgumentException("expected a volume, not a file in it: " + uri);
        }
        return open(parsed.pool(), PoolOptions.of(environment));
    }

    /// @throws UnsupportedOperationException where the file is no volume, so that another provider may know it
    @Override
    public FileSystem newFileSystem(Path path, Map<String, ?> environment) throws IOException {
        PoolOptions options = PoolOptions.of(environment);
        if (path.getFileSystem() != FileSystems.getDefault() || !options.create() && !Pool.isVolume(path)) {
            throw new UnsupportedOperationException(path + " is not a Stele volume");
        }
        return open(path, options);
    }

    private DaxFileSystem open(Path path, PoolOptions options) throws IOException {
        String location = Pool.location(path);
        requireNotOpen(location);
        try {
            return mountOrClose(Pool.open(path, options), location);
        } catch (VolumeException e) {
            throw Failure.onChannel(e, path.toString());
        }
    }

    /// Two who only read may both open the volume; who comes second must not keep it.
    private DaxFileSystem mountOrClose(Volume volume, String location) {
        try {
            return mount(volume, location);
        } catch (FileSystemAlreadyExistsException e) {
            volume.close();
            throw e;
        }
    }

    private void requireNotOpen(String location) {
        if (open.containsKey(location)) {
            throw new FileSystemAlreadyExistsException(DaxUri.SCHEME + ":" + location);
        }
    }

    /// Makes a file system of a volume that is open already; closing it closes the volume.
    ///
    /// @param name tells it apart from others in URIs: `dax://volume/NAME!/`
    /// @throws FileSystemAlreadyExistsException where one of that name is open
    public DaxFileSystem mount(Volume volume, String name) {
        Objects.requireNonNull(volume);
        String location = name.startsWith("/") ? name : "//volume/" + name;
        DaxFileSystem fileSystem = new DaxFileSystem(this, volume, location);
        if (open.putIfAbsent(location, fileSystem) != null) {
            throw new FileSystemAlreadyExistsException(DaxUri.SCHEME + ":" + location);
        }
        return fileSystem;
    }

    /// Formats a medium and makes a file system of the new volume; closing it closes both, and so does failing here.
    public DaxFileSystem format(Medium medium, String label) throws IOException {
        try {
            return mount(Pool.format(medium, PoolOptions.of(Map.of("label", label))), UUID.randomUUID().toString());
        } catch (VolumeException e) {
            throw Failure.of(e, medium.description(), null);
        }
    }

    void forget(DaxFileSystem fileSystem) {
        open.remove(fileSystem.location(), fileSystem);
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        DaxUri parsed = DaxUri.parse(uri);
        return find(parsed);
    }

    @Override
    public Path getPath(URI uri) {
        DaxUri parsed = DaxUri.parse(uri);
        return parsed.in(find(parsed));
    }

    private DaxFileSystem find(DaxUri uri) {
        DaxFileSystem found = open.get(uri.location());
        if (found == null && !uri.location().startsWith("//")) {
            found = open.get(Pool.location(uri.pool()));
        }
        if (found == null) {
            throw new FileSystemNotFoundException("no open volume at " + DaxUri.SCHEME + ":" + uri.location());
        }
        return found;
    }

    // Channels and streams

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        DaxPath file = DaxPath.of(path);
        Options.Open how = Options.Open.of(options);
        return new DaxFileChannel(openFile(file, how, attributes), how);
    }

    @Override
    public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options,
            FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
        for (OpenOption option : options) {
            if (option == StandardOpenOption.WRITE || option == StandardOpenOption.APPEND) {
                throw new UnsupportedOperationException("'" + option + "' not allowed");
            }
        }
        return Channels.newInputStream(channelOfStream(path, new HashSet<>(Arrays.asList(options))));
    }

    @Override
    public OutputStream newOutputStream(Path path, OpenOption... options) throws IOException {
        Set<OpenOption> all = new HashSet<>(Arrays.asList(options));
        if (all.contains(StandardOpenOption.READ)) {
            throw new IllegalArgumentException("READ not allowed");
        }
        if (all.isEmpty()) {
            all.add(StandardOpenOption.CREATE);
            all.add(StandardOpenOption.TRUNCATE_EXISTING);
        }
        all.add(StandardOpenOption.WRITE);
        return Channels.newOutputStream(channelOfStream(path, all));
    }

    /// A thread that is told to end by an interrupt must still be able to read and write its files: as in the JDK's
    /// provider, an interrupt closes channels and leaves streams alone.
    private static FileChannel channelOfStream(Path path, Set<OpenOption> options) throws IOException {
        Options.Open how = Options.Open.of(options);
        how.uninterruptible = true;
        return new DaxFileChannel(openFile(DaxPath.of(path), how), how);
    }

    @Override
    public AsynchronousFileChannel newAsynchronousFileChannel(Path path, Set<? extends OpenOption> options,
            ExecutorService executor, FileAttribute<?>... attributes) throws IOException {
        DaxPath file = DaxPath.of(path);
        Options.Open how = Options.Open.ofAsynchronous(options);
        return new DaxAsynchronousFileChannel(openFile(file, how, attributes), how, executor);
    }

    private static OpenFile openFile(DaxPath file, Options.Open how, FileAttribute<?>... attributes)
            throws IOException {
        int permissions = Permissions.bits(Permissions.NEW_FILE, attributes);
        DaxFileSystem fileSystem = file.getFileSystem();
        return fileSystem.call(file, null,
                volume -> OpenFile.open(fileSystem, volume.root(), file, how, permissions));
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        return DaxDirectoryStream.open(DaxPath.of(path), Objects.requireNonNull(filter));
    }

    // Names

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
        DaxPath directory = DaxPath.of(path);
        int permissions = Permissions.bits(Permissions.NEW_DIRECTORY, attributes);
        directory.getFileSystem().call(directory, null,
                volume -> directory.getFileSystem().tree().mkdir(volume.root(), directory, permissions));
    }

    @Override
    public void createSymbolicLink(Path path, Path targetPath, FileAttribute<?>... attributes) throws IOException {
        DaxPath link = DaxPath.of(path);
        DaxPath target = DaxPath.of(targetPath);
        if (attributes.length > 0) {
            throw new UnsupportedOperationException(
                    "Initial file attributes not supported when creating symbolic link");
        }
        link.getFileSystem().call(link, null,
                volume -> link.getFileSystem().tree().symlink(volume.root(), link, target.bytes()));
    }

    @Override
    public void createLink(Path path, Path existingPath) throws IOException {
        DaxPath link = DaxPath.of(path);
        DaxPath existing = DaxPath.of(existingPath);
        link.getFileSystem().call(link, existing, volume -> {
            if (existing.getFileSystem() != link.getFileSystem()) {
                throw new VolumeException(Errno.EXDEV);
            }
            link.getFileSystem().tree().link(volume.root(), existing, link);
            return null;
        });
    }

    @Override
    public Path readSymbolicLink(Path path) throws IOException {
        DaxPath link = DaxPath.of(path);
        DaxFileSystem fileSystem = link.getFileSystem();
        return new Subject(fileSystem, null, link, false).call((volume, inode) -> {
            try {
                return DaxPath.ofBytes(fileSystem, volume.readlink(inode));
            } catch (VolumeException e) {
                if (e.errno() == Errno.EINVAL) {
                    throw new NotLinkException(link.toString());
                }
                throw e;
            }
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        DaxPath.of(path).getFileSystem().delete(DaxPath.of(path), true);
    }

    @Override
    public boolean deleteIfExists(Path path) throws IOException {
        return DaxPath.of(path).getFileSystem().delete(DaxPath.of(path), false);
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        new Copier(DaxPath.of(source), DaxPath.of(target), Options.Copy.ofCopy(options)).copy();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        new Copier(DaxPath.of(source), DaxPath.of(target), Options.Copy.ofMove(options)).move();
    }

    // Attributes

    private static Subject subject(Path path, LinkOption... options) {
        DaxPath file = DaxPath.of(path);
        return new Subject(file.getFileSystem(), null, file, Options.followLinks(options));
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return Views.of(type, subject(path, options));
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        A attributes = readAttributesIfExists(path, type, options);
        if (attributes == null) {
            throw new NoSuchFileException(path.toString());
        }
        return attributes;
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributesIfExists(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        DaxPath file = DaxPath.of(path);
        if (Objects.requireNonNull(type) != BasicFileAttributes.class && type != PosixFileAttributes.class) {
            throw new UnsupportedOperationException();
        }
        DaxFileSystem fileSystem = file.getFileSystem();
        Attributes raw = new Attributes();
        return fileSystem.attributes(file, Options.followLinks(options), raw)
                ? type.cast(new DaxAttributes(raw, fileSystem.device()))
                : null;
    }

    @Override
    public boolean exists(Path path, LinkOption... options) {
        DaxPath file = DaxPath.of(path);
        try {
            return file.getFileSystem().attributes(file, Options.followLinks(options), new Attributes());
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
            throws IOException {
        Subject subject = subject(path, options);
        return Views.of(viewName(attributes), subject).read(attributeName(attributes).split(","));
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        Subject subject = subject(path, options);
        Views.of(viewName(attribute), subject).set(attributeName(attribute), value);
    }

    private static String viewName(String attribute) {
        int colon = attribute.indexOf(':');
        if (colon == 0) {
            throw new IllegalArgumentException(attribute);
        }
        return colon < 0 ? "basic" : attribute.substring(0, colon);
    }

    private static String attributeName(String attribute) {
        return attribute.substring(attribute.indexOf(':') + 1);
    }

    // Questions

    /// Permissions are kept and not enforced: as for the superuser, everything may be read and written, and executed
    /// where somebody may.
    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        DaxPath file = DaxPath.of(path);
        DaxAttributes attributes = new Subject(file.getFileSystem(), null, file, true).attributes();
        for (AccessMode mode : modes) {
            if (mode == AccessMode.WRITE && file.getFileSystem().isReadOnly()) {
                throw new FileSystemException(file.toString(), null, Errno.EROFS.meaning());
            }
            if (mode == AccessMode.EXECUTE && !attributes.isDirectory()
                    && (attributes.raw().permissions() & 0111) == 0) {
                throw new AccessDeniedException(file.toString());
            }
        }
    }

    private static DaxAttributes identify(DaxPath file) throws IOException {
        return new Subject(file.getFileSystem(), null, file, true).attributesInDirectory();
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        DaxPath file = DaxPath.of(path);
        if (file.equals(Objects.requireNonNull(other))) {
            return true;
        }
        return other instanceof DaxPath that && identify(file).isSameFile(identify(that));
    }

    @Override
    public boolean isHidden(Path path) {
        DaxPath name = DaxPath.of(path).getFileName();
        return name != null && !name.isEmpty() && name.bytes()[0] == '.';
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        DaxPath file = DaxPath.of(path);
        identify(file);
        return file.getFileSystem().store();
    }
}
