package dev.stele.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.PersistenceCounters;
import dev.stele.tree.Ground;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Single cases of what changes of a file's extents do and cost.
class ExtentsTest {
    private Ground ground = new Ground(MemoryMedium.create(16 << 20));
    private Extents extents = new Extents(ground.space, ground.tree);
    private final Extent extent = new Extent();

    @AfterEach
    void close() {
        ground.close();
    }

    private void grow(long sizeBytes) {
        ground.close();
        ground = new Ground(MemoryMedium.create(sizeBytes));
        extents = new Extents(ground.space, ground.tree);
    }

    private interface Change {
        void in(Transaction tx);
    }

    private PersistenceCounters.Snapshot run(Change change) {
        PersistenceCounters.Snapshot before = ground.medium.counters().ofThisThread();
        Transaction tx = ground.journal.begin();
        try {
            change.in(tx);
            tx.commit();
        } finally {
            tx.abort();
        }
        return ground.medium.counters().ofThisThread().since(before);
    }

    private List<String> list(long from, long to) {
        List<String> found = new ArrayList<>();
        extents.list(ground.inode, from, to, extent, (block, start, count, unwritten) ->
                found.add(block + "+" + count + "@" + start + (unwritten ? "u" : "")));
        return found;
    }

    private List<String> list() {
        return list(0, Extents.MAX_BLOCKS);
    }

    private void put(long fileBlock, long start, long count, boolean unwritten) {
        run(tx -> extents.insert(tx, ground.inode, fileBlock, Run.of(start, count, unwritten)));
    }

    @Test
    void neighboursBecomeOne() {
        put(0, 1000, 4, false);
        put(8, 1008, 4, false);
        assertEquals(List.of("0+4@1000", "8+4@1008"), list());
        put(4, 1004, 4, false);
        assertEquals(List.of("0+12@1000"), list());
        assertEquals(List.of("2+3@1002"), list(2, 5));
        assertEquals(12, ground.blockCount());
    }

    @Test
    void neighboursThatDifferStayApart() {
        put(0, 1000, 4, false);
        put(4, 1004, 4, true);
        put(8, 2000, 1, true);
        assertEquals(List.of("0+4@1000", "4+4@1004u", "8+1@2000u"), list());
    }

    @Test
    void aRunOverBitmapsIsNotBelieved() {
        grow(300L << 20);
        put(0, Geometry.GROUP_BLOCKS - 2, 2, false);
        assertEquals(1, list().size());
        put(4, Geometry.GROUP_BLOCKS - 2, 5, false);
        assertThrows(CorruptionException.class, this::list);
        assertThrows(CorruptionException.class, () -> run(tx -> extents.remove(tx, ground.inode, 0, 100)));
        assertEquals(1, list(0, 4).size());
    }

    @Test
    void writingIntoUnwrittenDividesIt() {
        put(10, 1000, 100, true);
        run(tx -> extents.markWritten(tx, ground.inode, 30, 5));
        assertEquals(List.of("10+20@1000u", "30+5@1020", "35+75@1025u"), list());
        run(tx -> extents.markWritten(tx, ground.inode, 0, 30));
        assertEquals(List.of("10+25@1000", "35+75@1025u"), list());
        run(tx -> extents.markWritten(tx, ground.inode, 35, 1000));
        assertEquals(List.of("10+100@1000"), list());
        run(tx -> extents.markUnwritten(tx, ground.inode, 109, 1));
        assertEquals(List.of("10+99@1000", "109+1@1099u"), list());
        assertEquals(100, ground.blockCount());
    }

    @Test
    void seekingSeesDataOnly() {
        put(10, 1000, 5, true);
        put(15, 1005, 5, false);
        assertEquals(15, extents.nextData(ground.inode, 0, extent));
        assertEquals(15, extents.nextHole(ground.inode, 15, extent) - 5);
        assertEquals(0, extents.nextHole(ground.inode, 0, extent));
        assertEquals(-1, extents.nextData(ground.inode, 20, extent));
        extents.find(ground.inode, 3, extent);
        assertTrue(extent.isHole() && extent.end() == 10, extent.toString());
        extents.find(ground.inode, 25, extent);
        assertTrue(extent.isHole() && extent.end() == Extents.MAX_BLOCKS, extent.toString());
    }

    @Test
    void whatIsNoHoleIsNotFilled() {
        put(10, 1000, 5, false);
        for (long block : new long[] {6, 9, 10, 14}) {
            assertThrows(IllegalArgumentException.class, () -> put(block, 2000, 5, false));
        }
        put(15, 2000, 5, false);
        put(5, 3000, 5, false);
        assertEquals(3, list().size());
    }

