package dev.stele.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Inode;
import dev.stele.format.TreeNode;
import dev.stele.journal.Transaction;
import dev.stele.medium.MemoryMedium;
import dev.stele.space.PageMedium;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random changes against a map of the JDK's, everything checked after each.
class TreeModelTest {
    private static final int ROUNDS = Integer.getInteger("stele.rounds", 200);

    private Ground ground = new Ground(MemoryMedium.create(64 << 20));
    private final TreeMap<Long, Long> model = new TreeMap<>(Long::compareUnsigned);
    private final Cursor cursor = new Cursor();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomSplices(long seed) {
        Random random = new Random(seed);
        long space = 1L << random.nextInt(8, 63);
        if (seed % 4 == 0) {
            // As on an image file: nothing is logged, freed blocks wait for a checkpoint.
            ground.close();
            ground = new Ground(new PageMedium(64 << 20));
        }
        try (Ground opened = ground) {
            for (int round = 0; round < ROUNDS; round++) {
                String where = "seed " + seed + ", round " + round;
                Transaction tx = ground.journal.begin();
                int splices = random.nextInt(4) == 0 ? random.nextInt(2, 6) : 1;
                TreeMap<Long, Long> before = new TreeMap<>(model);
                int digest = ground.digest();
                for (int i = 0; i < splices; i++) {
                    splice(tx, random, space, round);
                    searchThrough(tx, random, space, where);
                }
                assertEquals(digest, ground.digest(), where + ": changed before commit");
                if (random.nextInt(5) == 0) {
                    tx.abort();
                    model.clear();
                    model.putAll(before);
                } else {
                    tx.commit();
                }
                assertEquals(model, ground.check(), where);
                assertTrue(model.size() > Inode.ROOT_ENTRIES || ground.depth() == 0, where + ": " + model.size()
                        + " entries at depth " + ground.depth());
                search(random, space, where);
                if (round % 16 == 0) {
                    ground.checkpoint();
                }
            }
        }
    }

    private void splice(Transaction tx, Random random, long space, int round) {
        long from = random.nextLong(space);
        long width = 1L << random.nextInt(63 - Long.numberOfLeadingZeros(space) + 1);
        long to = random.nextInt(20) == 0 ? -1 : Math.min(from + width, space);
        to = to == from ? from + 1 : to;
        TreeMap<Long, Long> fresh = new TreeMap<>(Long::compareUnsigned);
        int most = random.nextInt(3) == 0 ? 0 : 1 << random.nextInt(round % 100 < 50 ? 12 : 4);
        long range = to == -1 ? space : to - from;
        for (int i = 0; i < most; i++) {
            fresh.put(from + random.nextLong(Math.max(1, range)), random.nextLong());
        }
        if (to != -1) {
            fresh.tailMap(to, true).clear();
        }
        long[] pairs = pairs(fresh);
        model.subMap(from, true, to, false).clear();
        model.putAll(fresh);
        ground.tree.splice(tx, ground.inode, from, to, pairs, fresh.size());
    }

    static long[] pairs(Map<Long, Long> entries) {
        long[] pairs = new long[2 * entries.size()];
        int i = 0;
        for (Map.Entry<Long, Long> entry : entries.entrySet()) {
            pairs[i++] = entry.getKey();
            pairs[i++] = entry.getValue();
        }
        return pairs;
    }

    private void searchThrough(Transaction tx, Random random, long space, String where) {
        for (int i = 0; i < 5; i++) {
            long key = random.nextLong(space);
            expect(model.floorEntry(key), ground.tree.floor(tx, ground.inode, key, cursor), where);
            expect(model.ceilingEntry(key), ground.tree.ceiling(tx, ground.inode, key, cursor), where);
        }
    }

    private void search(Random random, long space, String where) {
        for (int i = 0; i < 20; i++) {
            long key = random.nextLong(space);
            expect(model.floorEntry(key), ground.tree.floor(ground.inode, key, cursor), where);
            expect(model.ceilingEntry(key), ground.tree.ceiling(ground.inode, key, cursor), where);
        }
        boolean found = ground.tree.ceiling(ground.inode, 0, cursor);
        for (Map.Entry<Long, Long> entry : model.entrySet()) {
            expect(entry, found, where);
            Long next = model.higherKey(entry.getKey());
            long limit = next == null ? -1 : next;
            assertTrue(Long.compareUnsigned(cursor.limit(), limit) <= 0, where);
            found = ground.tree.next(cursor);
        }
        assertFalse(found, where);
    }

    private void expect(Map.Entry<Long, Long> entry, boolean found, String where) {
        assertEquals(entry != null, found, where);
        if (found) {
            assertEquals(entry.getKey(), cursor.key(), where);
            assertEquals(entry.getValue(), cursor.value(), where);
        }
    }

    @Test
    void everySizeUpAndDown() {
        try (Ground opened = ground) {
            for (int size = 1; size <= 3000; size++) {
                put(size, -size);
                if (size < 600 || size % 97 == 0) {
                    assertEquals(model, ground.check());
                }
            }
            assertEquals(2, ground.depth());
            for (int size = 3000; size > 0; size--) {
                Transaction tx = ground.journal.begin();
                long key = size % 2 == 0 ? model.lastKey() : model.firstKey();
                ground.tree.remove(tx, ground.inode, key);
                model.remove(key);
                tx.commit();
                if (size < 600 || size % 97 == 0) {
                    assertEquals(model, ground.check());
                    assertTrue(size - 1 > Inode.ROOT_ENTRIES || ground.depth() == 0);
                }
            }
            assertEquals(0, ground.blockCount());
        }
    }

    @Test
    void nodesFilledInOrderAreFull() {
        try (Ground opened = ground) {
            for (int i = 0; i < 252 * 8; i++) {
                put(i, i);
            }
            assertEquals(8, ground.blockCount());
            assertEquals(1, ground.depth());
            assertEquals(8 * TreeNode.MAX_ENTRIES, ground.check().size());
        }
    }

    private void put(long key, long value) {
        Transaction tx = ground.journal.begin();
        ground.tree.put(tx, ground.inode, key, value);
        model.put(key, value);
        tx.commit();
    }
}
