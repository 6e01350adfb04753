package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Many threads, each with transactions of its own: nothing is given to two of them, and nothing is lost.
class SpaceThreadsTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = Integer.getInteger("stele.rounds", 1_000);

    @ParameterizedTest
    @CsvSource({"600,false", "40000,false", "200000,false", "600,true", "70000,true"})
    void nothingIsGivenTwice(long blockCount, boolean page) throws Exception {
        long seed = Long.getLong("stele.seed", 4);
        try (Bare bare = page ? Bare.page(blockCount) : Bare.memory(blockCount)) {
            Shared shared = new Shared(bare);
            List<Worker> workers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                workers.add(new Worker(shared, seed * 31 + i));
                workers.getLast().start();
            }
            for (Worker worker : workers) {
                worker.join();
            }
            for (Worker worker : workers) {
                if (worker.failure != null) {
                    throw new AssertionError("seed " + seed, worker.failure);
                }
            }
            checkMedium(bare, shared, workers);
            workers.forEach(Worker::giveAllBack);
            bare.sweep();
            for (int i = 0; i < 3; i++) {
                bare.space.checkpointBegun();
                bare.space.checkpointDone();
            }
            assertEquals(0, bare.space.usedInodes(), "seed " + seed);
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks(), "seed " + seed);
            for (long left = bare.geometry.usableBlocks(); left > 0; ) {
                left -= Run.count(bare.allocate(0, 1, 5000));
            }
            assertEquals(0, bare.space.freeBlocks(), "seed " + seed);
        }
    }

    private static void checkMedium(Bare bare, Shared shared, List<Worker> workers) {
        var bits = Model.bits(bare, false);
        bits.andNot(Model.bits(bare, true));
        long owned = 0;
        for (int block = 0; block < bare.geometry.blockCount(); block++) {
            assertEquals(shared.owners.get(block) != 0, bits.get(block), "block " + block);
            owned += shared.owners.get(block) != 0 ? 1 : 0;
        }
        assertEquals(owned, workers.stream().flatMap(w -> w.runs.stream()).mapToLong(Run::count).sum());
        long inodes = workers.stream().mapToLong(w -> w.inodes.size()).sum();
        assertEquals(inodes, bare.space.usedInodes());
    }

    private static final class Shared {
        final Bare bare;
        final AtomicIntegerArray owners;
        final ConcurrentHashMap<Long, Thread> inodes = new ConcurrentHashMap<>();
        final AtomicBoolean failed = new AtomicBoolean();

        Shared(Bare bare) {
            this.bare = bare;
            this.owners = new AtomicIntegerArray((int) bare.geometry.blockCount());
        }

        void own(long run) {
            change(run, 0, 1);
        }

        void disown(long run) {
            change(run, 1, 0);
        }

        private void change(long run, int before, int after) {
            for (long block = Run.start(run); block < Run.start(run) + Run.count(run); block++) {
                if (!owners.compareAndSet((int) block, before, after)) {
                    throw new AssertionError((after == 0 ? "lost: " : "given twice: ") + block);
                }
            }
        }
    }

    private static final class Worker extends Thread {
        private final Shared shared;
        private final Space space;
        private final SplittableRandom random;
        private final Window window = new Window();
        final List<Long> runs = new ArrayList<>();
        final List<Long> inodes = new ArrayList<>();
        Throwable failure;

        Worker(Shared shared, long seed) {
            this.shared = shared;
            this.space = shared.bare.space;
            this.random = new SplittableRandom(seed);
        }

        @Override
        public void run() {
            try {
                for (int i = 0; i < ROUNDS && !shared.failed.get(); i++) {
                    transaction();
                    if (random.nextInt(50) == 0) {
                        space.drop(window);
                    }
                }
            } catch (Throwable failed) {
                failure = failed;
                shared.failed.set(true);
            }
        }

        private void transaction() {
            List<Long> taken = new ArrayList<>();
            List<Long> freed = new ArrayList<>();
            List<Long> created = new ArrayList<>();
            List<Long> deleted = new ArrayList<>();
            Transaction tx = shared.bare.journal.begin();
            try {
                for (int i = 0; i <= random.nextInt(4); i++) {
                    step(tx, taken, freed, created, deleted);
                }
            } catch (VolumeException full) {
                assertEquals(Errno.ENOSPC, full.errno());
            }
            if (random.nextInt(5) == 0) {
                taken.forEach(shared::disown);
                created.forEach(inode -> shared.inodes.remove(inode, this));
                tx.abort();
                return;
            }
            // Before the commit, for others may have them as soon as it is done.
            freed.forEach(shared::disown);
            deleted.forEach(inode -> assertTrue(shared.inodes.remove(inode, this)));
            tx.commit();
            runs.removeAll(freed);
            runs.addAll(taken);
            inodes.removeAll(deleted);
            inodes.addAll(created);
        }

        private void step(Transaction tx, List<Long> taken, List<Long> freed, List<Long> created,
                List<Long> deleted) {
            switch (random.nextInt(8)) {
                case 0, 1 -> take(taken, space.allocate(tx, window, 0, 1, 1 + random.nextInt(8)));
                case 2 -> take(taken, space.allocate(tx, random.nextLong(shared.bare.geometry.blockCount()), 1,
                        1 + random.nextInt(random.nextBoolean() ? 10 : 1500)));
                case 3, 4 -> {
                    if (runs.size() > freed.size()) {
                        long run = runs.get(random.nextInt(runs.size()));
                        if (!freed.contains(run)) {
                            space.free(tx, Run.start(run), Run.count(run));
                            freed.add(run);
                        }
                    }
                }
                case 5, 6 -> {
                    long inode = space.allocateInode(tx, random.nextBoolean() ? 0 : Geometry.GROUP_BLOCKS + 9);
                    Bare.use(tx, inode);
                    assertEquals(null, shared.inodes.putIfAbsent(inode, this), "given twice: " + inode);
                    assertEquals(0, shared.owners.get((int) Inode.blockOf(inode)));
                    created.add(inode);
                }
                default -> {
                    if (inodes.size() > deleted.size()) {
                        long inode = inodes.get(random.nextInt(inodes.size()));
                        if (!deleted.contains(inode)) {
                            space.freeInode(tx, inode);
                            deleted.add(inode);
                        }
                    }
                }
            }
        }

        private void take(List<Long> taken, long run) {
            shared.own(run);
            taken.add(run);
        }

        void giveAllBack() {
            space.drop(window);
            runs.forEach(shared.bare::free);
            inodes.forEach(shared.bare::delete);
        }
    }
}
