package dev.stele.crash;

import dev.stele.crash.lazy.WovenLoader;
import dev.stele.medium.sim.PowerCuts.Coverage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Cuts the power of volumes at every point of every sequence of operations, in every way that matters, and judges what
/// recovery makes of it.
///
/// [Plan] says which sequences, and from where.
public final class Campaign {
    static final int MAX_VIOLATIONS = 100;

    /// Somebody who watches.
    public interface Watcher {
        /// Called by any worker, one at a time, after a workload.
        void done(long workloads, long all, long violations);
    }

    private final Settings settings;
    private final Watcher watcher;
    private final List<Operation> set = Operations.all();
    private final Plan plan;
    private final Map<Start, Start.Image> images = new EnumMap<>(Start.class);
    private final List<Violation> violations = new ArrayList<>();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong workloads = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private long deadlineNanos;

    private Campaign(Settings settings, long walks, Watcher watcher) {
        this.settings = settings;
        this.watcher = watcher;
        this.plan = new Plan(settings, walks);
        for (Start each : Start.values()) {
            images.put(each, each.make());
        }
    }

    /// How many operations the set has.
    public static int operationCount() {
        return Operations.all().size();
    }

    /// Runs it without long walks.
    public static Result run(Settings settings, Watcher watcher) {
        return run(settings, 0, watcher);
    }

    /// Runs it.
    ///
    /// @param walks how many long sequences, made up by chance, there are besides
    public static Result run(Settings settings, long walks, Watcher watcher) {
        return settings.lazyRuns() > 0 ? runWoven(settings, walks, watcher) : runHere(settings, walks, watcher);
    }

    private static Result runWoven(Settings settings, long walks, Watcher watcher) {
        WovenLoader loader = new WovenLoader(Settings.class, Oracles.class, Result.class, Violation.class,
                Watcher.class, Coverage.class);
        return (Result) loader.call(Campaign.class.getName(), "runHere", settings, walks, watcher);
    }

    /// Runs it on the classes that this one was loaded with, woven or not.
    public static Result runHere(Settings settings, long walks, Watcher watcher) {
        return new Campaign(settings, walks, watcher).run();
    }

    /// Has one cut once more, with every oracle.
    ///
    /// @param replay of [Violation#replay()]
    /// @return what is wrong with it, null where nothing is any more
    /// @throws IllegalArgumentException where the text names no cut
    public static Violation replay(String replay, Settings settings) {
        int at = replay.indexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException("this names no power cut: " + replay);
        }
        String code = replay.substring(0, at);
        Workload workload = Workload.of(code, Operations.all());
        String cut = replay.substring(at + 1);
        try (Lab lab = new Lab(workload.start().make(), settings, cut.isEmpty() ? null : cut)) {
            Violation found = lab.run(workload, code);
            requireTried(found, cut, lab.coverage());
            return found;
        }
    }

    /// @param cut as text, empty for all of a workload
    /// @throws IllegalArgumentException where nothing is wrong only because a point was never come to: in the workload,
    ///     or in the recovery from the cut there
    static void requireTried(Violation found, String cut, Coverage coverage) {
        if (found == null && !cut.isEmpty() && coverage.images() + coverage.nestedImages() < cut.split("/").length) {
            throw new IllegalArgumentException("there is no such point: " + cut);
        }
    }

    private Result run() {
        long begun = System.nanoTime();
        long worked = processorNanos();
        deadlineNanos = settings.budgetNanos() == 0 ? Long.MAX_VALUE : begun + settings.budgetNanos();
        List<Future<Share>> shares = new ArrayList<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(settings.workers(),
                Thread.ofPlatform().name("stele-crash-", 1).factory())) {
            for (int i = 0; i < settings.workers(); i++) {
                shares.add(workers.submit(this::work));
            }
        }
        Share sum = Share.NONE;
        for (Future<Share> each : shares) {
            sum = sum.plus(result(each));
        }
        return new Result(settings, plan.describe(), workloads.get(), plan.count(), sum.coverage, sum.walked,
                List.copyOf(violations), System.nanoTime() - begun, processorNanos() - worked);
    }

    private static long processorNanos() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    private static Share result(Future<Share> share) {
        try {
            return share.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /// What one worker did.
    private record Share(Coverage coverage, long walked) {
        static final Share NONE = new Share(Coverage.NONE, 0);

        Share plus(Share other) {
            return new Share(coverage.plus(other.coverage), walked + other.walked);
        }
    }

    /// What a lab is for: one volume to start from, cut so thoroughly.
    private record Bench(Start start, Settings settings) {
    }

    private Share work() {
        Map<Bench, Lab> labs = new HashMap<>();
        Share share = Share.NONE;
        try {
            for (long index = take(); index >= 0; index = take()) {
                Workload each = plan.workload(index);
                Lab lab = labs.computeIfAbsent(new Bench(each.start(), plan.segment(index).settings()),
                        bench -> new Lab(images.get(bench.start), bench.settings, null));
                report(lab.run(each, each.code(set)));
            }
        } finally {
            for (Lab lab : labs.values()) {
                share = share.plus(new Share(lab.coverage(), lab.walked()));
                lab.close();
            }
        }
        return share;
    }

    /// @return place in the plan, -1 where the campaign is over
    private long take() {
        if (stopped.get() || System.nanoTime() > deadlineNanos) {
            return -1;
        }
        long index = next.getAndIncrement();
        return index < plan.count() ? index : -1;
    }

    private synchronized void report(Violation violation) {
        if (violation != null) {
            violations.add(violation);
            if (violations.size() >= MAX_VIOLATIONS) {
                stopped.set(true);
            }
        }
        watcher.done(workloads.incrementAndGet(), plan.count(), violations.size());
    }
}
