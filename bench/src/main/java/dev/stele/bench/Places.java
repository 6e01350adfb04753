package dev.stele.bench;

/// A random walk over places, cheap enough to stand inside what is timed: Knuth's linear congruential generator, of
/// whose state the upper half is used. The loops in C take the same steps.
final class Places {
    private static final int INDEX_BITS = 31;

    private Places() {
    }

    static long next(long state) {
        return state * 6364136223846793005L + 1442695040888963407L;
    }

    /// @param count up to 2^31
    static long index(long state, long count) {
        return (state >>> 64 - INDEX_BITS) * count >>> INDEX_BITS;
    }

    /// A value that is unlikely to stand anywhere by chance.
    static long mark(long index) {
        return (index + 1) * 0x9E37_79B9_7F4A_7C15L;
    }
}
