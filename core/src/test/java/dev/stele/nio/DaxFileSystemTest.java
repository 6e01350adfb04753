package dev.stele.nio;

import static dev.stele.nio.Home.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessMode;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is ours alone: opening and closing, URIs, names that are no text, several volumes at once, and where we do more
/// than the JDK's provider.
@Timeout(300)
class DaxFileSystemTest {
    private static final long SIZE_BYTES = 16L << 20;

    @TempDir
    Path temporary;

    private static DaxFileSystem memory() throws IOException {
        return DaxFileSystemProvider.installed().format(MemoryMedium.create(SIZE_BYTES), "test");
    }

    private Path pool() {
        return temporary.resolve("a pool!.stele");
    }

    /// By URI: asked by path, the JDK's provider of zip files comes first, and takes `create` for itself.
    private FileSystem create() throws IOException {
        return FileSystems.newFileSystem(uri(), Map.of("create", true, "size", SIZE_BYTES, "label", "mine"));
    }

    private URI uri() throws IOException {
        return URI.create("dax://" + DaxUri.location(temporary.toRealPath().resolve(pool().getFileName())));
    }

    // Opening and closing

    @Test
    void keepsWhatWasWritten() throws IOException {
        try (FileSystem fileSystem = create()) {
            Files.createDirectories(fileSystem.getPath("/a/b"));
            Files.write(fileSystem.getPath("/a/b/file"), bytes(100_000));
        }
        try (FileSystem fileSystem = FileSystems.newFileSystem(pool())) {
            assertArrayEquals(bytes(100_000), Files.readAllBytes(fileSystem.getPath("/a/b/file")));
            assertEquals("mine", Files.getFileStore(fileSystem.getPath("/")).getAttribute("label"));
        }
    }

    @Test
    void opensByUri() throws IOException {
        create().close();
        URI uri = uri();
        assertThrows(FileSystemNotFoundException.class, () -> FileSystems.getFileSystem(uri));
        assertThrows(FileSystemNotFoundException.class, () -> Path.of(URI.create(uri + "!/file")));
        try (FileSystem fileSystem = FileSystems.newFileSystem(uri, Map.of())) {
            assertSame(fileSystem, FileSystems.getFileSystem(uri));
            assertSame(fileSystem, FileSystems.getFileSystem(URI.create(uri + "!/")));
            Path file = Path.of(URI.create(uri + "!/a%20file"));
            assertEquals(fileSystem.getPath("/a file"), file);
            Files.writeString(file, "x");
            assertEquals(uri + "!/a%20file", file.toUri().toString());
            assertThrows(FileSystemAlreadyExistsException.class, () -> FileSystems.newFileSystem(uri, Map.of()));
            assertThrows(FileSystemAlreadyExistsException.class, () -> FileSystems.newFileSystem(pool()));
        }
        assertThrows(FileSystemNotFoundException.class, () -> FileSystems.getFileSystem(uri));
        assertThrows(IllegalArgumentException.class,
                () -> FileSystems.newFileSystem(URI.create(uri + "!/inside"), Map.of()));
    }

