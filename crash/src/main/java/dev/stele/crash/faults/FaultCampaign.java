package dev.stele.crash.faults;

import dev.stele.crash.Scenes;
import dev.stele.crash.Scenes.Script;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Every fault of every [FaultKind], at every place of every operation, from every volume to start from. A kind's
/// places are counted up from the first until none is left to fail.
public final class FaultCampaign {
    private static final int MAX_VIOLATIONS = 100;
    /// More blocks than any operation of the set wants.
    private static final int MAX_FREE_BLOCKS = 32;

    /// Somebody who watches.
    public interface Watcher {
        /// Called by any worker, one at a time, after an operation.
        void done(int operations, int all, long violations);
    }

    private final FaultSettings settings;
    private final Watcher watcher;
    private final List<Task> tasks = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Map<FaultKind, Long> faults = new EnumMap<>(FaultKind.class);
    private final List<FaultViolation> violations = new ArrayList<>();
    private long readOnly;
    private int done;

    /// One operation from one volume.
    private record Task(char start, int operation) {
    }

    private FaultCampaign(FaultSettings settings, Watcher watcher) {
        this.settings = settings;
        this.watcher = watcher;
        for (FaultKind kind : FaultKind.values()) {
            faults.put(kind, 0L);
        }
        int first = (int) Math.floorMod(settings.seed(), (long) settings.every());
        for (int operation = first; operation < Scenes.operationCount(); operation += settings.every()) {
            for (char start : settings.starts().toCharArray()) {
                tasks.add(new Task(start, operation));
            }
        }
    }

    /// Runs it.
    public static FaultResult run(FaultSettings settings, Watcher watcher) {
        return new FaultCampaign(settings, watcher).run();
    }

    /// Has one fault strike once more.
    ///
    /// @return what is wrong after it, null where nothing is any more
    public static FaultViolation replay(FaultPlace place, long seed) {
        if (place.operation() < 0 || place.operation() >= Scenes.operationCount()) {
            throw new IllegalArgumentException("there is no operation " + place.operation());
        }
        try (Scenes scenes = new Scenes(place.start(), seed)) {
            Script script = scenes.rehearse(place.operation(), -1);
            try {
                new FaultTrial(scenes, script, place.kind(), seed).run(place.n());
                return null;
            } catch (RuntimeException | AssertionError wrong) {
                return new FaultViolation(script.toString(), place, describe(wrong));
            }
        }
    }

    private FaultResult run() {
        long begun = System.nanoTime();
        List<Future<?>> workers = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(settings.workers(),
                Thread.ofPlatform().name("stele-faults-", 1).factory())) {
            for (int i = 0; i < settings.workers(); i++) {
                workers.add(pool.submit(this::work));
            }
        }
        workers.forEach(FaultCampaign::requireEnd);
        return new FaultResult(settings, tasks.size() / settings.starts().length(),
                Collections.unmodifiableMap(faults), readOnly, List.copyOf(violations), System.nanoTime() - begun);
    }

    private static void requireEnd(Future<?> worker) {
        try {
            worker.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private void work() {
        Map<Character, Scenes> scenes = new HashMap<>();
        try {
            for (int i = next.getAndIncrement(); i < tasks.size(); i = next.getAndIncrement()) {
                Task task = tasks.get(i);
                run(task, scenes.computeIfAbsent(task.start, start -> new Scenes(start, settings.seed())));
                told();
            }
        } finally {
            scenes.values().forEach(Scenes::close);
        }
    }

    private synchronized void told() {
        watcher.done(++done, tasks.size(), violations.size());
    }

    private void run(Task task, Scenes scenes) {
        Script script = scenes.rehearse(task.operation, -1);
        for (FaultKind kind : FaultKind.values()) {
            FaultTrial trial = new FaultTrial(scenes, script, kind, settings.seed());
            // Places of a volume that is full are numbers of free blocks: few, and the first are the ones that strike.
            boolean isFull = kind == FaultKind.FULL;
            long last = isFull ? MAX_FREE_BLOCKS : Long.MAX_VALUE;
            long step = isFull ? 1 : Math.max(1, script.verbs() / settings.places());
            long from = Math.floorMod(settings.seed() + task.operation, step);
            for (long n = from; n <= last && count() < MAX_VIOLATIONS; n += step) {
                FaultPlace place = new FaultPlace(task.start, task.operation, kind, n);
                if (!strikes(trial, script, place)) {
                    break;
                }
            }
        }
    }

    private synchronized int count() {
        return violations.size();
    }

    /// @return whether there may be a next place
    private boolean strikes(FaultTrial trial, Script script, FaultPlace place) {
        try {
            FaultTrial.Result result = trial.run(place.n());
            if (result.struck()) {
                struck(place.kind(), result.readOnly());
            }
            return result.struck();
        } catch (RuntimeException | AssertionError wrong) {
            Thread.interrupted();
            struck(place.kind(), false);
            synchronized (this) {
                violations.add(new FaultViolation(script.toString(), place, describe(wrong)));
            }
            return true;
        }
    }

    private synchronized void struck(FaultKind kind, boolean leftReadOnly) {
        faults.merge(kind, 1L, Long::sum);
        readOnly += leftReadOnly ? 1 : 0;
    }

    private static String describe(Throwable wrong) {
        StackTraceElement[] stack = wrong.getStackTrace();
        boolean isFinding = wrong instanceof FaultFinding || wrong.getClass().getSimpleName().equals("Wrong");
        return isFinding || stack.length == 0 ? String.valueOf(wrong.getMessage()) : wrong + " at " + stack[0];
    }
}
