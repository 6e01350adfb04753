package dev.stele.space;

import dev.stele.error.CorruptionException;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

/// One group's blocks in memory. A block is in one of these states:
///
/// | state | taken | owned | besides |
/// |---|---|---|---|
/// | free | – | – | |
/// | set aside by a [Window] | × | – | |
/// | in use, or claimed by a transaction that is open | × | × | |
/// | freed by a transaction that is open | × | – | listed in its [Claims] |
/// | freed, the checkpoint that says so is to come | × | – | `waiting`, then `sealed` |
/// | freed, still held | × | – | `lingering` |
/// | fixed, or beyond the end of the volume | × | – | |
///
/// First it knows nothing, then ([#survey]) how much is free, then ([#load]) what is free.
final class Group {
    static final int CHUNK_COUNT = Geometry.GROUP_BLOCKS / Geometry.CHUNK_BLOCKS;
    static final int WORD_COUNT = Geometry.GROUP_BLOCKS / 64;
    private static final int CHUNK_SHIFT = 9;
    private static final int UNKNOWN = -1;

    final long number;
    final ReentrantLock lock = new ReentrantLock();

    /// guarded by lock; null until loaded: blocks nobody may take
    private long[] taken;
    /// null until loaded; changed atomically, because windows are taken from without the lock
    private volatile long[] owned;
    /// guarded by lock
    private final short[] chunkFree = new short[CHUNK_COUNT];
    /// stored under lock: number of free blocks, or UNKNOWN
    private volatile int freeBlocks = UNKNOWN;
    /// stored under lock: chunks that are free as a whole
    private volatile long wholeChunks;
    /// Blocks whose structure was verified since they were allocated; null until one was.
    private volatile long[] verified;

    /// guarded by lock: freed since the last checkpoint began
    private long[] waiting;
    /// guarded by lock: freed before the last checkpoint began
    private long[] sealed;
    /// guarded by lock: freed and held
    private long[] lingering;
    /// guarded by lock
    private Holds holds;
    /// guarded by lock: blocks in `waiting` and `sealed`
    private volatile int waitingBlocks;
    /// stored under lock
    private volatile InodeSlots inodes;
    /// stored under lock: the first of the windows that have, or had, blocks of this group
    private volatile Window windows;

    Group(long number) {
        this.number = number;
    }

    // ---- knowing

    boolean isSurveyed() {
        return freeBlocks != UNKNOWN;
    }

    /// Number of free blocks, once surveyed.
    int freeBlocks() {
        return freeBlocks;
    }

    int waitingBlocks() {
        return waitingBlocks;
    }

    /// Bit mask of the chunks that are free as a whole, once surveyed.
    long wholeChunks() {
        return wholeChunks;
    }

    /// Free blocks in chunks that are partly used.
    int looseBlocks() {
        return freeBlocks - Long.bitCount(wholeChunks) * Geometry.CHUNK_BLOCKS;
    }

    /// Counts what the medium says is free, without keeping more.
    void survey(MemorySegment medium, Geometry geometry) {
        if (isSurveyed()) {
            return;
        }
        long whole = 0;
        int free = 0;
        for (int chunk = 0; chunk < CHUNK_COUNT; chunk++) {
            int chunkCount = 0;
            for (int index = chunk << 3; index < chunk + 1 << 3; index++) {
                chunkCount += Long.bitCount(~takenOnMedium(medium, geometry, index));
            }
            chunkFree[chunk] = (short) chunkCount;
            free += chunkCount;
            if (chunkCount == Geometry.CHUNK_BLOCKS) {
                whole |= 1L << chunk;
            }
        }
        wholeChunks = whole;
        freeBlocks = free;
    }

    /// Copies the medium's bitmap.
    void load(MemorySegment medium, Geometry geometry) {
        if (taken != null) {
            return;
        }
        survey(medium, geometry);
        long[] takenNow = new long[WORD_COUNT];
        long[] ownedNow = new long[WORD_COUNT];
        for (int index = 0; index < WORD_COUNT; index++) {
            long word = takenOnMedium(medium, geometry, index);
            takenNow[index] = word;
            ownedNow[index] = word & usable(geometry, index);
        }
        owned = ownedNow;
        taken = takenNow;
    }

