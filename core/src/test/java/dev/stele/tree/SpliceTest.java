package dev.stele.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Run;
import dev.stele.format.TreeNode;
import dev.stele.journal.Transaction;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.PersistenceCounters;
import java.util.BitSet;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What single changes cost: words logged, nodes written, drains. And that a full volume can still be emptied.
class SpliceTest {
    private static final int FULL = TreeNode.MAX_ENTRIES;

    private final Ground ground = new Ground(MemoryMedium.create(16 << 20));
    private final TreeMap<Long, Long> model = new TreeMap<>();

    @AfterEach
    void checkAndClose() {
        assertEquals(model, ground.check());
        ground.close();
    }

    @Test
    void aTreeOfEightNeedsNoNode() {
        fill(Inode.ROOT_ENTRIES, 1);
        assertEquals(0, ground.blockCount());
        fill(Inode.ROOT_ENTRIES + 1, 1);
        assertEquals(1, ground.blockCount());
        remove(3);
        assertEquals(0, ground.blockCount());
    }

    @Test
    void changingAValueLogsTwoWords() {
        fill(FULL, 10);
        PersistenceCounters.Snapshot cost = cost(() -> put(500, -1));
        assertCost(cost, 2 * 24, 0);
    }

    @Test
    void appendingLogsFourWords() {
        fill(FULL - 1, 10);
        PersistenceCounters.Snapshot cost = cost(() -> put(FULL * 10, 7));
        assertCost(cost, 4 * 24, 0);
    }

    @Test
    void removingTheLastLogsTheCount() {
        fill(FULL, 10);
        PersistenceCounters.Snapshot cost = cost(() -> remove((FULL - 1) * 10));
        assertCost(cost, 2 * 24, 0);
    }

    @Test
    void insertingInTheMiddleWritesOneNode() {
        fill(FULL - 1, 10);
        PersistenceCounters.Snapshot cost = cost(() -> put(505, 7));
        // Checksum of the node, its bit set, the old one's cleared, the inode.
        assertCost(cost, 3 * 24 + 16 + Inode.BYTES, 1);
        assertEquals(1, ground.blockCount());
    }

    @Test
    void splittingWritesTwoNodes() {
        fill(FULL, 10);
        PersistenceCounters.Snapshot cost = cost(() -> put(505, 7));
        assertCost(cost, 5 * 24 + 16 + Inode.BYTES, 2);
        assertEquals(2, ground.blockCount());
    }

    @Test
    void appendingBehindAFullNodeLeavesItAlone() {
        fill(FULL, 10);
        PersistenceCounters.Snapshot cost = cost(() -> put(FULL * 10, 7));
        assertCost(cost, 2 * 24 + 16 + Inode.BYTES, 1);
        assertEquals(2, ground.blockCount());
    }

    @Test
    void removingAnEmptiedNodeWritesNone() {
        fill(FULL * 3, 10);
        PersistenceCounters.Snapshot cost = cost(() -> splice(FULL * 10, FULL * 20, 0));
        assertCost(cost, 24 + 16 + Inode.BYTES, 0);
        assertEquals(2, ground.blockCount());
    }

    @Test
    void aNodeThatRunsEmptyJoinsItsRightNeighbour() {
        fill(300, 1);
        splice(240, 300, 0);
        splice(61, 150, 0);
        assertEquals(1, ground.blockCount());
    }

    @Test
    void aNodeThatRunsEmptyJoinsItsLeftNeighbour() {
        fill(300, 1);
        splice(90, 150, 0);
        splice(211, 300, 0);
        assertEquals(1, ground.blockCount());
    }

    @Test
    void neighboursOfARemovedNodeJoin() {
        fill(FULL * 3, 1);
        splice(FULL * 2 + 30, FULL * 3, 0);
        splice(30, FULL, 0);
        assertEquals(3, ground.blockCount());
        splice(FULL, FULL * 2, 0);
        assertEquals(1, ground.blockCount());
    }

    @Test
    void nodesThatAreWellFilledStayApart() {
        fill(300, 1);
        splice(240, 300, 0);
        splice(64, 150, 0);
        assertEquals(2, ground.blockCount());
    }

    @Test
    void clearingNeedsOneTransaction() {
        fill(FULL * 20, 10);
        assertEquals(2, ground.depth());
        Transaction tx = ground.journal.begin();
        ground.tree.clear(tx, ground.inode);
        tx.commit();
        model.clear();
        assertEquals(0, ground.blockCount());
    }

    @Test
    void changesOfOneTransactionShareItsNodes() {
        fill(FULL - 50, 10);
        Transaction tx = ground.journal.begin();
        for (int i = 0; i < 40; i++) {
            ground.tree.put(tx, ground.inode, 5 + 10 * i, i);
            model.put(5L + 10 * i, (long) i);
        }
        assertTrue(tx.isNew(4096 * nodeOf(tx, 0)));
        // One node freed and one taken, however often it was changed.
        PersistenceCounters.Snapshot cost = cost(tx::commit);
        assertTrue(cost.streamedBytes() < 2048, cost.toString());
    }

