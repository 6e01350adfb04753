package dev.stele.extent;

import dev.stele.format.Run;
import java.util.Arrays;

/// The extents that are to take the place of others, in order. What continues the extent before becomes part of it.
final class Plan {
    private static final int FIRST_CAPACITY = 64;
    /// What grew larger than this is not kept from one change to the next.
    private static final int KEPT_CAPACITY = 1 << 12;

    private long[] pairs = new long[2 * FIRST_CAPACITY];
    private int count;

    void clear() {
        count = 0;
        if (pairs.length > 2 * KEPT_CAPACITY) {
            pairs = new long[2 * FIRST_CAPACITY];
        }
    }

    /// Key, value, key, value …, as [dev.stele.tree.Tree#splice] takes them.
    long[] pairs() {
        return pairs;
    }

    int count() {
        return count;
    }

    void add(long fileBlock, long start, long blockCount, boolean unwritten) {
        add(fileBlock, Run.of(start, blockCount, unwritten));
    }

    void add(long fileBlock, long run) {
        int last = 2 * count - 2;
        if (last >= 0 && pairs[last] + Run.count(pairs[last + 1]) == fileBlock && continues(pairs[last + 1], run)) {
            pairs[last + 1] += Run.count(run);
            return;
        }
        if (2 * count == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * pairs.length);
        }
        pairs[2 * count] = fileBlock;
        pairs[2 * count + 1] = run;
        count++;
    }

    /// Between the last block of a group and the first that can be used of the next are bitmaps: what continues a run
    /// is of its group, and both together are fewer blocks than a run can have.
    static boolean continues(long before, long run) {
        return Run.start(before) + Run.count(before) == Run.start(run)
                && Run.isUnwritten(before) == Run.isUnwritten(run);
    }
}
