package dev.stele.crash.junit;

import java.util.Locale;

/// What was tried, as a line for people.
final class Coverage {
    private final int[] points = new int[Tiers.Reach.values().length];
    private int mostSampledLines;
    /// Of those that know no order.
    private int mostWords;
    long states;
    long alike;
    long recoveriesCut;
    long recoveryPoints;
    long statesInRecovery;

    /// A moment of the workload was gone through.
    void point(Tiers.Reach reach, Cut cut) {
        points[reach.ordinal()]++;
        switch (reach) {
            case EVERY_STATE -> { }
            case EVERY_LINE -> mostWords = Math.max(mostWords, cut.freeUnitCount());
            case SAMPLED -> {
                mostSampledLines = Math.max(mostSampledLines, cut.lines().length);
                mostWords = Math.max(mostWords, cut.freeUnitCount());
            }
        }
    }

    String line(String name, Settings settings) {
        int all = points[0] + points[1] + points[2];
        StringBuilder line = new StringBuilder(name).append(": ").append(all).append(" points: ").append(points[0])
                .append(" exhaustive (").append(all == 0 ? 0 : points[0] * 100 / all).append(" %), ")
                .append(points[1]).append(" exhaustive by whole lines, ").append(points[2]).append(" sampled; ")
                .append(states).append(" states run, ").append(alike).append(" more were alike; ")
                .append(recoveriesCut).append(" recoveries cut at ").append(recoveryPoints).append(" points, ")
                .append(statesInRecovery).append(" states of these; model ").append(settings.model())
                .append(", seed ").append(settings.tiers().seed());
        if (points[2] > 0) {
            line.append("; ").append(bound(mostSampledLines, "lines", settings.tiers().samples()));
        }
        if (mostWords > 0) {
            line.append("; ").append(bound(mostWords, "words without order", settings.tiers().samples()));
        }
        return line.toString();
    }

    /// Of `count` things each lost or kept by chance, the number of combinations of three that are expected to be
    /// missing after `samples` tries: C(count, 3) · 8 · (7/8)^samples.
    private static String bound(int count, String what, int samples) {
        double threes = (double) count * (count - 1) * (count - 2) / 6;
        double missing = threes * 8 * Math.pow(7.0 / 8, samples);
        return String.format(Locale.ROOT, "of the %.0f ways to lose or keep 3 of %d %s %.1e are expected to be missing",
                threes * 8, count, what, missing);
    }
}
