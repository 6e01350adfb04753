package dev.stele.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.stele.medium.PersistenceCounters;
import dev.stele.nio.DaxFileSystem;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a program does to its stores through a mapping, on memory run as persistent memory and on an image file.
class DaxMappingTest {
    private static final long SIZE_BYTES = 16L << 20;

    private Path directory;
    private Stele pmem;
    private DaxFile file;

    @BeforeEach
    void open() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "stele-mapping");
        pmem = Stele.create(directory.resolve("pool"), SIZE_BYTES, SteleOptions.DEFAULT.withAsPmem(true));
        file = pmem.file("/file");
    }

    @AfterEach
    void close() throws IOException {
        file.close();
        pmem.close();
        Files.delete(directory.resolve("pool"));
        Files.delete(directory);
    }

    @Test
    @DisplayName("S-2, P10: a sync mapping is made where lines can be flushed, and nowhere else")
    void syncMappings(@TempDir Path images) throws IOException {
        try (DaxMapping mapping = file.map(MapMode.READ_WRITE, 10, 5000, MapOption.SYNC);
                DaxMapping reader = file.map(MapMode.READ_ONLY, 0, 5010, MapOption.SYNC)) {
            mapping.segment().set(ValueLayout.JAVA_BYTE, 4999, (byte) 3);
            mapping.persist(4999, 1);
            assertEquals(3, reader.segment().get(ValueLayout.JAVA_BYTE, 5009));
        }
        try (Stele image = Stele.create(images.resolve("pool"), SIZE_BYTES); DaxFile other = image.file("/file")) {
            assertThrows(FileSystemException.class, () -> other.map(MapMode.READ_WRITE, 0, 1, MapOption.SYNC));
            assertEquals(0, other.sizeBytes());
        }
        try (Stele memory = Stele.inMemory(SIZE_BYTES); DaxFile other = memory.file("/file")) {
            assertThrows(FileSystemException.class, () -> other.map(MapMode.READ_WRITE, 0, 1, MapOption.SYNC));
        }
        assertThrows(FileSystemException.class, () -> file.map(MapMode.PRIVATE, 0, 1, MapOption.SYNC));
    }

    /// W-9 among them: a deep sync.
    @Test
    void everyVerbOnEveryMedium(@TempDir Path images) throws IOException {
        everyVerb(file);
        try (Stele image = Stele.create(images.resolve("pool"), SIZE_BYTES); DaxFile other = image.file("/file")) {
            everyVerb(other);
        }
        try (Stele memory = Stele.inMemory(SIZE_BYTES); DaxFile other = memory.file("/file")) {
            everyVerb(other);
        }
    }

    private static void everyVerb(DaxFile file) throws IOException {
        try (DaxMapping mapping = file.map(100, 3 << 20)) {
            mapping.segment().fill((byte) 5);
            mapping.persist(7, 1);
            mapping.persist(0, 3 << 20);
            mapping.persist(3 << 20, 0);
            mapping.flush(0, 1);
            mapping.flush(1 << 20, 2 << 20);
            mapping.drain();
            mapping.force();
            mapping.deepSync();
            assertTrue(mapping.tracking().reason().length() > 0);
            for (long[] outside : new long[][] {{-1, 1}, {0, (3 << 20) + 1}, {3 << 20, 1}, {0, -1}}) {
                assertThrows(IndexOutOfBoundsException.class, () -> mapping.persist(outside[0], outside[1]));
                assertThrows(IndexOutOfBoundsException.class, () -> mapping.flush(outside[0], outside[1]));
            }
        }
        try (DaxMapping mine = file.map(MapMode.PRIVATE, 0, 4096)) {
            assertThrows(UnsupportedOperationException.class, () -> mine.persist(0, 1));
            assertThrows(UnsupportedOperationException.class, () -> mine.flush(0, 1));
            mine.force();
        }
        DaxMapping closed = file.map(0, 4096);
        closed.close();
        assertThrows(IllegalStateException.class, closed::close);
    }

    @Test
    void aConfinedMappingIsPersistedByItsThread() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            DaxMapping mapping = file.map(MapMode.READ_WRITE, 0, 4096, arena);
            mapping.persist(0, 4096);
            Throwable[] refused = new Throwable[1];
            Thread other = Thread.ofPlatform().start(() -> {
                try {
                    mapping.persist(0, 64);
                } catch (WrongThreadException e) {
                    refused[0] = e;
                }
            });
            other.join();
            assertTrue(refused[0] != null, "nobody else may touch a confined segment");
        }
    }

    @Test
    void persistingALineAllocatesNothing() throws IOException {
        try (DaxMapping mapping = file.map(0, 1 << 20)) {
            var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int i = 0; i < 20_000; i++) {
                persistOne(mapping, i);
            }
            threads.getCurrentThreadAllocatedBytes();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                persistOne(mapping, i);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 4096, "allocated " + allocated);
        }
    }

    @Test
    @DisplayName("P10: what is copied to a mapping for reading, or to a private one, is refused")
    void copiesOnlyToTheFile(@TempDir Path images) throws IOException {
        file.map(0, 4096).close();
        try (DaxMapping mine = file.map(MapMode.PRIVATE, 0, 4096);
                DaxMapping forReading = file.map(MapMode.READ_ONLY, 0, 4096)) {
            assertThrows(UnsupportedOperationException.class, () -> mine.copyPersist(0, SOURCE, 0, 8));
            assertThrows(IllegalArgumentException.class, () -> forReading.copyPersist(0, SOURCE, 0, 8));
        }
        MemorySegment source = Arena.ofAuto().allocate(4096, 64).fill((byte) 6);
        try (Stele image = Stele.create(images.resolve("image"), SIZE_BYTES);
                DaxFile onImage = image.file("/file");
                DaxMapping mapping = onImage.map(0, 8192)) {
            mapping.copyPersist(100, source, 0, 4096);
            assertEquals(-1, mapping.segment().asSlice(100, 4096).mismatch(source));
        }
    }

    @Test
    void copiesPastTheCacheWithOneDrainAndWithoutAllocating() throws IOException {
        MemorySegment source = Arena.ofAuto().allocate(4096, 64).fill((byte) 5);
        try (DaxMapping mapping = file.map(0, 1 << 20)) {
            var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int i = 0; i < 20_000; i++) {
                mapping.copyPersist(i % 256 * 4096L, source, 0, 4096);
            }
            threads.getCurrentThreadAllocatedBytes();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                mapping.copyPersist(i % 256 * 4096L, source, 0, 4096);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 4096, "allocated " + allocated);
            assertEquals(-1, mapping.segment().asSlice(4096, 4096).mismatch(source));
            PersistenceCounters counters =
                    ((DaxFileSystem) pmem.fileSystem()).volume().medium().counters();
            PersistenceCounters.Snapshot start = counters.ofThisThread();
            mapping.copyPersist(8192, source, 0, 4096);
            PersistenceCounters.Snapshot spent = counters.ofThisThread().since(start);
            assertEquals(new PersistenceCounters.Snapshot(0, 0, 0, 4096, 1, 0), spent);
        }
    }

    private static void persistOne(DaxMapping mapping, int i) {
        long at = (i * 64L * 17) % (1 << 20);
        mapping.segment().set(ValueLayout.JAVA_LONG, at, i);
        mapping.persist(at, 8);
    }

    /// A thread that flushes lines, in machine code, and another that unmaps them.
    @Test
    @DisplayName("I2 of mapping: closing an arena while another thread persists is safe")
    void closingWhilePersisting() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        for (int round = 0; round < 60; round++) {
            Arena arena = Arena.ofShared();
            DaxMapping mapping = file.map(MapMode.READ_WRITE, 0, 2 << 20, arena);
            Thread other = Thread.ofPlatform().start(() -> persistUntilClosed(mapping, closed));
            Thread.sleep(0, 200_000);
            closeAsSoonAsPossible(arena);
            other.join();
        }
        assertEquals(60, closed.get());
    }

    private static final MemorySegment SOURCE = Arena.ofAuto().allocate(4096);

    private static void persistUntilClosed(DaxMapping mapping, AtomicInteger closed) {
        try {
            while (true) {
                mapping.persist(0, 2 << 20);
                mapping.copyPersist(64, SOURCE, 0, 4096);
                mapping.flush(64, 64);
            }
        } catch (IllegalStateException over) {
            closed.incrementAndGet();
        }
    }

    private static void closeAsSoonAsPossible(Arena arena) {
        while (true) {
            try {
                arena.close();
                return;
            } catch (IllegalStateException held) {
                Thread.onSpinWait();
            }
        }
    }
}
