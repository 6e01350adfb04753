package dev.stele.bench;

import java.io.PrintStream;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/// Runs the benchmarks of [dev.stele.bench.jmh] and prints a line for each: the median of its
/// iterations, for a mean says more about what else the machine did.
final class Jmh {
    private static final String ALL = "dev\\.stele\\.bench\\.jmh\\..*";
    private static final String LINE = "%-16s %10s %10s %10s %12s%n";

    private static final double MEDIAN = 50;

    private Jmh() {
    }

    /// @param isQuick one JVM and one short iteration of each
    static void run(PrintStream out, boolean isQuick) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder().include(ALL).addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT).shouldFailOnError(true).jvmArgsPrepend("-Xms256m", "-Xmx1g",
                        "--sun-misc-unsafe-memory-access=allow", // JMH's own
                        "--enable-native-access=ALL-UNNAMED", "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
        if (isQuick) {
            options.forks(1).warmupIterations(2).measurementIterations(2)
                    .warmupTime(TimeValue.milliseconds(300)).measurementTime(TimeValue.milliseconds(300));
        }
        print(out, new Runner(options.build()).run());
    }

    private static void print(PrintStream out, Collection<RunResult> results) {
        out.printf(LINE, "benchmark", "median", "least", "most", "heap bytes");
        for (RunResult each : results) {
            Statistics times = each.getPrimaryResult().getStatistics();
            Result<?> heap = each.getSecondaryResults().get("gc.alloc.rate.norm");
            out.printf(LINE, each.getPrimaryResult().getLabel(), Figures.time(times.getPercentile(MEDIAN)),
                    Figures.time(times.getMin()), Figures.time(times.getMax()),
                    heap == null ? "" : Figures.count(heap.getScore()));
        }
    }
}
