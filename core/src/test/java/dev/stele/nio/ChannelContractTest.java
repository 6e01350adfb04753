package dev.stele.nio;

import static dev.stele.nio.Home.bytes;
import static dev.stele.nio.Home.exists;
import static dev.stele.nio.Home.write;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// `FileChannel`, method by method, and how it is opened and closed.
@ParameterizedClass
@EnumSource(Home.class)
class ChannelContractTest extends ContractTest {

    private static ByteBuffer heap(int count) {
        return ByteBuffer.wrap(bytes(count));
    }

    private static ByteBuffer direct(int count) {
        return ByteBuffer.allocateDirect(count).put(bytes(count)).flip();
    }

    private static byte[] content(ByteBuffer buffer) {
        byte[] content = new byte[buffer.flip().remaining()];
        buffer.get(content);
        return content;
    }

    private FileChannel readWrite(String name) throws IOException {
        return FileChannel.open(dir.resolve(name), CREATE, READ, WRITE);
    }

    // Opening

    @Test
    void readingIsTheDefault() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        try (FileChannel channel = FileChannel.open(file)) {
            assertThrows(NonWritableChannelException.class, () -> channel.write(heap(1)));
            assertThrows(NonWritableChannelException.class, () -> channel.write(heap(1), 0));
            assertThrows(NonWritableChannelException.class, () -> channel.truncate(0));
            assertThrows(NonWritableChannelException.class,
                    () -> channel.transferFrom(Channels.newChannel(System.in), 0, 1));
        }
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            assertThrows(NonReadableChannelException.class, () -> channel.read(ByteBuffer.allocate(1)));
            assertThrows(NonReadableChannelException.class, () -> channel.read(ByteBuffer.allocate(1), 0));
            assertThrows(NonReadableChannelException.class,
                    () -> channel.transferTo(0, 1, Channels.newChannel(new ByteArrayOutputStream())));
        }
    }

    @Test
    void creates() throws IOException {
        Path file = dir.resolve("file");
        NoSuchFileException none = assertThrows(NoSuchFileException.class, () -> FileChannel.open(file, WRITE));
        assertEquals(file.toString(), none.getFile());
        FileChannel.open(file, CREATE_NEW, WRITE).close();
        FileAlreadyExistsException taken =
                assertThrows(FileAlreadyExistsException.class, () -> FileChannel.open(file, CREATE_NEW, WRITE));
        assertEquals(file.toString(), taken.getFile());
        FileChannel.open(file, CREATE, WRITE).close();
        assertThrows(NoSuchFileException.class, () -> FileChannel.open(dir.resolve("none"), CREATE));
        assertThrows(NoSuchFileException.class, () -> FileChannel.open(dir.resolve("none/file"), CREATE, WRITE));
        assertThrows(FileSystemException.class, () -> FileChannel.open(file.resolve("beneath"), CREATE, WRITE));
        assertThrows(FileAlreadyExistsException.class, () -> FileChannel.open(dir, CREATE_NEW, WRITE));
        assertThrows(FileAlreadyExistsException.class, () -> FileChannel.open(dir.resolve("."), CREATE_NEW, WRITE));
    }

    @Test
    void truncatesOnlyWhenWriting() throws IOException {
        Path file = write(dir.resolve("file"), "content");
        FileChannel.open(file, TRUNCATE_EXISTING).close();
        assertEquals(7, Files.size(file));
        FileChannel.open(file, TRUNCATE_EXISTING, WRITE).close();
        assertEquals(0, Files.size(file));
    }

    @Test
    void optionsThatContradict() {
        Path file = write(dir.resolve("file"), "x");
        assertThrows(IllegalArgumentException.class, () -> FileChannel.open(file, READ, APPEND));
        assertThrows(IllegalArgumentException.class, () -> FileChannel.open(file, APPEND, TRUNCATE_EXISTING));
        assertThrows(UnsupportedOperationException.class,
                () -> FileChannel.open(file, new OpenOption() { }));
    }

    @Test
    void optionsThatAskForDurability() throws IOException {
        Path file = dir.resolve("file");
        try (FileChannel channel = FileChannel.open(file, CREATE, WRITE, SYNC, SPARSE)) {
            channel.write(heap(100));
        }
        try (FileChannel channel = FileChannel.open(file, WRITE, DSYNC)) {
            channel.write(heap(50), 100);
        }
        assertEquals(150, Files.size(file));
    }

    @Test
    void linksAreNotFollowedWhenForbidden() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Path link = Files.createSymbolicLink(dir.resolve("link"), file);
        assertThrows(IOException.class, () -> Files.newByteChannel(link, Set.of(READ, LinkOption.NOFOLLOW_LINKS)));
        Files.newByteChannel(file, Set.of(READ, LinkOption.NOFOLLOW_LINKS)).close();
    }

    @Test
    void deleteOnClose() throws IOException {
        Path file = dir.resolve("file");
        try (SeekableByteChannel channel = Files.newByteChannel(file, Set.of(CREATE, WRITE, READ, DELETE_ON_CLOSE))) {
            channel.write(heap(10));
            assertEquals(10, channel.size());
        }
        assertFalse(exists(file));
    }

    /// That does not delete it, and is no failure.
    @Test
    void deleteOnCloseOfADirectory() throws IOException {
        for (Path directory : List.of(dir, dir.resolve("."), dir.resolve(".."), dir.getRoot())) {
            FileChannel.open(directory, READ, DELETE_ON_CLOSE).close();
            assertTrue(exists(directory));
        }
    }

    @Test
    void aDirectoryCanBeOpenedAndForced() throws IOException {
        try (FileChannel channel = FileChannel.open(dir, READ)) {
            channel.force(true);
            channel.force(false);
            assertThrows(IOException.class, () -> channel.read(ByteBuffer.allocate(10)));
            assertTrue(channel.size() >= 0);
        }
        FileSystemException e = assertThrows(FileSystemException.class, () -> FileChannel.open(dir, WRITE));
        assertEquals(dir.toString(), e.getFile());
    }

    // Reading and writing

    @Test
    void writesAndReads() throws IOException {
        for (ByteBuffer source : List.of(heap(100_000), direct(100_000), heap(100_000).asReadOnlyBuffer())) {
            try (FileChannel channel = readWrite("file")) {
                assertEquals(100_000, channel.write(source));
                assertFalse(source.hasRemaining());
                assertEquals(100_000, channel.position());
                assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
                channel.position(10);
                for (ByteBuffer target : List.of(ByteBuffer.allocate(60_000), ByteBuffer.allocateDirect(60_000))) {
                    assertEquals(60_000, channel.position(10).read(target));
                    assertArrayEquals(Arrays.copyOfRange(bytes(100_000), 10, 60_010), content(target));
                    assertEquals(60_010, channel.position());
                }
                assertEquals(39_990, channel.read(ByteBuffer.allocate(50_000)));
            }
        }
    }

    @Test
    void buffersKeepTheirOffsets() throws IOException {
        ByteBuffer source = heap(1000);
        source.position(100).limit(300);
        try (FileChannel channel = readWrite("file")) {
            assertEquals(190, channel.write(source.slice().position(10)));
            assertEquals(100, source.position());
            ByteBuffer target = ByteBuffer.allocateDirect(1000).position(500).limit(600);
            assertEquals(100, channel.read(target, 20));
            assertEquals(600, target.position());
            byte[] got = new byte[100];
            target.get(500, got);
            assertArrayEquals(Arrays.copyOfRange(bytes(1000), 130, 230), got);
        }
    }

    @Test
    void emptyBuffers() throws IOException {
        try (FileChannel channel = readWrite("file")) {
            assertEquals(0, channel.write(ByteBuffer.allocate(0)));
            assertEquals(0, channel.write(ByteBuffer.allocate(0), 100));
            assertEquals(0, channel.size());
            assertEquals(0, channel.read(ByteBuffer.allocate(0)));
            assertEquals(0, channel.read(ByteBuffer.allocate(0), 5));
            assertEquals(0, channel.write(new ByteBuffer[0]));
            assertEquals(0, channel.read(new ByteBuffer[0]));
        }
    }

    @Test
    void positionalOperationsLeaveThePosition() throws IOException {
        try (FileChannel channel = readWrite("file")) {
            assertEquals(100, channel.write(direct(100), 1000));
            assertEquals(0, channel.position());
            assertEquals(1100, channel.size());
            ByteBuffer target = ByteBuffer.allocate(1100);
            assertEquals(1100, channel.read(target, 0));
            byte[] expected = new byte[1100];
            System.arraycopy(bytes(100), 0, expected, 1000, 100);
            assertArrayEquals(expected, target.array());
            assertEquals(-1, channel.read(ByteBuffer.allocate(1), 1100));
            assertEquals(-1, channel.read(ByteBuffer.allocate(1), 1L << 50));
        }
    }

    @Test
    void scattersAndGathers() throws IOException {
        try (FileChannel channel = readWrite("file")) {
            ByteBuffer[] sources = {heap(10), direct(3000), ByteBuffer.allocate(0), heap(70_000)};
            assertEquals(73_010, channel.write(sources));
            for (ByteBuffer source : sources) {
                assertFalse(source.hasRemaining());
            }
            ByteBuffer[] targets = {ByteBuffer.allocate(10), ByteBuffer.allocateDirect(3000),
                    ByteBuffer.allocate(70_000), ByteBuffer.allocate(100)};
            assertEquals(73_010, channel.position(0).read(targets));
            assertArrayEquals(bytes(10), content(targets[0]));
            assertArrayEquals(bytes(3000), content(targets[1]));
            assertArrayEquals(bytes(70_000), content(targets[2]));
            assertEquals(-1, channel.read(targets, 3, 1));
            assertEquals(10, channel.position(0).write(new ByteBuffer[] {heap(5), heap(10), heap(5)}, 1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> channel.write(sources, 3, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> channel.read(targets, -1, 2));
        }
    }

    @Test
    void nothingIsReadWhereOneBufferIsReadOnly() throws IOException {
        try (FileChannel channel = readWrite("file")) {
            channel.write(heap(10));
            ByteBuffer[] targets = {ByteBuffer.allocate(4), heap(4).asReadOnlyBuffer()};
            for (int position : new int[] {0, 8, 10}) {
                channel.position(position);
                assertThrows(IllegalArgumentException.class, () -> channel.read(targets));
                assertEquals(position, channel.position());
                assertEquals(0, targets[0].position());
            }
        }
    }

    @Test
    void appends() throws IOException {
        Path file = write(dir.resolve("file"), "abc");
        try (FileChannel channel = FileChannel.open(file, APPEND)) {
            assertEquals(3, channel.position());
            channel.position(0).write(ByteBuffer.wrap("def".getBytes()));
            assertEquals(6, channel.position());
            Files.writeString(file, "ghi", APPEND);
            channel.write(new ByteBuffer[] {ByteBuffer.wrap("j".getBytes()), ByteBuffer.wrap("k".getBytes())});
            assertEquals("abcdefghijk", Files.readString(file));
            channel.write(ByteBuffer.wrap("l".getBytes()), 0);
            assertEquals("abcdefghijkl", Files.readString(file));
        }
    }

    @Test
    void appendersDoNotOverwriteEachOther() throws Exception {
        Path file = write(dir.resolve("file"), "");
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            byte mark = (byte) ('a' + t);
            threads.add(Thread.ofPlatform().start(() -> {
                try (FileChannel channel = FileChannel.open(file, APPEND)) {
                    for (int i = 0; i < 200; i++) {
                        byte[] line = new byte[50];
                        Arrays.fill(line, mark);
                        channel.write(ByteBuffer.wrap(line));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        byte[] all = Files.readAllBytes(file);
        assertEquals(4 * 200 * 50, all.length);
        for (int at = 0; at < all.length; at += 50) {
            for (int i = 1; i < 50; i++) {
                assertEquals(all[at], all[at + i]);
            }
        }
    }

    @Test
    void argumentsThatMakeNoSense() throws IOException {
        try (FileChannel channel = readWrite("file")) {
            assertThrows(IllegalArgumentException.class, () -> channel.read(ByteBuffer.allocate(1), -1));
            assertThrows(IllegalArgumentException.class, () -> channel.write(heap(1), -1));
            assertThrows(IllegalArgumentException.class, () -> channel.position(-1));
            assertThrows(IllegalArgumentException.class, () -> channel.truncate(-1));
            assertThrows(IllegalArgumentException.class, () -> channel.read(heap(1).asReadOnlyBuffer()));
            assertThrows(NullPointerException.class, () -> channel.read((ByteBuffer) null));
            assertThrows(NullPointerException.class, () -> channel.write((ByteBuffer) null));
            assertThrows(IllegalArgumentException.class,
                    () -> channel.transferTo(-1, 1, Channels.newChannel(new ByteArrayOutputStream())));
            assertThrows(IllegalArgumentException.class,
                    () -> channel.transferFrom(Channels.newChannel(System.in), 0, -1));
        }
    }

    @Test
    void truncates() throws IOException {
        try (FileChannel channel = readWrite("file")) {
            channel.write(heap(10_000));
            channel.truncate(20_000);
            assertEquals(10_000, channel.size());
            channel.truncate(5_000);
            assertEquals(5_000, channel.size());
            assertEquals(5_000, channel.position());
            channel.position(3).truncate(4);
            assertEquals(3, channel.position());
            channel.write(heap(1), 5_000);
            ByteBuffer target = ByteBuffer.allocate(5_001);
            channel.read(target, 0);
            byte[] expected = new byte[5_001];
            System.arraycopy(bytes(4), 0, expected, 0, 4);
            assertArrayEquals(expected, target.array());
        }
    }

    @Test
    void hugeOffsets() throws IOException {
        try (FileChannel channel = readWrite("sparse")) {
            channel.position((1L << 43) + 7);
            channel.write(heap(100));
            assertEquals((1L << 43) + 107, channel.size());
            ByteBuffer target = ByteBuffer.allocate(100);
            channel.read(target, (1L << 43) + 7);
            assertArrayEquals(bytes(100), target.array());
            channel.read(target.clear(), 1L << 42);
            assertArrayEquals(new byte[100], target.array());
        }
    }

    // Transfers

    @Test
    void transfersToAnyChannel() throws IOException {
        try (FileChannel channel = readWrite("file")) {
            channel.write(heap(200_000));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertEquals(150_000, channel.transferTo(50_000, 1_000_000, Channels.newChannel(out)));
            assertArrayEquals(Arrays.copyOfRange(bytes(200_000), 50_000, 200_000), out.toByteArray());
            assertEquals(200_000, channel.position());
            assertEquals(0, channel.transferTo(200_001, 10, Channels.newChannel(out)));
            assertEquals(0, channel.transferTo(0, 0, Channels.newChannel(out)));
        }
    }

    @Test
    void transfersBetweenFiles() throws IOException {
        try (FileChannel source = readWrite("source"); FileChannel target = readWrite("target")) {
            source.write(heap(200_000));
            target.write(heap(10));
            assertEquals(199_000, source.transferTo(1_000, 199_000, target));
            assertEquals(199_010, target.position());
            assertEquals(199_010, target.size());
            source.position(100);
            assertEquals(50_000, target.transferFrom(source, 300_000, 50_000));
            assertEquals(50_100, source.position());
            assertEquals(199_010, target.position());
            ByteBuffer got = ByteBuffer.allocate(350_000);
            assertEquals(350_000, target.read(got, 0));
            byte[] expected = new byte[350_000];
            System.arraycopy(bytes(10), 0, expected, 0, 10);
            System.arraycopy(bytes(200_000), 1_000, expected, 10, 199_000);
            System.arraycopy(bytes(200_000), 100, expected, 300_000, 50_000);
            assertArrayEquals(expected, got.array());
        }
    }

    /// As much as there is when it begins, however much is asked for.
    @Test
    void transfersAFileIntoItself() throws IOException {
        for (long offset : new long[] {10_000, 5_000, 12_000}) {
            try (FileChannel target = readWrite("file"); FileChannel source = FileChannel.open(dir.resolve("file"))) {
                target.truncate(0).write(heap(10_000));
                assertEquals(10_000, target.transferFrom(source, offset, Long.MAX_VALUE));
                assertEquals(offset + 10_000, target.size());
                assertEquals(10_000, source.position());
            }
        }
        Path file = Files.write(dir.resolve("file"), bytes(10_000));
        try (FileChannel target = FileChannel.open(file, APPEND); FileChannel source = FileChannel.open(file)) {
            assertEquals(10_000, target.transferFrom(source, 0, Long.MAX_VALUE));
            assertEquals(20_000, target.size());
        }
    }

    @Test
    void transfersFromAnyChannel() throws IOException {
        try (FileChannel channel = readWrite("file")) {
            var in = Channels.newChannel(new java.io.ByteArrayInputStream(bytes(200_000)));
            assertEquals(150_000, channel.transferFrom(in, 0, 150_000));
            assertEquals(0, channel.position());
            assertEquals(50_000, channel.transferFrom(in, 150_000, 1_000_000));
            assertEquals(0, channel.transferFrom(in, 200_000, 10));
            ByteBuffer got = ByteBuffer.allocate(200_000);
            channel.read(got, 0);
            assertArrayEquals(bytes(200_000), got.array());
        }
    }

    @Test
    void transfersToWhatCannotTakeThem() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        try (FileChannel channel = FileChannel.open(file); FileChannel other = FileChannel.open(file)) {
            assertThrows(NonWritableChannelException.class, () -> channel.transferTo(0, 1, other));
            FileChannel closed = FileChannel.open(dir.resolve("closed"), CREATE, WRITE);
            closed.close();
            assertThrows(ClosedChannelException.class, () -> channel.transferTo(0, 1, closed));
        }
    }

    // Mapping

    @Test
    void mapsToABuffer() throws IOException {
        try (FileChannel channel = readWrite("file")) {
            channel.write(heap(10_000));
            MappedByteBuffer mapped = channel.map(MapMode.READ_WRITE, 5_000, 10_000);
            assertEquals(15_000, channel.size());
            assertEquals(10_000, mapped.capacity());
            assertEquals(java.nio.ByteOrder.BIG_ENDIAN, mapped.order());
            byte[] got = new byte[5_000];
            mapped.get(got);
            assertArrayEquals(Arrays.copyOfRange(bytes(10_000), 5_000, 10_000), got);
            mapped.put(9_999, (byte) 42).put(0, (byte) 43);
            mapped.force();
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, 14_999);
            assertEquals(42, one.get(0));
            channel.write(ByteBuffer.wrap(new byte[] {44}), 5_001);
            assertEquals(44, mapped.get(1));
            assertEquals(42, mapped.load().get(9_999));
            MappedByteBuffer readOnly = channel.map(MapMode.READ_ONLY, 0, 100);
            assertTrue(readOnly.isReadOnly());
            assertEquals(0, channel.map(MapMode.READ_ONLY, 100, 0).capacity());
        }
    }

    @Test
    void mapsToASegment() throws IOException {
        MemorySegment kept;
        try (FileChannel channel = readWrite("file"); Arena arena = Arena.ofConfined()) {
            MemorySegment segment = channel.map(MapMode.READ_WRITE, 4_096, 20_000, arena);
            assertTrue(segment.isMapped());
            assertEquals(20_000, segment.byteSize());
            assertEquals(24_096, channel.size());
            segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 19_992, 0x1122334455667788L);
            segment.force();
            segment.load();
            ByteBuffer got = ByteBuffer.allocate(8).order(java.nio.ByteOrder.nativeOrder());
            channel.read(got, 24_088);
            assertEquals(0x1122334455667788L, got.getLong(0));
            MemorySegment readOnly = channel.map(MapMode.READ_ONLY, 0, 4_096, arena);
            assertTrue(readOnly.isReadOnly());
            assertEquals(0, readOnly.get(ValueLayout.JAVA_LONG, 0));
            kept = segment;
        }
        assertThrows(IllegalStateException.class, () -> kept.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void aMappingOutlivesItsChannelAndTheName() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment;
            try (FileChannel channel = readWrite("file")) {
                channel.write(heap(8_192));
                segment = channel.map(MapMode.READ_WRITE, 0, 8_192, arena);
            }
            Files.delete(dir.resolve("file"));
            assertEquals(bytes(8_192)[8_000], segment.get(ValueLayout.JAVA_BYTE, 8_000));
            segment.fill((byte) 1);
            Files.write(dir.resolve("other"), new byte[100_000]);
            assertEquals(1, segment.get(ValueLayout.JAVA_BYTE, 5_000));
        }
        assertArrayEquals(new byte[100_000], Files.readAllBytes(dir.resolve("other")));
    }

    @Test
    void privateMappingsLeaveTheFileAlone() throws IOException {
        try (FileChannel channel = readWrite("file"); Arena arena = Arena.ofConfined()) {
            channel.write(heap(4_096));
            MemorySegment segment = channel.map(MapMode.PRIVATE, 0, 4_096, arena);
            segment.fill((byte) 7);
            ByteBuffer got = ByteBuffer.allocate(4_096);
            channel.read(got, 0);
            assertArrayEquals(bytes(4_096), got.array());
        }
    }

    @Test
    void mappingsThatCannotBe() throws IOException {
        Path file = dir.resolve("file");
        Files.write(file, bytes(100));
        try (FileChannel channel = FileChannel.open(file)) {
            assertThrows(NonWritableChannelException.class, () -> channel.map(MapMode.READ_WRITE, 0, 1));
            assertThrows(NonWritableChannelException.class, () -> channel.map(MapMode.PRIVATE, 0, 1));
            assertThrows(IOException.class, () -> channel.map(MapMode.READ_ONLY, 0, 101));
            assertThrows(IllegalArgumentException.class, () -> channel.map(MapMode.READ_ONLY, -1, 1));
            assertThrows(IllegalArgumentException.class, () -> channel.map(MapMode.READ_ONLY, 0, -1));
            assertThrows(IllegalArgumentException.class,
                    () -> channel.map(MapMode.READ_ONLY, 0, 1L + Integer.MAX_VALUE));
            assertThrows(IllegalArgumentException.class, () -> channel.map(MapMode.READ_ONLY, Long.MAX_VALUE, 1));
            assertThrows(NullPointerException.class, () -> channel.map(null, 0, 1));
        }
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            assertThrows(NonReadableChannelException.class, () -> channel.map(MapMode.READ_WRITE, 0, 1));
        }
        FileChannel closed = FileChannel.open(file);
        closed.close();
        assertThrows(ClosedChannelException.class, () -> closed.map(MapMode.READ_ONLY, 0, 1));
    }

    // Locks

    @Test
    void locks() throws IOException {
        try (FileChannel one = readWrite("file"); FileChannel two = readWrite("file")) {
            FileLock lock = one.lock();
            assertTrue(lock.isValid());
            assertFalse(lock.isShared());
            assertEquals(one, lock.acquiredBy());
            assertThrows(OverlappingFileLockException.class, two::tryLock);
            assertThrows(OverlappingFileLockException.class, one::tryLock);
            assertThrows(OverlappingFileLockException.class, two::lock);
            lock.release();
            assertFalse(lock.isValid());
            FileLock front = one.tryLock(0, 100, false);
            FileLock back = two.tryLock(100, 0, true);
            assertTrue(back.isShared());
            assertEquals(Long.MAX_VALUE - 100, back.size());
            assertThrows(OverlappingFileLockException.class, () -> one.tryLock(99, 2, false));
            assertThrows(OverlappingFileLockException.class, () -> one.tryLock(1L << 40, 1, true));
            two.close();
            assertFalse(back.isValid());
            assertThrows(ClosedChannelException.class, back::release);
            assertTrue(front.isValid());
            one.tryLock(100, 5, false).close();
            front.release();
            front.release();
        }
    }

    @Test
    void locksNeedTheRightToTakeThem() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        try (FileChannel reader = FileChannel.open(file); FileChannel writer = FileChannel.open(file, WRITE)) {
            assertThrows(NonWritableChannelException.class, reader::lock);
            assertThrows(NonReadableChannelException.class, () -> writer.tryLock(0, 1, true));
            assertThrows(IllegalArgumentException.class, () -> writer.tryLock(-1, 1, false));
            assertThrows(IllegalArgumentException.class, () -> writer.tryLock(0, -1, false));
            assertThrows(IllegalArgumentException.class, () -> writer.tryLock(Long.MAX_VALUE, 1, false));
            reader.lock(0, 10, true).release();
        }
    }

    @Test
    void filesAreLockedApart() throws IOException {
        try (FileChannel one = readWrite("one"); FileChannel two = readWrite("two")) {
            one.lock();
            assertTrue(two.tryLock().isValid());
        }
    }

    // Closing and interrupting

    @Test
    void aClosedChannelDoesNothing() throws IOException {
        FileChannel channel = readWrite("file");
        channel.close();
        channel.close();
        assertFalse(channel.isOpen());
        for (Call call : calls()) {
            assertThrows(ClosedChannelException.class, () -> call.on(channel));
        }
    }

    private interface Call {
        void on(FileChannel channel) throws IOException;
    }

    private static List<Call> calls() {
        return List.of(
                channel -> channel.read(ByteBuffer.allocate(1)),
                channel -> channel.read(ByteBuffer.allocate(1), 0),
                channel -> channel.read(new ByteBuffer[] {ByteBuffer.allocate(1)}),
                channel -> channel.write(heap(1)),
                channel -> channel.write(heap(1), 0),
                channel -> channel.write(new ByteBuffer[] {heap(1)}),
                FileChannel::position,
                channel -> channel.position(0),
                FileChannel::size,
                channel -> channel.truncate(0),
                channel -> channel.force(true),
                channel -> channel.transferTo(0, 1, Channels.newChannel(new ByteArrayOutputStream())),
                channel -> channel.transferFrom(Channels.newChannel(
                        new java.io.ByteArrayInputStream(new byte[1])), 0, 1),
                FileChannel::lock,
                FileChannel::tryLock);
    }

    @Test
    void anInterruptedThreadClosesTheChannel() throws IOException {
        List<Call> interruptible = calls().subList(0, 11);
        for (Call call : interruptible) {
            try (FileChannel channel = readWrite("file")) {
                channel.write(heap(10));
                channel.position(0);
                Thread.currentThread().interrupt();
                assertThrows(ClosedByInterruptException.class, () -> call.on(channel));
                assertFalse(channel.isOpen());
            } finally {
                assertTrue(Thread.interrupted());
            }
        }
    }

    @Test
    void anInterruptedThreadTakesNoLock() throws IOException {
        try (FileChannel channel = readWrite("file")) {
            Thread.currentThread().interrupt();
            assertThrows(FileLockInterruptionException.class, channel::lock);
        } finally {
            assertTrue(Thread.interrupted());
        }
        try (FileChannel channel = readWrite("file")) {
            assertTrue(channel.tryLock().isValid());
        }
    }

    @Test
    void anInterruptClosesBothChannelsOfATransfer() throws IOException {
        for (boolean to : new boolean[] {true, false}) {
            try (FileChannel one = readWrite("one"); FileChannel two = readWrite("two")) {
                one.write(heap(10));
                two.write(heap(10));
                Thread.currentThread().interrupt();
                assertThrows(ClosedByInterruptException.class,
                        () -> assertEquals(-1, to ? one.transferTo(0, 10, two) : one.transferFrom(two, 0, 10)));
                assertFalse(one.isOpen());
                assertFalse(two.isOpen());
            } finally {
                assertTrue(Thread.interrupted());
            }
        }
    }

    /// Nobody waits for itself, nor two for each other, whatever moment the interrupt comes at.
    @Test
    void interruptsDuringTransfersBetweenTwoChannels() throws Exception {
        for (int round = 0; round < 40; round++) {
            try (FileChannel one = readWrite("one"); FileChannel two = readWrite("two")) {
                for (FileChannel each : List.of(one, two)) {
                    each.write(heap(2 << 20), 0);
                }
                List<Thread> threads = List.of(transferring(one, two), transferring(two, one), transferring(one, one));
                Thread.sleep(2);
                threads.forEach(Thread::interrupt);
                for (Thread thread : threads) {
                    assertTrue(thread.join(java.time.Duration.ofSeconds(60)), "a thread waits for ever");
                }
            }
        }
    }

    private static Thread transferring(FileChannel source, FileChannel target) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    target.position(1 << 20);
                    source.transferTo(0, 1 << 20, target);
                }
            } catch (IOException closed) {
                // By the interrupt.
            }
        });
    }

    /// As programs that are told to end by an interrupt rely on.
    @Test
    void anInterruptDoesNotDisturbStreams() throws IOException {
        Path file = dir.resolve("file");
        Thread.currentThread().interrupt();
        try {
            Files.writeString(file, "some ");
            Files.writeString(file, "text", APPEND);
            try (var in = Files.newInputStream(file)) {
                assertEquals("some text", new String(in.readAllBytes()));
            }
            assertEquals(List.of("some text"), Files.readAllLines(file));
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void streamsThatCannotBe() {
        Path file = write(dir.resolve("file"), "x");
        assertThrows(UnsupportedOperationException.class, () -> Files.newInputStream(file, WRITE));
        assertThrows(UnsupportedOperationException.class, () -> Files.newInputStream(file, READ, APPEND));
        assertThrows(IllegalArgumentException.class, () -> Files.newOutputStream(file, READ));
        assertThrows(IllegalArgumentException.class, () -> Files.newOutputStream(file, APPEND, TRUNCATE_EXISTING));
        assertThrows(NoSuchFileException.class, () -> Files.newOutputStream(dir.resolve("none"), TRUNCATE_EXISTING));
    }

    @Test
    void closingWhileOthersReadAndWrite() throws Exception {
        for (int round = 0; round < 20; round++) {
            FileChannel channel = readWrite("file");
            channel.write(heap(100_000));
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                boolean writes = t == 0;
                threads.add(Thread.ofPlatform().start(() -> use(channel, writes, failures)));
            }
            Thread.sleep(2);
            channel.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(3, failures.size());
            for (Throwable failure : failures) {
                assertInstanceOf(ClosedChannelException.class, failure);
            }
        }
    }

    private static void use(FileChannel channel, boolean writes, List<Throwable> failures) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(50_000);
        try {
            while (true) {
                if (writes) {
                    channel.write(buffer.clear(), 0);
                } else {
                    channel.read(buffer.clear(), 0);
                }
            }
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    @Test
    void concurrentRelativeReadsShareOnePosition() throws Exception {
        int recordCount = 2_000;
        try (FileChannel channel = readWrite("file")) {
            ByteBuffer all = ByteBuffer.allocate(recordCount * 4);
            for (int i = 0; i < recordCount; i++) {
                all.putInt(i);
            }
            channel.write(all.flip());
            channel.position(0);
            boolean[] seen = new boolean[recordCount];
            AtomicReference<Throwable> failure = new AtomicReference<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    ByteBuffer one = ByteBuffer.allocate(4);
                    try {
                        while (channel.read(one.clear()) == 4) {
                            seen[one.getInt(0)] = true;
                        }
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(null, failure.get());
            for (int i = 0; i < recordCount; i++) {
                assertTrue(seen[i], "record " + i);
            }
        }
    }
}