    @Test
    void filesEndAt2To63() {
        put(Extents.MAX_BLOCKS - 1, 1000, 1, false);
        extents.find(ground.inode, Extents.MAX_BLOCKS - 1, extent);
        assertEquals(Extents.MAX_BLOCKS, extent.end());
        assertEquals(Extents.MAX_BLOCKS, extents.nextHole(ground.inode, Extents.MAX_BLOCKS - 1, extent));
        for (Change change : List.<Change>of(
                tx -> extents.insert(tx, ground.inode, Extents.MAX_BLOCKS - 2, Run.of(2000, 3)),
                tx -> extents.markWritten(tx, ground.inode, Extents.MAX_BLOCKS - 1, 2),
                tx -> extents.shift(tx, ground.inode, 7, 1))) {
            VolumeException refused = assertThrows(VolumeException.class, () -> run(change));
            assertEquals(Errno.EFBIG, refused.errno());
        }
        assertEquals(1, list().size());
    }

    @Test
    void shiftingMovesWhatIsBehind() {
        put(0, 1000, 10, false);
        put(20, 2000, 10, false);
        run(tx -> extents.shift(tx, ground.inode, 5, 3));
        assertEquals(List.of("0+5@1000", "8+5@1005", "23+10@2000"), list());
        run(tx -> extents.shift(tx, ground.inode, 8, -3));
        assertEquals(List.of("0+10@1000", "20+10@2000"), list());
        assertThrows(IllegalArgumentException.class, () -> run(tx -> extents.shift(tx, ground.inode, 20, -11)));
        assertEquals(List.of("0+10@1000", "20+10@2000"), list());
    }

    @Test
    void appendingCostsOneDrainAndNoNode() {
        // Every second block, so that none continues another.
        for (int i = 0; i < 400; i++) {
            put(2L * i, 1000 + 2L * i, 1, false);
        }
        long blocks = ground.blockCount();
        PersistenceCounters.Snapshot cost = run(tx -> extents.insert(tx, ground.inode, 1000, Run.of(3000, 1)));
        assertEquals(1, cost.drains());
        // Key, value, count and checksum of a node, and the inode.
        assertEquals(32 + 4 * 24 + 16 + 256 + 63 & ~63, cost.streamedBytes());
        assertEquals(blocks + 1, ground.blockCount());
        cost = run(tx -> extents.insert(tx, ground.inode, 1001, Run.of(3001, 1)));
        // The last extent's length and the checksum.
        assertEquals(32 + 2 * 24 + 16 + 256 + 63 & ~63, cost.streamedBytes());
    }

    @Test
    void aFileInPiecesGoesInAFewTransactions() {
        grow(64 << 20);
        scatter(6000);
        assertEquals(2, ground.depth());
        int transactions = 0;
        long cut = Extents.MAX_BLOCKS;
        while (cut > 0) {
            long to = cut;
            long[] reached = new long[1];
            PersistenceCounters.Snapshot cost =
                    run(tx -> reached[0] = extents.remove(tx, ground.inode, 0, to));
            assertEquals(1, cost.drains());
            assertTrue(reached[0] < cut);
            cut = reached[0];
            assertEquals(Math.min(cut, 1), list(0, 1).size());
            transactions++;
        }
        assertTrue(transactions >= 3 && transactions <= 10, transactions + " transactions");
        assertEquals(0, ground.blockCount());
        assertEquals(0, ground.allocated().cardinality());
    }

    @Test
    void aFileInPiecesGoesFromAFullVolume() {
        scatter(1500);
        run(tx -> {
            VolumeException full = assertThrows(VolumeException.class, () -> takeAll(tx));
            assertEquals(Errno.ENOSPC, full.errno());
        });
        long before = ground.blockCount();
        // A block out of each of the leaves, and nothing is free for new leaves until the transaction is over.
        run(tx -> {
            for (long block = 0; block < 3000; block += 600) {
                assertEquals(block, extents.remove(tx, ground.inode, block, block + 1));
            }
        });
        assertEquals(before - 5, ground.blockCount());
        assertEquals(1495, ground.walk(ground.inode, new BitSet()).size());
        for (long cut = Extents.MAX_BLOCKS; cut > 0; ) {
            long to = cut;
            long[] reached = new long[1];
            run(tx -> reached[0] = extents.remove(tx, ground.inode, 0, to));
            cut = reached[0];
        }
        assertEquals(0, ground.blockCount());
    }

    private void takeAll(Transaction tx) {
        while (true) {
            ground.space.allocate(tx, 0, 1, 1000);
        }
    }

    /// A file of single blocks with a hole behind each.
    private void scatter(int count) {
        for (int from = 0; from < count; from += 100) {
            int first = from;
            run(tx -> {
                for (int i = first; i < first + 100; i++) {
                    extents.insert(tx, ground.inode, 2L * i, ground.space.allocate(tx, 0, 1, 1));
                }
            });
        }
    }

    @Test
    void largeTreesMoveInOneTransactionOrNotAtAll() {
        grow(64 << 20);
        fillAndShift(120_000);
        // Its journal is small.
        grow(4 << 20);
        VolumeException refused = assertThrows(VolumeException.class, () -> fillAndShift(130_000));
        assertEquals(Errno.EFBIG, refused.errno());
        TreeMap<Long, Long> found = ground.check();
        assertTrue(found.size() == 130_000 && found.containsKey(2L) && !found.containsKey(9L));
    }

