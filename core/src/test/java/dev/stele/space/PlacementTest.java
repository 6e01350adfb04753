package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final long CHUNK = Geometry.CHUNK_BLOCKS;

    @Test
    void goesOnAtTheGoal() {
        try (Bare bare = Bare.memory(4 * Geometry.GROUP_BLOCKS)) {
            long goal = 2 * Geometry.GROUP_BLOCKS + 100;
            for (long count : new long[] {1, 7, 64, 200, 3000}) {
                long run = bare.allocate(goal, 1, count);
                assertEquals(Run.of(goal, count), run);
                goal += count;
            }
        }
    }

    @Test
    void anyGoalIsOnlyAHint() {
        try (Bare bare = Bare.memory(256)) {
            for (long goal : new long[] {-1, 0, 1, 255, 256, 1L << 50, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertTrue(bare.geometry.isUsable(Run.start(bare.allocate(goal, 1, 1))));
            }
        }
    }

    @Test
    void bigRunsTakeWholeChunksInARow() {
        try (Bare bare = Bare.memory(4 * Geometry.GROUP_BLOCKS)) {
            for (long count : new long[] {CHUNK, 2 * CHUNK, 32 * CHUNK, 63 * CHUNK}) {
                long run = bare.allocate(0, 1, count);
                assertEquals(count, Run.count(run));
                assertEquals(0, Run.start(run) % CHUNK);
            }
        }
    }

    @Test
    void smallRunsLeaveWholeChunksAlone() {
        try (Bare bare = Bare.memory(4 * Geometry.GROUP_BLOCKS)) {
            int whole = wholeChunks(bare);
            long looseBlocks = bare.space.freeBlocks() - whole * CHUNK;
            for (long i = 0; i < looseBlocks / 10 - 4; i++) {
                bare.allocate(i % 2 * 5 * CHUNK, 1, 10);
            }
            assertEquals(whole, wholeChunks(bare));
            for (int i = 0; i < 50; i++) {
                bare.allocate(0, 1, 10);
            }
            assertEquals(whole - 1, wholeChunks(bare));
        }
    }

    @Test
    void alignedRunsStartOnABoundaryIfThatCanBe() {
        try (Bare bare = Bare.memory(Geometry.GROUP_BLOCKS)) {
            for (long count : new long[] {1, 100, 511, 512, 513, 5000}) {
                long run = aligned(bare, count);
                assertEquals(0, Run.start(run) % CHUNK, "count " + count);
                assertEquals(count, Run.count(run));
            }
            List<Long> all = new ArrayList<>();
            while (bare.space.freeBlocks() > 0) {
                all.add(aligned(bare, 512));
            }
            assertTrue(all.stream().anyMatch(run -> Run.start(run) % CHUNK != 0), "takes what there is in the end");
        }
    }

    private static long aligned(Bare bare, long count) {
        Transaction tx = bare.journal.begin();
        long run = bare.space.allocateAligned(tx, 0, 1, count);
        tx.commit();
        return run;
    }

    @Test
    void aBigRequestGetsTheLongestRowThereIs() {
        try (Bare bare = Bare.memory(Geometry.GROUP_BLOCKS)) {
            long everything = bare.allocate(0, 1, 63 * CHUNK);
            assertEquals(wholeChunks(bare), 0);
            long start = Run.start(everything);
            bare.free(Run.of(start + 3 * CHUNK, CHUNK));
            bare.free(Run.of(start + 10 * CHUNK, 3 * CHUNK));
            assertEquals(Run.of(start + 10 * CHUNK, 3 * CHUNK), bare.allocate(0, 1, 20 * CHUNK));
            assertEquals(Run.of(start + 3 * CHUNK, CHUNK), bare.allocate(0, 1, 20 * CHUNK));
        }
    }

    @Test
    void runsOfAtLeastWhatIsNeeded() {
        try (Bare bare = Bare.memory(Geometry.GROUP_BLOCKS)) {
            long everything = bare.allocate(0, 1, 63 * CHUNK);
            while (bare.space.freeBlocks() > 0) {
                bare.allocate(0, 1, 512);
            }
            long start = Run.start(everything);
            for (int i = 0; i < 20; i++) {
                bare.free(Run.of(start + i * 1000, 10 + i));
            }
            assertEquals(Run.of(start + 19_000, 29), bare.allocate(0, 29, 29));
            assertEquals(28, Run.count(bare.allocate(0, 5, 600)), "the longest there is");
            VolumeException full = assertThrows(VolumeException.class, () -> bare.allocate(0, 28, 100));
            assertEquals(Errno.ENOSPC, full.errno());
            assertThrows(VolumeException.class, () -> bare.allocate(0, 32_768, 40_000));
            assertThrows(VolumeException.class, () -> bare.allocate(0, 1L << 40, 1L << 41));
        }
    }

    @Test
    void emptyRequestsAreRefused() {
        try (Bare bare = Bare.memory(256)) {
            assertThrows(IllegalArgumentException.class, () -> bare.allocate(0, 0, 1));
            assertThrows(IllegalArgumentException.class, () -> bare.allocate(0, 2, 1));
        }
    }

    @Test
    void anAlignedRunIsTakenAtTheGoalIfThatIsABoundary() {
        try (Bare bare = Bare.memory(2 * Geometry.GROUP_BLOCKS)) {
            long goal = Geometry.GROUP_BLOCKS + 20 * CHUNK;
            Transaction tx = bare.journal.begin();
            assertEquals(Run.of(goal, CHUNK), bare.space.allocateAligned(tx, goal, 1, CHUNK));
            long beside = bare.space.allocateAligned(tx, goal + CHUNK + 5, 1, CHUNK);
            assertEquals(0, Run.start(beside) % CHUNK, "rather elsewhere than across a boundary");
            tx.commit();
        }
    }

    @Test
    void moreThanAGroupIsRefusedWithoutALook() {
        try (Bare bare = Bare.memory(3 * Geometry.GROUP_BLOCKS)) {
            VolumeException full = assertThrows(VolumeException.class,
                    () -> bare.allocate(0, Geometry.GROUP_BLOCKS + 1, Geometry.GROUP_BLOCKS + 1));
            assertEquals(Errno.ENOSPC, full.errno());
            assertNull(bare.space.groupIfKnown(1));
        }
    }

    @Test
    void aSearchForRoomInBrokenChunksReadsSoManyBitmapsAtMost() {
        try (Bare bare = Bare.memory(200L * Geometry.GROUP_BLOCKS)) {
            // No chunk that has bitmaps has as many.
            long run = bare.allocate(0, 511, 511);
            assertEquals(0, Run.start(run) % CHUNK, "a whole chunk was broken");
            int read = 0;
            for (long number = 0; number < bare.geometry.groupCount(); number++) {
                Group group = bare.space.groupIfKnown(number);
                read += group != null && group.map().isSurveyed() ? 1 : 0;
            }
            assertEquals(2 * 64, read, "64 for chunks that are rather full, 64 for any");
        }
    }

    @Test
    void aSearchThatComesLateForgetsNothing() {
        try (Bare bare = Bare.memory(Geometry.GROUP_BLOCKS)) {
            BlockMap map = new BlockMap(0);
            map.load(bare.medium.metadata().segment(), bare.geometry);
            assertTrue(map.mayHaveLoose(100, 0));
            assertEquals(-1, map.findLoose(-1, 100, 0), "no chunk is that full");
            assertEquals(-1, map.findLoose(-1, 200, 0));
            assertFalse(map.mayHaveLoose(100, 0), "another search had found that out before");
            assertTrue(map.mayHaveLoose(99, 0));
        }
    }

    @Test
    void aGroupThatAnotherIsBusyWithIsWaitedForOnlyWhereNoOtherHasRoom() throws Exception {
        for (int groupCount = 1; groupCount <= 2; groupCount++) {
            try (Bare bare = Bare.memory((long) groupCount * Geometry.GROUP_BLOCKS)) {
                bare.space.freeBlocks();
                Group busy = bare.space.group(0);
                long[] run = {0};
                Thread other = new Thread(() -> run[0] = bare.allocate(0, 100, 100));
                busy.lock.lock();
                try {
                    other.start();
                    if (groupCount == 1) {
                        while (!busy.lock.hasQueuedThread(other)) {
                            Thread.onSpinWait();
                        }
                    } else {
                        other.join();
                    }
                } finally {
                    busy.lock.unlock();
                }
                other.join();
                assertEquals(100, Run.count(run[0]));
                assertEquals(groupCount - 1, Geometry.groupOf(Run.start(run[0])));
            }
        }
    }

    @Test
    void whatIsTakenOrGivenTwiceIsRefused() {
        try (Bare bare = Bare.memory(1000)) {
            int bit = Geometry.bitOf(Run.start(bare.allocate(0, 10, 10)));
            Group group = bare.space.group(0);
            assertThrows(AssertionError.class, () -> group.take(bit + 9, 2));
            assertThrows(AssertionError.class, () -> group.give(bit, 10), "it has an owner");
            assertThrows(AssertionError.class, () -> group.give(bit + 10, 1), "it is free");
            assertEquals(bare.geometry.usableBlocks() - 10, bare.space.freeBlocks());
        }
    }

    private static int wholeChunks(Bare bare) {
        int whole = 0;
        for (long number = 0; number < bare.geometry.groupCount(); number++) {
            bare.space.survey(bare.space.group(number));
            BlockMap map = bare.space.group(number).map();
            for (int chunk = 0; chunk < BlockMap.CHUNK_COUNT; chunk++) {
                whole += map.isWhole(chunk) ? 1 : 0;
            }
        }
        return whole;
    }
}
