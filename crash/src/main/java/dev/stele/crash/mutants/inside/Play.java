package dev.stele.crash.mutants.inside;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.crash.LoggedWords;
import dev.stele.format.Superblock;
import dev.stele.medium.Medium;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// Acts one after the other on one volume, by one thread or by two in turn, with the power cut in them: what comes up
/// is the volume before or after the act under way, as a rehearsal showed it.
final class Play {
    static final int JOURNAL_BLOCKS = 16;
    private static final long SIZE_BYTES = 1 << 20;

    interface Action {
        void on(Ground ground) throws Exception;
    }

    /// @param mixes whether a power cut in the middle of it may leave words of both
    /// @param bySecond whether the second thread does it
    /// @param isCut whether the power is cut in it
    private record Act(String name, boolean mixes, boolean bySecond, boolean isCut, Action action) {
    }

    private final long seed;
    private final List<Act> acts = new ArrayList<>();
    private Function<SimMedium, Medium> mediumOver = medium -> medium;
    private Function<OpenOptions, OpenOptions> options = given -> given;
    private int exhaustiveTo = 64;
    private int samples = 16;
    private int nestedEvery;
    private long sizeBytes = SIZE_BYTES;
    private int journalBlocks = JOURNAL_BLOCKS;
    private boolean noUnflushed;
    private boolean countsFree;
    private boolean hasTails;

    Play(long seed) {
        this.seed = seed;
    }

    /// What the volume stands on.
    Play over(Function<SimMedium, Medium> value) {
        mediumOver = value;
        return this;
    }

    Play options(Function<OpenOptions, OpenOptions> value) {
        options = value;
        return this;
    }

    Play tries(int exhaustive, int random, int nested) {
        exhaustiveTo = exhaustive;
        samples = random;
        nestedEvery = nested;
        return this;
    }

    Play size(long bytes) {
        sizeBytes = bytes;
        return this;
    }

    Play journal(int blocks) {
        journalBlocks = blocks;
        return this;
    }

    /// Behind each act that is cut, no line may be left that nobody flushed, but for words that the log has.
    Play flushesAll() {
        noUnflushed = true;
        return this;
    }

    /// Behind each act, as many blocks are free in memory as after recovery.
    Play countsFree() {
        countsFree = true;
        return this;
    }

    /// Programs store behind the end of files, or to a medium that this one does not show.
    Play leavesTails() {
        hasTails = true;
        return this;
    }

    /// An act that is not cut.
    Play prepare(Action action) {
        acts.add(new Act("prepare", true, false, false, action));
        return this;
    }

    Play act(String name, Action action) {
        acts.add(new Act(name, false, false, true, action));
        return this;
    }

    Play mixing(String name, Action action) {
        acts.add(new Act(name, true, false, true, action));
        return this;
    }

    /// Done by the second thread.
    Play second(String name, Action action) {
        acts.add(new Act(name, false, true, true, action));
        return this;
    }

    /// @return what is wrong, null where nothing is
    String run(Runnable begins, boolean isQuick) throws Exception {
        List<Snapshot> seen = new ArrayList<>();
        Switch.off(() -> {
            perform(() -> { }, seen, null);
            return null;
        });
        perform(begins, null, new Cuts(seen, isQuick));
        return null;
    }

    /// Cuts the power, and knows what is allowed now.
    private final class Cuts {
        private final List<Snapshot> seen;
        private final boolean isQuick;
        private int act;
        private boolean isDone;
        private long freeBlocks;
        private PowerCuts<Volume> cuts;

        Cuts(List<Snapshot> seen, boolean isQuick) {
            this.seen = seen;
            this.isQuick = isQuick;
        }

        void begin(SimMedium medium) {
            cuts = PowerCuts.<Volume>of(medium).seed(seed).exhaustiveTo(isQuick ? 2 : exhaustiveTo)
                    .verbsOnly().samples(isQuick ? 0 : samples).alone(isQuick ? 0 : samples)
                    .nested(isQuick ? 0 : nestedEvery)
                    .pruned(() -> act * 2L + (isDone ? 1 : 0))
                    .check(image -> Volume.open(image, plain()), (volume, image, point) -> judge(volume, image));
        }

