package dev.stele.journal;

import dev.stele.format.Geometry;
import dev.stele.format.JournalHeader;
import dev.stele.format.JournalRecord;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;

/// Moves the tail of the log. It rides on the drain of a commit: before that drain the targets of old records are
/// flushed again (and the line of the tail, if it was stored since), after it those records may leave and the tail is
/// stored. The space becomes reusable one such drain later, when the new tail is durable itself (J2, J6).
final class Retirement {
    /// Least number of log bytes a batch goes through.
    private static final long BATCH_BYTES = 4096;

    private final Medium medium;
    private final View view;
    private final Ring ring;
    private final long maxRecordBytes;
    private final long tailAt = Geometry.at(Geometry.JOURNAL) + JournalHeader.TAIL_OFFSET;
    /// One word per possible start of a reservation: 2 * end, plus 1 when its words are known to be drained. A word
    /// that was left by an earlier lap names an end that is not behind the start.
    private final AtomicLongArray marks;
    private final ReentrantLock lock = new ReentrantLock();
    /// guarded by lock
    private final TargetLines lines;
    /// guarded by lock: the tail as stored
    private long tail;
    /// guarded by lock: id of the thread that stored and flushed it
    private long tailThread;
    /// guarded by lock: the tail whose line was flushed ahead of the drain under way
    private long flushedTail;
    /// guarded by lock: the tail to store once that drain is done
    private long nextTail;
    /// The tail as known to be durable: everything before it may be overwritten.
    private volatile long reusable;

    Retirement(Medium medium, Ring ring, long maxRecordBytes, long position) {
        this.medium = medium;
        this.view = medium.metadata();
        this.lines = new TargetLines(view);
        this.ring = ring;
        this.maxRecordBytes = maxRecordBytes;
        this.marks = new AtomicLongArray((int) (ring.byteCount() / JournalRecord.ALIGNMENT));
        this.tail = position;
        this.reusable = position;
    }

    long reusable() {
        return reusable;
    }

    /// The reservation [start, end) is durable, and its words are stored and flushed by the calling thread.
    void applied(long start, long end) {
        marks.setRelease(index(start), end << 1);
    }

    /// The thread that applied the reservation at `start` has drained since.
    void drained(long start) {
        int index = index(start);
        long mark = marks.getAcquire(index);
        long end = mark >>> 1;
        // Another lap may have taken the word meanwhile: then the end is more than a ring away.
        if (end - start <= ring.byteCount()) {
            marks.compareAndSet(index, mark, mark | 1);
        }
    }

    /// The drain of a commit. Where the log begins to fill, old records leave by it.
    ///
    /// A thread alone never needs [#makeRoom]: in a ring of four largest records (the smallest there is) all that is
    /// applied leaves with every commit once a quarter is in use, so that two commits later at most three records and
    /// the padding at the end of the ring are still in the way; a larger ring has that room left when it hurries.
    ///
    /// @param own start of the calling thread's record whose words it has flushed and not drained; -1 for none
    void drain(long head, long recordBytes, long own) {
        long used = head - reusable;
        if (used < ring.byteCount() / 4 || !lock.tryLock()) {
            medium.drain();
            return;
        }
        try {
            boolean hurries = used > ring.byteCount() - 4 * maxRecordBytes;
            prepareBatch(hurries ? Long.MAX_VALUE : Math.max(BATCH_BYTES, 2 * recordBytes), own);
            medium.drain();
            reusable = flushedTail;
            if (nextTail != tail) {
                storeTail();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits for nothing but the medium: retires what can be, with drains of its own. For a log that is full.
    void makeRoom() {
        lock.lock();
        try {
            prepareBatch(Long.MAX_VALUE, -1);
            if (nextTail == tail && flushedTail == reusable) {
                return;
            }
            medium.drain();
            if (nextTail != tail) {
                storeTail();
                medium.drain();
            }
            reusable = tail;
        } finally {
            lock.unlock();
        }
    }

    private void prepareBatch(long byteCount, long own) {
        flushedTail = tail;
        // This thread's own flush goes with its drain.
        if (flushedTail != reusable && tailThread != Thread.currentThread().threadId()) {
            view.flush(tailAt, 8);
        }
        long position = tail;
        while (position - tail < byteCount) {
            long mark = marks.getAcquire(index(position));
            long end = mark >>> 1;
            if (end <= position) {
                break;
            }
            if ((mark & 1) == 0 && position != own) {
                flushWords(position, end);
            }
            position = end;
        }
        nextTail = position;
    }

    private void flushWords(long start, long end) {
        // A reservation that reaches into the next lap begins with padding.
        long lap = (end - 1) / ring.byteCount() * ring.byteCount();
        long at = ring.at(Math.max(start, lap));
        long from = at + JournalRecord.HEADER_BYTES;
        Entries.flush(view.segment(), from, from + JournalRecord.entryBytes(view.segment(), at), lines);
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
