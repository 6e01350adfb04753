package dev.stele.crash.mutants.inside;

import dev.stele.dirty.DirtyIndex;
import dev.stele.dirty.Flusher;
import dev.stele.dirty.Harvester;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/// Two threads, one of which is stopped where it matters while the other does what it can: return, or wait. That it
/// waits is seen, not timed; only what should wait and does not is given some time to show it.
final class Races {
    private static final long SIZE_BYTES = 1 << 20;
    private static final int WAITS = 40;
    private static final int MANY_PAUSES = 400;
    private static final long HUGE_PAGES = 512;

    private final long seed;

    Races(long seed) {
        this.seed = seed;
    }

    void add(List<Scenario> all) {
        all.add(Scenario.of("two syncs of one page", (begins, isQuick) -> twoSyncs(begins)));
        all.add(Scenario.of("two syncs, one harvest", (begins, isQuick) -> oneHarvest(begins)));
        all.add(Scenario.of("a page becomes part of 2 MiB", (begins, isQuick) -> upgrade(begins)));
        all.add(Scenario.of("one commit overtakes another", (begins, isQuick) -> overtake(begins)));
        all.add(Scenario.of("two threads empty a block of inodes", (begins, isQuick) -> emptied(begins)));
        all.add(Scenario.of("an index is synced", (begins, isQuick) -> sync(begins)));
    }

    /// What a sync of an index does, in a thread of its own.
    private static final class Other {
        private final Thread thread;
        private volatile boolean isDone;

