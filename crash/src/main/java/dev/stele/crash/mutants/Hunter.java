package dev.stele.crash.mutants;

import java.util.BitSet;
import java.util.List;

/// Runs scenarios on the core that it was loaded with, of which a mutant may be turned on.
public interface Hunter {
    /// How a scenario ended.
    ///
    /// @param message what was wrong; null where nothing was
    /// @param hits how often the changed site was reached
    record Outcome(String message, long hits) {
    }

    /// Names of all scenarios, cheap and general ones first.
    List<String> scenarios();

    /// How many of these, at the beginning, are one operation each.
    int general();

    /// Runs one with no mutant on, not thoroughly.
    ///
    /// @return numbers of the sites reached behind the scenario's preparations
    /// @throws IllegalStateException where it fails
    BitSet record(int scenario);

    /// Runs one.
    ///
    /// @param mutants turned on together, all with the same mutation; empty for none
    Outcome run(int scenario, List<Mutant> mutants);
}
