package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpaceTest {
    @Test
    void everyBlockCanBeAllocatedAndNoMore() {
        for (long blockCount : new long[] {256, 257, 32768, 32769, 32770, 32771, 65536, 100_000}) {
            try (Bare bare = Bare.memory(blockCount)) {
                assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
                List<Long> runs = new ArrayList<>();
                long left = bare.space.freeBlocks();
                while (left > 0) {
                    long run = bare.allocate(0, 1, 700);
                    assertTrue(bare.geometry.isUsable(Run.start(run), Run.count(run)));
                    runs.add(run);
                    left -= Run.count(run);
                    assertEquals(left, bare.space.freeBlocks());
                }
                VolumeException full = assertThrows(VolumeException.class, () -> bare.allocate(0, 1, 1));
                assertEquals(Errno.ENOSPC, full.errno());
                bare.reopen();
                assertEquals(0, bare.space.freeBlocks());
                runs.forEach(bare::free);
                assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
                bare.reopen();
                assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
            }
        }
    }

    @Test
    void inodesComeAndGo() {
        try (Bare bare = Bare.memory(1024)) {
            List<Long> inodes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                inodes.add(bare.create(0));
            }
            assertEquals(100, bare.space.usedInodes());
            assertEquals(100, inodes.stream().distinct().count());
            assertEquals(bare.geometry.usableBlocks() - 7, bare.space.freeBlocks());
            bare.reopen();
            assertEquals(100, bare.space.usedInodes());
            for (int i = 0; i < 12; i++) {
                long inode = bare.create(0);
                assertTrue(!inodes.contains(inode));
                inodes.add(inode);
            }
            assertEquals(bare.geometry.usableBlocks() - 7, bare.space.freeBlocks());
            inodes.forEach(bare::delete);
            assertEquals(0, bare.space.usedInodes());
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
        }
    }

    @Test
    void inodesOfAFullGroupShareBlocksInAnother() {
        try (Bare bare = Bare.memory(3 * Geometry.GROUP_BLOCKS)) {
            long goal = Geometry.GROUP_BLOCKS + 100;
            do {
                bare.allocate(goal, 1, Geometry.GROUP_BLOCKS);
            } while (bare.space.group(1).map().freeCount() > 0);
            long free = bare.space.freeBlocks();
            for (int i = 0; i < 100; i++) {
                bare.create(goal);
            }
            assertEquals(free - 7, bare.space.freeBlocks());
        }
    }

    @Test
    void allocatingAndFreeingMakesNoGarbage() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Bare bare = Bare.memory(40_000)) {
            Window window = new Window();
            bare.create(0);
            long leastBytes = Long.MAX_VALUE;
            for (int round = 0; round < 20; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 1000; i++) {
                    step(bare, window);
                }
                leastBytes = Math.min(leastBytes, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertTrue(leastBytes < 1000, "bytes of 1000 transactions: " + leastBytes);
        }
    }

    private static void step(Bare bare, Window window) {
        Transaction tx = bare.journal.begin();
        long run = bare.space.allocate(tx, 0, 1, 5);
        bare.space.allocate(tx, window, 0, 1, 2);
        bare.space.allocateInode(tx, 0);
        bare.space.free(tx, Run.start(run), Run.count(run));
        tx.abort();
    }
}
