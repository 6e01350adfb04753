package dev.stele.crash;

import dev.stele.medium.sim.PowerCuts.Coverage;
import java.util.List;
import java.util.Locale;

/// What a campaign did and found.
///
/// @param settings of the campaign
/// @param plan what there was to run, a line for each part
/// @param workloads run
/// @param allWorkloads there would have been
/// @param coverage points and images
/// @param walked images of which the tree was walked and checked; the others recovered to bytes that were judged before
/// @param violations at most a hundred
/// @param nanos it took
/// @param processorNanos the processors worked for it, all threads of the program taken together
public record Result(Settings settings, List<String> plan, long workloads, long allWorkloads, Coverage coverage,
        long walked, List<Violation> violations, long nanos,
        long processorNanos) {
    /// Images recovered and judged, those of cuts during recovery among them.
    public long states() {
        return coverage.images() + coverage.nestedImages();
    }

    /// Whether something ended it before everything planned was run: the budget, or too many violations.
    public boolean isStopped() {
        return workloads < allWorkloads;
    }

    /// Points of which every image, by itself or by a run that stands for it, or every combination of whole lines, was
    /// tried.
    public long exhaustivePoints() {
        return coverage.exhaustivePoints() + coverage.wholeLinePoints();
    }

    public double statesPerSecondPerCore() {
        return states() / (nanos / 1e9) / settings.workers();
    }

    /// The rate on a machine that has nothing else to do: what compiles and collects counts as work.
    public double statesPerProcessorSecond() {
        return states() / (processorNanos / 1e9);
    }

    /// Images walked and checked in full for each second of each worker.
    public double walkedPerSecondPerCore() {
        return walked / (nanos / 1e9) / settings.workers();
    }

    /// The report of a run, for people.
    public String describe() {
        StringBuilder text = new StringBuilder();
        plan.forEach(part -> text.append(part).append('\n'));
        text.append(String.format(Locale.ROOT, "%,d of %,d workloads, seed %d%n", workloads, allWorkloads,
                settings.seed()));
        if (isStopped()) {
            text.append(violations.size() < Campaign.MAX_VIOLATIONS
                    ? "STOPPED by the budget of " + settings.budgetNanos() / 1_000_000_000 + " s: what is left of "
                            + "each part was not run\n"
                    : "STOPPED: too many violations\n");
        }
        text.append(String.format(Locale.ROOT, "%,d points: %,d exhausted word by word, %,d by all that recovery and "
                + "check read, %,d by whole lines, %,d sampled%n", coverage.points(),
                coverage.exhaustivePoints() - coverage.lazyPoints(), coverage.lazyPoints(),
                coverage.wholeLinePoints(), coverage.sampledPoints()));
        text.append(String.format(Locale.ROOT, "%,d states recovered and judged, %,d of cuts during recovery among "
                + "them; %,d alike were not tried again%n", states(), coverage.nestedImages(),
                coverage.prunedImages()));
        text.append(String.format(Locale.ROOT, "%,.0f states a second and core (%.1f s, %d workers); %,d walked and "
                + "checked in full, %,.0f a second and core, the others came to bytes judged before%n",
                statesPerSecondPerCore(), nanos / 1e9, settings.workers(), walked, walkedPerSecondPerCore()));
        text.append(String.format(Locale.ROOT, "%,.0f states a second of processor time%n",
                statesPerProcessorSecond()));
        if (coverage.sampledPoints() > 0) {
            text.append(String.format(Locale.ROOT, "a sampled point with %d random choices of whole lines has met "
                    + "every persisted-or-lost combination of any 3 of up to 64 lines but for a chance of %.0e%n",
                    settings.samples() / 2, missedBound(settings.samples() / 2)));
        }
        text.append(String.format(Locale.ROOT, "%,d violations%n", violations.size()));
        return text.toString();
    }

    /// How many of the combinations of three among 64 lines, each persisted or lost, so many random choices are
    /// expected to miss.
    static double missedBound(int choices) {
        return Math.min(1, 64 * 63 * 62 / 6 * 8 * Math.pow(7 / 8.0, choices));
    }
}
