package dev.stele.dax;

import static dev.stele.dax.Pool.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Ends of files, of ranges and of calls: what lies just behind them.
class EdgesOfFilesTest {
    private static final long END = 100;

    private interface Growing {
        void grow(Pool pool, long file);
    }

    private static final Growing[] WAYS = {
        (pool, file) -> pool.volume.truncate(file, 3 * PAGE),
        (pool, file) -> pool.writeLong(file, 3 * PAGE - 8, 1),
        (pool, file) -> pool.writeLong(file, 3000, 1),
        (pool, file) -> pool.writeLong(file, 3 * PAGE - 8, 1, Durability.DSYNC),
        (pool, file) -> pool.writeLong(file, 3 * PAGE - 8, 1, Durability.ATOMIC),
        (pool, file) -> pool.writeLong(file, 3000, 1, Durability.ATOMIC),
        (pool, file) -> pool.volume.allocate(file, PAGE, 2 * PAGE, false),
        (pool, file) -> pool.volume.allocate(file, 0, 3000, false),
        (pool, file) -> pool.volume.zeroRange(file, 2 * PAGE, PAGE, false),
        (pool, file) -> pool.volume.copyRange(Pool.find(pool.volume, "source"), 0, file, 2 * PAGE, PAGE),
        (pool, file) -> pool.volume.copyRange(Pool.find(pool.volume, "source"), 0, file, 3000, 8),
        (pool, file) -> {
            pool.volume.allocate(file, 3 * PAGE - 1, 1, false);
            pool.map(file, 0, 3, MapMode.READ_WRITE).set(JAVA_LONG, 2 * PAGE, 5);
        },
    };

    /// D9, T-6: what was stored behind the end through a mapping is never part of the file, whichever way it grows; in
    /// no mapping, not after the sync, and not after a power cut.
    @Test
    void growingShowsZerosWhereSomebodyStoredBehindTheEnd() {
        for (int way = 0; way < WAYS.length; way++) {
            String how = "grown by way " + way;
            try (Pool pool = new Pool()) {
                pool.file("source", 1);
                long file = pool.file("f", 1);
                pool.volume.truncate(file, END);
                MemorySegment mapped = pool.map(file, 0, 1, MapMode.READ_WRITE);
                MemorySegment reader = pool.map(file, 0, 1, MapMode.READ_ONLY);
                mapped.asSlice(END, PAGE - END).fill((byte) 0x66);
                pool.volume.sync(file, true);
                WAYS[way].grow(pool, file);
                assertZeros(Pool.bytes(pool.volume, file, 3 * PAGE), how);
                assertZeros(reader.toArray(JAVA_BYTE), how + ", mapped");
                pool.volume.sync(file, true);
                try (var cuts = pool.cuts(volume -> {
                    byte[] found = Pool.bytes(volume, Pool.find(volume, "f"), 3 * PAGE);
                    assertTrue(found.length > END, how);
                    assertZeros(found, how + ", after a power cut");
                })) {
                    cuts.at("grown");
                }
            }
        }
    }

    /// What was behind the old end and before anything the growing itself has stored.
    private static void assertZeros(byte[] found, String how) {
        for (int i = (int) END; i < Math.min(found.length, 2992); i++) {
            if (found[i] != 0) {
                fail(how + ", " + found[i] + " at " + i);
            }
        }
    }

