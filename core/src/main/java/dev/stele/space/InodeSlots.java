package dev.stele.space;

import dev.stele.error.CorruptionException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import java.lang.foreign.MemorySegment;

/// The inode slots of one group, learnt block by block. All of it is guarded by the group's lock.
///
/// Of a block that was examined each slot is *available*, or *in flux* (a transaction that is open takes or frees it),
/// or else used.
final class InodeSlots {
    private static final int ALL = (1 << Inode.PER_BLOCK) - 1;
    /// The state of a block not examined: no slot can be both available and in flux.
    private static final int UNKNOWN = -1;

    private final Group group;
    /// Blocks that hold inodes, as committed.
    private final long[] blocks = new long[BlockMap.WORD_COUNT];
    /// By chunk, then by block: available slots in the low half, slots in flux in the high half.
    private final int[][] states = new int[BlockMap.CHUNK_COUNT][];
    /// Blocks with available slots.
    private final long[] open = new long[BlockMap.WORD_COUNT];
    private int openCount;
    /// Blocks whose slots are all available.
    private final long[] empty = new long[BlockMap.WORD_COUNT];
    private volatile int emptyCount;
    /// The first block that may not have been examined yet.
    private int cursor;
    /// Used slots in blocks that were examined.
    private int usedCount;

    InodeSlots(Group group, MemorySegment medium, Geometry geometry) {
        this.group = group;
        long at = Geometry.inodeBitmapAt(group.number);
        int first = geometry.firstUsableBit(group.number);
        int end = geometry.groupBlocks(group.number);
        for (int i = 0; i < BlockMap.WORD_COUNT; i++) {
            long usable = Bits.mask(i, first, end);
            blocks[i] = usable == 0 ? 0 : (long) Layouts.WORD.get(medium, at + i * 8L) & usable;
        }
    }

    /// Whether the medium says that any block of the group holds inodes.
    static boolean areAny(MemorySegment medium, Geometry geometry, long group) {
        int first = geometry.firstUsableBit(group);
        int end = geometry.groupBlocks(group);
        for (int i = first >>> 6; i << 6 < end; i++) {
            long usable = Bits.mask(i, first, end);
            if (usable != 0
                    && ((long) Layouts.WORD.get(medium, Geometry.inodeBitmapAt(group) + i * 8L) & usable) != 0) {
                return true;
            }
        }
        return false;
    }

    int emptyCount() {
        return emptyCount;
    }

    /// Number of used slots; examines what was not examined yet.
    int usedCount(MemorySegment medium) {
        while (examineNext(medium)) {
        }
        return usedCount;
    }

    /// Takes an available slot, near `goalBit` where it can, after examining `budget` blocks at most.
    ///
    /// @return the inode's number, or 0
    long take(int goalBit, int budget, MemorySegment medium) {
        for (int i = 0; openCount == 0 && i < budget && examineNext(medium); i++) {
        }
        if (openCount == 0) {
            return 0;
        }
        int bit = Bits.nextSet(open, goalBit, Geometry.GROUP_BLOCKS);
        if (bit == Geometry.GROUP_BLOCKS) {
            bit = Bits.nextSet(open, 0, goalBit);
        }
        int slot = Integer.numberOfTrailingZeros(available(bit));
        set(bit, available(bit) & ~(1 << slot), flux(bit) | 1 << slot);
        return number(bit, slot);
    }

    void takeCommitted(int bit, int slot) {
        set(bit, available(bit), flux(bit) & ~(1 << slot));
        usedCount++;
    }

    /// A slot that was in flux is available: its taking was given up, or its freeing is durable.
    void makeAvailable(int bit, int slot) {
        set(bit, available(bit) | 1 << slot, flux(bit) & ~(1 << slot));
    }

    void freeCommitted(int bit, int slot) {
        usedCount--;
        makeAvailable(bit, slot);
    }

    void freeAborted(int bit, int slot) {
        set(bit, available(bit), flux(bit) & ~(1 << slot));
    }

