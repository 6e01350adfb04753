package dev.stele.space;

import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import java.lang.foreign.MemorySegment;

/// Which blocks of one group can be taken, and where to take some. A *chunk* is 2 MiB of blocks on a 2 MiB boundary;
/// it is *whole* while all of it is free and *loose* while part of it is. First the map knows nothing, then
/// ([#survey]) how much is free in each chunk, then ([#load]) what.
///
/// Guarded by the group's lock; the counts may be read without it, as hints.
final class BlockMap {
    static final int WORD_COUNT = Geometry.GROUP_BLOCKS / 64;
    static final int CHUNK_COUNT = Geometry.GROUP_BLOCKS / Geometry.CHUNK_BLOCKS;
    static final int CHUNK_SHIFT = 9;
    private static final int CHUNK_WORDS = Geometry.CHUNK_BLOCKS / 64;
    /// Loose chunks by how full they are: of tier 0 at most a quarter is free; each tier includes those before it.
    static final int TIER_COUNT = 4;
    private static final int TIER_SHIFT = 7;
    private static final int TIER_BLOCKS = 1 << TIER_SHIFT;
    private static final int LONGEST_BITS = 10;
    private static final int LONGEST_MASK = (1 << LONGEST_BITS) - 1;
    private static final long ANY_LOOSE = (1L << TIER_COUNT * LONGEST_BITS) - 1;
    private static final int UNKNOWN = -1;

    private final long group;
    /// A set bit: nobody may take the block. Null until loaded.
    private long[] taken;
    private final short[] chunkFree = new short[CHUNK_COUNT];
    /// Number of free blocks, or UNKNOWN.
    private volatile int freeCount = UNKNOWN;
    /// A bit for each chunk that is whole.
    private volatile long wholeChunks;
    /// By tier: no loose chunk of it has more free blocks in a row than this, 10 bits each.
    private volatile long longestLoose = ANY_LOOSE;

    BlockMap(long group) {
        this.group = group;
    }

    // ---- knowing

    boolean isSurveyed() {
        return freeCount != UNKNOWN;
    }

    boolean isLoaded() {
        return taken != null;
    }

    /// Number of free blocks, once surveyed.
    int freeCount() {
        return freeCount;
    }

    /// Whether more than a sixteenth of what is free is in loose chunks. Then whole ones are spared at the cost of
    /// shorter runs; while it is less, runs are kept long.
    boolean isMuchLoose() {
        int free = freeCount;
        return (free - Long.bitCount(wholeChunks) * Geometry.CHUNK_BLOCKS) * 16L > free;
    }

    /// Whether a loose chunk of the tier may have `count` free blocks in a row.
    boolean mayHaveLoose(int count, int tier) {
        return count <= (longestLoose >>> tier * LONGEST_BITS & LONGEST_MASK)
                && freeCount - Long.bitCount(wholeChunks) * Geometry.CHUNK_BLOCKS >= count;
    }

    /// No chunk of the tier has `count` free blocks in a row.
    private void noteNoLoose(int count, int tier) {
        long known = longestLoose >>> tier * LONGEST_BITS & LONGEST_MASK;
        if (count <= known) {
            longestLoose += (count - 1 - known) << tier * LONGEST_BITS;
        }
    }

    boolean isWhole(int chunk) {
        return (wholeChunks >>> chunk & 1) != 0;
    }

    /// Whether the block lies in a whole chunk and the one before it is free too: there is nothing to go on from. (The
    /// first chunk of a group is never whole: it has the bitmaps.)
    boolean isUntouched(int bit) {
        return isWhole(bit >>> CHUNK_SHIFT)
                && (bit % Geometry.CHUNK_BLOCKS != 0 || !Bits.get(taken, bit - 1));
    }

    /// The greatest number of whole chunks in a row.
    int longestWhole() {
        int length = 0;
        for (long left = wholeChunks; left != 0; left &= left << 1) {
            length++;
        }
        return length;
    }

