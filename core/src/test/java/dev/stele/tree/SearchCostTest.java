package dev.stele.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.extent.Extent;
import dev.stele.extent.Extents;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.medium.MemoryMedium;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A search finds the right entry, however high the tree, and allocates nothing. Prints what one costs, for people:
/// that depends on the machine and is not asserted. `-Dstele.searches=` sets how many are measured; the best batch
/// counts.
class SearchCostTest {
    private static final int SEARCHES = 10_000;
    private static final int BATCHES = Integer.getInteger("stele.searches", 200_000) / SEARCHES;
    private static final int KEYS = 4096;
    private static final int SPACING = 8;

    private final Cursor cursor = new Cursor();
    private final Extent extent = new Extent();

    @ParameterizedTest
    @CsvSource({"8, 0", "1500, 1", "40000, 2"})
    void searchesAreCheapAndExact(int entries, int depth) {
        try (Ground ground = new Ground(MemoryMedium.create(64 << 20))) {
            fill(ground, entries);
            assertEquals(depth, ground.depth());
            Extents extents = new Extents(ground.space, ground.tree);
            long[] keys = new SplittableRandom(entries).longs(KEYS, 0, (long) entries * SPACING).toArray();
            for (long key : keys) {
                assertTrue(ground.tree.floor(ground.inode, key, cursor));
                assertEquals(key / SPACING * SPACING, cursor.key());
                extents.find(ground.inode, key, extent);
                assertEquals(key % SPACING == 0, !extent.isHole());
            }
            double floor = 1e9;
            double find = 1e9;
            for (int round = 0; round < BATCHES; round++) {
                floor = Math.min(floor, measure(() -> floorAll(ground, keys)));
                find = Math.min(find, measure(() -> findAll(ground, extents, keys)));
            }
            long before = allocatedBytes();
            floorAll(ground, keys);
            findAll(ground, extents, keys);
            assertTrue(allocatedBytes() - before < SEARCHES, "searches allocate");
            System.out.printf("depth %d: floor %.1f ns, find %.1f ns%n", depth, floor, find);
        }
    }

    private static void fill(Ground ground, int entries) {
        long block = ground.geometry.blockCount() - 10;
        for (int from = 0; from < entries; from += 500) {
            int count = Math.min(500, entries - from);
            long[] pairs = new long[2 * count];
            for (int i = 0; i < count; i++) {
                pairs[2 * i] = (long) (from + i) * SPACING;
                pairs[2 * i + 1] = Run.of(block, 1);
            }
            Transaction tx = ground.journal.begin();
            ground.tree.splice(tx, ground.inode, pairs[0], (long) (from + count) * SPACING, pairs, count);
            tx.commit();
        }
    }

    private static double measure(Runnable searches) {
        long start = System.nanoTime();
        searches.run();
        return (double) (System.nanoTime() - start) / SEARCHES;
    }

    private void floorAll(Ground ground, long[] keys) {
        long sum = 0;
        for (int i = 0; i < SEARCHES; i++) {
            ground.tree.floor(ground.inode, keys[i & KEYS - 1], cursor);
            sum += cursor.key();
        }
        assertTrue(sum >= 0);
    }

    private void findAll(Ground ground, Extents extents, long[] keys) {
        long sum = 0;
        for (int i = 0; i < SEARCHES; i++) {
            extents.find(ground.inode, keys[i & KEYS - 1], extent);
            sum += extent.fileBlock();
        }
        assertTrue(sum >= 0);
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
