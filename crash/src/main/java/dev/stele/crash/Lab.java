package dev.stele.crash;

import dev.stele.crash.lazy.WovenLoader;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.PowerCutFailure;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.FileExtent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// Runs workloads from one start, each twice on the same medium: once to see what it should leave after every step of
/// its last operation, once to cut the power there.
final class Lab implements AutoCloseable {
    private static final int MAX_MOMENTS = 64;

    private final Start.Image start;
    private final Settings settings;
    private final Judge judge;
    private final String replay;
    private PowerCuts.Coverage past = PowerCuts.Coverage.NONE;
    private SimMedium medium;
    private PowerCuts<Volume> cuts;
    private Allowed allowed;
    /// Names of the operations of the workload that have begun.
    private final List<String> trail = new ArrayList<>();
    /// Flush verbs of the last operation that still take place before one is forgotten; negative for all.
    private long forgets = -1;

    /// @param replay the one cut to try, null for all
    Lab(Start.Image start, Settings settings, String replay) {
        this.start = start;
        this.settings = settings;
        this.replay = replay;
        this.judge = new Judge(replay == null ? settings.oracles() : Oracles.ALL, settings.seed(), start.geometry(),
                start.emptyFreeBlocks());
        renew();
    }

    /// Has one flush of each last operation be forgotten, to see whether that is found.
    void forgetFlush(long after) {
        forgets = after;
    }

    private void renew() {
        if (medium != null) {
            close();
        }
        medium = SimMedium.create(Start.SIZE_BYTES);
        medium.restore(start.bytes());
        PowerCuts<Volume> next = PowerCuts.<Volume>of(medium).seed(settings.seed())
                .exhaustiveTo(settings.exhaustiveTo()).samples(settings.samples() / 2, settings.samples() / 6)
                .alone(Math.min(32, settings.samples())).pairs(settings.samples() < Settings.BOUNDED_SAMPLES ? 4 : 16)
                .programOrder(Math.min(MAX_MOMENTS, settings.samples() / 2)).nested(settings.nestedEvery())
                .depth(settings.nestedDepth()).verbsOnly();
        if (replay != null) {
            next.replay(replay);
        } else {
            explore(next);
        }
        cuts = next.check(Recoveries::open, (volume, image, point) -> judge.judge(volume, image, allowed));
    }

    private void explore(PowerCuts<Volume> next) {
        if (settings.prunes()) {
            next.pruned(() -> allowed.id());
        }
        if (WovenLoader.wove(Lab.class)) {
            next.lazy(settings.lazyRuns());
        }
    }

    PowerCuts.Coverage coverage() {
        return past.plus(cuts.coverage());
    }

    long walked() {
        return judge.walked();
    }

    /// The workload in words; of a walk the operations up to the one that was running.
    private String describe(Workload workload) {
        return workload.walk() == 0 ? workload.toString() : workload + ": " + String.join(", ", trail);
    }

    /// @return what is wrong, null where nothing is
    Violation run(Workload workload, String code) {
        try {
            cuts.pause(() -> medium.restore(start.bytes()));
            List<Moment> moments = new ArrayList<>();
            cuts.pause(() -> rehearse(workload, moments));
            cuts.pause(this::reset);
            cut(workload, moments);
            return null;
        } catch (PowerCutFailure found) {
            return new Violation(describe(workload), found.getMessage(), code + "@" + found.code());
        } catch (RuntimeException | AssertionError failed) {
            return new Violation(describe(workload), describe(failed), code + "@");
        } finally {
            if (medium.sizeBytes() != Start.SIZE_BYTES) {
                renew();
            }
        }
    }

    private static String describe(Throwable failed) {
        StackTraceElement[] stack = failed.getStackTrace();
        return failed + (stack.length == 0 ? "" : " at " + stack[0]);
    }

    private void reset() {
        if (medium.sizeBytes() != Start.SIZE_BYTES) {
            renew();
        }
        medium.restore(start.bytes());
    }

    /// For each operation that will be cut the volume before it, and after each step.
    private void rehearse(Workload workload, List<Moment> moments) {
        trail.clear();
        try (Stage stage = new Stage(medium, start.tree().copy(), workload.strategy())) {
            for (int i = 0; i < workload.operationCount(); i++) {
                boolean isCut = i >= workload.firstCut();
                Operation operation = workload.operation(i, stage.tree);
                trail.add(operation.name());
                attempt(operation.prepare(), stage);
                if (isCut) {
                    moments.add(Moment.of(stage));
                }
                for (Step step : operation.steps()) {
                    attempt(step.action(), stage);
                    if (isCut) {
                        moments.add(Moment.of(stage));
                        stage.compare();
                    }
                }
            }
        }
    }

    /// Refusals are part of the game and must change nothing.
    private static void attempt(Step.Action action, Stage stage) {
        try {
            action.on(stage);
        } catch (VolumeException refused) {
            if (refused.errno() == Errno.EIO || refused.errno() == Errno.EUCLEAN) {
                throw refused;
            }
        }
    }

    private void cut(Workload workload, List<Moment> moments) {
        Stage[] staged = new Stage[1];
        boolean isWhole = false;
        try {
            cuts.pause(() -> staged[0] = new Stage(medium, start.tree().copy(), workload.strategy()));
            cuts.restart();
            trail.clear();
            Iterator<Moment> seen = moments.iterator();
            for (int i = 0; i < workload.operationCount(); i++) {
                Operation operation = workload.operation(i, staged[0].tree);
                trail.add(operation.name());
                cuts.pause(() -> attempt(operation.prepare(), staged[0]));
                if (i >= workload.firstCut()) {
                    cut(operation, staged[0], seen);
                } else {
                    cuts.pause(() -> operation.steps().forEach(step -> attempt(step.action(), staged[0])));
                }
            }
            isWhole = true;
        } finally {
            medium.healFaults();
            if (staged[0] != null) {
                boolean mustClose = isWhole;
                cuts.pause(() -> close(staged[0], mustClose));
            }
        }
    }

    private void cut(Operation operation, Stage stage, Iterator<Moment> seen) {
        if (forgets >= 0) {
            medium.forgetFlush(forgets);
        }
        Moment before = seen.next();
        for (Step step : operation.steps()) {
            List<FileExtent> owned = Trace.extents(stage);
            Moment after = seen.next();
            allowed = Allowed.during(step.name(), before, after, step);
            attempt(step.action(), stage);
            allowed = Allowed.behind(step.name(), after);
            cuts.at(step.name() + " returned");
            new Trace(medium, start.geometry()).require(stage, owned);
            before = after;
        }
    }

    /// A volume that was left in the middle of an operation may refuse to; what was found first counts.
    private static void close(Stage stage, boolean mustClose) {
        try {
            stage.close();
        } catch (RuntimeException refused) {
            if (mustClose) {
                throw refused;
            }
        }
    }

    @Override
    public void close() {
        past = past.plus(cuts.coverage());
        cuts.close();
        medium.close();
        cuts = null;
    }
}
