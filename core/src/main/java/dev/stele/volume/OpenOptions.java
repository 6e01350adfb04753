package dev.stele.volume;

import java.util.function.LongSupplier;

/// How a volume is opened.
///
/// @param readOnly nothing on the medium changes, not even by recovery
/// @param clock nanoseconds since the epoch, for time stamps
/// @param background whether the volume may start daemon threads (checkpoint by age, reclaiming of big deleted files);
///     without them the same work happens inside the operations, which is what deterministic tests want
public record OpenOptions(boolean readOnly, LongSupplier clock, boolean background) {
}
