package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Random transactions, committed and aborted, against [Model].
class SpaceOracleTest {
    private static final int ROUNDS = Integer.getInteger("stele.rounds", 1_000);

    @ParameterizedTest
    @CsvSource({"256,false", "700,false", "33500,false", "66000,false", "256,true", "33500,true"})
    void doesWhatTheModelDoes(long blockCount, boolean page) {
        long seed = Long.getLong("stele.seed", 20);
        try (Bare bare = page ? Bare.page(blockCount) : Bare.memory(blockCount)) {
            new Walk(bare, page, seed).run();
        }
    }

    private static final class Walk {
        private final Bare bare;
        private final SplittableRandom random;
        private final long seed;
        private final boolean page;
        private final List<Window> windows = new ArrayList<>();
        private Model model;
        private int round;

        Walk(Bare bare, boolean page, long seed) {
            this.bare = bare;
            this.seed = seed;
            this.page = page;
            this.random = new SplittableRandom(seed);
            this.model = new Model(bare.geometry, page);
        }

        void run() {
            for (int i = 0; i < 3; i++) {
                windows.add(new Window());
            }
            for (round = 0; round < ROUNDS; round++) {
                transaction();
                aside();
                if (round % 20 == 0 || bare.geometry.blockCount() < 1000) {
                    model.check(bare, where());
                }
            }
            drain();
        }

        private String where() {
            return "seed " + seed + " round " + round;
        }

        /// Holds, checkpoints, windows dropped, a crash.
        private void aside() {
            switch (random.nextInt(12)) {
                case 0 -> hold();
                case 1, 2 -> release();
                case 3 -> bare.space.drop(windows.get(random.nextInt(windows.size())));
                case 4 -> {
                    bare.space.checkpointBegun();
                    model.checkpointBegun();
                }
                case 5 -> {
                    bare.space.checkpointDone();
                    model.checkpointDone();
                }
                case 6 -> crash();
                default -> { }
            }
        }

        private void hold() {
            if (!model.runs.isEmpty()) {
                long run = part(model.runs.get(random.nextInt(model.runs.size())));
                bare.space.hold(Run.start(run), Run.count(run));
                model.hold(run);
            }
        }

        private void release() {
            if (!model.held.isEmpty()) {
                long run = model.held.remove(random.nextInt(model.held.size()));
                bare.space.release(Run.start(run), Run.count(run));
                model.release(run);
            }
        }

        private void crash() {
            if (!page && random.nextInt(5) == 0) {
                bare.reopen();
                windows.replaceAll(window -> new Window());
                Model fresh = model.copy();
                model = fresh;
            }
        }

        private void transaction() {
            Model after = model.copy();
            after.waiting = model.waiting;
            after.sealed = model.sealed;
            after.lingering = model.lingering;
            BitSet freed = new BitSet();
            BitSet freedInodes = new BitSet();
            BitSet inodesBefore = Model.bits(bare, true);
            Transaction tx = bare.journal.begin();
            int steps = 1 + random.nextInt(6);
            for (int i = 0; i < steps; i++) {
                step(tx, after, freed, freedInodes);
            }
            if (random.nextInt(4) == 0) {
                tx.abort();
                return;
            }
            tx.commit();
            BitSet gone = (BitSet) inodesBefore.clone();
            gone.andNot(Model.bits(bare, true));
            gone.andNot(after.used);
            freed.or(gone);
            model.used = after.used;
            model.runs = after.runs;
            model.inodes = after.inodes;
            model.settle(freed);
        }

        private void step(Transaction tx, Model after, BitSet freed, BitSet freedInodes) {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> allocate(tx, after, freed);
                case 3, 4 -> append(tx, after, freed);
                case 5, 6 -> free(tx, after, freed);
                case 7, 8 -> create(tx, after);
                default -> delete(tx, after, freedInodes);
            }
        }

        private void allocate(Transaction tx, Model after, BitSet freed) {
            long max = 1 + random.nextLong(random.nextBoolean() ? 4 : 2000);
            long min = random.nextInt(4) == 0 ? 1 + random.nextLong(max) : 1;
            long goal = random.nextBoolean() ? 0 : random.nextLong(bare.geometry.blockCount());
            try {
                long run = random.nextInt(5) == 0 ? bare.space.allocateAligned(tx, goal, min, max)
                        : bare.space.allocate(tx, goal, min, max);
                check(run, min, max, after, freed);
            } catch (VolumeException full) {
                assertNoRun(full, min, after, freed);
            }
        }