    /// Counts what the medium says is free, and keeps no more than the counts.
    void survey(MemorySegment medium, Geometry geometry) {
        if (isSurveyed()) {
            return;
        }
        long whole = 0;
        int free = 0;
        for (int chunk = 0; chunk < CHUNK_COUNT; chunk++) {
            int chunkCount = 0;
            for (int index = chunk * CHUNK_WORDS; index < (chunk + 1) * CHUNK_WORDS; index++) {
                chunkCount += Long.bitCount(~takenOnMedium(medium, geometry, index));
            }
            chunkFree[chunk] = (short) chunkCount;
            free += chunkCount;
            whole |= chunkCount == Geometry.CHUNK_BLOCKS ? 1L << chunk : 0;
        }
        wholeChunks = whole;
        freeCount = free;
    }

    /// Copies the medium's bitmap.
    ///
    /// @return the blocks that have an owner
    long[] load(MemorySegment medium, Geometry geometry) {
        survey(medium, geometry);
        long[] words = new long[WORD_COUNT];
        long[] owned = new long[WORD_COUNT];
        for (int index = 0; index < WORD_COUNT; index++) {
            words[index] = takenOnMedium(medium, geometry, index);
            owned[index] = words[index] & usable(geometry, index);
        }
        taken = words;
        return owned;
    }

    /// The volume became larger: takes note of a block that was beyond its end.
    void addFree(int bit) {
        count(bit, 1, 1);
        if (taken != null) {
            Bits.clear(taken, bit, 1);
        }
    }

    /// A word of the medium's bitmap, in which what cannot be used counts as taken whatever the medium says.
    long takenOnMedium(MemorySegment medium, Geometry geometry, int index) {
        long usable = usable(geometry, index);
        if (usable == 0) {
            // Of a last group of one block even the bitmap may lie beyond the end.
            return -1L;
        }
        return (long) Layouts.WORD.get(medium, Geometry.blockBitmapAt(group) + index * 8L) | ~usable;
    }

    private long usable(Geometry geometry, int index) {
        return Bits.mask(index, geometry.firstUsableBit(group), geometry.groupBlocks(group));
    }

    // ---- finding

    /// Number of free blocks from `bit` on, `max` at most.
    int freeRun(int bit, int max) {
        return Bits.nextSet(taken, bit, Math.min(Geometry.GROUP_BLOCKS, bit + max)) - bit;
    }

    /// Number of blocks from `bit` on before the next whole chunk.
    int looseRun(int bit) {
        int chunk = bit >>> CHUNK_SHIFT;
        long whole = wholeChunks >>> chunk;
        return whole == 0 ? Geometry.GROUP_BLOCKS
                : Math.max(0, (chunk + Long.numberOfTrailingZeros(whole) << CHUNK_SHIFT) - bit);
    }

    /// Room for `count` blocks in a loose chunk: behind the goal in its own chunk, or else in the fullest that has it.
    ///
    /// @param goalBit -1 for none
    int findLoose(int goalBit, int count, int tier) {
        if (goalBit >= 0 && isLoose(goalBit >>> CHUNK_SHIFT)) {
            int bit = firstHole(goalBit, (goalBit | Geometry.CHUNK_BLOCKS - 1) + 1, count);
            if (bit >= 0) {
                return bit;
            }
        }
        int best = -1;
        int bestFree = Math.min((tier + 1) * TIER_BLOCKS + 1, Geometry.CHUNK_BLOCKS);
        for (int chunk = 0; chunk < CHUNK_COUNT; chunk++) {
            int free = chunkFree[chunk];
            if (free >= count && free < bestFree) {
                int bit = closestHole(chunk << CHUNK_SHIFT, chunk + 1 << CHUNK_SHIFT, count);
                best = bit < 0 ? best : bit;
                bestFree = bit < 0 ? bestFree : free;
            }
        }
        if (best < 0) {
            noteNoLoose(count, tier);
        }
        return best;
    }

