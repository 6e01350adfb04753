package dev.stele.check;

import dev.stele.medium.Medium;

/// Judges a volume by its format alone.
public final class Check {
    private Check() {
    }

    /// Looks at every structure and changes nothing.
    public static Report run(Medium medium) {
        return run(medium, false);
    }

    /// Looks at every structure and changes nothing.
    ///
    /// @param readsData whether every block of every file is read, too, to find those that cannot be
    public static Report run(Medium medium, boolean readsData) {
        try (Survey survey = Survey.of(medium, readsData)) {
            Findings findings = survey.findings();
            return new Report(findings.list(), findings.suppressed(), findings.list(), survey.totals(), false,
                    survey.obstacle());
        }
    }

    /// Looks at everything and makes it consistent, keeping all that can be kept. Nobody else may have the volume open.
    public static Report repair(Medium medium) {
        return Repair.run(medium);
    }
}
