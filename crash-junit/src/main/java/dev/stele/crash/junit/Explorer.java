package dev.stele.crash.junit;

import dev.stele.crash.junit.Lines.Hash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Goes to a moment, tries what a cut there may leave, and cuts some of the recoveries from that, too.
///
/// - E1. A state is tried once for each [Crash] it may come with. One whose recovery was not cut is tried again where
///   that is to be.
/// - E2. A failure ends the exploration of its moment, and of its point of recovery.
final class Explorer implements AutoCloseable {
    /// Of how many of a moment's states the recovery is cut, spread over them all.
    private static final int RECOVERIES_PER_MOMENT = 64;
    private static final int SHRINKING_TRIES = 600;
    private static final int NESTED_SHRINKING_TRIES = 60;

    /// A state that was tried.
    private record Key(Hash image, Crash crash, int depth) {
    }

    private final Phases phases;
    private final Settings settings;
    private final Bench bench;
    private final Set<Key> tried = new HashSet<>();
    private final Map<String, RecoveryPoint> recoveryPoints = new LinkedHashMap<>();
    final Coverage coverage = new Coverage();

    Explorer(Phases phases, Settings settings, Bench bench) {
        this.phases = phases;
        this.settings = settings;
        this.bench = bench;
    }

    List<RecoveryPoint> recoveryPoints() {
        return List.copyOf(recoveryPoints.values());
    }

    /// @param instance of the test class
    /// @throws CrashFailure where something was found
    void explore(Moment moment, Object instance) {
        bench.ground(moment.durable());
        Cut cut = new Cut(moment, settings.model());
        Tiers tiers = settings.tiers();
        Tiers.Reach reach = tiers.reach(cut);
        coverage.point(reach, cut);
        long stride = Math.max(1, tiers.planned(cut) / RECOVERIES_PER_MOMENT);
        long[] ordinal = new long[1];
        tiers.explore(cut, each -> {
            boolean cutsRecovery = settings.nested() > 0 && ordinal[0]++ % stride == 0;
            attempt(each, cutsRecovery ? settings.nested() : 0, instance);
            return true;
        });
    }

    private void attempt(Cut cut, int depth, Object instance) {
        Map<Integer, long[]> content = cut.content();
        if (isKnown(content, cut.moment.crash(), depth)) {
            coverage.alike++;
            return;
        }
        coverage.states++;
        List<Moment> recovery = new ArrayList<>();
        Throwable failure = run(content, cut.moment.crash(), depth > 0 ? recovery : null, instance);
        if (failure != null) {
            throw failed(cut.copy(), failure, instance);
        }
        if (depth > 0) {
            coverage.recoveriesCut++;
            cutRecovery(List.of(cut.copy()), content, recovery, depth, instance);
        }
    }

    private boolean isKnown(Map<Integer, long[]> content, Crash crash, int depth) {
        Hash hash = bench.hash(content);
        for (int deeper = depth; deeper <= settings.nested(); deeper++) {
            if (tried.contains(new Key(hash, crash, deeper))) {
                return true;
            }
        }
        tried.add(new Key(hash, crash, depth));
        return false;
    }

    /// Brings a state up and has it judged.
    ///
    /// @param recovery to which the moments of the recovery are added, null where nobody wants them
    /// @return what was wrong, or null
    private Throwable run(Map<Integer, long[]> content, Crash crash, List<Moment> recovery, Object instance) {
        Door door = null;
        try {
            var image = bench.load(content);
            Recorder recorder = recovery == null ? null
                    : bench.record(phases.kind() == Door.Kind.VOLUME, Steps.at(crash));
            door = phases.kind().open(image);
            Object recovered = phases.recover(instance, door);
            if (recorder != null) {
                recorder.cutAtEnd("it returned", phases.nameOfRecovery());
                bench.finishRecording();
                recovery.addAll(recorder.moments());
            }
            phases.check(instance, door, recovered, crash);
            return null;
        } catch (Throwable wrong) {
            return wrong;
        } finally {
            bench.finishRecording();
            if (door != null) {
                door.close();
            }
        }
    }

