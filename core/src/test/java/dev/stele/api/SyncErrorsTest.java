package dev.stele.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.sim.SimMedium;
import dev.stele.nio.DaxFileSystemProvider;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// W-6: a sync that failed is told to every open handle, once, and what it did not make durable can be synced again.
class SyncErrorsTest {
    private static final int BYTES = 3 * 4096;

    private final SimMedium medium = SimMedium.create(8 << 20);
    private Stele stele;

    @BeforeEach
    void open() throws IOException {
        stele = new Stele(DaxFileSystemProvider.installed().format(medium, ""));
        try (DaxFile file = stele.file("/f"); Arena arena = Arena.ofConfined()) {
            file.write(0, arena.allocate(BYTES), 0, BYTES, Durability.SYNC);
            file.write(0, arena.allocate(64), 0, 64, Durability.SYNC);
        }
        stele.sync();
    }

    @AfterEach
    void close() throws IOException {
        medium.healFaults();
        stele.close();
    }

    private static void store(DaxFile file, int value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            file.write(0, arena.allocate(BYTES).fill((byte) value), 0, BYTES, Durability.DEFERRED);
        }
    }

    private static void durably(DaxFile file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            file.write(0, arena.allocate(BYTES), 0, BYTES, Durability.DSYNC);
        }
    }

    private interface Sync {
        void run() throws IOException;
    }

    private void failing(Sync sync) {
        medium.failAfter(0, true);
        assertThrows(IOException.class, sync::run);
        medium.healFaults();
    }

    @Test
    @DisplayName("W-6: every handle that was open is told once, a new one is not")
    void everyHandleIsToldOnce() throws IOException {
        try (DaxFile one = stele.file("/f"); DaxFile two = stele.file("/f");
                FileChannel three = FileChannel.open(stele.path("/f"), StandardOpenOption.READ);
                DaxFile otherFile = stele.file("/g")) {
            // The log has the words of records so far; what counts is the file's bytes.
            medium.settle();
            store(one, 1);
            failing(one::syncData);
            try (DaxFile later = stele.file("/f")) {
                later.syncData();
            }
            one.syncData();
            assertEquals(0, medium.undurableLineCount());
            assertThrows(IOException.class, two::syncData);
            two.sync();
            IOException told = assertThrows(IOException.class, () -> three.force(false));
            assertTrue(told.getMessage().contains("simulated failure"), told.getMessage());
            three.force(true);
            otherFile.sync();
        }
    }

    @Test
    @DisplayName("W-6: a failure that nobody was told of waits for the next handle")
    void aFailureNobodySawIsKept() throws IOException {
        try (DaxFile writer = stele.file("/f")) {
            store(writer, 1);
        }
        failing(stele::sync);
        try (DaxFile next = stele.file("/f")) {
            try (DaxFile another = stele.file("/f")) {
                assertThrows(IOException.class, next::syncData);
                next.syncData();
                // opened while nobody had been told
                assertThrows(IOException.class, another::syncData);
            }
        }
        try (DaxFile last = stele.file("/f")) {
            last.syncData();
        }
    }

    @Test
    @DisplayName("W-6: a handle of the volume is told of every file's failures, once")
    void theVolumeIsTold() throws IOException {
        try (DaxFile file = stele.file("/f")) {
            store(file, 1);
            failing(file::syncData);
            file.syncData();
            assertThrows(IOException.class, stele::sync);
            stele.sync();
        }
    }

    @Test
    @DisplayName("W-6: msync tells the handle that was mapped from")
    void aMappingIsPartOfItsHandle() throws IOException {
        try (DaxFile file = stele.file("/f"); DaxFile other = stele.file("/f");
                DaxMapping mapping = file.map(MapMode.READ_WRITE, 0, BYTES)) {
            store(other, 1);
            failing(other::syncData);
            assertThrows(UncheckedIOException.class, mapping::force);
            mapping.force();
            file.syncData();
        }
    }

    @Test
    @DisplayName("W-6: whatever verb of a sync fails, the stores stay dirty and the next sync makes them durable")
    void aRetryWorks() throws IOException {
        try (DaxFile file = stele.file("/f")) {
            int failures = 0;
            boolean hasFailed = true;
            for (int verb = 0; hasFailed; verb++) {
                medium.settle();
                store(file, verb + 1);
                hasFailed = failsAt(verb, file);
                failures += hasFailed ? 1 : 0;
                file.syncData();
                assertEquals(0, medium.undurableLineCount(), "failed at verb " + verb);
            }
            assertTrue(failures >= 2, "a flush and a drain: " + failures);
        }
    }

    private boolean failsAt(int verb, DaxFile file) {
        medium.failAfter(verb, false);
        try {
            file.syncData();
            return false;
        } catch (IOException expected) {
            return true;
        } finally {
            medium.healFaults();
        }
    }

    @Test
    @DisplayName("W-6: a checkpoint that failed is told to every handle of every file")
    void aCheckpointThatFailed(@TempDir Path directory) throws IOException {
        Path image = directory.resolve("pool");
        try (Stele onDisk = Stele.create(image, 8 << 20); DaxFile one = onDisk.file("/one");
                DaxFile two = onDisk.file("/two"); DaxFile three = onDisk.file("/one")) {
            store(one, 1);
            store(two, 2);
            onDisk.sync();
            try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                byte[] whole = Files.readAllBytes(image);
                int cutAt = (8 << 20) - 4096;
                file.truncate(cutAt);
                assertThrows(IOException.class, one::sync);
                assertThrows(IOException.class, () -> durably(three));
                file.write(ByteBuffer.wrap(whole, cutAt, whole.length - cutAt), cutAt);
            }
            three.sync();
            assertThrows(IOException.class, one::sync, "has failed again, for another");
            one.sync();
            assertThrows(IOException.class, two::sync);
            two.sync();
            durably(two);
            assertThrows(IOException.class, onDisk::sync);
            onDisk.sync();
        }
    }
}
