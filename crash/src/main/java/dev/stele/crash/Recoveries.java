package dev.stele.crash;

import dev.stele.medium.Medium;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.SyncStrategy;
import dev.stele.volume.Volume;
import java.util.concurrent.atomic.AtomicLong;

/// Opening volumes so that the same happens each time: a clock of their own, no threads of theirs.
final class Recoveries {
    private static final long LATER_NANOS = 1L << 40;

    private Recoveries() {
    }

    static Volume open(Medium medium, AtomicLong clock, SyncStrategy strategy) {
        return Volume.open(medium, new OpenOptions(false, clock::incrementAndGet, false).withStrategy(strategy));
    }

    static Volume open(Medium medium) {
        return Volume.open(medium, new OpenOptions(false, () -> LATER_NANOS, false));
    }
}
