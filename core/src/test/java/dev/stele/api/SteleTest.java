package dev.stele.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.nio.DaxOpenOption;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class SteleTest {
    private static final long SIZE_BYTES = 16L << 20;

    private static MemorySegment filled(Arena arena, long byteCount, int seed) {
        MemorySegment segment = arena.allocate(byteCount);
        for (long i = 0; i < byteCount; i++) {
            segment.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + seed));
        }
        return segment;
    }

    private static void assertSameBytes(MemorySegment expected, MemorySegment actual) {
        assertEquals(-1, expected.mismatch(actual));
    }

    @Test
    void createsAndOpens(@TempDir Path directory) throws IOException {
        Path pool = directory.resolve("pool.stele");
        assertThrows(NoSuchFileException.class, () -> Stele.open(pool));
        try (Stele stele = Stele.create(pool, SIZE_BYTES, SteleOptions.DEFAULT.withLabel("mine"))) {
            Files.writeString(stele.path("/a", "b").getParent().resolveSibling("file"), "x");
            assertThrows(FileSystemAlreadyExistsException.class, () -> Stele.open(pool));
            assertEquals("mine", Files.getFileStore(stele.path("/")).getAttribute("label"));
            assertFalse(stele.isReadOnly());
        }
        assertThrows(FileAlreadyExistsException.class, () -> Stele.create(pool, SIZE_BYTES));
        try (Stele stele = Stele.open(pool, SteleOptions.DEFAULT.withReadOnly(true))) {
            assertTrue(stele.isReadOnly());
            assertEquals("x", Files.readString(stele.path("/file")));
            try (DaxFile file = stele.file("/file"); Arena arena = Arena.ofConfined()) {
                assertEquals(1, file.sizeBytes());
                assertThrows(NonWritableChannelException.class, () -> file.write(0, arena.allocate(1)));
            }
        }
        assertThrows(FileSystemException.class, () -> Stele.create(directory.resolve("small"), 4096));
    }

    /// A DAX device can map nothing else, and only so can the kernel use huge pages elsewhere.
    @Test
    void whatIsMappedIntoBeingStandsInOnePlace() throws IOException {
        long hugeBytes = 2L << 20;
        try (Stele stele = Stele.inMemory(2 * SIZE_BYTES); DaxFile direct = stele.file("/direct")) {
            direct.map(0, 2 * hugeBytes).close();
            Path path = stele.path("/channel");
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE,
                    StandardOpenOption.READ, StandardOpenOption.WRITE); Arena arena = Arena.ofConfined()) {
                channel.map(FileChannel.MapMode.READ_WRITE, 0, 2 * hugeBytes, arena);
            }
            try (DaxFile channel = stele.file("/channel")) {
                for (DaxFile each : List.of(direct, channel)) {
                    List<Volume.FileExtent> extents = each.extents(0, 2 * hugeBytes);
                    assertEquals(1, extents.size(), extents.toString());
                    assertEquals(0, extents.getFirst().mediumOffset() % hugeBytes, extents.toString());
                }
            }
        }
    }

    @Test
    void grows() throws IOException {
        try (Stele stele = Stele.inMemory(SIZE_BYTES)) {
            long before = Files.getFileStore(stele.path("/")).getTotalSpace();
            stele.grow(2 * SIZE_BYTES);
            assertEquals(before + SIZE_BYTES, Files.getFileStore(stele.path("/")).getTotalSpace());
            assertThrows(FileSystemException.class, () -> stele.grow(SIZE_BYTES));
        }
    }

    @Test
    void readsWritesAndAppends() throws IOException {
        try (Stele stele = Stele.inMemory(SIZE_BYTES); Arena arena = Arena.ofConfined();
                DaxFile file = stele.file("/file")) {
            MemorySegment source = filled(arena, 100_000, 1);
            file.write(5, source);
            assertEquals(100_005, file.sizeBytes());
            assertEquals(100_005, file.append(source, Durability.SYNC));
            file.write(0, source, 10, 5, Durability.ATOMIC);
            MemorySegment target = arena.allocate(200_010);
            assertEquals(200_005, file.read(0, target));
            assertSameBytes(source.asSlice(10, 5), target.asSlice(0, 5));
            assertSameBytes(source, target.asSlice(5, 100_000));
            assertSameBytes(source, target.asSlice(100_005, 100_000));
            assertEquals(3, file.read(200_002, target, 7, 10));
            assertEquals(0, file.read(200_005, target));
            assertThrows(IllegalArgumentException.class, () -> file.read(0, MemorySegment.ofArray(new byte[1])));
            assertThrows(IndexOutOfBoundsException.class, () -> file.read(0, target, 200_000, 11));
            file.sync();
            file.syncData();
            assertEquals("/file", file.path());
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() throws IOException {
        try (Stele stele = Stele.inMemory(SIZE_BYTES); DaxFile file = stele.file("/file");
                Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(8);
            assertThrows(NullPointerException.class, () -> file.write(0, source, 0, 8, null));
            assertThrows(NullPointerException.class, () -> file.append(source, null));
            assertEquals(0, file.sizeBytes());
            for (Executable each : List.<Executable>of(() -> file.read(-1, source), () -> file.write(-1, source),
                    () -> file.allocate(-1, 1), () -> file.punchHole(0, -1), () -> file.extents(-1, 1),
                    () -> file.extents(0, -1))) {
                assertTrue(assertThrows(FileSystemException.class, each).getMessage().contains("invalid argument"));
            }
        }
    }

    @Test
    void opensAsAsked() throws IOException {
        try (Stele stele = Stele.inMemory(SIZE_BYTES); Arena arena = Arena.ofConfined()) {
            assertThrows(NoSuchFileException.class, () -> stele.file("/file", StandardOpenOption.READ));
            try (DaxFile file = stele.file("/file", StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                    DaxOpenOption.ATOMIC)) {
                file.write(0, arena.allocate(10));
                assertThrows(NonReadableChannelException.class, () -> file.read(0, arena.allocate(10)));
            }
            DaxFile closed = stele.file("/file");
            closed.close();
            closed.close();
            assertThrows(ClosedChannelException.class, closed::sizeBytes);
            assertThrows(ClosedChannelException.class, () -> closed.append(arena.allocate(1)));
        }
    }

    @Test
    void mapsAndPersists(@TempDir Path directory) throws IOException {
        Path pool = directory.resolve("pool.stele");
        try (Stele stele = Stele.create(pool, SIZE_BYTES); DaxFile file = stele.file("/file");
                DaxMapping mapping = file.map(4096, 100_000)) {
            assertTrue(mapping.segment().isMapped());
            assertEquals(104_096, file.sizeBytes());
            mapping.segment().fill((byte) 7);
            mapping.flush(0, 50_000);
            mapping.persist(50_000, 50_000);
            mapping.persist(0, 0);
            mapping.drain();
            mapping.force();
            assertThrows(IndexOutOfBoundsException.class, () -> mapping.persist(99_999, 2));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment target = arena.allocate(104_096);
                file.read(0, target);
                assertSameBytes(arena.allocate(4096), target.asSlice(0, 4096));
                assertSameBytes(mapping.segment(), target.asSlice(4096));
                file.write(4096, filled(arena, 10, 3));
                assertSameBytes(filled(arena, 10, 3), mapping.segment().asSlice(0, 10));
            }
        }
        try (Stele stele = Stele.open(pool); DaxFile file = stele.file("/file"); Arena arena = Arena.ofConfined()) {
            DaxMapping mapping = file.map(MapMode.READ_ONLY, 8192, 4096, arena);
            byte[] expected = new byte[4096];
            Arrays.fill(expected, (byte) 7);
            assertSameBytes(MemorySegment.ofArray(expected), mapping.segment());
            assertTrue(mapping.segment().isReadOnly());
            mapping.persist(0, 4096);
            mapping.close();
            assertEquals(7, mapping.segment().get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void aMappingOutlivesItsFile() throws IOException {
        try (Stele stele = Stele.inMemory(SIZE_BYTES)) {
            DaxFile file = stele.file("/file");
            DaxMapping mapping = file.map(0, 8192);
            file.close();
            Files.delete(stele.path("/file"));
            mapping.segment().fill((byte) 1);
            mapping.persist(0, 8192);
            mapping.force();
            Files.write(stele.path("/other"), new byte[1 << 20]);
            assertEquals(1, mapping.segment().get(ValueLayout.JAVA_BYTE, 8191));
            mapping.close();
            assertThrows(IllegalStateException.class, () -> mapping.segment().get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void changesExtents() throws IOException {
        try (Stele stele = Stele.inMemory(SIZE_BYTES); DaxFile file = stele.file("/file");
                Arena arena = Arena.ofConfined()) {
            file.write(0, filled(arena, 5 * 4096, 1));
            file.punchHole(4096, 4096);
            assertEquals(4096, file.seekHole(0));
            assertEquals(8192, file.seekData(4096));
            assertEquals(2, file.extents(0, 5 * 4096).size());
            file.collapseRange(4096, 4096);
            assertEquals(4 * 4096, file.sizeBytes());
            assertEquals(4 * 4096, file.seekHole(0));
            file.insertRange(0, 4096);
            assertEquals(4096, file.seekData(0));
            file.zeroRange(4096, 10);
            MemorySegment got = arena.allocate(20);
            file.read(4096, got);
            assertSameBytes(arena.allocate(10), got.asSlice(0, 10));
            assertSameBytes(filled(arena, 20, 1).asSlice(10), got.asSlice(10));
            file.allocate(1 << 20, 4096);
            assertEquals((1 << 20) + 4096, file.sizeBytes());
            file.truncate(8192);
            assertEquals(-1, file.seekData(8192));
            file.seal();
            assertThrows(FileSystemException.class, () -> file.truncate(0));
            assertThrows(FileSystemException.class, () -> file.write(8192, arena.allocate(10)));
            file.write(0, arena.allocate(10));
            file.unseal();
            file.truncate(0);
        }
    }

    @Test
    void closingTheVolumeClosesItsFiles() throws IOException {
        Stele stele = Stele.inMemory(SIZE_BYTES);
        DaxFile file = stele.file("/file");
        assertSame(stele.fileSystem(), stele.path("/").getFileSystem());
        stele.close();
        assertThrows(ClosedChannelException.class, file::sync);
    }
}