    /// Cuts a recovery at each of its moments. What that finds is kept for the test of the point of recovery.
    ///
    /// @param path the cuts that led to the recovery
    /// @param below lines over the ground that the recovery began with
    private void cutRecovery(List<Cut> path, Map<Integer, long[]> below, List<Moment> recovery, int depth,
            Object instance) {
        for (Moment moment : recovery) {
            RecoveryPoint point = recoveryPoints.computeIfAbsent(RecoveryPoint.name(moment), RecoveryPoint::new);
            if (point.failure() != null) {
                continue;
            }
            coverage.recoveryPoints++;
            settings.tiers().nested().explore(new Cut(moment, settings.model()), cut -> {
                CrashFailure failure = attemptNested(path, below, cut, depth - 1, instance);
                point.tried(failure);
                return failure == null;
            });
        }
    }

    private CrashFailure attemptNested(List<Cut> path, Map<Integer, long[]> below, Cut cut, int depth,
            Object instance) {
        Map<Integer, long[]> content = over(below, cut);
        if (isKnown(content, cut.moment.crash(), depth)) {
            coverage.alike++;
            return null;
        }
        coverage.statesInRecovery++;
        List<Moment> recovery = new ArrayList<>();
        Throwable failure = run(content, cut.moment.crash(), depth > 0 ? recovery : null, instance);
        List<Cut> longer = new ArrayList<>(path);
        longer.add(cut.copy());
        if (failure != null) {
            return failedInRecovery(longer, below, failure, instance);
        }
        if (depth > 0) {
            cutRecovery(longer, content, recovery, depth, instance);
        }
        return null;
    }

    private static Map<Integer, long[]> over(Map<Integer, long[]> below, Cut cut) {
        Map<Integer, long[]> content = new HashMap<>(below);
        content.putAll(cut.moment.durable());
        content.putAll(cut.content());
        return content;
    }

    private CrashFailure failed(Cut cut, Throwable failure, Object instance) {
        Throwable[] last = {failure};
        new Shrinker(smaller -> {
            Throwable still = run(smaller.content(), smaller.moment.crash(), null, instance);
            last[0] = still == null ? last[0] : still;
            return still != null;
        }, SHRINKING_TRIES).shrink(cut);
        return failure(List.of(cut), cut.content(), last[0]);
    }

    /// Makes the last cut smaller, with those before it as they are.
    private CrashFailure failedInRecovery(List<Cut> path, Map<Integer, long[]> below, Throwable failure,
            Object instance) {
        Cut cut = path.getLast();
        Throwable[] last = {failure};
        new Shrinker(smaller -> {
            Throwable still = run(over(below, smaller), smaller.moment.crash(), null, instance);
            last[0] = still == null ? last[0] : still;
            return still != null;
        }, NESTED_SHRINKING_TRIES).shrink(cut);
        return failure(path, over(below, cut), last[0]);
    }

    private CrashFailure failure(List<Cut> path, Map<Integer, long[]> content, Throwable cause) {
        String replay = String.join("/", path.stream().map(Cut::code).toList());
        String image = null;
        if (settings.saveTo() != null) {
            String file = phases.name() + "-" + path.stream().map(cut -> String.valueOf(cut.moment.number()))
                    .reduce((a, b) -> a + "-" + b).orElseThrow() + ".image";
            image = settings.saveTo().resolve(file).toString();
            bench.save(content, settings.saveTo().resolve(file));
        }
        return new CrashFailure(Report.of(path, cause, replay, image), replay, cause);
    }

    /// Tries one cut and no other.
    ///
    /// @param replay a code of a failure, as far as the same can still be lost
    void replay(Replay replay, List<Moment> workload, Object instance) {
        List<Cut> path = new ArrayList<>();
        Map<Integer, long[]> content = Map.of();
        List<Moment> moments = workload;
        for (int depth = 0; depth < replay.depth(); depth++) {
            Cut cut = replay.cut(depth, moments, settings.model(), phases);
            if (depth == 0) {
                bench.ground(cut.moment.durable());
            }
            content = depth == 0 ? cut.content() : over(content, cut);
            path.add(cut);
            moments = new ArrayList<>();
            boolean isLast = depth == replay.depth() - 1;
            Throwable failure = run(content, cut.moment.crash(), isLast ? null : moments, instance);
            coverage.states++;
            if (isLast && failure != null) {
                throw failure(path, content, failure);
            }
        }
    }

    @Override
    public void close() {
        bench.close();
    }
}