    /// Begins to free a slot.
    ///
    /// @return whether the block goes with it: no other slot of it is used or in flux; then all of it is in flux
    /// @throws CorruptionException where there is no used inode
    boolean free(int bit, int slot, MemorySegment medium) {
        if (!Bits.get(blocks, bit)) {
            throw new CorruptionException("inodeBitmap", Geometry.inodeBitmapAt(group.number) + (bit >>> 6) * 8L,
                    "block " + block(bit) + " to hold inodes", "none");
        }
        examine(bit, medium);
        int mask = 1 << slot;
        if (((available(bit) | flux(bit)) & mask) != 0) {
            throw new CorruptionException("inode", Inode.at(number(bit, slot)), "an inode in use", "a free one");
        }
        boolean isLast = available(bit) == (ALL & ~mask);
        set(bit, isLast ? 0 : available(bit), isLast ? ALL : flux(bit) | mask);
        return isLast;
    }

    void dropCommitted(int bit) {
        usedCount--;
        forget(bit);
    }

    void dropAborted(int bit, int slot) {
        set(bit, ALL & ~(1 << slot), 0);
    }

    /// Takes a block away whose slots are all available.
    ///
    /// @return its bit, or -1
    int takeEmpty() {
        if (emptyCount == 0) {
            return -1;
        }
        int bit = Bits.nextSet(empty, 0, Geometry.GROUP_BLOCKS);
        set(bit, 0, ALL);
        return bit;
    }

    void emptyCommitted(int bit) {
        forget(bit);
    }

    void emptyAborted(int bit) {
        set(bit, ALL, 0);
    }

    /// A new block, whose slot 0 is being taken.
    void addFresh(int bit) {
        set(bit, 0, ALL);
    }

    void freshCommitted(int bit) {
        Bits.set(blocks, bit, 1);
        usedCount++;
        set(bit, ALL & ~1, 0);
    }

    void freshAborted(int bit) {
        forget(bit);
    }

    private void forget(int bit) {
        set(bit, 0, ALL);
        Bits.clear(blocks, bit, 1);
        states[bit >>> 9][bit & 511] = UNKNOWN;
    }

    private boolean examineNext(MemorySegment medium) {
        int bit = Bits.nextSet(blocks, cursor, Geometry.GROUP_BLOCKS);
        if (bit == Geometry.GROUP_BLOCKS) {
            cursor = bit;
            return false;
        }
        examine(bit, medium);
        cursor = bit + 1;
        return true;
    }

    private void examine(int bit, MemorySegment medium) {
        if (state(bit) != UNKNOWN) {
            return;
        }
        if (!group.isOwned(bit, 1)) {
            throw new CorruptionException("inodeBitmap", Geometry.inodeBitmapAt(group.number) + (bit >>> 6) * 8L,
                    "block " + block(bit) + " in use", "free");
        }
        int available = 0;
        for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
            if (Inode.mode(medium, Inode.at(number(bit, slot))) == 0) {
                available |= 1 << slot;
            }
        }
        usedCount += Inode.PER_BLOCK - Integer.bitCount(available);
        set(bit, available, 0);
    }

    private void set(int bit, int available, int flux) {
        int[] chunk = states[bit >>> 9];
        if (chunk == null) {
            chunk = new int[Geometry.CHUNK_BLOCKS];
            java.util.Arrays.fill(chunk, UNKNOWN);
            states[bit >>> 9] = chunk;
        }
        chunk[bit & 511] = available | flux << 16;
        openCount += mark(open, bit, available != 0);
        emptyCount += mark(empty, bit, available == ALL);
    }

    /// @return by how much the number of set bits changed
    private static int mark(long[] words, int bit, boolean on) {
        if (Bits.get(words, bit) == on) {
            return 0;
        }
        if (on) {
            Bits.set(words, bit, 1);
            return 1;
        }
        Bits.clear(words, bit, 1);
        return -1;
    }

    private int state(int bit) {
        int[] chunk = states[bit >>> 9];
        return chunk == null ? UNKNOWN : chunk[bit & 511];
    }

    private int available(int bit) {
        return state(bit) & ALL;
    }

    private int flux(int bit) {
        return state(bit) >>> 16;
    }

    private long block(int bit) {
        return Geometry.firstBlock(group.number) + bit;
    }

    private long number(int bit, int slot) {
        return Inode.number(block(bit), slot);
    }
}
