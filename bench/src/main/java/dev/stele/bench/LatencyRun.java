package dev.stele.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// Times operations one by one, after the race, when everything is compiled. The clock's own time of some twenty
/// nanoseconds is in each.
final class LatencyRun {
    private static final long NANOS_MAX = 10_000_000_000L;
    private static final int DIGITS = 3;
    private static final int TURN = 100;

    private final long nanosPerContender;

    LatencyRun(Effort effort) {
        this.nanosPerContender = effort.measureNanos() / 2;
    }

    /// Contenders take turns of some operations each.
    Latency of(String row, List<Contender> contenders) throws Exception {
        Map<String, Histogram> histograms = new LinkedHashMap<>();
        for (Contender each : contenders) {
            histograms.put(each.name(), new Histogram(NANOS_MAX, DIGITS));
        }
        long end = System.nanoTime() + nanosPerContender * contenders.size();
        do {
            for (Contender each : contenders) {
                turn(each.work(), histograms.get(each.name()));
            }
        } while (System.nanoTime() < end);
        return new Latency(row, histograms);
    }

    private static void turn(Work work, Histogram histogram) throws Exception {
        for (int i = 0; i < TURN; i++) {
            work.prepare(1);
            long from = System.nanoTime();
            work.run(1);
            histogram.recordValue(Math.min(System.nanoTime() - from, NANOS_MAX));
            work.check(1);
        }
    }
}
