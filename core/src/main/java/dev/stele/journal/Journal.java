package dev.stele.journal;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.JournalHeader;
import dev.stele.format.JournalRecord;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// The log of a volume that is open. Threads reserve room with one compare-and-swap, stream and drain their records
/// side by side, and become durable in the order of their positions (J1).
public final class Journal {
    private static final int MAX_RECORD_BYTES = 64 << 10;

    private final Medium medium;
    private final View view;
    private final Ring ring;
    private final Retirement retirement;
    private final boolean logs;
    private final ThreadLocal<Transaction> transactions = ThreadLocal.withInitial(() -> new Transaction(this));
    private final Head head;
    /// Every record before this position is durable; moved on by each record's writer in turn.
    private final AtomicLong durable;
    private final MemorySegment padding;
    /// Some durable record says that every record before this position was durable.
    private final AtomicLong attested;
    /// What left a record half logged or half carried out; null while none is.
    private volatile Throwable failure;

    /// Lays an empty journal on the medium: the caller drains. Old records must not be taken for new ones, so all is
    /// zeroed.
    public static void format(Medium medium, Geometry geometry) {
        View view = medium.metadata();
        long at = Geometry.at(Geometry.JOURNAL);
        view.streamZeros(at, Geometry.at(geometry.journalBlockCount()));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(JournalHeader.BYTES, 64);
            JournalHeader.initialise(header, 0);
            view.stream(at, header, 0, JournalHeader.BYTES);
        }
    }

    /// Repeats what the log holds and opens it for new records.
    ///
    /// @throws dev.stele.error.CorruptionException where the journal's header is damaged
    public static Journal recover(Medium medium, Geometry geometry) {
        Recovery recovery = new Recovery(medium, geometry);
        // An image file may have been memory before, and left in the middle of something.
        if (medium.granularity() == Granularity.PAGE && !recovery.isNeeded()) {
            return new Journal(medium, geometry, 0);
        }
        return new Journal(medium, geometry, recovery.run());
    }

    /// Opens the log of a volume that is only read: nothing is stored.
    ///
    /// @throws VolumeException EROFS where the log holds something to repeat
    /// @throws dev.stele.error.CorruptionException where the journal's header is damaged
    public static Journal openReadOnly(Medium medium, Geometry geometry) {
        if (new Recovery(medium, geometry).isNeeded()) {
            throw new VolumeException(Errno.EROFS, "the volume was not closed and its journal must be repeated first: "
                    + "open it for writing, or run `stele check --repair`");
        }
        return new Journal(medium, geometry, 0);
    }

    private Journal(Medium medium, Geometry geometry, long position) {
        this.medium = medium;
        this.view = medium.metadata();
        this.logs = medium.granularity() != Granularity.PAGE;
        this.ring = new Ring(geometry);
        this.retirement = new Retirement(medium, ring, maxRecordBytes(), position);
        this.head = new Head(ring, position);
        this.durable = new AtomicLong(position);
        this.attested = new AtomicLong(position);
        this.padding = Arena.ofAuto().allocate(JournalRecord.ALIGNMENT, JournalRecord.ALIGNMENT);
    }

    /// This thread's transaction, begun. It ends with `commit` or `abort` before the thread begins another.
    public Transaction begin() {
        Transaction transaction = transactions.get();
        transaction.begin(this);
        return transaction;
    }

    /// Bytes ever logged, padding included.
    public long loggedBytes() {
        return head.position();
    }

    /// Every record before this position is durable. Grows with each commit.
    public long durablePosition() {
        return durable.get();
    }

    /// Whether recovery would still look at what the record at this position had stored with it (J3). While it would,
    /// such bytes must not be overwritten without a record: see [#attestDurable()].
    public boolean isAttested(long position) {
        return !logs || position < attested.get();
    }

    /// Says durably that every record so far was durable, so that recovery will not look at what they had stored with
    /// them (J3): needed before such bytes are overwritten without a record of its own. One drain.
    public void attestDurable() {
        if (logs) {
            Transaction transaction = begin();
            transaction.commit();
        }
    }

    /// Empties the log, so that the next open has nothing to repeat. The caller has stopped all operations.
    public void close() {
        if (logs && failure == null) {
            retirement.makeRoom();
        }
    }

    /// What left a record half logged or half carried out, so that no other can follow it; null while none is. The next
    /// recovery makes it whole, or forgets it.
    public Throwable failure() {
        return failure;
    }

    Medium medium() {
        return medium;
    }

    int maxRecordBytes() {
        return (int) Math.min(MAX_RECORD_BYTES, ring.byteCount() / 4);
    }

    void commit(Transaction transaction) {
        requireWhole();
        MemorySegment record = transaction.segment();
        if (!logs) {
            transaction.apply();
            return;
        }
        int byteCount = transaction.end() + JournalRecord.ALIGNMENT - 1 & -JournalRecord.ALIGNMENT;
        record.asSlice(transaction.end(), byteCount - transaction.end()).fill((byte) 0);
        try {
            retirement.begin(head.position(), byteCount);
            long start = reserve(byteCount);
            long position = ring.skipEnd(start, byteCount);
            log(transaction, start, position, byteCount);
            retirement.applied(start, position + byteCount, transaction.apply());
        } catch (Throwable cause) {
            retirement.giveUp();
            // The first is the cause: others fail because of it.
            if (failure == null) {
                failure = cause;
            }
            throw cause;
        }
    }

    private void log(Transaction transaction, long start, long position, int byteCount) {
        if (position != start) {
            pad(start, (int) (position - start));
        }
        MemorySegment record = transaction.segment();
        int entryBytes = transaction.end() - (int) JournalRecord.HEADER_BYTES;
        long known = durable.get();
        JournalRecord.seal(record, transaction.bytes(), 0, byteCount, position, known, entryBytes);
        transaction.position = position;
        retirement.expect(start, position + byteCount);
        view.stream(ring.at(position), record, 0, byteCount);
        retirement.drain();
        awaitTurn(start);
        // Until the turn goes on nobody else stores these two.
        if (known > attested.getPlain()) {
            attested.setRelease(known);
        }
        durable.setRelease(position + byteCount);
    }

    private void pad(long start, int byteCount) {
        synchronized (padding) {
            JournalRecord.seal(padding, padding.asByteBuffer(), 0, byteCount, start, durable.get(), 0);
            view.stream(ring.at(start), padding, 0, JournalRecord.ALIGNMENT);
        }
    }

    private long reserve(int byteCount) {
        long start = head.reserve(byteCount, retirement.reusable());
        for (int round = 0; start < 0; round++) {
            retirement.makeRoom();
            requireWhole();
            Waiting.pause(round);
            start = head.reserve(byteCount, retirement.reusable());
        }
        return start;
    }

    private void awaitTurn(long start) {
        for (int round = 0; durable.get() != start; round++) {
            requireWhole();
            Waiting.pause(round);
        }
    }

    private void requireWhole() {
        if (failure != null) {
            throw new VolumeException(Errno.EIO, "an earlier failure of the medium left the journal unfinished");
        }
    }
}