    /// Readers share a volume's file, and yet it is one file system: who comes second keeps nothing of it.
    @Test
    void severalWhoOpenToReadAtTheSameTime() throws Exception {
        create().close();
        for (int round = 0; round < 20; round++) {
            List<FileSystem> opened = Collections.synchronizedList(new ArrayList<>());
            AtomicReference<Throwable> wrong = new AtomicReference<>();
            CyclicBarrier start = new CyclicBarrier(3);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < start.getParties(); t++) {
                threads.add(Thread.ofPlatform().start(() -> openToRead(start, opened, wrong)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertNull(wrong.get());
            assertEquals(1, opened.size());
            opened.getFirst().close();
            FileSystems.newFileSystem(uri(), Map.of()).close();
        }
    }

    private void openToRead(CyclicBarrier start, List<FileSystem> opened, AtomicReference<Throwable> wrong) {
        try {
            start.await();
            opened.add(FileSystems.newFileSystem(uri(), Map.of("readOnly", true)));
        } catch (FileSystemAlreadyExistsException second) {
            // As it should be.
        } catch (Throwable e) {
            wrong.set(e);
        }
    }

    @Test
    void opensThroughASymbolicLink() throws IOException {
        create().close();
        Path link = Files.createSymbolicLink(temporary.resolve("link.stele"), pool());
        try (FileSystem fileSystem = FileSystems.newFileSystem(link)) {
            assertThrows(FileSystemAlreadyExistsException.class, () -> FileSystems.newFileSystem(pool()));
            assertSame(fileSystem, FileSystems.getFileSystem(URI.create("dax://" + DaxUri.location(link))));
        }
    }

    @Test
    void leavesOtherFilesToOtherProviders() throws IOException {
        Path text = Files.writeString(temporary.resolve("file.txt"), "no volume at all");
        assertThrows(ProviderNotFoundException.class, () -> FileSystems.newFileSystem(text));
        Path empty = Files.createFile(temporary.resolve("empty"));
        assertThrows(ProviderNotFoundException.class, () -> FileSystems.newFileSystem(empty));
        assertThrows(UnsupportedOperationException.class,
                () -> DaxFileSystemProvider.installed().newFileSystem(temporary, Map.of()));
        Path none = temporary.resolve("none");
        assertThrows(NoSuchFileException.class,
                () -> DaxFileSystemProvider.installed().newFileSystem(none, Map.of()));
    }

    @Test
    void createsOnlyWhatIsNotThere() throws IOException {
        create().close();
        FileAlreadyExistsException e = assertThrows(FileAlreadyExistsException.class, this::create);
        assertEquals(pool().toString(), e.getFile());
        Path small = temporary.resolve("small");
        assertThrows(FileSystemException.class,
                () -> FileSystems.newFileSystem(URI.create("dax://" + small.toUri().getRawPath()),
                        Map.of("create", true, "size", 4096)));
        assertFalse(Files.exists(small));
        assertThrows(IllegalArgumentException.class, () -> FileSystems.newFileSystem(uri(), Map.of("none", 1)));
    }

    @Test
    void readOnlyVolumesStayAsTheyAre() throws IOException {
        try (FileSystem fileSystem = create()) {
            Files.writeString(fileSystem.getPath("/file"), "x");
        }
        byte[] before = Files.readAllBytes(pool());
        try (FileSystem fileSystem = FileSystems.newFileSystem(pool(), Map.of("readOnly", true))) {
            Path file = fileSystem.getPath("/file");
            assertTrue(fileSystem.isReadOnly());
            assertEquals("x", Files.readString(file));
            assertFalse(Files.isWritable(file));
            assertThrows(FileSystemException.class, () -> file.getFileSystem().provider()
                    .checkAccess(file, AccessMode.WRITE));
            for (Action action : List.<Action>of(
                    () -> Files.writeString(file, "y"),
                    () -> Files.writeString(file, "y", StandardOpenOption.APPEND),
                    () -> Files.createFile(fileSystem.getPath("/new")),
                    () -> Files.createDirectory(fileSystem.getPath("/new")),
                    () -> Files.delete(file),
                    () -> Files.move(file, fileSystem.getPath("/new")),
                    () -> Files.createLink(fileSystem.getPath("/new"), file),
                    () -> Files.createSymbolicLink(fileSystem.getPath("/new"), file),
                    () -> Files.setLastModifiedTime(file, FileTime.fromMillis(0)),
                    () -> Files.setAttribute(file, "user:x", new byte[1]))) {
                assertThrows(ReadOnlyFileSystemException.class, action::run);
            }
        }
        assertArrayEquals(before, Files.readAllBytes(pool()));
    }

    private interface Action {
        void run() throws IOException;
    }

    @Test
    void closingClosesWhatIsOpen() throws Exception {
        DaxFileSystem fileSystem = memory();
        Path file = Files.write(fileSystem.getPath("/file"), bytes(100));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.lock();
        AsynchronousFileChannel asynchronous = AsynchronousFileChannel.open(file);
        SecureDirectoryStream<Path> stream =
                (SecureDirectoryStream<Path>) Files.newDirectoryStream(fileSystem.getPath("/"));
        WatchService watcher = fileSystem.newWatchService();
        fileSystem.close();
        fileSystem.close();
        assertFalse(fileSystem.isOpen());
        assertFalse(channel.isOpen());
        assertFalse(lock.isValid());
        assertFalse(asynchronous.isOpen());
        assertThrows(ClosedChannelException.class, () -> channel.write(ByteBuffer.allocate(1)));
        assertInstanceOf(ClosedChannelException.class, assertThrows(ExecutionException.class,
                () -> asynchronous.read(ByteBuffer.allocate(1), 0).get()).getCause());
        assertThrows(ClosedDirectoryStreamException.class, () -> stream.deleteFile(fileSystem.getPath("file")));
        assertThrows(ClosedWatchServiceException.class, watcher::poll);
        for (Action action : List.<Action>of(
                () -> Files.readString(file),
                () -> Files.size(file),
                () -> Files.exists(file),
                () -> Files.createFile(fileSystem.getPath("/new")),
                () -> Files.delete(file),
                () -> Files.copy(file, fileSystem.getPath("/new")),
                () -> Files.move(file, fileSystem.getPath("/new")),
                () -> Files.newDirectoryStream(fileSystem.getPath("/")),
                () -> Files.setAttribute(file, "unix:mode", 0),
                () -> file.toRealPath(),
                () -> Files.getFileStore(file),
                fileSystem::newWatchService)) {
            assertThrows(ClosedFileSystemException.class, action::run);
        }
        assertEquals("/file", file.toString());
        assertTrue(file.toUri().toString().startsWith("dax://volume/"));
    }

    @Test
    void aMappingHasNothingToDoWithTheVolumeOnceItIsClosed() throws IOException {
        MappedByteBuffer mapped;
        try (FileSystem fileSystem = create();
                FileChannel channel = FileChannel.open(fileSystem.getPath("/file"), StandardOpenOption.CREATE,
                        StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 100_000);
            mapped.put(0, (byte) 7).put(99_999, (byte) 8);
        }
        byte[] before = Files.readAllBytes(pool());
        mapped.put(0, (byte) 1).put(50_000, (byte) 1).put(99_999, (byte) 1);
        assertArrayEquals(before, Files.readAllBytes(pool()));
        try (FileSystem fileSystem = FileSystems.newFileSystem(pool())) {
            byte[] content = Files.readAllBytes(fileSystem.getPath("/file"));
            assertEquals(7, content[0]);
            assertEquals(8, content[99_999]);
        }
        assertNotEquals(0, mapped.capacity());
    }

    @Test
    void closingWaitsForWhatIsUnderWay() throws Exception {
        for (int round = 0; round < 20; round++) {
            DaxFileSystem fileSystem = memory();
            List<Thread> threads = new ArrayList<>();
            AtomicReference<Throwable> wrong = new AtomicReference<>();
            for (int t = 0; t < 3; t++) {
                Path own = fileSystem.getPath("/" + t);
                threads.add(Thread.ofPlatform().start(() -> churn(own, wrong)));
            }
            Thread.sleep(5);
            fileSystem.close();
            for (Thread thread : threads) {
                thread.join();
            }
            if (wrong.get() != null) {
                throw new AssertionError(wrong.get());
            }
        }
    }

    private static void churn(Path file, AtomicReference<Throwable> wrong) {
        try {
            while (true) {
                Files.write(file, new byte[10_000]);
                Files.readAttributes(file, "unix:*");
                Files.delete(file);
            }
        } catch (ClosedFileSystemException | ClosedChannelException e) {
            // As it should be.
        } catch (Throwable e) {
            wrong.set(e);
        }
    }

    @Test
    void aLostChannelIsClosedByTheCollector() throws Exception {
        try (DaxFileSystem fileSystem = memory()) {
            Path file = Files.writeString(fileSystem.getPath("/file"), "x");
            loseChannel(file);
            assertEquals(1, fileSystem.files().all().size());
            for (int i = 0; i < 10_000 && !fileSystem.files().all().isEmpty(); i++) {
                System.gc();
                Thread.sleep(10);
            }
            assertEquals(List.of(), fileSystem.files().all());
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                assertTrue(channel.tryLock().isValid());
            }
        }
    }

    /// Each takes its own place behind what others have put there, as writes do.
    @Test
    void transfersToOneChannelFollowEachOther() throws Exception {
        int pieceBytes = 64 << 10;
        int pieceCount = 50;
        try (DaxFileSystem fileSystem = memory();
                FileChannel target = FileChannel.open(fileSystem.getPath("/target"), StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            List<Thread> threads = new ArrayList<>();
            AtomicReference<Throwable> wrong = new AtomicReference<>();
            for (int t = 0; t < 4; t++) {
                Path file = Files.write(fileSystem.getPath("/source-" + t), new byte[pieceBytes]);
                threads.add(Thread.ofPlatform().uncaughtExceptionHandler((thread, e) -> wrong.set(e))
                        .start(() -> transfer(file, pieceBytes, pieceCount, target)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertNull(wrong.get());
            assertEquals(4L * pieceCount * pieceBytes, target.position());
            assertEquals(4L * pieceCount * pieceBytes, target.size());
        }
    }

    private static void transfer(Path file, int pieceBytes, int pieceCount, FileChannel target) {
        try (FileChannel source = FileChannel.open(file)) {
            for (int i = 0; i < pieceCount; i++) {
                assertEquals(pieceBytes, source.transferTo(0, pieceBytes, target));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void filesThatSeveralThreadsOpenedAreAllKnown() throws Exception {
        DaxFileSystem fileSystem = memory();
        List<FileChannel> channels = Collections.synchronizedList(new ArrayList<>());
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 20; t++) {
            Path file = fileSystem.getPath("/file-" + t);
            threads.add(Thread.ofPlatform().uncaughtExceptionHandler((thread, e) -> wrong.set(e))
                    .start(() -> openSome(file, channels)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertNull(wrong.get());
        assertEquals(20 * 5, fileSystem.files().all().size());
        List<FileChannel> left = new ArrayList<>();
        for (int i = 0; i < channels.size(); i++) {
            if (i % 3 == 0) {
                left.add(channels.get(i));
            } else {
                channels.get(i).close();
                channels.get(i).close();
            }
        }
        assertEquals(left.size(), fileSystem.files().all().size());
        assertTrue(left.stream().allMatch(FileChannel::isOpen));
        fileSystem.close();
        assertTrue(left.stream().noneMatch(FileChannel::isOpen));
        assertEquals(List.of(), fileSystem.files().all());
    }

    /// Leaves five files open, and closes two.
    private static void openSome(Path file, List<FileChannel> channels) {
        try {
            for (int i = 0; i < 7; i++) {
                FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (i % 3 == 1) {
                    channel.close();
                } else {
                    channels.add(channel);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void loseChannel(Path file) throws IOException {
        FileChannel.open(file, StandardOpenOption.WRITE).lock();
    }

    // Names

    @Test
    void whatIsResolvedSharesTheNamesOnItsWay() throws IOException {
        try (DaxFileSystem fileSystem = memory()) {
            DaxPath directory = (DaxPath) fileSystem.getPath("/one/two");
            Name[] names = ((DaxPath) directory.resolve("three/four")).names();
            assertArrayEquals(((DaxPath) fileSystem.getPath("/one/two/three/four")).names(), names);
            assertSame(directory.names()[0], names[0]);
            assertSame(names[1], ((DaxPath) directory.resolve("five")).names()[1]);
            for (String base : List.of("", "/", ".", "..", "/a", "a", "a/../b", "x".repeat(300))) {
                for (String other : List.of("", ".", "..", "c", "c/..", "c/d", "y".repeat(300), "/e")) {
                    DaxPath resolved = (DaxPath) fileSystem.getPath(base).resolve(other);
                    Name[] expected = ((DaxPath) fileSystem.getPath(resolved.toString())).names();
                    assertArrayEquals(expected, resolved.names(), base + " and " + other);
                }
            }
        }
    }

    @Test
    void namesThatAreNoTextComeBack() throws IOException {
        try (DaxFileSystem fileSystem = memory()) {
            byte[] name = {'b', (byte) 0xFF, (byte) 0xC3, '.', 't'};
            fileSystem.volume().create(fileSystem.volume().root(), Name.of(name), 0644, 0, 0);
            Path listed;
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(fileSystem.getPath("/"), "b*.t")) {
                listed = stream.iterator().next();
            }
            assertEquals("/b\uDCFF\uDCC3.t", listed.toString());
            assertEquals(listed, fileSystem.getPath(listed.toString()));
            assertTrue(listed.toUri().toString().endsWith("!/b%FF%C3.t"));
            assertEquals(listed, Path.of(listed.toUri()));
            Files.writeString(fileSystem.getPath(listed.toString()), "x");
            assertEquals("x", Files.readString(listed));
            Path link = Files.createSymbolicLink(fileSystem.getPath("/link"), listed);
            assertEquals(listed, Files.readSymbolicLink(link));
            assertEquals(listed, link.toRealPath());
            Files.delete(listed);
            assertEquals(0, fileSystem.volume().lookup(fileSystem.volume().root(), Name.of(name)));
        }
    }

    @Test
    void relativePathsStartAtTheRoot() throws IOException {
        try (DaxFileSystem fileSystem = memory()) {
            Files.writeString(fileSystem.getPath("file"), "x");
            assertEquals("x", Files.readString(fileSystem.getPath("/file")));
            assertEquals(fileSystem.getPath("/file"), fileSystem.getPath("file").toAbsolutePath());
            assertTrue(Files.isDirectory(fileSystem.getPath("")));
            assertEquals(List.of(fileSystem.getPath("/")), List.copyOf((List<?>) fileSystem.getRootDirectories()));
        }
    }

    @Test
    void absoluteLinksStartAtTheRoot() throws IOException {
        try (DaxFileSystem fileSystem = memory()) {
            Files.createDirectory(fileSystem.getPath("/sub"));
            Files.writeString(fileSystem.getPath("/target"), "x");
            Path link = Files.createSymbolicLink(fileSystem.getPath("/sub/link"), fileSystem.getPath("/../target"));
            assertEquals("x", Files.readString(link));
        }
    }

    // Beyond the JDK's provider

    @Test
    void theTimeOfCreationCanBeSet() throws IOException {
        try (DaxFileSystem fileSystem = memory()) {
            Path file = Files.writeString(fileSystem.getPath("/file"), "x");
            FileTime then = FileTime.from(-1_000_000_000_000_000_001L, TimeUnit.NANOSECONDS);
            Files.setAttribute(file, "creationTime", then);
            assertEquals(then, Files.getAttribute(file, "creationTime"));
            Files.setLastModifiedTime(file, then);
            assertEquals(then, Files.getLastModifiedTime(file));
            FileTime far = FileTime.from(1L << 40, TimeUnit.DAYS);
            Files.setLastModifiedTime(file, far);
            assertEquals(Long.MAX_VALUE, Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
        }
    }

    @Test
    void atomicWrites() throws IOException {
        try (DaxFileSystem fileSystem = memory()) {
            Path file = fileSystem.getPath("/file");
            Files.write(file, bytes(20_000));
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.READ,
                    DaxOpenOption.ATOMIC)) {
                channel.write(ByteBuffer.wrap(new byte[10_000]), 5_000);
                ByteBuffer got = ByteBuffer.allocate(20_000);
                channel.read(got, 0);
                byte[] expected = bytes(20_000);
                Arrays.fill(expected, 5_000, 15_000, (byte) 0);
                assertArrayEquals(expected, got.array());
            }
        }
    }

    @Test
    void aReplacingMoveNeverLeavesTheNameMissing() throws Exception {
        try (DaxFileSystem fileSystem = memory()) {
            Path target = Files.writeString(fileSystem.getPath("/target"), "0");
            AtomicBoolean done = new AtomicBoolean();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    while (!done.get()) {
                        assertFalse(Files.readString(target).isEmpty());
                        assertTrue(Files.size(target) > 0);
                        assertEquals(target, target.toRealPath());
                        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            for (int i = 1; i < 2000; i++) {
                Path next = Files.writeString(fileSystem.getPath("/next"), "" + i);
                Files.move(next, target, StandardCopyOption.REPLACE_EXISTING);
            }
            done.set(true);
            reader.join();
            assertNull(failure.get());
        }
    }

    @Test
    void devicesAreCopiedAndNotOpened() throws IOException {
        try (DaxFileSystem fileSystem = memory()) {
            long root = fileSystem.volume().root();
            fileSystem.volume().mknod(root, Name.of("device"),
                    FileType.CHARACTER_DEVICE.modeBits() | 0640, 0x105, 7, 8);
            Path device = fileSystem.getPath("/device");
            assertEquals(0x105L, Files.getAttribute(device, "unix:rdev"));
            assertEquals(true, Files.getAttribute(device, "isOther"));
            assertThrows(FileSystemException.class, () -> Files.newByteChannel(device));
            Path copy = Files.copy(device, fileSystem.getPath("/copy"), StandardCopyOption.COPY_ATTRIBUTES);
            assertEquals(0x105L, Files.getAttribute(copy, "unix:rdev"));
            assertEquals(Files.getAttribute(device, "unix:mode"), Files.getAttribute(copy, "unix:mode"));
            assertEquals(7, Files.getAttribute(copy, "unix:uid"));
        }
    }

    @Test
    void sealedFilesSaySo() throws IOException {
        try (DaxFileSystem fileSystem = memory()) {
            Path file = Files.write(fileSystem.getPath("/file"), bytes(10_000));
            Attributes attributes = new Attributes();
            fileSystem.resolver().attributes(fileSystem.volume().root(), (DaxPath) file, true, attributes);
            fileSystem.volume().seal(attributes.inode, true);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                FileSystemException e = assertThrows(FileSystemException.class, () -> channel.truncate(0));
                assertEquals("/file", e.getFile());
                assertTrue(e.getReason().contains("sealed"));
                assertEquals(Errno.ETXTBSY, ((VolumeException) e.getCause()).errno());
            }
        }
    }

    @Test
    void aFullVolumeSaysSo() throws IOException {
        try (DaxFileSystem fileSystem = memory()) {
            Path file = fileSystem.getPath("/file");
            FileSystemException e = assertThrows(FileSystemException.class,
                    () -> Files.write(file, new byte[(int) SIZE_BYTES]));
            assertEquals("/file", e.getFile());
            assertEquals(Errno.ENOSPC, ((VolumeException) e.getCause()).errno());
            Files.delete(file);
            long free = Files.getFileStore(fileSystem.getPath("/")).getUsableSpace();
            Files.write(file, new byte[(int) (free / 2)]);
        }
    }

    // Two volumes

    @Test
    void copiesAndMovesBetweenVolumes() throws IOException {
        try (DaxFileSystem one = memory(); DaxFileSystem two = memory()) {
            assertNotEquals(one.getPath("/a"), two.getPath("/a"));
            Path file = Files.write(one.getPath("/file"), bytes(3_000_000));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-x---"));
            Files.setAttribute(file, "user:mine", new byte[] {1});
            Path copy = Files.copy(file, two.getPath("/copy"), StandardCopyOption.COPY_ATTRIBUTES);
            assertEquals(-1, Files.mismatch(file, copy));
            assertEquals(Files.getLastModifiedTime(file), Files.getLastModifiedTime(copy));
            assertArrayEquals(new byte[] {1}, (byte[]) Files.getAttribute(copy, "user:mine"));
            assertFalse(Files.isSameFile(file, copy));
            Path moved = Files.move(file, two.getPath("/moved"));
            assertFalse(Files.exists(file));
            assertEquals(-1, Files.mismatch(moved, copy));
            assertThrows(AtomicMoveNotSupportedException.class,
                    () -> Files.move(moved, one.getPath("/back"), StandardCopyOption.ATOMIC_MOVE));
            assertThrows(FileSystemException.class, () -> Files.createLink(one.getPath("/link"), moved));
            Path full = Files.createDirectories(two.getPath("/full/inside")).getParent();
            assertThrows(DirectoryNotEmptyException.class, () -> Files.move(full, one.getPath("/full")));
            Files.move(full.resolve("inside"), one.getPath("/empty"));
            assertTrue(Files.isDirectory(one.getPath("/empty")));
            Path link = Files.createSymbolicLink(two.getPath("/link"), two.getPath("/anywhere"));
            Files.move(link, one.getPath("/link"));
            assertEquals("/anywhere", Files.readSymbolicLink(one.getPath("/link")).toString());
        }
    }

    @Test
    void copiesToAndFromTheHost() throws IOException {
        try (DaxFileSystem fileSystem = memory()) {
            Path host = Files.write(temporary.resolve("host"), bytes(1_000_000));
            Path copy = Files.copy(host, fileSystem.getPath("/copy"), StandardCopyOption.COPY_ATTRIBUTES);
            assertEquals(-1, Files.mismatch(host, copy));
            assertEquals(Files.getLastModifiedTime(host), Files.getLastModifiedTime(copy));
            Path back = Files.move(copy, temporary.resolve("back"));
            assertEquals(-1, Files.mismatch(host, back));
            assertFalse(Files.exists(copy));
            try (FileChannel source = FileChannel.open(host);
                    FileChannel target = FileChannel.open(fileSystem.getPath("/transferred"),
                            StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
                assertEquals(1_000_000, source.transferTo(0, 2_000_000, target));
                assertEquals(-1, Files.mismatch(host, fileSystem.getPath("/transferred")));
                source.position(10);
                assertEquals(5_000, target.transferFrom(source, 20, 5_000));
            }
        }
    }

    // Many threads

    @Test
    void virtualThreadsShareTheVolume() throws Exception {
        try (DaxFileSystem fileSystem = memory()) {
            Path file = Files.write(fileSystem.getPath("/file"), bytes(200_000));
            AtomicReference<Throwable> failure = new AtomicReference<>();
            try (FileChannel channel = FileChannel.open(file)) {
                List<Thread> threads = new ArrayList<>();
                for (int t = 0; t < 500; t++) {
                    int at = t * 300;
                    threads.add(Thread.startVirtualThread(() -> {
                        try {
                            ByteBuffer heap = ByteBuffer.allocate(1000);
                            assertEquals(1000, channel.read(heap, at));
                            assertArrayEquals(Arrays.copyOfRange(bytes(200_000), at, at + 1000), heap.array());
                        } catch (Throwable e) {
                            failure.set(e);
                        }
                    }));
                }
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            assertNull(failure.get());
        }
    }

    @Test
    void aBufferOfAnotherThreadFailsTheFuture() throws Exception {
        try (DaxFileSystem fileSystem = memory(); Arena arena = Arena.ofConfined()) {
            Path file = Files.write(fileSystem.getPath("/file"), bytes(100));
            try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(file)) {
                ByteBuffer confined = arena.allocate(10).asByteBuffer();
                assertInstanceOf(WrongThreadException.class, assertThrows(ExecutionException.class,
                        () -> channel.read(confined, 0).get(120, TimeUnit.SECONDS)).getCause());
            }
        }
    }

    @Test
    void treesAreMadeAndRemovedAtOnce() throws Exception {
        try (DaxFileSystem fileSystem = memory()) {
            List<Thread> threads = new ArrayList<>();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            for (int t = 0; t < 4; t++) {
                Path own = fileSystem.getPath("/tree-" + t % 2, "" + t);
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        for (int i = 0; i < 300; i++) {
                            makeAndRemove(own);
                        }
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertNull(failure.get());
        }
    }

    /// Two threads share the parent: one may remove it while the other makes it.
    private static void makeAndRemove(Path own) throws IOException {
        while (true) {
            try {
                Files.createDirectories(own);
                break;
            } catch (NoSuchFileException e) {
                Thread.onSpinWait();
            } catch (FileAlreadyExistsException e) {
                // The parent was there when it was to be made, and gone when the JDK looked whether it is a directory.
                assertEquals(own.getParent().toString(), e.getFile());
            }
        }
        Files.writeString(own.resolve("file"), own.toString());
        assertEquals(own.toString(), Files.readString(own.resolve("file")));
        Files.delete(own.resolve("file"));
        Files.delete(own);
        try {
            Files.deleteIfExists(own.getParent());
        } catch (DirectoryNotEmptyException e) {
            // The other has something in it.
        }
    }
}