    private long nodeOf(Transaction tx, int index) {
        long base = tx.stageInode(ground.inode);
        return (long) Layouts.WORD.get(tx.segment(), Inode.rootEntryAt(base, index) + 8);
    }

    @Test
    void aFullVolumeCanBeEmptied() {
        fill(FULL * 12, 10);
        assertEquals(2, ground.depth());
        fillVolume();
        VolumeException full = assertThrows(VolumeException.class, () -> put(505, 1));
        assertEquals(Errno.ENOSPC, full.errno());
        assertEquals(model.size(), FULL * 12);
        // The volume is full: nodes are changed by way of the log, on both levels.
        PersistenceCounters.Snapshot cost = cost(() -> splice(10 * 30, 10 * 35, 0));
        assertTrue(cost.streamedBytes() > 4096 && cost.streamedBytes() < 5000, cost.toString());
        check();
        splice(1, 10 * FULL * 12, 0);
        assertEquals(0, ground.depth());
        check();
        releaseVolume();
    }

    @Test
    void aFullVolumeRefusesInTheMiddleOfAChange() {
        fill(FULL * 9, 10);
        fillVolume();
        // One block is free, one is the old node's; this needs three.
        long spared = hoard[--hoarded];
        Transaction tx = ground.journal.begin();
        ground.space.free(tx, spared, 1);
        tx.commit();
        int digest = ground.digest();
        VolumeException full = assertThrows(VolumeException.class, () -> splice(11, 600, 500));
        assertEquals(Errno.ENOSPC, full.errno());
        assertEquals(digest, ground.digest());
        Transaction again = ground.journal.begin();
        assertEquals(spared, Run.start(ground.space.allocate(again, 0, 1, 1)));
        again.commit();
        hoard[hoarded++] = spared;
        releaseVolume();
    }

    private final long[] hoard = new long[1 << 12];
    private int hoarded;

    private void fillVolume() {
        Transaction tx = ground.journal.begin();
        try {
            while (true) {
                long run = ground.space.allocate(tx, 0, 1, 1000);
                for (long i = 0; i < Run.count(run); i++) {
                    hoard[hoarded++] = Run.start(run) + i;
                }
            }
        } catch (VolumeException full) {
            assertEquals(Errno.ENOSPC, full.errno());
        }
        tx.commit();
    }

    private void releaseVolume() {
        while (hoarded > 0) {
            Transaction tx = ground.journal.begin();
            for (int i = 0; i < 200 && hoarded > 0; i++) {
                ground.space.free(tx, hoard[--hoarded], 1);
            }
            tx.commit();
        }
    }

    private void check() {
        BitSet owned = new BitSet();
        assertEquals(model, ground.walk(ground.inode, owned));
        assertEquals(owned.cardinality(), ground.blockCount());
    }

    // ---- steps

    private void fill(int count, int spacing) {
        long[] pairs = new long[2 * count];
        for (int i = 0; i < count; i++) {
            pairs[2 * i] = (long) i * spacing;
            pairs[2 * i + 1] = i;
            model.put((long) i * spacing, (long) i);
        }
        Transaction tx = ground.journal.begin();
        ground.tree.splice(tx, ground.inode, 0, -1, pairs, count);
        tx.commit();
    }

    private void put(long key, long value) {
        Transaction tx = ground.journal.begin();
        try {
            ground.tree.put(tx, ground.inode, key, value);
            tx.commit();
            model.put(key, value);
        } finally {
            tx.abort();
        }
    }

    private void remove(long key) {
        Transaction tx = ground.journal.begin();
        ground.tree.remove(tx, ground.inode, key);
        tx.commit();
        model.remove(key);
    }

    private void splice(long from, long to, int count) {
        long[] pairs = new long[2 * count];
        for (int i = 0; i < count; i++) {
            pairs[2 * i] = from + i;
            pairs[2 * i + 1] = -i;
        }
        Transaction tx = ground.journal.begin();
        try {
            ground.tree.splice(tx, ground.inode, from, to, pairs, count);
            tx.commit();
        } finally {
            tx.abort();
        }
        model.subMap(from, to).clear();
        for (int i = 0; i < count; i++) {
            model.put(pairs[2 * i], pairs[2 * i + 1]);
        }
    }

    private PersistenceCounters.Snapshot cost(Runnable change) {
        PersistenceCounters.Snapshot before = ground.medium.counters().ofThisThread();
        change.run();
        return ground.medium.counters().ofThisThread().since(before);
    }

    /// @param entryBytes of the record, besides its header of 32
    private static void assertCost(PersistenceCounters.Snapshot cost, long entryBytes, int nodesWritten) {
        assertEquals(1, cost.drains(), cost.toString());
        long recordBytes = 32 + entryBytes + 63 & ~63;
        assertEquals(recordBytes + nodesWritten * 4096L, cost.streamedBytes(), cost.toString());
    }
}
