package dev.stele.volume;

import dev.stele.mapping.Tracking;
import dev.stele.medium.Medium;
import dev.stele.medium.PersistenceCounters;
import java.util.Arrays;
import java.util.function.LongFunction;

/// What a sync costs, by the way it finds what to flush: the proof of P4, and the reason for an index of dirty pages
/// for each file. Lines are counted at the medium's verbs.
public final class SyncCosts {
    /// A way of finding what to flush.
    public enum Way {
        /// See [SyncStrategy#IMMEDIATE].
        IMMEDIATE(SyncStrategy.IMMEDIATE),
        /// See [SyncStrategy#VOLUME].
        VOLUME(SyncStrategy.VOLUME),
        /// See [SyncStrategy#FILE].
        FILE(SyncStrategy.FILE),
        /// Not to look for it: the whole file is flushed, every line of it.
        EVERYTHING(SyncStrategy.FILE);

        final SyncStrategy strategy;

        Way(SyncStrategy strategy) {
            this.strategy = strategy;
        }
    }

    /// What all measurements have in common.
    ///
    /// @param fileBytes size of the file that is synced, and of the other one; at least [#FILE_BYTES_MIN], whole pages
    /// @param runs of each case that are measured, at least 1
    /// @param seed of the places that are written to
    /// @param media makes a medium of so many bytes; of granularity CACHE_LINE, or there is nothing to flush
    public record Setting(long fileBytes, int runs, long seed, LongFunction<Medium> media) {
        public Setting {
            if (fileBytes < FILE_BYTES_MIN || fileBytes % Medium.PAGE_BYTES != 0) {
                throw new IllegalArgumentException("a file of " + fileBytes + " bytes");
            }
            if (runs < 1) {
                throw new IllegalArgumentException(runs + " runs");
            }
        }

        public Setting withFileBytes(long value) {
            return new Setting(value, runs, seed, media);
        }
    }

    /// The cost of one sync and of the stores that it makes durable.
    ///
    /// @param lines cache lines flushed in the middle run (median)
    /// @param nanos time of the middle run
    /// @param tracking how stores through the mapping were noticed; null where the case has none
    public record Cost(SyncCase measured, Way way, long lines, long nanos, Tracking tracking) {
    }

    /// Runs before anything is measured: the compiler has then seen what a sync does.
    private static final int WARM_UP_RUNS = 100;
    /// Unless they flush so much that it can only be the flushing that takes time.
    private static final long WARM_UP_LINES = 4L << 20;

    /// Smallest file to measure with.
    public static final long FILE_BYTES_MIN = 16L << 20;

    private SyncCosts() {
    }

    /// Bytes of memory that a measurement takes.
    public static long memoryBytes(long fileBytes) {
        long bytes = 2 * Math.min(fileBytes, Long.MAX_VALUE / 4);
        return bytes + bytes / 16 + (64L << 20);
    }

    /// Measures one case on a volume of its own.
    public static Cost measure(SyncCase measured, Way way, Setting setting) {
        long[] lines = new long[setting.runs];
        long[] nanos = new long[setting.runs];
        try (SyncWork work = new SyncWork(setting, way, measured.isMapped())) {
            measured.prepare(work);
            PersistenceCounters counters = work.counters();
            warmUp(measured, work, counters);
            for (int i = 0; i < setting.runs; i++) {
                PersistenceCounters.Snapshot before = counters.ofThisThread();
                long start = System.nanoTime();
                measured.run(work);
                nanos[i] = System.nanoTime() - start;
                lines[i] = counters.ofThisThread().since(before).flushedLines();
            }
            return new Cost(measured, way, median(lines), median(nanos), work.tracking());
        }
    }

    private static void warmUp(SyncCase measured, SyncWork work, PersistenceCounters counters) {
        PersistenceCounters.Snapshot before = counters.ofThisThread();
        int run = 0;
        do {
            measured.run(work);
            run++;
        } while (run < WARM_UP_RUNS && counters.ofThisThread().since(before).flushedLines() < WARM_UP_LINES);
    }

    private static long median(long[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
