package dev.stele.volume;

import dev.stele.mapping.Mmu;
import dev.stele.mapping.TrackingMode;
import java.util.Objects;
import java.util.function.LongSupplier;

/// How a volume is opened.
///
/// @param readOnly nothing on the medium changes, not even by recovery
/// @param clock nanoseconds since the epoch, for time stamps
/// @param background whether the volume may start daemon threads (checkpoint by age, reclaiming of big deleted files);
///     without them the same work happens inside the operations, which is what deterministic tests want
/// @param tracking how stores through mappings are noticed where a mapping does not ask for another way
/// @param mmu what maps files; null for the kernel's
/// @param strategy who remembers what a sync has to flush
public record OpenOptions(boolean readOnly, LongSupplier clock, boolean background, TrackingMode tracking, Mmu mmu,
        SyncStrategy strategy) {
    public OpenOptions {
        Objects.requireNonNull(strategy);
    }

    /// With the kernel's MMU, tracking as is best, and an index of dirty pages for each file.
    public OpenOptions(boolean readOnly, LongSupplier clock, boolean background) {
        this(readOnly, clock, background, TrackingMode.AUTO, null, SyncStrategy.FILE);
    }

    public OpenOptions withTracking(TrackingMode value) {
        return new OpenOptions(readOnly, clock, background, value, mmu, strategy);
    }

    /// For tests that decide who stores when.
    public OpenOptions withMmu(Mmu value) {
        return new OpenOptions(readOnly, clock, background, tracking, value, strategy);
    }

    public OpenOptions withStrategy(SyncStrategy value) {
        return new OpenOptions(readOnly, clock, background, tracking, mmu, value);
    }
}
