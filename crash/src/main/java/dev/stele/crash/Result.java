package dev.stele.crash;

import dev.stele.medium.sim.PowerCuts.Coverage;
import java.util.List;
import java.util.Locale;

/// What a campaign did and found.
///
/// @param settings of the campaign
/// @param operations in the set
/// @param workloads run
/// @param allWorkloads there would have been
/// @param coverage points and images
/// @param walked images of which the tree was walked and checked; the others recovered to bytes that were judged before
/// @param violations at most a hundred
/// @param nanos it took
/// @param processorNanos the processors worked for it, all threads of the program taken together
public record Result(Settings settings, int operations, long workloads, long allWorkloads, Coverage coverage,
        long walked, List<Violation> violations, long nanos,
        long processorNanos) {
    /// Images recovered and judged, those of cuts during recovery among them.
    public long states() {
        return coverage.images() + coverage.nestedImages();
    }

    /// Points of which every image, or every combination of whole lines, was tried.
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
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "%,d of %,d workloads of %d operations, lengths 1 to %d, seed %d%n", workloads, allWorkloads,
                operations, settings.length(), settings.seed()));
        text.append(String.format(Locale.ROOT, "%,d points: %,d exhausted word by word, %,d by whole lines, "
                + "%,d sampled%n", coverage.points(), coverage.exhaustivePoints(), coverage.wholeLinePoints(),
                coverage.sampledPoints()));
        text.append(String.format(Locale.ROOT, "%,d states recovered and judged, %,d of cuts during recovery among "
                + "them; %,d alike were not tried again%n", states(), coverage.nestedImages(),
                coverage.prunedImages()));
        text.append(String.format(Locale.ROOT, "%,.0f states a second and core (%.1f s, %d workers); %,d walked and "
                + "checked in full, %,.0f a second and core, the others came to bytes judged before%n",
                statesPerSecondPerCore(), nanos / 1e9, settings.workers(), walked, walkedPerSecondPerCore()));
        text.append(String.format(Locale.ROOT, "%,.0f states a second of processor time%n",
                statesPerProcessorSecond()));
        if (coverage.sampledPoints() > 0 && settings.samples() >= 2 * Settings.BOUNDED_SAMPLES) {
            text.append("a sampled point: each line alone and random combinations; every persisted-or-lost combination"
                    + " of any 3 of up to 64 lines, but for a chance below 1 in 1000\n");
        }
        text.append(String.format(Locale.ROOT, "%,d violations%n", violations.size()));
        return text.toString();
    }
}
