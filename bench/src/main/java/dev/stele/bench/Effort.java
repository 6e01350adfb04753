package dev.stele.bench;

import java.util.concurrent.TimeUnit;

/// How long a race takes.
///
/// @param warmUpNanos least time of a processor for each contender before anything counts
/// @param warmUpNanosMax time of a processor, compilers included, after which it counts all the same
/// @param measureNanos time after which no further round starts, once there are enough
/// @param sliceNanos a slice's length, as far as whole operations allow
/// @param roundsMin rounds that are made however long they take
/// @param retakesMax how often a slice that was disturbed is taken again
record Effort(long warmUpNanos, long warmUpNanosMax, long measureNanos, long sliceNanos, int roundsMin,
        int retakesMax) {
    private static final int PAIR_SLICES = 4;
    private static final int SHARES_MAX = 3;
    private static final long WARM_UP_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int RETAKES_MAX = 4;
    static final Effort FULL = of(1500, 20_000, 6000, 2000, 31, RETAKES_MAX);
    static final Effort QUICK = of(40, 5000, 150, 2000, 11, RETAKES_MAX);
    /// For tests: does everything once or twice.
    static final Effort TINY = of(0, 0, 0, 1, 2, 0);

    private static Effort of(long warmUpMillis, long warmUpMillisMax, long measureMillis, long sliceMicros,
            int roundsMin, int retakesMax) {
        return new Effort(TimeUnit.MILLISECONDS.toNanos(warmUpMillis), TimeUnit.MILLISECONDS.toNanos(warmUpMillisMax),
                TimeUnit.MILLISECONDS.toNanos(measureMillis), TimeUnit.MICROSECONDS.toNanos(sliceMicros),
                roundsMin, retakesMax);
    }

    /// The same for two threads, whose code one has warmed up before: less time in all, and slices so long that handing
    /// over from one thread to the other does not count.
    Effort ofPairs() {
        return new Effort(warmUpNanos / 4, warmUpNanosMax / 4, measureNanos, PAIR_SLICES * sliceNanos, roundsMin,
                retakesMax);
    }

    /// The same where that much time is left for each measurement that is to come: one that needs more than its share
    /// to warm up may have some of the others'.
    Effort within(long shareNanos) {
        long most = Math.clamp(SHARES_MAX * shareNanos - measureNanos, WARM_UP_NANOS_MIN, warmUpNanosMax);
        return new Effort(warmUpNanos, most, measureNanos, sliceNanos, roundsMin, retakesMax);
    }

    /// The same with another share of the time.
    Effort scaled(double factor) {
        return new Effort((long) (warmUpNanos * factor), (long) (warmUpNanosMax * factor),
                (long) (measureNanos * factor), sliceNanos, roundsMin, retakesMax);
    }
}