        private void judge(Volume volume, SimMedium image) {
            Report report = Check.run(image);
            if (!report.isClean()) {
                throw new IllegalStateException("the check finds " + report.obstacle() + report.findings());
            }
            if (countsFree && isDone && volume.statistics().freeBlocks() != freeBlocks) {
                throw new IllegalStateException(freeBlocks + " blocks were free in memory, "
                        + volume.statistics().freeBlocks() + " are");
            }
            if (!hasTails) {
                Tails tails = Tails.of(volume, image.metadata().segment());
                if (isDone) {
                    tails.require(List.of());
                } else {
                    tails.require(seen.subList(0, act + 2));
                }
            }
            Snapshot found = Snapshot.of(volume);
            if (isDone ? !found.equalsAll(seen.get(act + 1))
                    : !found.isBetween(seen.get(act), seen.get(act + 1), acts.get(act).mixes())) {
                throw new IllegalStateException((isDone ? "behind " : "in ") + acts.get(act).name() + ": "
                        + found.differs(seen.get(act + 1)));
            }
        }
    }

    private static OpenOptions plain() {
        AtomicLong clock = new AtomicLong(1 << 20);
        return new OpenOptions(false, clock::incrementAndGet, false);
    }

    private void perform(Runnable begins, List<Snapshot> seen, Cuts cuts) throws Exception {
        ExecutorService second = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
        try (SimMedium medium = SimMedium.create(sizeBytes)) {
            Volume.format(medium, new FormatOptions("play", new UUID(3, 4), 5, 6, journalBlocks, 0, 0, 1));
            medium.settle();
            Ground ground = new Ground(Volume.open(mediumOver.apply(medium), options.apply(plain())));
            if (seen != null) {
                seen.add(Snapshot.of(ground.volume));
            }
            boolean hasBegun = false;
            for (int i = 0; i < acts.size(); i++) {
                Act act = acts.get(i);
                if (act.isCut && !hasBegun) {
                    hasBegun = true;
                    begins.run();
                    if (cuts != null) {
                        cuts.begin(medium);
                    }
                }
                if (cuts != null) {
                    cuts.act = i;
                    cuts.isDone = false;
                }
                perform(cuts, act, ground, second);
                if (seen != null) {
                    seen.add(Snapshot.of(ground.volume));
                } else if (act.isCut) {
                    cuts.isDone = true;
                    cuts.freeBlocks = ground.volume.statistics().freeBlocks();
                    cuts.cuts.at(act.name + " returned");
                    requireFlushed(medium, act);
                    requireTails(cuts, ground, medium);
                }
            }
        } finally {
            second.shutdown();
            if (cuts != null && cuts.cuts != null) {
                cuts.cuts.close();
            }
        }
    }

    private void requireTails(Cuts cuts, Ground ground, SimMedium medium) {
        if (!hasTails) {
            cuts.cuts.pause(() -> Tails.of(ground.volume, medium.metadata().segment()).require(List.of()));
        }
    }

    private void requireFlushed(SimMedium medium, Act act) {
        if (!noUnflushed) {
            return;
        }
        LoggedWords logged = new LoggedWords(medium.durableBytes(),
                Superblock.decode(medium.metadata().segment(), 0).geometry());
        long[] unflushed = medium.unflushedLines();
        for (long word : medium.undurableWords()) {
            if (Arrays.binarySearch(unflushed, word & -Medium.LINE_BYTES) >= 0 && !logged.contains(word)) {
                throw new IllegalStateException(act.name + " returned, and the word at byte " + word
                        + " was stored to and never flushed, and is not in the log");
            }
        }
    }

    private static void perform(Cuts cuts, Act act, Ground ground, ExecutorService second) throws Exception {
        if (act.isCut || cuts == null || cuts.cuts == null) {
            perform(act, ground, second);
            return;
        }
        Exception[] failure = new Exception[1];
        cuts.cuts.pause(() -> {
            try {
                perform(act, ground, second);
            } catch (Exception failed) {
                failure[0] = failed;
            }
        });
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    private static void perform(Act act, Ground ground, ExecutorService second) throws Exception {
        if (!act.bySecond) {
            act.action.on(ground);
            return;
        }
        Callable<Void> call = () -> {
            act.action.on(ground);
            return null;
        };
        try {
            second.submit(call).get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw (Error) failed.getCause();
        }
    }
}
