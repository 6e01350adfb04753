package dev.stele.crash;

import dev.stele.medium.sim.PowerCuts.Coverage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Cuts the power of volumes at every point of every sequence of operations, in every way that matters, and judges what
/// recovery makes of it.
///
/// Sequences of one operation start from every [Start], those of two from an empty and from a populated volume, those
/// of three, of core operations only, from an empty one. Within a length the order is random, so that a campaign that
/// is stopped has seen a fair part.
public final class Campaign {
    private static final int MAX_VIOLATIONS = 100;
    private static final long FORWARD = 1_000_003;

    /// Somebody who watches.
    public interface Watcher {
        /// Called by any worker, one at a time, after a workload.
        void done(long workloads, long all, long violations);
    }

    private final Settings settings;
    private final Watcher watcher;
    private final List<Operation> set = Operations.all();
    private final List<Operation> core = set.stream().filter(Operation::isCore).toList();
    private final Map<Start, Start.Image> images = new EnumMap<>(Start.class);
    private final List<Violation> violations = new ArrayList<>();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong workloads = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Segment> segments = new ArrayList<>();
    private long deadlineNanos;

    /// Workloads of one length, shuffled by multiplication with a number that has no factor in common with their count.
    private record Segment(int length, List<Start> starts, List<Operation> operations, long count, long factor,
            long shift) {
        Workload at(long index) {
            long place = (Math.multiplyHigh(index, factor) == 0 ? index * factor % count : index) + shift;
            long number = place % count;
            Start start = starts.get((int) (number % starts.size()));
            number /= starts.size();
            List<Operation> sequence = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                sequence.add(operations.get((int) (number % operations.size())));
                number /= operations.size();
            }
            return new Workload(start, sequence);
        }
    }

    private Campaign(Settings settings, Watcher watcher) {
        this.settings = settings;
        this.watcher = watcher;
        for (Start each : Start.values()) {
            images.put(each, each.make());
        }
        add(1, List.of(Start.values()), set);
        if (settings.length() >= 2) {
            add(2, List.of(Start.EMPTY, Start.POPULATED), set);
        }
        if (settings.length() >= 3) {
            add(3, List.of(Start.EMPTY), core);
        }
    }

    private void add(int length, List<Start> starts, List<Operation> operations) {
        long count = starts.size();
        for (int i = 0; i < length; i++) {
            count *= operations.size();
        }
        SplittableRandom random = new SplittableRandom(settings.seed() * FORWARD + length);
        long factor = random.nextLong(count) | 1;
        while (gcd(factor, count) != 1) {
            factor += 2;
        }
        segments.add(new Segment(length, starts, operations, count, factor, random.nextLong(count)));
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /// How many operations the set has.
    public static int operationCount() {
        return Operations.all().size();
    }

    /// Runs it.
    public static Result run(Settings settings, Watcher watcher) {
        return new Campaign(settings, watcher).run();
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
            return lab.run(workload, code);
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
        return new Result(settings, set.size(), workloads.get(), count(), sum.coverage, sum.walked,
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

    private long count() {
        return segments.stream().mapToLong(Segment::count).sum();
    }

    /// What one worker did.
    private record Share(Coverage coverage, long walked) {
        static final Share NONE = new Share(Coverage.NONE, 0);

        Share plus(Share other) {
            return new Share(coverage.plus(other.coverage), walked + other.walked);
        }
    }

    private Share work() {
        Map<Start, Lab> labs = new EnumMap<>(Start.class);
        Share share = Share.NONE;
        try {
            for (Workload each = take(); each != null; each = take()) {
                Lab lab = labs.computeIfAbsent(each.start(), start -> new Lab(images.get(start), settings, null));
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

    /// @return null where the campaign is over
    private Workload take() {
        if (stopped.get() || System.nanoTime() > deadlineNanos) {
            return null;
        }
        long index = next.getAndIncrement();
        for (Segment each : segments) {
            if (index < each.count) {
                return each.at(index);
            }
            index -= each.count;
        }
        return null;
    }

    private synchronized void report(Violation violation) {
        if (violation != null) {
            violations.add(violation);
            if (violations.size() >= MAX_VIOLATIONS) {
                stopped.set(true);
            }
        }
        watcher.done(workloads.incrementAndGet(), count(), violations.size());
    }
}
