package dev.stele.format;

/// A run of blocks in one word, as extents stand on the medium: bit 63 says *unwritten* (owned, reads as zeros), bits
/// 20 to 62 are the first block, bits 0 to 19 the number of blocks, 1 to 2^20 - 1. 0 is no run. A run never leaves
/// its group.
public final class Run {
    public static final int COUNT_BITS = 20;
    public static final int START_BITS = 43;
    public static final long MAX_COUNT = (1L << COUNT_BITS) - 1;
    private static final long START_MASK = (1L << START_BITS) - 1;

    private Run() {
    }

    public static long of(long start, long count) {
        assert start > 0 && start <= START_MASK && count > 0 && count <= MAX_COUNT;
        return start << COUNT_BITS | count;
    }

    public static long of(long start, long count, boolean unwritten) {
        return of(start, count) | (unwritten ? Long.MIN_VALUE : 0);
    }

    public static long start(long run) {
        return run >>> COUNT_BITS & START_MASK;
    }

    public static long count(long run) {
        return run & MAX_COUNT;
    }

    public static boolean isUnwritten(long run) {
        return run < 0;
    }

    public static String toString(long run) {
        return start(run) + "+" + count(run) + (isUnwritten(run) ? " unwritten" : "");
    }
}
