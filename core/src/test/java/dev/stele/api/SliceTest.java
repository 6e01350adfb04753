package dev.stele.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Native;
import dev.stele.mapping.Tracking;
import dev.stele.medium.PersistenceCounters;
import dev.stele.nio.DaxFileSystem;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Mappings that are slices of the medium, of sealed files.
class SliceTest {
    private static final int FILE_BYTES = 1 << 20;
    private static final int PAGES = FILE_BYTES / 4096;

    private Path directory;
    private Stele pmem;
    private DaxFile file;

    @BeforeEach
    void open() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "stele-slice");
        pmem = Stele.create(directory.resolve("pool"), 16 << 20, SteleOptions.DEFAULT.withAsPmem(true));
        file = filled(pmem);
    }

    private static DaxFile filled(Stele stele) throws IOException {
        DaxFile made = stele.file("/file");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(FILE_BYTES, 64);
            for (int i = 0; i < FILE_BYTES; i++) {
                bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (i / 7));
            }
            made.write(0, bytes);
        }
        return made;
    }

    @AfterEach
    void close() throws IOException {
        file.close();
        pmem.close();
        Files.delete(directory.resolve("pool"));
        Files.delete(directory);
    }

    @Test
    @DisplayName("D2: a slice, a mapping and the file are the same bytes")
    void sameBytes(@TempDir Path images) throws IOException {
        sameBytes(file);
        try (Stele image = Stele.create(images.resolve("pool"), 16 << 20); DaxFile other = filled(image)) {
            sameBytes(other);
        }
        try (Stele memory = Stele.inMemory(16 << 20); DaxFile other = filled(memory)) {
            sameBytes(other);
        }
    }

    private static void sameBytes(DaxFile file) throws IOException {
        file.seal();
        try (Arena arena = Arena.ofConfined();
                DaxMapping slice = file.map(MapMode.READ_WRITE, 100, 9000, MapOption.SLICE);
                DaxMapping reader = file.map(MapMode.READ_ONLY, 0, FILE_BYTES, MapOption.SLICE);
                DaxMapping mapping = file.map(MapMode.READ_WRITE, 0, FILE_BYTES)) {
            MemorySegment read = arena.allocate(9000);
            assertEquals(9000, file.read(100, read));
            assertEquals(-1, read.mismatch(slice.segment()));
            slice.segment().set(ValueLayout.JAVA_BYTE, 5000, (byte) 99);
            assertEquals(99, mapping.segment().get(ValueLayout.JAVA_BYTE, 5100));
            assertEquals(99, reader.segment().get(ValueLayout.JAVA_BYTE, 5100));
            mapping.segment().set(ValueLayout.JAVA_BYTE, 200, (byte) 98);
            assertEquals(98, slice.segment().get(ValueLayout.JAVA_BYTE, 100));
            assertTrue(reader.segment().isReadOnly());
            assertFalse(slice.segment().isMapped());
            slice.persist(5000, 1);
            slice.force();
            slice.deepSync();
        }
        file.unseal();
    }

    @Test
    @DisplayName("P8: what a slice relies on holds until its arena is closed")
    void staysSealed() throws IOException {
        assertThrows(FileSystemException.class, () -> slice(0, 4096), "not sealed");
        file.seal();
        DaxMapping slice = slice(0, FILE_BYTES);
        assertThrows(FileSystemException.class, file::unseal);
        assertThrows(FileSystemException.class, () -> file.truncate(0));
        assertThrows(FileSystemException.class, () -> file.punchHole(0, 4096));
        slice.close();
        assertThrows(IllegalStateException.class, () -> slice.segment().get(ValueLayout.JAVA_BYTE, 0));
        file.unseal();
        file.truncate(0);
    }

    @Test
    void badRangesAreRefused() throws IOException {
        file.seal();
        for (long[] range : new long[][] {{0, 0}, {FILE_BYTES, 1}, {0, FILE_BYTES + 1}, {FILE_BYTES - 1, 2}}) {
            assertThrows(IOException.class, () -> file.map(MapMode.READ_ONLY, range[0], range[1], MapOption.SLICE));
        }
        assertThrows(FileSystemException.class, () -> file.map(MapMode.PRIVATE, 0, 1, MapOption.SLICE));
        assertThrows(FileSystemException.class,
                () -> file.map(MapMode.READ_WRITE, 0, 1, MapOption.SLICE, MapOption.TRACKED));
        file.unseal();
        file.insertRange(4096, 4096);
        file.seal();
        assertThrows(FileSystemException.class, () -> slice(0, FILE_BYTES), "in pieces");
        slice(0, 4096).close();
        file.unseal();
    }

    @Test
    @DisplayName("D1: a slice costs no page fault where one was used before")
    void noFaults() throws IOException {
        file.seal();
        try (DaxMapping first = slice(0, FILE_BYTES)) {
            first.segment().fill((byte) 1);
        }
        long least = Long.MAX_VALUE;
        // A class that is loaded meanwhile faults, too: the least of a few.
        for (int round = 0; round < 5; round++) {
            long before = Native.minorFaults();
            try (Arena arena = Arena.ofConfined()) {
                file.map(MapMode.READ_WRITE, 0, FILE_BYTES, arena, MapOption.SLICE).segment().fill((byte) round);
            }
            least = Math.min(least, Native.minorFaults() - before);
        }
        assertTrue(least < PAGES / 8, least + " faults");
        file.unseal();
    }

    @Test
    @DisplayName("B7: a sync by somebody else makes stores through a slice durable, also after it has ended")
    void syncedByOthers() throws IOException {
        file.seal();
        file.sync();
        try (DaxMapping slice = slice(8192, 3 * 4096)) {
            assertEquals(Tracking.Kind.PESSIMISTIC, slice.tracking().kind());
            assertEquals(3 * 64, linesOfSync());
            slice.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        }
        assertEquals(3 * 64, linesOfSync());
        assertEquals(0, linesOfSync());
        file.unseal();
    }

    private long linesOfSync() throws IOException {
        PersistenceCounters counters = ((DaxFileSystem) pmem.fileSystem()).volume().medium().counters();
        long before = counters.ofThisThread().flushedLines();
        file.syncData();
        return counters.ofThisThread().flushedLines() - before;
    }

    @Test
    @DisplayName("P8: a slice that outlives its volume shows zeros, and stores reach nobody")
    void outlivesItsVolume() throws IOException {
        file.seal();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment bytes = file.map(MapMode.READ_WRITE, 0, FILE_BYTES, arena, MapOption.SLICE).segment();
            bytes.set(ValueLayout.JAVA_BYTE, 9, (byte) 77);
            file.close();
            pmem.close();
            assertEquals(0, bytes.get(ValueLayout.JAVA_BYTE, 9));
            bytes.fill((byte) 5);
            pmem = Stele.open(directory.resolve("pool"), SteleOptions.DEFAULT.withAsPmem(true));
            file = pmem.file("/file");
            try (DaxMapping again = file.map(MapMode.READ_ONLY, 0, 100)) {
                assertEquals(77, again.segment().get(ValueLayout.JAVA_BYTE, 9));
            }
        }
    }

    private DaxMapping slice(long offset, long byteCount) throws IOException {
        return file.map(MapMode.READ_WRITE, offset, byteCount, MapOption.SLICE);
    }
}
