package dev.stele.crash.faults;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a campaign of faults did and found.
///
/// @param faults that struck, by kind
/// @param readOnly how many of them left a volume that had turned itself read-only
/// @param violations at most a hundred
public record FaultResult(FaultSettings settings, int operations, Map<FaultKind, Long> faults, long readOnly,
        List<FaultViolation> violations, long nanos) {

    /// Faults that struck, of every kind.
    public long total() {
        return faults.values().stream().mapToLong(Long::longValue).sum();
    }

    /// The report of a run, for people.
    public String describe() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "%,d faults in %d operations from the volumes %s, seed %d (%.1f s, %d workers)%n", total(), operations,
                settings.starts(), settings.seed(), nanos / 1e9, settings.workers()));
        faults.forEach((kind, count) -> text.append(String.format(Locale.ROOT, "%12s %,10d%n", kind.word(), count)));
        text.append(String.format(Locale.ROOT, "%,d of them left a volume that had turned itself read-only%n",
                readOnly));
        text.append(String.format(Locale.ROOT, "%,d violations%n", violations.size()));
        return text.toString();
    }
}