    /// The volume became larger: this was its last group.
    void extend(MemorySegment medium, Geometry before, Geometry now) {
        if (!isSurveyed()) {
            return;
        }
        int from = Math.max(before.groupBlocks(number), now.firstUsableBit(number));
        for (int bit = from; bit < now.groupBlocks(number); bit++) {
            boolean used = (takenOnMedium(medium, now, bit >>> 6) >>> (bit & 63) & 1) != 0;
            if (!used) {
                count(bit, 1, 1);
                if (taken != null) {
                    Bits.clear(taken, bit, 1);
                }
            } else if (taken != null) {
                Bits.setAtomically(owned, bit, 1);
            }
        }
    }

    private long takenOnMedium(MemorySegment medium, Geometry geometry, int index) {
        long usable = usable(geometry, index);
        if (usable == 0) {
            // Of a last group of one block even the bitmap may lie beyond the end.
            return -1L;
        }
        return (long) Layouts.WORD.get(medium, Geometry.blockBitmapAt(number) + index * 8L) | ~usable;
    }

    private long usable(Geometry geometry, int index) {
        return Bits.mask(index, geometry.firstUsableBit(number), geometry.groupBlocks(number));
    }

    // ---- taking

    /// A free run, to be taken by [#take].
    ///
    /// @return first bit, or -1
    int find(int goalBit, int minCount, int maxCount) {
        int best = -1;
        int bestCount = 0;
        int bit = 0;
        while (true) {
            bit = Bits.nextClear(taken, bit, Geometry.GROUP_BLOCKS);
            if (bit == Geometry.GROUP_BLOCKS) {
                return bestCount >= minCount ? best : -1;
            }
            int count = freeRun(bit, maxCount);
            if (count >= maxCount) {
                return bit;
            }
            if (count > bestCount) {
                best = bit;
                bestCount = count;
            }
            bit += count;
        }
    }

    /// Number of free blocks from `bit` on, `maxCount` at most.
    int freeRun(int bit, int maxCount) {
        return Bits.nextSet(taken, bit, (int) Math.min(Geometry.GROUP_BLOCKS, (long) bit + maxCount)) - bit;
    }

    void take(int bit, int count) {
        assert Bits.areAllClear(taken, bit, count) : "taken twice";
        Bits.set(taken, bit, count);
        count(bit, count, -1);
        clearVerified(bit, count);
    }

    /// What was taken has an owner now. Needs no lock.
    void own(int bit, int count) {
        Bits.setAtomically(owned, bit, count);
    }

    boolean isOwned(int bit, int count) {
        return Bits.areAllSet(owned, bit, count);
    }

    /// What was owned is about to be free. Changes nothing if it fails.
    ///
    /// @throws CorruptionException where a block is not in use: two structures claim it, or one that was freed
    void disown(int bit, int count) {
        int stray = Bits.nextClear(owned, bit, bit + count);
        if (stray != bit + count) {
            throw new CorruptionException("blockBitmap", Geometry.blockBitmapAt(number) + (stray >>> 6) * 8L,
                    "block " + (Geometry.firstBlock(number) + stray) + " in use", "free");
        }
        Bits.clearAtomically(owned, bit, count);
    }

    // ---- giving back

    /// What was taken is free again.
    void give(int bit, int count) {
        assert Bits.areAllSet(taken, bit, count) : "given back twice";
        assert Bits.areAllClear(owned, bit, count) : "given back while owned";
        Bits.clear(taken, bit, count);
        count(bit, count, 1);
    }

    /// What was owned, and never reached the medium, is free again.
    void giveUp(int bit, int count) {
        Bits.clearAtomically(owned, bit, count);
        give(bit, count);
    }

    /// What was disowned is free on the medium, or will be after the next checkpoint.
    void settle(int bit, int count, boolean awaitsCheckpoint) {
        if (awaitsCheckpoint) {
            if (waiting == null) {
                waiting = new long[WORD_COUNT];
            }
            Bits.set(waiting, bit, count);
            waitingBlocks += count;
        } else {
            giveUnheld(bit, count);
        }
    }

