package dev.stele.crash.faults;

/// How thorough a campaign of faults is.
///
/// @param seed start of all that is random
/// @param workers threads
/// @param starts letters of the volumes to start from
/// @param places of each operation and kind that are tried, at most: spread over all of them
/// @param every of the operations one in so many is tried, beginning at a seeded one
public record FaultSettings(long seed, int workers, String starts, int places, int every) {
    public FaultSettings {
        if (workers < 1 || places < 1 || every < 1) {
            throw new IllegalArgumentException("workers, places and every want at least 1");
        }
    }

    /// Every place of every operation from every volume.
    public static FaultSettings all(long seed) {
        return new FaultSettings(seed, Runtime.getRuntime().availableProcessors(), "EPNF", Integer.MAX_VALUE, 1);
    }
}
