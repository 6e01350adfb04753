package dev.stele.medium;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/// Counts what is asked of one medium: exactly, per thread, always on. A thread finds its tally in a small table by the
/// number of the thread, which is never used again; where another thread was there first, by a thread-local look-up,
/// which costs some nanoseconds more.
///
/// The counts are of verbs, not of what a kind of medium makes of them: the same program counts the same on persistent
/// memory, in the simulator and on an image file, where a flush and a drain are free. Only a thread writes its own
/// tally; another thread's reading of it is without tearing but may be a moment old.
///
/// Lock order: the monitor of the registry is a leaf and held only for a thread's first count and for
/// [#ofAllThreads()].
public final class PersistenceCounters {
    /// Values of the counters at one moment, or the difference of two moments.
    ///
    /// @param stores calls of a `put` verb, or of one that sets or clears bits
    /// @param storedBytes bytes these stored
    /// @param flushedLines cache lines that calls of [View#flush] covered
    /// @param streamedBytes bytes stored by calls of a `stream` verb
    /// @param drains calls of [Medium#drain()]
    /// @param invalidatedLines cache lines dropped so that what lies under them is read again
    public record Snapshot(long stores, long storedBytes, long flushedLines, long streamedBytes, long drains,
            long invalidatedLines) {
        public static final Snapshot ZERO = new Snapshot(0, 0, 0, 0, 0, 0);

        /// What was counted since `earlier`.
        public Snapshot since(Snapshot earlier) {
            return new Snapshot(stores - earlier.stores, storedBytes - earlier.storedBytes,
                    flushedLines - earlier.flushedLines, streamedBytes - earlier.streamedBytes,
                    drains - earlier.drains, invalidatedLines - earlier.invalidatedLines);
        }

        Snapshot plus(Snapshot other) {
            return new Snapshot(stores + other.stores, storedBytes + other.storedBytes,
                    flushedLines + other.flushedLines, streamedBytes + other.streamedBytes, drains + other.drains,
                    invalidatedLines + other.invalidatedLines);
        }
    }

    /// The counts of one thread. Written by that thread alone; opaque, so that another can read it while it counts.
    private static final class Tally {
        private static final VarHandle STORES = handle("stores");
        private static final VarHandle STORED_BYTES = handle("storedBytes");
        private static final VarHandle FLUSHED_LINES = handle("flushedLines");
        private static final VarHandle STREAMED_BYTES = handle("streamedBytes");
        private static final VarHandle DRAINS = handle("drains");
        private static final VarHandle INVALIDATED_LINES = handle("invalidatedLines");

        private final WeakReference<Thread> owner = new WeakReference<>(Thread.currentThread());
        private final long ownerId = Thread.currentThread().threadId();
        private long stores;
        private long storedBytes;
        private long flushedLines;
        private long streamedBytes;
        private long drains;
        private long invalidatedLines;

        private static VarHandle handle(String field) {
            try {
                return MethodHandles.lookup().findVarHandle(Tally.class, field, long.class).withInvokeExactBehavior();
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        Snapshot snapshot() {
            return new Snapshot((long) STORES.getOpaque(this), (long) STORED_BYTES.getOpaque(this),
                    (long) FLUSHED_LINES.getOpaque(this), (long) STREAMED_BYTES.getOpaque(this),
                    (long) DRAINS.getOpaque(this), (long) INVALIDATED_LINES.getOpaque(this));
        }

        /// A thread that ended counts no more; its end happened before this returned true.
        boolean isFinal() {
            Thread thread = owner.get();
            return thread == null || thread.getState() == Thread.State.TERMINATED;
        }
    }

    private static final int FIRST_SWEEP = 64;
    private static final int NEAR_COUNT = 64;

    private final ThreadLocal<Tally> tally = ThreadLocal.withInitial(this::register);
    /// Tallies by number of their thread. Read without a lock: what is another thread's, or not to be seen yet, is
    /// looked for in `tally`. Written under the lock of `tallies`.
    private final Tally[] near = new Tally[NEAR_COUNT];
    /// guarded by itself
    private final List<Tally> tallies = new ArrayList<>();
    /// counts of threads that ended; guarded by `tallies`
    private Snapshot ended = Snapshot.ZERO;
    /// number of tallies at which those of ended threads are folded; guarded by `tallies`
    private int nextSweep = FIRST_SWEEP;

    public PersistenceCounters() {
    }

    /// What the calling thread has asked of the medium.
    public Snapshot ofThisThread() {
        return mine().snapshot();
    }

    /// What all threads together, living and ended, have asked of the medium.
    public Snapshot ofAllThreads() {
        synchronized (tallies) {
            Snapshot sum = ended;
            for (Tally each : tallies) {
                sum = sum.plus(each.snapshot());
            }
            return sum;
        }
    }

    /// One store of that many bytes.
    public void stored(long byteCount) {
        Tally mine = mine();
        Tally.STORES.setOpaque(mine, mine.stores + 1);
        Tally.STORED_BYTES.setOpaque(mine, mine.storedBytes + byteCount);
    }

    /// That many lines flushed.
    public void flushed(long lineCount) {
        Tally mine = mine();
        Tally.FLUSHED_LINES.setOpaque(mine, mine.flushedLines + lineCount);
    }

    /// That many bytes streamed.
    public void streamed(long byteCount) {
        Tally mine = mine();
        Tally.STREAMED_BYTES.setOpaque(mine, mine.streamedBytes + byteCount);
    }

    /// That many lines flushed, and one drain.
    public void persisted(long lineCount) {
        Tally mine = mine();
        Tally.FLUSHED_LINES.setOpaque(mine, mine.flushedLines + lineCount);
        Tally.DRAINS.setOpaque(mine, mine.drains + 1);
    }

    /// That many bytes streamed, and one drain.
    public void streamedAndDrained(long byteCount) {
        Tally mine = mine();
        Tally.STREAMED_BYTES.setOpaque(mine, mine.streamedBytes + byteCount);
        Tally.DRAINS.setOpaque(mine, mine.drains + 1);
    }

    /// One drain.
    public void drained() {
        Tally mine = mine();
        Tally.DRAINS.setOpaque(mine, mine.drains + 1);
    }

    /// That many lines invalidated.
    public void invalidated(long lineCount) {
        Tally mine = mine();
        Tally.INVALIDATED_LINES.setOpaque(mine, mine.invalidatedLines + lineCount);
    }

    private Tally mine() {
        long id = Thread.currentThread().threadId();
        Tally there = near[(int) id & NEAR_COUNT - 1];
        return there != null && there.ownerId == id ? there : tally.get();
    }

    private Tally register() {
        Tally fresh = new Tally();
        int place = (int) fresh.ownerId & NEAR_COUNT - 1;
        synchronized (tallies) {
            if (tallies.size() >= nextSweep) {
                foldEnded();
                nextSweep = Math.max(FIRST_SWEEP, 2 * tallies.size());
            }
            tallies.add(fresh);
            if (near[place] == null || near[place].isFinal()) {
                near[place] = fresh;
            }
        }
        return fresh;
    }

    /// Keeps the list as long as the threads that live, however many come and go.
    private void foldEnded() {
        tallies.removeIf(each -> {
            if (!each.isFinal()) {
                return false;
            }
            ended = ended.plus(each.snapshot());
            return true;
        });
    }
}
