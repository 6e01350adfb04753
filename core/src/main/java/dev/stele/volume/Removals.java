package dev.stele.volume;

import java.util.concurrent.atomic.AtomicLongArray;

/// Which directories were removed, and which removed or moved, since when: so that a walk can go by numbers without
/// pinning any, and learns afterwards whether one of them was another's by then.
///
/// Time is the count of removals and moves. For all directories whose numbers share a stripe it is kept when the last
/// was removed, for walks under way, to which it is nothing that a directory that they have found moves on; and when
/// the last was removed or moved, for who remembers by what names one was found. A walk asks for the time before it
/// begins; a directory that it finds is itself as long as its stripe's time is not later. Where stripes are shared the
/// answer is no too often, and the walk is taken again; it is never yes too often, because:
///
/// 1. Who removes or moves a directory notes it while he holds the lock of the directory that its name is in, and its
///    own, and before he commits: before the name is gone, and before the number can be another's.
/// 2. The stripe is stored to before the time is counted on, with the time that it then is. Who reads a time sees the
///    stripes of all that was noted up to it. Where two note at once, one of them does not get the time that he stored,
///    and stores a later one; meanwhile he still holds his locks.
/// 3. A stripe never goes back: the greater of two times stays.
/// 4. Noted at the walk's time or before: the lock of 1 was taken before the walk began. Where the walk looks the name
///    up it waits for that lock, and does not find the directory that goes. What it does find under the number is
///    whoever has it next, and that one it may have.
/// 5. Noted later: the stripe says so (2, 3), to whoever asks under the directory's own lock (1: the directory still is
///    itself, or its stripe was stored to), and to whoever has met another directory under the number: that one was
///    made, and its lock given back, after the stripe was stored to.
/// 6. What an earlier walk found, used by a later one: the later one asks for its time and then for the earlier one's
///    directories by the earlier one's time. What was noted up to the later time is seen then (2), and what comes after
///    is later than either (5).
///
/// Inodes side by side have stripes side by side: who works in directories of his own stores, as a rule, to lines of
/// the cache that nobody else looks at. Only the time is everybody's, and it is looked at when a walk begins and not
/// again.
final class Removals {
    private static final int BLOCK_BITS = 6;
    private static final int SLOT_BITS = 4;
    static final int STRIPES = 1 << BLOCK_BITS + SLOT_BITS;
    /// Longs between the time and all else, so that no two share a cache line (or its neighbour, which is fetched with
    /// it); before it is the array's length.
    private static final int GAP = 16;
    private static final int NOW = GAP;
    private static final int FIRST = 2 * GAP;

    /// The time, and for each stripe when the last was removed, and when the last was removed or moved.
    private final AtomicLongArray times = new AtomicLongArray(FIRST + 2 * STRIPES + GAP);

    long now() {
        return times.get(NOW);
    }

    /// Caller holds the lock of the directory and of the one that its name is in, and has yet to commit.
    void remove(long directory) {
        long time;
        do {
            time = now();
            raise(removed(directory), time + 1);
            raise(displaced(directory), time + 1);
        } while (!times.compareAndSet(NOW, time, time + 1));
    }

    /// As [#remove]: another name leads to it from now on, or the same name in another directory.
    void move(long directory) {
        long time;
        do {
            time = now();
            raise(displaced(directory), time + 1);
        } while (!times.compareAndSet(NOW, time, time + 1));
    }

    private void raise(int index, long time) {
        times.accumulateAndGet(index, time, Math::max);
    }

    /// Whether the number is still the directory's that a walk found which began then.
    boolean isSame(long directory, long then) {
        return times.get(removed(directory)) <= then;
    }

    /// Whether it also has the name still by which the walk found it.
    boolean isInPlace(long directory, long then) {
        return times.get(displaced(directory)) <= then;
    }

    private static int removed(long directory) {
        return FIRST + 2 * stripe(directory);
    }

    private static int displaced(long directory) {
        return removed(directory) + 1;
    }

    static int stripe(long directory) {
        int block = (int) ((directory >>> SLOT_BITS) * 0x9E3779B97F4A7C15L >>> Long.SIZE - BLOCK_BITS);
        return block << SLOT_BITS | (int) directory & (1 << SLOT_BITS) - 1;
    }
}
