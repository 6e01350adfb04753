package dev.stele.crash.mutants;

import java.util.List;
import java.util.Locale;

/// How the classes of bugs fared.
///
/// @param found by number of the class
public record PlantResult(List<Found> found) {
    /// @param scenario that found it; null where none did
    /// @param message what that said
    public record Found(String number, String what, String analogue, String scenario, String message, long nanos) {
        public boolean isKilled() {
            return scenario != null;
        }
    }

    public long killed() {
        return found.stream().filter(Found::isKilled).count();
    }

    /// The table, for people.
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (Found each : found) {
            text.append(String.format(Locale.ROOT, "%-4s %s: %s%n     %s%n", each.number(), each.what(),
                    each.analogue(), each.isKilled()
                            ? String.format(Locale.ROOT, "killed in %.1f s by: %s", each.nanos() / 1e9, each.scenario())
                            : "SURVIVED"));
        }
        text.append(String.format(Locale.ROOT, "%d of %d classes killed%n", killed(), found.size()));
        return text.toString();
    }
}