    private void giveUnheld(int bit, int count) {
        if (holds == null) {
            give(bit, count);
            return;
        }
        int end = bit + count;
        while (bit < end) {
            int stop = holds.nextChange(bit, end);
            if (holds.isHeld(bit)) {
                if (lingering == null) {
                    lingering = new long[WORD_COUNT];
                }
                Bits.set(lingering, bit, stop - bit);
            } else {
                give(bit, stop - bit);
            }
            bit = stop;
        }
    }

    void checkpointBegun() {
        if (waiting == null) {
            return;
        }
        if (sealed == null) {
            sealed = waiting;
        } else {
            // The last checkpoint failed: what waited for it waits for this one.
            for (int i = 0; i < WORD_COUNT; i++) {
                sealed[i] |= waiting[i];
            }
        }
        waiting = null;
    }

    void checkpointDone() {
        if (sealed == null) {
            return;
        }
        int bit = Bits.nextSet(sealed, 0, Geometry.GROUP_BLOCKS);
        while (bit < Geometry.GROUP_BLOCKS) {
            int end = Bits.nextClear(sealed, bit, Geometry.GROUP_BLOCKS);
            waitingBlocks -= end - bit;
            giveUnheld(bit, end - bit);
            bit = Bits.nextSet(sealed, end, Geometry.GROUP_BLOCKS);
        }
        sealed = null;
    }

    void hold(int bit, int count) {
        if (holds == null) {
            holds = new Holds();
        }
        holds.add(bit, bit + count);
    }

    void release(int bit, int count) {
        holds.remove(bit, bit + count);
        int end = bit + count;
        if (lingering != null) {
            int from = Bits.nextSet(lingering, bit, end);
            while (from < end) {
                int stop = holds.nextChange(from, Bits.nextClear(lingering, from, end));
                if (!holds.isHeld(from)) {
                    Bits.clear(lingering, from, stop - from);
                    give(from, stop - from);
                }
                from = Bits.nextSet(lingering, stop, end);
            }
        }
        if (holds.isEmpty()) {
            holds = null;
            lingering = null;
        }
    }

    // ---- windows

    /// The first window listed; the others follow by `next`.
    Window windows() {
        return windows;
    }

    void list(Window window) {
        window.group = this;
        window.previous = null;
        window.next = windows;
        if (windows != null) {
            windows.previous = window;
        }
        windows = window;
    }

    void unlist(Window window) {
        if (window.previous == null) {
            windows = window.next;
        } else {
            window.previous.next = window.next;
        }
        if (window.next != null) {
            window.next.previous = window.previous;
        }
        window.group = null;
    }

    // ---- the rest

    InodeSlots inodes(MemorySegment medium, Geometry geometry) {
        if (inodes == null) {
            inodes = new InodeSlots(this, medium, geometry);
        }
        return inodes;
    }

    /// The inode slots, or null where nobody asked for them yet.
    InodeSlots inodesIfLoaded() {
        return inodes;
    }

    boolean isVerified(int bit) {
        long[] marks = verified;
        return marks != null && Bits.getAcquire(marks, bit);
    }

    void clearVerified(int bit, int count) {
        long[] marks = verified;
        if (marks != null) {
            Bits.clearAtomically(marks, bit, count);
        }
    }

    void markVerified(int bit) {
        long[] marks = verified;
        if (marks == null) {
            lock.lock();
            try {
                marks = verified;
                if (marks == null) {
                    marks = new long[WORD_COUNT];
                    verified = marks;
                }
            } finally {
                lock.unlock();
            }
        }
        Bits.setAtomically(marks, bit, 1);
    }

    private void count(int bit, int count, int sign) {
        int end = bit + count;
        long whole = wholeChunks;
        for (int chunk = bit >>> CHUNK_SHIFT; chunk <= end - 1 >>> CHUNK_SHIFT; chunk++) {
            int part = Math.min(end, chunk + 1 << CHUNK_SHIFT) - Math.max(bit, chunk << CHUNK_SHIFT);
            chunkFree[chunk] += (short) (sign * part);
            long chunkBit = 1L << chunk;
            whole = chunkFree[chunk] == Geometry.CHUNK_BLOCKS ? whole | chunkBit : whole & ~chunkBit;
        }
        wholeChunks = whole;
        freeBlocks += sign * count;
    }
}
