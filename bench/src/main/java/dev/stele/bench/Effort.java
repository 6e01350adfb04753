package dev.stele.bench;

import java.util.concurrent.TimeUnit;

/// How long a race takes.
///
/// @param warmUpNanos least time of a processor, compiling included, before anything counts
/// @param warmUpNanosMax time after which it counts all the same: the compiler is still at work, or others have
///     the processor
/// @param measureNanos time after which no further round starts, once there are enough
/// @param sliceNanos a slice's length, as far as whole operations allow
/// @param roundsMin rounds that are made however long they take
record Effort(long warmUpNanos, long warmUpNanosMax, long measureNanos, long sliceNanos, int roundsMin) {
    static final Effort FULL = of(2500, 20_000, 6000, 2000, 31);
    static final Effort QUICK = of(350, 900, 300, 500, 9);
    /// For tests: does everything once or twice.
    static final Effort TINY = of(0, 0, 0, 1, 2);

    private static Effort of(long warmUpMillis, long warmUpMillisMax, long measureMillis, long sliceMicros,
            int roundsMin) {
        return new Effort(TimeUnit.MILLISECONDS.toNanos(warmUpMillis), TimeUnit.MILLISECONDS.toNanos(warmUpMillisMax),
                TimeUnit.MILLISECONDS.toNanos(measureMillis), TimeUnit.MICROSECONDS.toNanos(sliceMicros), roundsMin);
    }

    /// The same with another share of the time.
    Effort scaled(double factor) {
        return new Effort((long) (warmUpNanos * factor), (long) (warmUpNanosMax * factor),
                (long) (measureNanos * factor), sliceNanos, roundsMin);
    }
}
