package dev.stele.journal;

import dev.stele.format.Geometry;
import dev.stele.format.JournalHeader;
import dev.stele.format.JournalRecord;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.util.concurrent.locks.ReentrantLock;

/// Moves the tail of the log. It rides on the drain of a commit: before that drain the lines that old records were
/// stored to are flushed (and the line of the tail, if it was stored since), after it those records may leave and the
/// tail is stored. The space becomes reusable one such drain later, when the new tail is durable itself (J2, J6).
final class Retirement {
    /// Least number of log bytes a batch goes through: many records, for the lines that they have in common, and few
    /// enough for the one commit that flushes for all of them not to take long.
    private static final long BATCH_BYTES = 32 << 10;

    private final Medium medium;
    private final View view;
    private final Ring ring;
    private final long maxRecordBytes;
    private final long tailAt = Geometry.at(Geometry.JOURNAL) + JournalHeader.TAIL_OFFSET;
    /// One word per possible start of a reservation: its end, once its words are stored. A word that was left by an
    /// earlier lap names an end that is not behind the start.
    private final LazyWords marks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Unflushed unflushed;
    /// guarded by lock: the tail as stored
    private long tail;
    /// guarded by lock: id of the thread that stored and flushed it
    private long tailThread;
    /// guarded by lock: the tail whose line was flushed ahead of the drain to come
    private long flushedTail;
    /// guarded by lock: the tail to store once that drain is done
    private long nextTail;
    /// The tail as known to be durable: everything before it may be overwritten.
    private volatile long reusable;

    Retirement(Medium medium, Ring ring, long maxRecordBytes, long position) {
        this.medium = medium;
        this.view = medium.metadata();
        this.ring = ring;
        this.unflushed = new Unflushed(view, ring);
        this.maxRecordBytes = maxRecordBytes;
        this.marks = new LazyWords(ring.byteCount() / JournalRecord.ALIGNMENT);
        this.tail = position;
        this.reusable = position;
    }

    long reusable() {
        return reusable;
    }

    /// The record of the reservation [start, end) is about to be logged. What [#applied] stores to is in no cache where
    /// the log has gone round: it is stored to here, so that it comes while the record's drain waits anyway, and not
    /// while the first atomic operation after that does.
    void expect(long start, long end) {
        long position = record(start, end);
        unflushed.expect(position, end - position);
        marks.set(index(start), 0);
    }

    /// The reservation [start, end) is durable, and its words are stored by the calling thread and not flushed.
    void applied(long start, long end, AppliedRanges ranges) {
        unflushed.note(record(start, end), ranges);
        marks.setRelease(index(start), end);
    }

    /// Before a commit reserves room. Where the log begins to fill, lines of old records are flushed, and those records
    /// leave by the drain of this commit; [#drain] or [#giveUp] follows. The commits behind this one, which wait for it
    /// to be durable, do not wait for that.
    ///
    /// A thread alone never needs [#makeRoom]: in a ring of four largest records (the smallest there is) all that is
    /// applied leaves with every commit once a quarter is in use, so that two commits later at most three records and
    /// the padding at the end of the ring are still in the way; a larger ring has that room left when it hurries.
    void begin(long head, long recordBytes) {
        long used = head + recordBytes - reusable;
        if (used < ring.byteCount() / 4 || !lock.tryLock()) {
            return;
        }
        boolean hurries = used > ring.byteCount() - 4 * maxRecordBytes;
        prepareBatch(hurries ? Long.MAX_VALUE : Math.max(BATCH_BYTES, 2 * recordBytes));
    }

    /// The drain of a commit, and of what was flushed when it began.
    void drain() {
        if (!lock.isHeldByCurrentThread()) {
            medium.drain();
            return;
        }
        medium.drain();
        reusable = flushedTail;
        if (nextTail != tail) {
            storeTail();
        }
        lock.unlock();
    }

    /// The commit failed: what was flushed leaves with another.
    void giveUp() {
        if (lock.isHeldByCurrentThread()) {
            lock.unlock();
        }
    }

    /// Waits for nothing but the medium: retires what can be, with drains of its own. For a log that is full.
    void makeRoom() {
        lock.lock();
        try {
            prepareBatch(Long.MAX_VALUE);
            if (nextTail == tail && flushedTail == reusable) {
                return;
            }
            medium.drain();
            if (nextTail != tail) {
                storeTail();
                medium.drain();
            }
            flushedTail = tail;
            reusable = tail;
        } finally {
            lock.unlock();
        }
    }

    private void prepareBatch(long byteCount) {
        flushedTail = tail;
        // This thread's own flush goes with its drain.
        if (flushedTail != reusable && tailThread != Thread.currentThread().threadId()) {
            view.flush(tailAt, 8);
        }
        nextTail = appliedEnd(byteCount);
        unflushed.beginBatch();
        long position = tail;
        while (position != nextTail) {
            long end = marks.getAcquire(index(position));
            unflushed.flush(record(position, end));
            position = end;
        }
    }

    /// Where the batch ends. Found before anything is flushed: what is applied meanwhile may have stored to lines that
    /// were flushed already, and leaves with a later batch.
    private long appliedEnd(long byteCount) {
        long position = tail;
        while (position - tail < byteCount) {
            long end = marks.getAcquire(index(position));
            if (end <= position) {
                break;
            }
            position = end;
        }
        return position;
    }

    /// Position of the record of a reservation: one that reaches into the next lap begins with padding.
    private long record(long start, long end) {
        return Math.max(start, (end - 1) / ring.byteCount() * ring.byteCount());
    }

    private void storeTail() {
        view.putLong(tailAt, nextTail);
        view.flush(tailAt, 8);
        tail = nextTail;
        tailThread = Thread.currentThread().threadId();
    }

    private int index(long position) {
        return (int) (position % ring.byteCount() / JournalRecord.ALIGNMENT);
    }
}
