package dev.stele.bench;

import java.util.Arrays;

/// The middle of many samples and how far they are spread.
record Summary(double median, double p10, double p90) {

    /// @param samples at least one
    static Summary of(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return new Summary(at(sorted, 0.5), at(sorted, 0.1), at(sorted, 0.9));
    }

    static Summary exactly(double value) {
        return new Summary(value, value, value);
    }

    /// Between two neighbours the straight line counts.
    private static double at(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
    }
}
