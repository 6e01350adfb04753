package dev.stele.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One run: makes the bed, takes every measurement in turn and prints its line.
final class Bench {
    /// What came out.
    ///
    /// @param skipped what could not be measured here, and why
    /// @param latencies empty unless pictures are wanted, as are the curves
    record Report(Map<String, Object> machine, List<RowResult> results, List<String> skipped, List<Latency> latencies,
            List<Curve> curves) {
    }

    /// On the clock, from the start of the process.
    private static final long QUICK_NANOS = TimeUnit.SECONDS.toNanos(37);
    /// Points of curves are many, and each is a race of its own.
    private static final double CURVE_SHARE = 0.1;

    private final PrintStream out;
    private final Effort effort;
    private final Bed.Sizes sizes;
    private final boolean isQuick;
    private final long seed;

    Bench(PrintStream out, Effort effort, Bed.Sizes sizes, boolean isQuick, long seed) {
        this.out = out;
        this.effort = effort;
        this.sizes = sizes;
        this.isQuick = isQuick;
        this.seed = seed;
    }

    /// @throws Unmeasurable where this machine lets nothing be measured
    /// @throws WrongResult where a benchmark did something else than it is there for
    ///
    /// @param pictures whether to take what only pictures show
    Report run(List<Measurement> plan, boolean pictures) throws Exception {
        try (Bed bed = bed()) {
            Map<String, Object> machine = bed.machine();
            out.println(TableReport.describe(machine));
            bed.skipped().forEach(each -> out.println("left out: " + each));
            List<RowResult> results = new ArrayList<>();
            List<Latency> latencies = new ArrayList<>();
            print(TableReport.HEADINGS);
            for (int i = 0; i < plan.size(); i++) {
                RowRun run = new RowRun(bed, effort(plan.size() - i), isQuick, pictures ? latencies : null);
                List<RowResult> fresh = plan.get(i).action().run(run);
                results.addAll(fresh);
                fresh.forEach(each -> TableReport.lines(each).forEach(this::print));
            }
            addScale(results);
            printMissed(results);
            List<Curve> curves = pictures && !isQuick
                    ? new Curves(bed, effort.scaled(CURVE_SHARE), false).all() : List.of();
            return new Report(machine, results, bed.skipped(), latencies, curves);
        }
    }

    /// A quick run keeps to its time as far as counts let it: where that is short, nobody waits for the compilers
    /// longer than a work's least number of operations.
    private Effort effort(int measurementsLeft) {
        if (!isQuick || effort.warmUpNanosMax() == 0) {
            return effort;
        }
        return effort.within((QUICK_NANOS - uptimeNanos()) / measurementsLeft);
    }

    private static long uptimeNanos() {
        return TimeUnit.MILLISECONDS.toNanos(ManagementFactory.getRuntimeMXBean().getUptime());
    }

    private Bed bed() throws Exception {
        try {
            return Bed.make(sizes, seed);
        } catch (IOException reason) {
            throw new Unmeasurable(reason);
        }
    }

    /// There is nothing to measure on.
    static final class Unmeasurable extends Exception {
        private static final long serialVersionUID = 1;

        private Unmeasurable(IOException reason) {
            super(reason.getMessage(), reason);
        }
    }

    private void addScale(List<RowResult> results) {
        RowResult worst = Plan.worstScale(results);
        if (worst != null) {
            results.add(worst);
            TableReport.lines(worst).forEach(this::print);
        }
    }

    private void printMissed(List<RowResult> results) {
        List<String> missed = TableReport.missed(results);
        out.println();
        out.println(missed.isEmpty() ? "All goals are reached." : "Goals that are not reached:");
        missed.forEach(each -> out.println("  " + each));
    }

    private void print(List<String> cells) {
        out.println(TableReport.text(cells));
        out.flush();
    }
}
