package dev.stele.space;

import dev.stele.error.CorruptionException;
import dev.stele.format.Geometry;
import java.lang.foreign.MemorySegment;

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
final class Group {
    final long number;
    final ShortLock lock = new ShortLock();
    /// guarded by lock
    private final BlockMap map;
    /// null until loaded; changed atomically, because windows are taken from without the lock
    private volatile long[] owned;
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
    /// stored under lock: blocks in `waiting` and `sealed`
    private volatile int waitingBlocks;
    /// stored under lock
    private volatile InodeSlots inodes;
    /// stored under lock: the first of the windows that have, or had, blocks of this group
    private volatile Window windows;

    Group(long number) {
        this.number = number;
        this.map = new BlockMap(number);
    }

    /// Its counts may be read without the lock.
    BlockMap map() {
        return map;
    }

    int waitingBlocks() {
        return waitingBlocks;
    }

    /// Copies the medium's bitmap, the first time.
    void load(MemorySegment medium, Geometry geometry) {
        if (!map.isLoaded()) {
            owned = map.load(medium, geometry);
        }
    }

    /// The volume became larger: this was its last group.
    void extend(MemorySegment medium, Geometry before, Geometry now) {
        if (!map.isSurveyed()) {
            return;
        }
        int from = Math.max(before.groupBlocks(number), now.firstUsableBit(number));
        for (int bit = from; bit < now.groupBlocks(number); bit++) {
            if ((map.takenOnMedium(medium, now, bit >>> 6) >>> (bit & 63) & 1) == 0) {
                map.addFree(bit);
            } else if (map.isLoaded()) {
                Bits.setAtomically(owned, bit, 1);
            }
        }
    }

    // ---- taking

    void take(int bit, int count) {
        map.take(bit, count);
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
        assert Bits.areAllClear(owned, bit, count) : "given back while owned";
        map.give(bit, count);
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
                waiting = new long[BlockMap.WORD_COUNT];
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
                    lingering = new long[BlockMap.WORD_COUNT];
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
            for (int i = 0; i < BlockMap.WORD_COUNT; i++) {
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
                    marks = new long[BlockMap.WORD_COUNT];
                    verified = marks;
                }
            } finally {
                lock.unlock();
            }
        }
        Bits.setAtomically(marks, bit, 1);
    }
}
