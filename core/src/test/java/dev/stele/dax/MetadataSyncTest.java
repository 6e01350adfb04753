package dev.stele.dax;

import static dev.stele.dax.Pool.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// What must be found after a power cut besides the bytes that were synced: holes, sizes, blocks; and that a sync finds
/// the file whichever way it was stored to.
class MetadataSyncTest {
    /// B4: a file whose bytes are clean and whose extents are not. The hole is there when the call returns, not
    /// only after the sync, which has nothing to flush.
    @Test
    void aPunchedHoleIsThereAfterADataSync() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 10);
            pool.volume.punchHole(file, 2 * PAGE, 3 * PAGE);
            try (var cuts = pool.cuts(volume -> assertPunched(volume))) {
                cuts.at("punched");
                assertEquals(0, pool.flushedLines(() -> pool.volume.sync(file, true)));
                cuts.at("synced");
            }
        }
    }

    private static void assertPunched(Volume volume) {
        long file = Pool.find(volume, "f");
        assertEquals(2 * PAGE, volume.seekHole(file, 0));
        assertEquals(5 * PAGE, volume.seekData(file, 2 * PAGE));
        for (long page = 0; page < 10; page++) {
            assertEquals(page < 2 || page > 4 ? page + 1 : 0, Pool.readLong(volume, file, page * PAGE));
        }
    }

    /// B4: a file extended by a write has its size and its bytes after a data sync; its times may be older.
    @Test
    void anExtendedFileHasItsSizeAfterADataSync() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 1);
            pool.write(file, PAGE, 3 * (int) PAGE, 7, Durability.DEFERRED);
            pool.writeLong(file, PAGE, 77);
            pool.volume.sync(file, true);
            try (var cuts = pool.cuts(volume -> {
                long found = Pool.find(volume, "f");
                assertEquals(4 * PAGE, Pool.size(volume, found));
                assertEquals(77, Pool.readLong(volume, found, PAGE));
                assertEquals(0x0707070707070707L, Pool.readLong(volume, found, 3 * PAGE));
            })) {
                cuts.at("synced");
            }
        }
    }

    /// B5, I-5: without a sync a write that allocates leaves the old end or the new one, the bytes written, zeros or
    /// what the file held there; never what another file left in the block.
    @Test
    void aWriteThatIsNotSyncedNeverShowsAnotherFilesBytes() {
        try (Pool pool = new Pool()) {
            byte secret = 0x5E;
            long old = pool.file("secret", 1);
            pool.write(old, 0, 40 * (int) PAGE, secret, Durability.DSYNC);
            long file = pool.file("f", 3);
            pool.volume.truncate(file, 20 * PAGE);
            pool.volume.unlink(pool.volume.root(), dev.stele.node.Name.of("secret"));
            pool.volume.sync();
            try (var cuts = pool.cuts(volume -> assertNo(secret, volume))) {
                for (int i = 0; i < 8; i++) {
                    pool.write(file, 5 * PAGE + i * 5000, 3000, 1, Durability.DEFERRED);
                    cuts.at("filled a hole");
                    pool.write(file, 20 * PAGE + i * 3000, 3000, 1, Durability.DEFERRED);
                    cuts.at("extended");
                }
                pool.map(file, 0, 60, MapMode.READ_WRITE).set(JAVA_LONG, 50 * PAGE, 1L);
                cuts.at("mapped");
                pool.volume.truncate(file, 60 * PAGE);
                cuts.at("extended under the mapping");
            }
        }
    }

    private static void assertNo(byte secret, Volume volume) {
        byte[] found = Pool.bytes(volume, Pool.find(volume, "f"), 60 * PAGE);
        for (int i = 0; i < found.length; i++) {
            if (found[i] == secret) {
                fail("another file's byte at " + i);
            }
        }
    }

    /// B5: a write that allocates needs no more than a data sync to be found.
    @Test
    void aWriteThatAllocatesIsFoundAfterADataSync() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 1);
            pool.volume.truncate(file, 30 * PAGE);
            pool.write(file, 10 * PAGE, 5 * (int) PAGE, 6, Durability.DEFERRED);
            pool.volume.sync(file, true);
            try (var cuts = pool.cuts(volume -> {
                long found = Pool.find(volume, "f");
                assertEquals(0x0606060606060606L, Pool.readLong(volume, found, 14 * PAGE));
                assertEquals(0, Pool.readLong(volume, found, 15 * PAGE));
            })) {
                cuts.at("synced");
            }
        }
    }

    /// C4: the sync of the volume finds a file that was only stored to through mappings, and whatever syncs a file
    /// by its number does too: C5.
    @Test
    void aFileStoredToByMappingAloneIsFoundByEverySync() {
        for (int how = 0; how < 4; how++) {
            try (Pool pool = new Pool()) {
                long file = pool.file("f", 8);
                MemorySegment mapped = pool.map(file, 0, 8, MapMode.READ_WRITE);
                pool.volume.sync();
                mapped.set(JAVA_LONG, 3 * PAGE, 33);
                mapped.set(JAVA_BYTE, 8 * PAGE - 1, (byte) 34);
                switch (how) {
                    case 0 -> pool.volume.sync();
                    case 1 -> pool.volume.sync(file, true);
                    case 2 -> pool.volume.sync(file, false);
                    default -> pool.volume.syncRange(file, 0, 8 * PAGE);
                }
                int way = how;
                try (var cuts = pool.cuts(volume -> {
                    byte[] found = Pool.bytes(volume, Pool.find(volume, "f"), 8 * PAGE);
                    assertEquals(33, found[3 * (int) PAGE], "way " + way);
                    assertEquals(34, found[8 * (int) PAGE - 1], "way " + way);
                })) {
                    cuts.at("synced");
                }
            }
        }
    }

    /// C5: a file that nobody has pinned or written since the volume was opened, mapped, stored to and synced when
    /// the mapping has ended.
    @Test
    void theOnlyTraceOfAnEndedMappingIsEnough() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 8);
            try (var arena = java.lang.foreign.Arena.ofConfined()) {
                pool.volume.map(file, 0, 8 * PAGE, MapMode.READ_WRITE, arena).set(JAVA_LONG, 5 * PAGE, 55);
            }
            pool.volume.sync();
            assertEquals(55, pool.durable(file, 5 * PAGE));
        }
    }

    /// F-4: a writable mapping is handed out over written, zeroed blocks, that are found after any power cut and hold
    /// zeros or what was stored.
    @Test
    void aWritableMappingStandsOnWrittenZeros() {
        try (Pool pool = new Pool()) {
            long junk = pool.file("junk", 1);
            pool.write(junk, 0, 60 * (int) PAGE, 0x77, Durability.DSYNC);
            pool.volume.unlink(pool.volume.root(), dev.stele.node.Name.of("junk"));
            long file = pool.file("f", 2);
            pool.volume.truncate(file, 40 * PAGE);
            pool.volume.allocate(file, 30 * PAGE, 5 * PAGE, false);
            MemorySegment mapped = pool.map(file, 0, 40, MapMode.READ_WRITE);
            for (Volume.FileExtent each : pool.volume.extents(file, 0, 40 * PAGE)) {
                assertTrue(!each.unwritten(), each.toString());
            }
            mapped.set(JAVA_LONG, 20 * PAGE, 20);
            try (var cuts = pool.cuts(volume -> {
                long found = Pool.find(volume, "f");
                assertEquals(40 * PAGE, volume.extents(found, 0, 40 * PAGE).stream()
                        .mapToLong(Volume.FileExtent::byteCount).sum());
                byte[] bytes = Pool.bytes(volume, found, 40 * PAGE);
                for (int i = 2 * (int) PAGE; i < bytes.length; i++) {
                    if (bytes[i] != 0 && (bytes[i] != 20 || i != 20 * PAGE)) {
                        fail("byte " + i + ": " + bytes[i]);
                    }
                }
            })) {
                cuts.at("mapped and stored to");
            }
        }
    }
}
