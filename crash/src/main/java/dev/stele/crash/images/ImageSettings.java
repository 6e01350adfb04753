package dev.stele.crash.images;

/// How many images a campaign damages.
///
/// @param count images; where it is less than there are fields and verbs, a part of those, evenly chosen
/// @param budgetNanos when to stop, at the latest; 0 for never
/// @param seed start of all that is random
/// @param workers threads
public record ImageSettings(long count, long budgetNanos, long seed, int workers) {
    public ImageSettings {
        if (count < 1) {
            throw new IllegalArgumentException("at least one image, not " + count);
        }
        if (workers < 1) {
            throw new IllegalArgumentException("at least one worker, not " + workers);
        }
    }
}
