package dev.stele.mapping;

import java.util.Arrays;

/// What each page of one mapping shows: zeros, a block the file owns there (*attached*), or a block the file has
/// given up or moved (*detached*). Kept as maximal runs in two sorted arrays: 16 bytes for each run, whatever its
/// length.
///
/// A *target* is a word: 0 shows zeros, a positive number is the attached block, and bit 63 marks a detached one.
final class ShownPages {
    static final long ZEROS = 0;
    private static final long DETACHED = Long.MIN_VALUE;

    /// Takes one run of equal kind.
    interface Visitor {
        void run(long page, long target, long count);
    }

    private final long pageCount;
    /// page each run starts at; run i ends where run i + 1 starts
    private long[] starts = new long[4];
    private long[] targets = new long[4];
    private int runCount = 1;

    /// Zeros throughout.
    ShownPages(long pageCount) {
        assert pageCount > 0;
        this.pageCount = pageCount;
    }

    static long detached(long block) {
        return block | DETACHED;
    }

    static boolean isAttached(long target) {
        return target > 0;
    }

    static boolean isDetached(long target) {
        return target < 0;
    }

    static long block(long target) {
        return target & ~DETACHED;
    }

    long pageCount() {
        return pageCount;
    }

    int runCount() {
        return runCount;
    }

    /// Calls the visitor for every run that overlaps the range, clipped to it. It must not change this.
    void forEach(long page, long count, Visitor visitor) {
        long end = page + count;
        for (int i = indexOf(page); i < runCount && starts[i] < end; i++) {
            long from = Math.max(page, starts[i]);
            long to = Math.min(end, end(i));
            visitor.run(from, advanced(targets[i], from - starts[i]), to - from);
        }
    }

    /// Makes `count` pages from `page` on show `target` and the blocks behind it.
    void set(long page, long count, long target) {
        assert count > 0 && page >= 0 && page + count <= pageCount;
        int firstIndex = indexOf(page);
        int lastIndex = indexOf(page + count - 1);
        long tailStart = page + count;
        boolean hasTail = tailStart < end(lastIndex);
        long tailTarget = hasTail ? advanced(targets[lastIndex], tailStart - starts[lastIndex]) : 0;
        int keep = starts[firstIndex] < page ? firstIndex + 1 : firstIndex;
        int resume = lastIndex + 1;
        replace(keep, resume, page, target, hasTail, tailStart, tailTarget);
        join(keep + 1);
        join(keep);
    }

    /// Puts one run, or two, in the place of those from index `keep` up to `resume`.
    private void replace(int keep, int resume, long page, long target, boolean hasTail, long tailStart,
            long tailTarget) {
        int added = hasTail ? 2 : 1;
        int grownCount = keep + added + (runCount - resume);
        if (grownCount > starts.length) {
            int capacity = Math.max(grownCount, starts.length * 2);
            starts = Arrays.copyOf(starts, capacity);
            targets = Arrays.copyOf(targets, capacity);
        }
        System.arraycopy(starts, resume, starts, keep + added, runCount - resume);
        System.arraycopy(targets, resume, targets, keep + added, runCount - resume);
        starts[keep] = page;
        targets[keep] = target;
        if (hasTail) {
            starts[keep + 1] = tailStart;
            targets[keep + 1] = tailTarget;
        }
        runCount = grownCount;
    }

    /// Makes one run of run i and the one before it where the second continues the first.
    private void join(int i) {
        if (i == 0 || i >= runCount || advanced(targets[i - 1], starts[i] - starts[i - 1]) != targets[i]) {
            return;
        }
        System.arraycopy(starts, i + 1, starts, i, runCount - i - 1);
        System.arraycopy(targets, i + 1, targets, i, runCount - i - 1);
        runCount--;
    }

    private int indexOf(long page) {
        int found = Arrays.binarySearch(starts, 0, runCount, page);
        return found >= 0 ? found : -found - 2;
    }

    private long end(int i) {
        return i + 1 < runCount ? starts[i + 1] : pageCount;
    }

    private static long advanced(long target, long count) {
        return target == ZEROS ? ZEROS : target + count;
    }
}
