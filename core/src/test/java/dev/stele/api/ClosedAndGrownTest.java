package dev.stele.api;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.volume.Volume.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What may still be called when a volume or a mapping is closed, and what goes on while a volume grows.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClosedAndGrownTest {
    private static final long MIB = 1L << 20;

    private Path memory;
    @TempDir
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        memory = Files.createTempDirectory(Path.of("/dev/shm"), "stele-closed");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        Files.deleteIfExists(memory.resolve("pool"));
        Files.delete(memory);
    }

    private List<Stele> onEveryMedium() throws IOException {
        return List.of(Stele.create(memory.resolve("pool"), 4 * MIB, SteleOptions.DEFAULT.withAsPmem(true)),
                Stele.create(directory.resolve("pool"), 4 * MIB), Stele.inMemory(4 * MIB));
    }

    /// P7: a hang was the answer of a volume whose lines are flushed.
    @Test
    void aClosedVolumeRefusesAtOnce() throws IOException {
        for (Stele stele : onEveryMedium()) {
            DaxFile file = stele.file("/file");
            DaxMapping mapping = file.map(0, 100_000);
            mapping.segment().set(ValueLayout.JAVA_INT, 0, 7);
            stele.close();
            String what = assertThrows(IllegalStateException.class, mapping::force).getMessage();
            assertEquals("the volume is closed", what);
            assertThrows(ClosedFileSystemException.class, stele::sync);
            assertThrows(ClosedFileSystemException.class, () -> stele.grow(8 * MIB));
            mapping.close();
            assertThrows(ClosedFileSystemException.class, stele::sync);
            assertDoesNotThrow(stele::close);
        }
    }

    /// On an image file, too, where a program is usually tried first.
    @Test
    void aClosedMappingMakesNothingDurable() throws IOException {
        for (Stele stele : onEveryMedium()) {
            try (stele; DaxFile file = stele.file("/file"); Arena arena = Arena.ofConfined()) {
                MemorySegment word = arena.allocate(8);
                for (MapMode mode : List.of(MapMode.READ_WRITE, MapMode.READ_ONLY)) {
                    DaxMapping mapping = file.map(mode, 0, 100_000);
                    mapping.close();
                    assertThrows(IllegalStateException.class, () -> mapping.persist(0, 8));
                    assertThrows(IllegalStateException.class, () -> mapping.flush(0, 8));
                    assertThrows(IllegalStateException.class, mapping::force);
                    assertThrows(IllegalStateException.class, mapping::deepSync);
                    if (mode == MapMode.READ_WRITE) {
                        assertThrows(IllegalStateException.class, () -> mapping.copyPersist(0, word, 0, 8));
                    }
                }
            }
        }
    }

    @Test
    void whatNoAddressSpaceHoldsIsRefusedInWords() throws IOException {
        for (Stele stele : onEveryMedium()) {
            try (stele; DaxFile file = stele.file("/file")) {
                for (MapMode mode : List.of(MapMode.READ_ONLY, MapMode.PRIVATE)) {
                    for (long byteCount : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 4095, (1L << 62) + 1}) {
                        String reason = assertThrows(FileSystemException.class, () -> file.map(mode, 0, byteCount))
                                .getReason();
                        assertTrue(reason.contains("larger than memory"), reason);
                    }
                }
            }
        }
    }

    /// A checkpoint that let operations in while the volume grew lost what they made.
    @Test
    void whatIsMadeWhileAVolumeGrowsIsThereAfterwards() throws Exception {
        Path pool = directory.resolve("pool");
        AtomicBoolean isGrown = new AtomicBoolean();
        AtomicInteger made = new AtomicInteger();
        try (Stele stele = Stele.create(pool, 4 * MIB); ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> syncs = threads.submit(() -> {
                while (!isGrown.get()) {
                    stele.sync();
                }
                return null;
            });
            Future<?> makes = threads.submit(() -> {
                while (!isGrown.get()) {
                    Files.createFile(stele.path("/" + made.get()));
                    made.incrementAndGet();
                    Files.delete(Files.createFile(stele.path("/gone")));
                }
                return null;
            });
            try {
                for (long sizeBytes = 4 * MIB + MIB / 4; sizeBytes <= 40 * MIB; sizeBytes += MIB / 4) {
                    stele.grow(sizeBytes);
                }
            } finally {
                isGrown.set(true);
            }
            syncs.get();
            makes.get();
        }
        try (Stele stele = Stele.open(pool)) {
            for (int i = 0; i < made.get(); i++) {
                assertTrue(Files.exists(stele.path("/" + i)), "file " + i + " of " + made);
            }
            assertFalse(Files.exists(stele.path("/gone")));
        }
    }
}