        Other(Runnable action) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                action.run();
                isDone = true;
            });
        }

        /// @return whether it returned; if not it waits, as far as one can see
        boolean returns() {
            for (int waits = 0; waits < WAITS && !isDone && thread.isAlive(); ) {
                Thread.State state = thread.getState();
                waits += state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING ? 1 : 0;
                sleep();
            }
            return isDone;
        }

        private static void sleep() {
            try {
                Thread.sleep(1);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }

        void join() throws InterruptedException {
            thread.join();
        }
    }

    private record Flush(Runnable first, AtomicBoolean flushed) implements Flusher {
        @Override
        public void flush(long offset, long byteCount) {
            first.run();
            flushed.set(true);
        }

        @Override
        public void drain() {
        }
    }

    /// P5: the second sync may return only when what the first one took is durable.
    private static String twoSyncs(Runnable begins) throws InterruptedException {
        DirtyIndex index = new DirtyIndex();
        begins.run();
        index.mark(4096, 64);
        AtomicBoolean early = new AtomicBoolean();
        Other[] other = new Other[1];
        AtomicBoolean flushed = new AtomicBoolean();
        index.sync(0, 8, Harvester.NONE, new Flush(() -> {
            other[0] = new Other(() -> index.sync(0, 8, Harvester.NONE, new Flush(() -> { }, new AtomicBoolean())));
            early.set(other[0].returns());
        }, flushed));
        other[0].join();
        return early.get() ? "a sync returned before a page that was stored to before it was flushed"
                : flushed.get() ? null : "a dirty page was not flushed";
    }

    /// P5: what the first sync has taken from the MMU and not yet marked, the second must wait for.
    private static String oneHarvest(Runnable begins) throws InterruptedException {
        DirtyIndex index = new DirtyIndex();
        begins.run();
        AtomicBoolean early = new AtomicBoolean();
        AtomicBoolean taken = new AtomicBoolean();
        // Either of them flushes it, once it is marked.
        AtomicBoolean flushed = new AtomicBoolean();
        Other[] other = new Other[1];
        Harvester harvester = (firstPage, pageCount, into) -> {
            if (taken.getAndSet(true)) {
                return;
            }
            other[0] = new Other(() -> index.sync(0, 8, (first, count, none) -> { },
                    new Flush(() -> { }, flushed)));
            early.set(other[0].returns());
            into.mark(4096, 64);
        };
        index.sync(0, 8, harvester, new Flush(() -> { }, flushed));
        other[0].join();
        return early.get() ? "a sync found the page clean that another was about to mark"
                : flushed.get() ? null : "a harvested page was not flushed";
    }

    /// C3: single pages are dirty, then all of 2 MiB is one entry.
    private static String upgrade(Runnable begins) {
        DirtyIndex index = new DirtyIndex();
        begins.run();
        index.mark(4096, 64);
        index.mark(0, HUGE_PAGES << 12);
        AtomicBoolean flushed = new AtomicBoolean();
        index.sync(0, HUGE_PAGES, Harvester.NONE, new Flush(() -> { }, flushed));
        return flushed.get() ? null : "dirty pages were not flushed";
    }

    private static String sync(Runnable begins) {
        DirtyIndex index = new DirtyIndex();
        index.mark(100, 1000);
        begins.run();
        long[] counts = new long[2];
        index.sync(0, 8, Harvester.NONE, new Flusher() {
            @Override
            public void flush(long offset, long byteCount) {
                counts[0] += byteCount;
            }

            @Override
            public void drain() {
                counts[1]++;
            }
        });
        return counts[0] == 1088 && counts[1] == 1 ? null : counts[0] + " bytes flushed, " + counts[1] + " drains";
    }

    /// P2: one thread has stored its record and not drained it when another, behind it in the log, commits.
    private String overtake(Runnable begins) throws InterruptedException {
        String[] wrong = new String[1];
        try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
            Volume.format(medium, new FormatOptions("race", new UUID(3, 5), 5, 6, Play.JOURNAL_BLOCKS, 0, 0, 1));
            Volume volume = open(medium);
            long one = volume.mkdir(volume.root(), Name.of("one"), 0755, 0, 0);
            long two = volume.mkdir(volume.root(), Name.of("two"), 0755, 0, 0);
            // So that neither thread needs a block of inodes.
            volume.create(one, Name.of("there"), 0644, 0, 0);
            volume.create(two, Name.of("there"), 0644, 0, 0);
            medium.settle();
            begins.run();
            Other[] other = new Other[1];
            Switch.gate("journal.Retirement.drain Medium.drain", () -> {
                long before = Switch.pauses();
                other[0] = new Other(() -> volume.create(two, Name.of("second"), 0644, 0, 0));
                while (!other[0].isDone && other[0].thread.isAlive() && Switch.pauses() < before + MANY_PAUSES) {
                    Thread.onSpinWait();
                }
                if (other[0].isDone) {
                    wrong[0] = cut(medium);
                }
            });
            volume.create(one, Name.of("first"), 0644, 0, 0);
            if (other[0] == null) {
                return "no record was drained";
            }
            other[0].join();
        }
        return wrong[0];
    }

    private static Volume open(SimMedium medium) {
        return Volume.open(medium, new OpenOptions(false, () -> 1 << 20, false));
    }

    /// The second thread has returned: what it made must survive, whatever of the first is lost.
    private String cut(SimMedium medium) {
        try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(medium).seed(seed).verbsOnly().onlyNamedPoints()
                .exhaustiveTo(256).samples(20).alone(32).check(Races::open, (volume, image, point) -> {
                    if (volume.lookup(volume.lookup(volume.root(), Name.of("two")), Name.of("second")) == 0) {
                        throw new IllegalStateException("it is not there");
                    }
                })) {
            cuts.at("the second commit returned");
            return null;
        } catch (RuntimeException lost) {
            return "what returned is lost: " + lost.getMessage();
        }
    }

    /// P9: two threads free the last two inodes of a block side by side, so that neither frees the block. A write that
    /// finds no other must get it.
    private static String emptied(Runnable begins) throws Exception {
        int expected = Switch.off(() -> fillBehindTwo(() -> { }));
        int found = fillBehindTwo(begins);
        return found == expected ? null : found + " blocks fit into what was free, not " + expected;
    }

    private static int fillBehindTwo(Runnable begins) throws InterruptedException {
        try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
            Volume.format(medium, new FormatOptions("race", new UUID(3, 5), 5, 6, Play.JOURNAL_BLOCKS, 0, 0, 1));
            Ground ground = new Ground(open(medium));
            Volume volume = ground.volume;
            ground.create("filled");
            long one = volume.mkdir(volume.root(), Name.of("one"), 0755, 0, 0);
            long two = volume.mkdir(volume.root(), Name.of("two"), 0755, 0, 0);
            while (Inode.blockOf(volume.create(one, Name.of("x"), 0644, 0, 0)) == Inode.blockOf(volume.root())) {
                volume.rename(one, Name.of("x"), one, Name.of("x" + volume.statistics().usedInodes()),
                        Volume.RenameMode.REPLACE);
            }
            volume.create(two, Name.of("y"), 0644, 0, 0);
            long used = volume.statistics().usedInodes();
            begins.run();
            Switch.gate("volume.Namespace.remove Transaction.commit", () -> {
                Other other = new Other(() -> volume.unlink(two, Name.of("y")));
                try {
                    other.join();
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
            });
            volume.unlink(one, Name.of("x"));
            if (volume.statistics().usedInodes() != used - 2) {
                throw new IllegalStateException("two inodes were not freed side by side");
            }
            return fill(ground);
        }
    }

    /// @return number of blocks that fit
    private static int fill(Ground ground) {
        for (int count = 0; ; count++) {
            try {
                ground.append("filled", Geometry.BLOCK_BYTES);
            } catch (VolumeException full) {
                if (full.errno() != Errno.ENOSPC) {
                    throw full;
                }
                return count;
            }
        }
    }
}