    /// Builds a tree whose extents all name the same block, and moves all but the first.
    private void fillAndShift(int count) {
        int step = 10_000;
        for (int from = 0; from < count; from += step) {
            long[] pairs = new long[2 * step];
            for (int i = 0; i < step; i++) {
                pairs[2 * i] = 2L * (from + i);
                pairs[2 * i + 1] = Run.of(500, 1);
            }
            long first = 2L * from;
            run(tx -> ground.tree.splice(tx, ground.inode, first, -1, pairs, step));
        }
        PersistenceCounters.Snapshot cost = run(tx -> extents.shift(tx, ground.inode, 1, 7));
        assertEquals(1, cost.drains());
        TreeMap<Long, Long> found = ground.check();
        assertEquals(count, found.size());
        assertTrue(found.containsKey(0L) && !found.containsKey(2L) && found.containsKey(9L));
        assertEquals(2L * (count - 1) + 7, found.lastKey());
        assertTrue(ground.blockCount() < count / 245, ground.blockCount() + " nodes");
    }

    @Test
    void saysWhatItIs() {
        put(10, 1000, 5, false);
        put(15, 2000, 5, true);
        List<String> found = new ArrayList<>();
        for (long block = 0; block < 20; block = extent.end()) {
            extents.find(ground.inode, block, extent);
            found.add(extent.toString());
        }
        assertEquals(List.of("0+10 hole", "10+5 at 1000", "15+5 at 2000 unwritten"), found);
    }

    @Test
    void rangesThatCannotBeAreRefused() {
        for (long[] range : new long[][] {{-1, 1}, {0, 0}, {5, -1}}) {
            assertThrows(IllegalArgumentException.class,
                    () -> run(tx -> extents.markWritten(tx, ground.inode, range[0], range[1])));
        }
        assertThrows(IllegalArgumentException.class, () -> run(tx -> extents.shift(tx, ground.inode, -1, 5)));
        assertThrows(IllegalArgumentException.class, () -> run(tx -> extents.shift(tx, ground.inode, 4, -5)));
        VolumeException tooBig = assertThrows(VolumeException.class,
                () -> run(tx -> extents.markWritten(tx, ground.inode, Extents.MAX_BLOCKS - 1, 2)));
        assertEquals(Errno.EFBIG, tooBig.errno());
    }

    @Test
    void aShiftByNothingChangesNothing() {
        put(10, 1000, 5, false);
        assertEquals(0, run(tx -> {
            extents.shift(tx, ground.inode, 12, 0);
            assertTrue(tx.isEmpty());
        }).flushedLines());
        assertEquals(List.of("10+5@1000"), list());
    }

    @Test
    void aRecordThatIsFullFreesNothing() {
        put(10, 1000, 5, false);
        VolumeException full = assertThrows(VolumeException.class, () -> run(tx -> {
            leave(tx, 1000);
            extents.remove(tx, ground.inode, 0, Extents.MAX_BLOCKS);
        }));
        assertEquals(Errno.EFBIG, full.errno());
        assertEquals(List.of("10+5@1000"), list());
    }

    @Test
    void moreExtentsThanARecordTakesAreNotMoved() {
        int count = 1500;
        for (int i = 0; i < count; i += 100) {
            int first = i;
            run(tx -> {
                for (int each = first; each < first + 100; each++) {
                    extents.insert(tx, ground.inode, 2L * each, Run.of(1000 + 2L * (each % 900), 1));
                }
            });
        }
        List<String> before = list();
        VolumeException full = assertThrows(VolumeException.class, () -> run(tx -> {
            leave(tx, 100);
            extents.shift(tx, ground.inode, 0, 1);
        }));
        assertEquals(Errno.EFBIG, full.errno());
        assertEquals(before, list());
        run(tx -> extents.shift(tx, ground.inode, 0, 1));
        assertEquals(count, list(1, Extents.MAX_BLOCKS).size());
    }

    /// Fills a record up to so many bytes, with words of blocks that nobody has.
    private void leave(Transaction tx, int bytes) {
        for (long at = Geometry.at(ground.geometry.blockCount() - 20); tx.remaining() >= bytes + 24; at += 8) {
            tx.putLong(at, 0);
        }
    }

    /// P7: where an extent may begin and end in a file is checked, whatever stands in the root.
    @Test
    void keysBeyondTheLargestFileAreNotBelieved() {
        put(10, 1000, 5, false);
        long keyAt = Inode.at(ground.inode) + Inode.PAYLOAD_OFFSET;
        for (long key : new long[] {Extents.MAX_BLOCKS, 1L << 60, -5, Extents.MAX_BLOCKS - 4}) {
            ground.medium.metadata().putLong(keyAt, key);
            assertThrows(CorruptionException.class, this::list, "key " + key);
        }
        assertThrows(CorruptionException.class,
                () -> run(tx -> extents.remove(tx, ground.inode, 0, Extents.MAX_BLOCKS)));
        ground.medium.metadata().putLong(keyAt, Extents.MAX_BLOCKS - 5);
        assertEquals(List.of(Extents.MAX_BLOCKS - 5 + "+5@1000"), list());
    }
}