    /// A loose chunk that begins with `count` free blocks.
    int findLooseStart(int count) {
        for (int chunk = 0; chunk < CHUNK_COUNT; chunk++) {
            if (isLoose(chunk) && chunkFree[chunk] >= count && freeRun(chunk << CHUNK_SHIFT, count) == count) {
                return chunk << CHUNK_SHIFT;
            }
        }
        return -1;
    }

    /// The shortest row of at least `chunkCount` whole chunks that has `minCount` free blocks from its start on.
    int findWhole(int chunkCount, int minCount) {
        int best = -1;
        int bestLength = Integer.MAX_VALUE;
        long left = wholeChunks;
        while (left != 0) {
            int first = Long.numberOfTrailingZeros(left);
            int length = Long.numberOfTrailingZeros(~(left >>> first));
            left &= first + length == 64 ? 0 : -1L << first + length;
            if (length >= chunkCount && length < bestLength && freeRun(first << CHUNK_SHIFT, minCount) == minCount) {
                best = first << CHUNK_SHIFT;
                bestLength = length;
            }
        }
        return best;
    }

    /// The first row of `enough` free blocks, or else the longest, if it has `minCount`.
    int findLongest(int minCount, int enough) {
        int best = -1;
        int bestCount = minCount - 1;
        int bit = Bits.nextClear(taken, 0, Geometry.GROUP_BLOCKS);
        while (bit < Geometry.GROUP_BLOCKS && bestCount < enough) {
            int end = Bits.nextSet(taken, bit, Geometry.GROUP_BLOCKS);
            if (end - bit > bestCount) {
                best = bit;
                bestCount = end - bit;
            }
            bit = Bits.nextClear(taken, end, Geometry.GROUP_BLOCKS);
        }
        return best;
    }

    private boolean isLoose(int chunk) {
        return chunkFree[chunk] > 0 && chunkFree[chunk] < Geometry.CHUNK_BLOCKS;
    }

    private int firstHole(int from, int to, int count) {
        int bit = Bits.nextClear(taken, from, to);
        while (bit < to) {
            int end = Bits.nextSet(taken, bit, to);
            if (end - bit >= count) {
                return bit;
            }
            bit = Bits.nextClear(taken, end, to);
        }
        return -1;
    }

    /// The smallest hole that is large enough.
    private int closestHole(int from, int to, int count) {
        int best = -1;
        int bestCount = Integer.MAX_VALUE;
        int bit = Bits.nextClear(taken, from, to);
        while (bit < to && bestCount != count) {
            int end = Bits.nextSet(taken, bit, to);
            if (end - bit >= count && end - bit < bestCount) {
                best = bit;
                bestCount = end - bit;
            }
            bit = Bits.nextClear(taken, end, to);
        }
        return best;
    }

    // ---- changing

    void take(int bit, int count) {
        assert Bits.areAllClear(taken, bit, count) : "taken twice";
        Bits.set(taken, bit, count);
        count(bit, count, -1);
    }

    void give(int bit, int count) {
        assert Bits.areAllSet(taken, bit, count) : "given back twice";
        Bits.clear(taken, bit, count);
        count(bit, count, 1);
    }

    private void count(int bit, int count, int sign) {
        int end = bit + count;
        long whole = wholeChunks;
        for (int chunk = bit >>> CHUNK_SHIFT; chunk <= end - 1 >>> CHUNK_SHIFT; chunk++) {
            int part = Math.min(end, chunk + 1 << CHUNK_SHIFT) - Math.max(bit, chunk << CHUNK_SHIFT);
            int tierBefore = chunkFree[chunk] - 1 >>> TIER_SHIFT;
            chunkFree[chunk] += (short) (sign * part);
            if (sign > 0 || tierBefore != chunkFree[chunk] - 1 >>> TIER_SHIFT) {
                // It has more, or what it has is that of another tier now.
                longestLoose = ANY_LOOSE;
            }
            long chunkBit = 1L << chunk;
            whole = chunkFree[chunk] == Geometry.CHUNK_BLOCKS ? whole | chunkBit : whole & ~chunkBit;
        }
        wholeChunks = whole;
        freeCount += sign * count;
    }
}
