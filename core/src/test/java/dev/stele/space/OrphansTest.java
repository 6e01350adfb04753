package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.OrphanBlock;
import dev.stele.journal.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OrphansTest {
    private static int add(Bare bare, long inode) {
        Transaction tx = bare.journal.begin();
        try {
            int slot = bare.orphans.add(tx, inode);
            tx.commit();
            return slot;
        } finally {
            tx.abort();
        }
    }

    private static void remove(Bare bare, int slot) {
        Transaction tx = bare.journal.begin();
        bare.orphans.remove(tx, slot);
        tx.commit();
    }

    private static Map<Integer, Long> found(Bare bare) {
        Map<Integer, Long> found = new TreeMap<>();
        bare.orphans.forEach(found::put);
        return found;
    }

    @Test
    void whatWasEnteredIsFoundAgain() {
        try (Bare bare = Bare.memory(1000)) {
            long inode = bare.create(0);
            int first = add(bare, inode);
            int second = add(bare, inode + 1);
            bare.reopen();
            assertEquals(Map.of(first, inode, second, inode + 1), found(bare));
            remove(bare, first);
            bare.reopen();
            assertEquals(Map.of(second, inode + 1), found(bare));
            assertEquals(first, add(bare, inode + 2));
        }
    }

    @Test
    void anAbortLeavesTheTableAsItWas() {
        try (Bare bare = Bare.memory(1000)) {
            long inode = bare.create(0);
            int slot = add(bare, inode);
            Transaction tx = bare.journal.begin();
            bare.orphans.remove(tx, slot);
            int other = bare.orphans.add(tx, inode + 1);
            bare.orphans.remove(tx, other);
            tx.abort();
            assertEquals(Map.of(slot, inode), found(bare));
            assertEquals(other, add(bare, inode + 1));
        }
    }

    @Test
    void theTableGrowsAndStaysThatLong() {
        try (Bare bare = Bare.memory(1000)) {
            long inode = bare.create(0);
            long free = bare.space.freeBlocks();
            Map<Integer, Long> expected = new TreeMap<>();
            for (int i = 0; i < 3 * OrphanBlock.SLOT_COUNT; i++) {
                expected.put(add(bare, inode), inode);
            }
            assertEquals(3 * OrphanBlock.SLOT_COUNT, expected.size());
            assertEquals(expected, found(bare));
            assertEquals(free - 2, bare.space.freeBlocks());
            bare.reopen();
            assertEquals(expected, found(bare));
            expected.keySet().forEach(slot -> remove(bare, slot));
            assertEquals(Map.of(), found(bare));
            for (int i = 0; i < 3 * OrphanBlock.SLOT_COUNT; i++) {
                add(bare, inode);
            }
            assertEquals(free - 2, bare.space.freeBlocks());
        }
    }

    @Test
    void growthThatIsAbortedOrImpossibleChangesNothing() {
        try (Bare bare = Bare.memory(300)) {
            long inode = bare.create(0);
            for (int i = 0; i < OrphanBlock.SLOT_COUNT; i++) {
                add(bare, inode);
            }
            long free = bare.space.freeBlocks();
            Transaction tx = bare.journal.begin();
            int slot = bare.orphans.add(tx, inode);
            assertEquals(slot + 1, bare.orphans.add(tx, inode + 1));
            bare.orphans.remove(tx, slot);
            tx.abort();
            assertEquals(free, bare.space.freeBlocks());
            List<Long> runs = new ArrayList<>();
            while (bare.space.freeBlocks() > 0) {
                runs.add(bare.allocate(0, 1, 1));
            }
            VolumeException full = assertThrows(VolumeException.class, () -> add(bare, inode));
            assertEquals(Errno.ENOSPC, full.errno());
            bare.free(runs.getFirst());
            assertEquals(slot, add(bare, inode));
            Map<Integer, Long> before = found(bare);
            bare.reopen();
            assertEquals(before, found(bare));
        }
    }

    @Test
    void oneTransactionMayGrowTheTableAndUseItsNewSlots() {
        try (Bare bare = Bare.memory(1000)) {
            long inode = bare.create(0);
            for (int i = 0; i < OrphanBlock.SLOT_COUNT - 1; i++) {
                add(bare, inode);
            }
            Transaction tx = bare.journal.begin();
            List<Integer> slots = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                slots.add(bare.orphans.add(tx, inode + i));
            }
            bare.orphans.remove(tx, slots.get(2));
            tx.commit();
            bare.reopen();
            Map<Integer, Long> found = found(bare);
            assertEquals(OrphanBlock.SLOT_COUNT + 2, found.size());
            assertEquals(inode + 3, found.get(slots.get(3)));
            assertEquals(slots.get(2), add(bare, inode));
        }
    }

    @Test
    void aTableThatLiesIsFoundOut() {
        try (Bare bare = Bare.memory(1000)) {
            long inode = bare.create(0);
            long firstAt = Geometry.at(Geometry.FIRST_ORPHAN_BLOCK);
            int slot = add(bare, inode);
            for (long lie : new long[] {1, -1, Long.MAX_VALUE, inode + 16, 16 * 999_999L}) {
                bare.medium.metadata().putLong(OrphanBlock.slotAt(firstAt, slot), lie);
                assertThrows(CorruptionException.class, () -> found(bare));
            }
            bare.medium.metadata().putLong(OrphanBlock.slotAt(firstAt, slot), inode);
            for (long next : new long[] {Geometry.FIRST_ORPHAN_BLOCK, 1, -1, 1000, 900, Long.MAX_VALUE}) {
                Transaction tx = bare.journal.begin();
                tx.putSummed(firstAt, (int) OrphanBlock.HEADER_BYTES, (int) OrphanBlock.NEXT_OFFSET, next);
                tx.commit();
                assertThrows(CorruptionException.class, bare::reopen, "next " + next);
            }
        }
    }

    @Test
    void aTableThatGoesInCirclesIsFoundOut() {
        try (Bare bare = Bare.memory(1000)) {
            long inode = bare.create(0);
            for (int i = 0; i < OrphanBlock.SLOT_COUNT + 1; i++) {
                add(bare, inode);
            }
            long firstAt = Geometry.at(Geometry.FIRST_ORPHAN_BLOCK);
            long second = OrphanBlock.next(bare.medium.metadata().segment(), firstAt);
            Transaction tx = bare.journal.begin();
            tx.putSummed(Geometry.at(second), (int) OrphanBlock.HEADER_BYTES, (int) OrphanBlock.NEXT_OFFSET, second);
            tx.commit();
            assertThrows(CorruptionException.class, bare::reopen);
        }
    }

    @Test
    void aSlotThatIsOnlyReservedNamesNobody() {
        try (Bare bare = Bare.memory(1000)) {
            long inode = bare.create(0);
            int slot = add(bare, inode);
            Transaction tx = bare.journal.begin();
            int reserved = bare.orphans.add(tx, inode + 1);
            assertEquals(Map.of(slot, inode), found(bare));
            tx.commit();
            assertEquals(Map.of(slot, inode, reserved, inode + 1), found(bare));
        }
    }

    /// S10: who comes while another's transaction adds a block waits for its end, and uses what it added, or adds one.
    @Test
    void onlyOneTransactionAtATimeGrowsTheTable() throws Exception {
        for (boolean commits : new boolean[] {true, false}) {
            try (Bare bare = Bare.memory(1000)) {
                long inode = bare.create(0);
                for (int i = 0; i < OrphanBlock.SLOT_COUNT; i++) {
                    add(bare, inode);
                }
                long free = bare.space.freeBlocks();
                Transaction tx = bare.journal.begin();
                int first = bare.orphans.add(tx, inode + 1);
                int[] second = {-1};
                Thread other = Thread.ofPlatform().start(() -> second[0] = add(bare, inode + 2));
                while (other.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                assertEquals(free - 1, bare.space.freeBlocks());
                if (commits) {
                    tx.commit();
                } else {
                    tx.abort();
                }
                other.join();
                assertEquals(commits ? first + 1 : first, second[0]);
                assertEquals(free - 1, bare.space.freeBlocks(), "one block was added");
                bare.reopen();
                assertEquals(inode + 2, found(bare).get(second[0]));
            }
        }
    }

    @Test
    void manyThreadsGrowTheTable() throws Exception {
        long seed = Long.getLong("stele.seed", 6);
        try (Bare bare = Bare.memory(4000)) {
            long inode = bare.create(0);
            List<Thread> threads = new ArrayList<>();
            List<Map<Integer, Long>> kept = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Map<Integer, Long> mine = new HashMap<>();
                kept.add(mine);
                SplittableRandom random = new SplittableRandom(seed + i);
                threads.add(Thread.ofPlatform().uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
                        .start(() -> addAndRemove(bare, inode, mine, random)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertTrue(failures.isEmpty(), "seed " + seed + " " + failures);
            Map<Integer, Long> expected = new TreeMap<>();
            kept.forEach(expected::putAll);
            assertEquals(kept.stream().mapToInt(Map::size).sum(), expected.size(), "a slot given twice");
            assertEquals(expected, found(bare));
            bare.reopen();
            assertEquals(expected, found(bare));
        }
    }

    private static void addAndRemove(Bare bare, long inode, Map<Integer, Long> mine, SplittableRandom random) {
        for (int i = 0; i < 1500; i++) {
            Transaction tx = bare.journal.begin();
            long value = inode + random.nextInt(16);
            int slot = bare.orphans.add(tx, value);
            Integer old = mine.isEmpty() || random.nextBoolean() ? null : mine.keySet().iterator().next();
            if (old != null) {
                bare.orphans.remove(tx, old);
            }
            if (random.nextInt(4) == 0) {
                tx.abort();
            } else {
                tx.commit();
                mine.put(slot, value);
                mine.remove(old);
            }
        }
    }
}