    /// T-6: a file that is cut and grows again has zeros where it was cut off, also in the rest of its last block.
    @Test
    void cuttingZeroesTheRestOfTheLastBlock() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 1);
            pool.write(file, 0, 2 * (int) PAGE, 0x66, Durability.DSYNC);
            pool.volume.truncate(file, END);
            try (var cuts = pool.cuts(volume -> {
                long found = Pool.find(volume, "f");
                assertEquals(END, Pool.size(volume, found));
                volume.truncate(found, 2 * PAGE);
                assertZeros(Pool.bytes(volume, found, 2 * PAGE), "cut");
            })) {
                cuts.at("cut");
            }
            pool.volume.truncate(file, 2 * PAGE);
            assertZeros(Pool.bytes(pool.volume, file, 2 * PAGE), "grown");
        }
    }

    /// T-5: punching and zeroing parts of blocks zeroes exactly the parts, in the file, in every mapping and after a
    /// power cut.
    @Test
    void partsOfBlocksAreZeroedToTheByte() {
        long[][] ranges = {{10, 20}, {PAGE - 5, 10}, {100, 3 * PAGE}, {PAGE, 2 * PAGE - 1}, {PAGE + 1, PAGE - 1}};
        for (int i = 0; i < 2 * ranges.length; i++) {
            long from = ranges[i / 2][0];
            long count = ranges[i / 2][1];
            try (Pool pool = new Pool()) {
                long file = pool.file("f", 1);
                pool.write(file, 0, 5 * (int) PAGE, 0x66, Durability.DSYNC);
                MemorySegment mapped = pool.map(file, 0, 5, MapMode.READ_ONLY);
                if (i % 2 == 0) {
                    pool.volume.punchHole(file, from, count);
                } else {
                    pool.volume.zeroRange(file, from, count, true);
                }
                assertZeroed(Pool.bytes(pool.volume, file, 5 * PAGE), from, count);
                if (i % 2 == 1) {
                    assertZeroed(mapped.toArray(JAVA_BYTE), from, count);
                }
                try (var cuts = pool.cuts(volume ->
                        assertZeroed(Pool.bytes(volume, Pool.find(volume, "f"), 5 * PAGE), from, count))) {
                    cuts.at("zeroed");
                }
            }
        }
    }

    private static void assertZeroed(byte[] found, long from, long count) {
        assertEquals(5 * PAGE, found.length);
        for (int i = 0; i < found.length; i++) {
            if (found[i] != (i >= from && i < from + count ? 0 : 0x66)) {
                fail(from + ", " + count + ": " + found[i] + " at " + i);
            }
        }
    }

    /// T-7: what collapsing and inserting refuse, and that nothing has changed then.
    @Test
    void collapsingAndInsertingRefuseWhatLinuxRefuses() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 8);
            Volume v = pool.volume;
            assertRefused(Errno.EINVAL, () -> v.collapseRange(file, 1, PAGE));
            assertRefused(Errno.EINVAL, () -> v.collapseRange(file, PAGE, PAGE + 1));
            assertRefused(Errno.EINVAL, () -> v.collapseRange(file, PAGE, 0));
            assertRefused(Errno.EINVAL, () -> v.collapseRange(file, 4 * PAGE, 4 * PAGE));
            assertRefused(Errno.EINVAL, () -> v.insertRange(file, 7, PAGE));
            assertRefused(Errno.EINVAL, () -> v.insertRange(file, 8 * PAGE, PAGE));
            assertRefused(Errno.EFBIG, () -> v.insertRange(file, PAGE, Long.MAX_VALUE & -PAGE));
            for (long page = 0; page < 8; page++) {
                assertEquals(page + 1, pool.readLong(file, page * PAGE));
            }
            assertEquals(8 * PAGE, Pool.size(v, file));
        }
    }

    private static void assertRefused(Errno errno, Runnable action) {
        assertEquals(errno, assertThrows(VolumeException.class, action::run).errno());
    }

    /// D10: a private mapping needs nothing but reading: it is made, and stored to, where nothing may be written; pages
    /// that it has not stored to show what others store to the file later.
    @Test
    void privateMappingsAreMadeOfAVolumeThatIsOnlyRead() {
        try (Pool pool = new Pool(); Arena arena = Arena.ofConfined()) {
            long file = pool.file("f", 4);
            MemorySegment mine = pool.map(file, 0, 4, MapMode.PRIVATE);
            mine.set(JAVA_LONG, PAGE, 50);
            pool.writeLong(file, PAGE, 60);
            pool.writeLong(file, 2 * PAGE, 70);
            assertEquals(50, mine.get(JAVA_LONG, PAGE));
            assertEquals(70, mine.get(JAVA_LONG, 2 * PAGE));
            pool.volume.sync();
            pool.medium.isKept = true;
            pool.volume.close();
            pool.medium.isKept = false;
            SimMedium sim = pool.medium.sim;
            pool.volume = Volume.open(pool.medium, new OpenOptions(true, () -> 1, false));
            long verbs = sim.verbCount();
            MemorySegment again = pool.volume.map(file, 0, 4 * PAGE, MapMode.PRIVATE, arena);
            again.set(JAVA_LONG, 3 * PAGE, 80);
            assertEquals(60, again.get(JAVA_LONG, PAGE));
            assertEquals(4, pool.readLong(file, 3 * PAGE));
            assertEquals(verbs, sim.verbCount(), "the medium was touched");
        }
    }

    /// I-2: a call that reads and one that writes happen one after the other: no reader sees half a write.
    @Test
    void noReadSeesHalfAWrite() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 4);
            AtomicBoolean enough = new AtomicBoolean();
            pool.write(file, 0, 3 * (int) PAGE, 1, Durability.DEFERRED);
            Task writer = Task.start(() -> {
                for (int i = 2; !enough.get(); i++) {
                    pool.write(file, 0, 3 * (int) PAGE, 1 + i % 100, Durability.values()[i % 4]);
                }
            });
            MemorySegment into = pool.memory.allocate(3 * PAGE);
            for (int i = 0; i < 3000; i++) {
                assertEquals(3 * PAGE, pool.volume.read(file, 0, into, 0, 3 * PAGE));
                assertEquals(-1, firstOther(into), "a mixture");
            }
            enough.set(true);
            writer.join();
        }
    }

    /// @return where a byte differs from the first, -1 for nowhere
    private static long firstOther(MemorySegment bytes) {
        for (long i = 1; i < bytes.byteSize(); i++) {
            if (bytes.get(JAVA_BYTE, i) != bytes.get(JAVA_BYTE, 0)) {
                return i;
            }
        }
        return -1;
    }

    /// A4: a file that ends in the middle of a line is flushed to its last byte.
    @Test
    void theLastByteOfAFileIsFlushed() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 2);
            pool.volume.truncate(file, PAGE + 65);
            pool.volume.sync();
            pool.write(file, PAGE + 64, 1, 9, Durability.DEFERRED);
            assertEquals(1, pool.flushedLines(() -> pool.volume.sync(file, true)));
            try (var cuts = pool.cuts(volume ->
                    assertEquals(9, Pool.bytes(volume, Pool.find(volume, "f"), 2 * PAGE)[(int) PAGE + 64]))) {
                cuts.at("synced");
            }
        }
    }
}