        private void append(Transaction tx, Model after, BitSet freed) {
            long max = 1 + random.nextLong(10);
            try {
                long run = bare.space.allocate(tx, windows.get(random.nextInt(windows.size())), 0, 1, max);
                check(run, 1, max, after, freed);
            } catch (VolumeException full) {
                assertNoRun(full, 1, after, freed);
            }
        }

        private void check(long run, long min, long max, Model after, BitSet freed) {
            assertTrue(Run.count(run) >= min && Run.count(run) <= max, where());
            BitSet inodeBlocks = new BitSet();
            after.inodes.forEach(inode -> inodeBlocks.set((int) Inode.blockOf(inode)));
            for (long block = Run.start(run); block < Run.start(run) + Run.count(run); block++) {
                long number = block;
                assertFalse(model.isUnavailable((int) block), () -> where() + ": not to be had yet: " + number);
                assertFalse(bare.space.isVerified(block), this::where);
                bare.space.markVerified(block);
            }
            after.allocated(run, freed, inodeBlocks);
        }

        private void assertNoRun(VolumeException full, long min, Model after, BitSet freed) {
            assertEquals(Errno.ENOSPC, full.errno(), where());
            BitSet inUse = (BitSet) after.used.clone();
            inUse.or(model.used);
            inUse.or(freed);
            inUse.or(Model.bits(bare, true));
            after.inodes.forEach(inode -> inUse.set((int) Inode.blockOf(inode)));
            int row = 0;
            for (int block = 0; block < bare.geometry.blockCount(); block++) {
                boolean free = bare.geometry.isUsable(block) && !inUse.get(block) && !model.isUnavailable(block);
                row = free ? row + 1 : 0;
                if (row >= min) {
                    fail(where() + ": there are " + min + " blocks up to " + block);
                }
            }
        }

        private void free(Transaction tx, Model after, BitSet freed) {
            if (after.runs.isEmpty()) {
                return;
            }
            long run = after.runs.remove(random.nextInt(after.runs.size()));
            long part = part(run);
            long start = Run.start(part);
            long end = start + Run.count(part);
            if (start > Run.start(run)) {
                after.runs.add(Run.of(Run.start(run), start - Run.start(run)));
            }
            if (end < Run.start(run) + Run.count(run)) {
                after.runs.add(Run.of(end, Run.start(run) + Run.count(run) - end));
            }
            bare.space.free(tx, start, end - start);
            after.freed(part);
            freed.set((int) start, (int) end);
        }

        private long part(long run) {
            long from = random.nextBoolean() ? 0 : random.nextLong(Run.count(run));
            long count = random.nextBoolean() ? Run.count(run) - from : 1 + random.nextLong(Run.count(run) - from);
            return Run.of(Run.start(run) + from, count);
        }

        private void create(Transaction tx, Model after) {
            try {
                long inode = bare.space.allocateInode(tx, random.nextLong(bare.geometry.blockCount()));
                Bare.use(tx, inode);
                assertFalse(after.inodes.contains(inode), where());
                assertFalse(model.inodes.contains(inode), where());
                assertTrue(bare.geometry.isUsable(Inode.blockOf(inode)), where());
                assertFalse(after.used.get((int) Inode.blockOf(inode)), where());
                after.inodes.add(inode);
            } catch (VolumeException full) {
                assertEquals(Errno.ENOSPC, full.errno(), where());
            }
        }

        private void delete(Transaction tx, Model after, BitSet freedInodes) {
            if (!after.inodes.isEmpty()) {
                long inode = after.inodes.get(random.nextInt(after.inodes.size()));
                if (model.inodes.contains(inode)) {
                    after.inodes.remove(inode);
                    bare.space.freeInode(tx, inode);
                }
            }
        }

        /// Everything goes: as after mkfs.
        private void drain() {
            while (!model.held.isEmpty()) {
                release();
            }
            windows.forEach(bare.space::drop);
            model.runs.forEach(bare::free);
            model.inodes.forEach(bare::delete);
            bare.sweep();
            for (int i = 0; i < 3; i++) {
                bare.space.checkpointBegun();
                bare.space.checkpointDone();
            }
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks(), where());
            assertEquals(0, bare.space.waitingBlocks(), where());
            assertEquals(0, bare.space.usedInodes(), where());
            long all = 0;
            while (all < bare.geometry.usableBlocks()) {
                all += Run.count(bare.allocate(0, 1, Geometry.GROUP_BLOCKS));
            }
            assertEquals(0, bare.space.freeBlocks(), where());
        }
    }
}
