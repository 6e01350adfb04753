package dev.stele.crash;

/// How thorough a campaign is.
///
/// @param length of the longest sequences of operations, 1 to 3
/// @param seed start of all that is random
/// @param perPart how many workloads each part of the plan has run, at most, a fair choice of them; 0 for all
/// @param budgetNanos when to stop, at the latest; 0 for never
/// @param workers threads
/// @param exhaustiveTo up to how many combinations all are tried at a point
/// @param samples random choices at a point where not all are tried: half as many of whole lines, a sixth as many word
///     by word
/// @param nestedEvery of how many images one has the recovery from it cut, too; 0 for none
/// @param nestedDepth how deep: 1 for cuts during recovery, 2 for those during recovery from these, too
/// @param prunes whether an image is tried once only while the same is allowed
/// @param lazyRuns up to how many runs of recovery exhaust a point that has more combinations than that, by choosing
///     what is left when it is read; 0 to take samples there at once
/// @param oracles how closely images are looked at
public record Settings(int length, long seed, long perPart, long budgetNanos, int workers, long exhaustiveTo,
        int samples, int nestedEvery, int nestedDepth, boolean prunes, int lazyRuns, Oracles oracles) {
    /// Random choices after which every persisted-or-lost combination of three out of 64 lines has been met, but for a
    /// chance below 1 in 1000.
    public static final int BOUNDED_SAMPLES = 150;
    /// What [#lazyRuns] may well be: as many as there are combinations at most where all are tried.
    public static final int LAZY_RUNS = 1 << 12;
    private static final long LIGHT_CHOICES = 64;
    private static final int LIGHT_SAMPLES = 36;

    public Settings {
        if (length < 1 || length > 3) {
            throw new IllegalArgumentException("sequences have 1 to 3 operations, not " + length);
        }
        if (perPart < 0) {
            throw new IllegalArgumentException("no negative number of workloads: " + perPart);
        }
        if (workers < 1) {
            throw new IllegalArgumentException("at least one worker, not " + workers);
        }
    }

    /// Everything up to a length, on every processor.
    public static Settings of(int length, long seed) {
        return new Settings(length, seed, 0, 0, Runtime.getRuntime().availableProcessors(), 1 << 12,
                2 * BOUNDED_SAMPLES, 0, 1, true, 0, new Oracles(8, 500, true));
    }

    /// @param workloads of each part of the plan, at most; 0 for all
    public Settings perPart(long workloads) {
        return new Settings(length, seed, workloads, budgetNanos, workers, exhaustiveTo, samples, nestedEvery,
                nestedDepth, prunes, lazyRuns, oracles);
    }

    public Settings budget(long nanos) {
        return new Settings(length, seed, perPart, nanos, workers, exhaustiveTo, samples, nestedEvery, nestedDepth,
                prunes, lazyRuns, oracles);
    }

    public Settings workers(int count) {
        return new Settings(length, seed, perPart, budgetNanos, count, exhaustiveTo, samples, nestedEvery, nestedDepth,
                prunes, lazyRuns, oracles);
    }

    public Settings nested(int every) {
        return new Settings(length, seed, perPart, budgetNanos, workers, exhaustiveTo, samples, every, nestedDepth,
                prunes, lazyRuns, oracles);
    }

    /// @param levels how deep cuts during recovery go, where [#nested] has any
    public Settings depth(int levels) {
        return new Settings(length, seed, perPart, budgetNanos, workers, exhaustiveTo, samples, nestedEvery, levels,
                prunes, lazyRuns, oracles);
    }

    /// @param choices up to how many combinations all are tried at a point
    /// @param random how many random ones elsewhere, as [#samples]
    public Settings exhaustive(long choices, int random) {
        return new Settings(length, seed, perPart, budgetNanos, workers, choices, random, nestedEvery, nestedDepth,
                prunes, lazyRuns, oracles);
    }

    /// @param runs as [#lazyRuns]
    public Settings lazy(int runs) {
        return new Settings(length, seed, perPart, budgetNanos, workers, exhaustiveTo, samples, nestedEvery,
                nestedDepth, prunes, runs, oracles);
    }

    public Settings oracles(Oracles value) {
        return new Settings(length, seed, perPart, budgetNanos, workers, exhaustiveTo, samples, nestedEvery,
                nestedDepth, prunes, lazyRuns, value);
    }

    /// Fewer choices at each point: for workloads of which there are very many.
    public Settings light() {
        return exhaustive(Math.min(exhaustiveTo, LIGHT_CHOICES), Math.min(samples, LIGHT_SAMPLES));
    }
}
