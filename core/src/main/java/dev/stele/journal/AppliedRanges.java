package dev.stele.journal;

import dev.stele.medium.Medium;
import java.util.Arrays;

/// The ranges of lines that the words of one record were stored to, in the order of its entries. One per transaction,
/// used over and over; allocates only while it grows.
final class AppliedRanges implements StoredTo {
    /// A range is the number of its first line, and behind it, in so many bits, the number of lines: a block has 64.
    private static final int COUNT_BITS = 8;

    private long[] ranges = new long[32];
    private int count;

    void clear() {
        count = 0;
    }

    @Override
    public void add(long at, long byteCount) {
        long first = at / Medium.LINE_BYTES;
        long range = first << COUNT_BITS | (at + byteCount - 1) / Medium.LINE_BYTES - first + 1;
        if (count > 0 && ranges[count - 1] == range) {
            return;
        }
        if (count == ranges.length) {
            ranges = Arrays.copyOf(ranges, 2 * count);
        }
        ranges[count++] = range;
    }

    int count() {
        return count;
    }

    void copyTo(LazyWords words, int at) {
        words.set(at, ranges, count);
    }

    static long firstLine(long range) {
        return range >>> COUNT_BITS;
    }

    /// The line behind the last.
    static long endLine(long range) {
        return firstLine(range) + (range & (1 << COUNT_BITS) - 1);
    }
}
