package dev.stele.dirty;

import java.util.Arrays;

/// The marks of 64 pages, and for those stored to in part, which lines: 48 bytes, and 8 for each such page.
final class Leaf extends MarkNode {
    static final long ALL_LINES = -1;
    /// An array as long is kept for the next stores when it is no longer needed.
    private static final int RETAINED_LINES = 8;

    /// dirty pages of which only some lines are
    private long partial;
    /// the dirty lines of each such page, in the order of the pages; null before the first
    private long[] lines;

    /// Whole pages become dirty.
    void markPages(long pages) {
        dirty |= pages;
        forgetLines(pages);
    }

    /// Some lines of one page become dirty.
    void markLines(int slot, long mask) {
        long bit = 1L << slot;
        if (mask == ALL_LINES) {
            markPages(bit);
        } else if ((partial & bit) != 0) {
            int at = rank(partial, slot);
            lines[at] |= mask;
            if (lines[at] == ALL_LINES) {
                forgetLines(bit);
            }
        } else if ((dirty & bit) == 0) {
            insert(rank(partial, slot), mask);
            partial |= bit;
            dirty |= bit;
        }
    }

    private void insert(int at, long mask) {
        int count = Long.bitCount(partial);
        if (lines == null) {
            lines = new long[2];
        } else if (count == lines.length) {
            lines = Arrays.copyOf(lines, Math.min(2 * count, SLOTS));
        }
        System.arraycopy(lines, at, lines, at + 1, count - at);
        lines[at] = mask;
    }

    private void forgetLines(long pages) {
        if ((partial & pages) == 0) {
            return;
        }
        int from = 0;
        int to = 0;
        for (long left = partial; left != 0; left &= left - 1) {
            long bit = Long.lowestOneBit(left);
            if ((pages & bit) == 0) {
                lines[to++] = lines[from];
            }
            from++;
        }
        partial &= ~pages;
        if (to == 0 && lines.length > RETAINED_LINES) {
            lines = null;
        }
    }

    /// The dirty lines of a dirty page.
    long linesOf(int slot) {
        return (partial >>> slot & 1) == 0 ? ALL_LINES : lines[rank(partial, slot)];
    }

    /// Those of these pages that are dirty in part.
    long partial(long pages) {
        return partial & pages;
    }

    /// The dirty lines of each page of [#partial(long)].
    long[] copyLines(long pages) {
        long wanted = partial & pages;
        long[] copy = new long[Long.bitCount(wanted)];
        int to = 0;
        for (long left = wanted; left != 0; left &= left - 1) {
            copy[to++] = lines[rank(partial, Long.numberOfTrailingZeros(left))];
        }
        return copy;
    }

    void clean(long pages) {
        dirty &= ~pages;
        toWrite &= ~pages;
        forgetLines(pages);
    }

    static int rank(long bits, int slot) {
        return Long.bitCount(bits & (1L << slot) - 1);
    }
}
