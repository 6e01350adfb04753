package dev.stele.check;

import dev.stele.format.Geometry;
import java.util.HashMap;
import java.util.Map;

/// A set of blocks: one bit each, in memory only for groups that have one.
final class BlockSet {
    private static final int GROUP_WORDS = Geometry.GROUP_BLOCKS / 64;

    private final Map<Long, long[]> groups = new HashMap<>();
    private long lastGroup = -1;
    private long[] lastBits;
    private long size;

    /// @return false if it was there already
    boolean add(long block) {
        return addRun(block, 1);
    }

    /// Adds blocks of one group.
    ///
    /// @return false if one of them was there already
    boolean addRun(long start, long count) {
        long[] bits = created(Geometry.groupOf(start));
        int bit = Geometry.bitOf(start);
        int end = bit + (int) count;
        long there = 0;
        while (bit < end) {
            int stop = Math.min(end, (bit | 63) + 1);
            long mask = -1L >>> 64 - (stop - bit) << (bit & 63);
            there |= bits[bit >>> 6] & mask;
            size += Long.bitCount(mask & ~bits[bit >>> 6]);
            bits[bit >>> 6] |= mask;
            bit = stop;
        }
        return there == 0;
    }

    boolean contains(long block) {
        long[] bits = bits(Geometry.groupOf(block));
        int bit = Geometry.bitOf(block);
        return bits != null && (bits[bit >>> 6] >>> (bit & 63) & 1) != 0;
    }

    /// The first block of a run within one group that is here, or -1.
    long firstOf(long start, long count) {
        long[] bits = bits(Geometry.groupOf(start));
        int bit = Geometry.bitOf(start);
        int end = bits == null ? bit : bit + (int) count;
        while (bit < end) {
            int stop = Math.min(end, (bit | 63) + 1);
            long there = bits[bit >>> 6] & -1L >>> 64 - (stop - bit) << (bit & 63);
            if (there != 0) {
                return start - Geometry.bitOf(start) + (bit & ~63) + Long.numberOfTrailingZeros(there);
            }
            bit = stop;
        }
        return -1;
    }

    /// The bits of a group, or null where all are clear.
    long[] bits(long group) {
        if (group != lastGroup) {
            lastBits = groups.get(group);
            lastGroup = group;
        }
        return lastBits;
    }

    long size() {
        return size;
    }

    private long[] created(long group) {
        if (bits(group) == null) {
            lastBits = new long[GROUP_WORDS];
            groups.put(group, lastBits);
        }
        return lastBits;
    }
}
