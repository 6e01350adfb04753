package dev.stele.journal;

import dev.stele.cpu.Granularity;
import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Crc32c;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.JournalRecord;
import dev.stele.format.Layouts;
import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// What one operation will change, staged in the record that will be logged. One per thread and journal, used over and
/// over: `begin`, stage, then [#commit()] or [#abort()]. Nothing that a reader could reach changes on the medium before
/// commit; a new block or slot that nothing points to yet is stored at once with [#storeNew].
///
/// Not thread-safe. Does not allocate, except when it grows for the first time.
public final class Transaction {
    private static final int START = (int) JournalRecord.HEADER_BYTES;
    private static final int MAX_OUTCOMES = 8;

    /// Null but between begin and end: what a thread holds for good must not hold the journal, and the volume with it.
    private Journal journal;
    private final View view;
    private final boolean logs;
    private final int capacity;
    private final MemorySegment record;
    /// The same memory, as checksums want it.
    private final ByteBuffer bytes;
    private int[] puts = new int[32];
    /// Where on the medium each begins, and ends: what the entries say, close together for looking through.
    private long[] targets = new long[32];
    private long[] targetEnds = new long[32];
    private int putCount;
    private int[] inodes = new int[8];
    private int inodeCount;
    /// VERIFY entries of [#storeNew].
    private int[] stored = new int[8];
    private int storedCount;
    /// Whether something was staged inside a range that was stored new.
    private boolean changesStored;
    /// All blocks that are taken lie from here, to before `takenEnd`.
    private long takenFrom;
    private long takenEnd;
    private final TargetLines lines;
    private final AppliedRanges applied = new AppliedRanges();
    private final Outcome[] outcomes = new Outcome[MAX_OUTCOMES];
    private int outcomeCount;
    private int end = START;
    /// Set by the journal at commit.
    long position = -1;

    Transaction(Journal journal) {
        this.view = journal.medium().metadata();
        this.lines = new TargetLines(view);
        this.logs = journal.medium().granularity() != Granularity.PAGE;
        this.capacity = journal.maxRecordBytes();
        this.record = Arena.ofAuto().allocate(capacity, JournalRecord.ALIGNMENT);
        this.bytes = record.asByteBuffer();
    }

    void begin(Journal of) {
        assert journal == null : "a thread has one transaction at a time";
        journal = of;
        end = START;
        putCount = 0;
        inodeCount = 0;
        storedCount = 0;
        changesStored = false;
        takenFrom = Long.MAX_VALUE;
        takenEnd = 0;
        outcomeCount = 0;
    }

    /// The staged bytes; offsets come from [#stage] and [#stageInode].
    public MemorySegment segment() {
        return record;
    }

    /// The same memory as [#segment()], for checksums of what is staged.
    public ByteBuffer bytes() {
        return bytes;
    }

    /// Bytes of entries this record can still take.
    public int remaining() {
        return capacity - end;
    }

    /// Stores what is staged in its place.
    ///
    /// @return where that is, until the next record is applied; nothing of it is flushed
    AppliedRanges apply() {
        applied.clear();
        Entries.apply(view, record, START, end, applied, takenFrom, takenEnd);
        return applied;
    }

    /// Whether anything was staged.
    public boolean isEmpty() {
        return end == START && outcomeCount == 0;
    }

    /// Room to change `byteCount` bytes of one block at `at`: a copy of what stands there, or what was staged there
    /// before. The range must lie within one staged before, or hold whole ones (whose offsets are no longer good then),
    /// or be apart from all.
    ///
    /// @param at byte on the medium, a multiple of 8
    /// @param byteCount a multiple of 8
    /// @return offset of the copy in [#segment()]
    public long stage(long at, int byteCount) {
        long staged = find(at, byteCount);
        return staged >= 0 ? staged : stageAnew(at, byteCount);
    }

    private long stageAnew(long at, int byteCount) {
        int olderPuts = putCount;
        long payloadAt = put(at, byteCount);
        read(at, byteCount, record, payloadAt, olderPuts);
        return payloadAt;
    }

    /// Where a range is staged in [#segment()]; -1 if it is not, or only in part.
    public long staged(long at, int byteCount) {
        return find(at, byteCount);
    }

    /// Whether any byte of a range is staged.
    public boolean touches(long at, int byteCount) {
        for (int i = 0; i < putCount; i++) {
            if (overlaps(i, at, byteCount)) {
                return true;
            }
        }
        return false;
    }

    /// Copies a range as it will be after commit.
    public void read(long at, int byteCount, MemorySegment into, long intoAt) {
        read(at, byteCount, into, intoAt, putCount);
    }

    private void read(long at, int byteCount, MemorySegment into, long intoAt, int olderPuts) {
        MemorySegment.copy(view.segment(), at, into, intoAt, byteCount);
        for (int i = 0; i < olderPuts; i++) {
            if (overlaps(i, at, byteCount)) {
                long target = targets[i];
                long from = Math.max(at, target);
                long to = Math.min(at + byteCount, targetEnds[i]);
                MemorySegment.copy(record, JournalRecord.payloadAt(puts[i]) + (from - target), into,
                        intoAt + (from - at), to - from);
            }
        }
    }

    private boolean overlaps(int put, long at, long byteCount) {
        return targets[put] < at + byteCount && at < targetEnds[put];
    }

    /// Room to change an inode; its checksum is computed at commit.
    ///
    /// @return offset of the inode's copy in [#segment()], for the accessors of [Inode]
    public long stageInode(long inode) {
        long at = Inode.at(inode);
        long staged = find(at, (int) Inode.BYTES);
        if (staged >= 0) {
            return staged;
        }
        return noteInode(stageAnew(at, (int) Inode.BYTES));
    }

    /// Room for an inode that is set whole, in a slot of which nothing is staged: what stands there is not read.
    ///
    /// @return offset of 256 bytes in [#segment()] that hold anything
    public long stageNewInode(long inode) {
        return noteInode(put(Inode.at(inode), (int) Inode.BYTES));
    }

    private long noteInode(long payloadAt) {
        if (inodeCount == inodes.length) {
            inodes = Arrays.copyOf(inodes, inodeCount * 2);
        }
        inodes[inodeCount++] = (int) payloadAt;
        return payloadAt;
    }

    /// Changes one aligned word.
    public void putLong(long at, long value) {
        Layouts.WORD.set(record, stage(at, 8), value);
    }

    /// Changes one aligned word of a block whose u32 at byte 4 is the CRC-32C of its first `summedBytes`, and that sum.
    public void putSummed(long blockAt, int summedBytes, int offset, long value) {
        long delta = load(blockAt + offset) ^ value;
        putLong(blockAt + offset, value);
        long head = load(blockAt);
        int crc = Crc32c.patch((int) (head >>> 32), summedBytes, offset, delta);
        putLong(blockAt, (long) crc << 32 | head & 0xFFFF_FFFFL);
    }

    /// The aligned word at `at` as it will be after commit.
    public long load(long at) {
        long staged = find(at, 8);
        return staged >= 0 ? (long) Layouts.WORD.get(record, staged) : (long) Layouts.WORD.get(view.segment(), at);
    }

    /// Sets `bitCount` bits of the bitmap block at `bitmapAt`; no other transaction may hold any of them.
    public void setBits(long bitmapAt, int firstBit, int bitCount) {
        if (Geometry.isBlockBitmap(bitmapAt)) {
            long first = Geometry.firstBlock(Geometry.groupOf(Geometry.blockOf(bitmapAt))) + firstBit;
            takenFrom = Math.min(takenFrom, first);
            takenEnd = Math.max(takenEnd, first + bitCount);
        }
        pair(JournalRecord.SET_BITS, bitmapAt, firstBit, bitCount);
    }

    public void clearBits(long bitmapAt, int firstBit, int bitCount) {
        pair(JournalRecord.CLEAR_BITS, bitmapAt, firstBit, bitCount);
    }

    /// Stores metadata that nothing can reach before this transaction is durable, and has it checked with the record.
    /// The range lies in a block that was free: replaying an older record must not store there (J7). May be repeated.
    public void storeNew(long at, MemorySegment source, long sourceAt, int byteCount) {
        view.stream(at, source, sourceAt, byteCount);
        int known = findStored(at);
        if (known >= 0) {
            assert JournalRecord.second(record, known) == byteCount;
            restage(at, source, sourceAt, byteCount);
            JournalRecord.pair(record, known, Crc32c.of(source, sourceAt, byteCount), byteCount);
        } else if (logs) {
            if (storedCount == stored.length) {
                stored = Arrays.copyOf(stored, storedCount * 2);
            }
            stored[storedCount++] = end;
            pair(JournalRecord.VERIFY, at, Crc32c.of(source, sourceAt, byteCount), byteCount);
        }
    }

    /// What [#storeNew] and [#verify] said of bytes in this range is void: this transaction frees the block again, and
    /// whoever takes it next may store there before recovery is told not to look.
    public void forgetNew(long at, long byteCount) {
        for (int entryAt = START; entryAt < end; entryAt += Entries.length(record, entryAt)) {
            long target = JournalRecord.target(record, entryAt);
            if (JournalRecord.kind(record, entryAt) == JournalRecord.VERIFY
                    && target >= at && target < at + byteCount) {
                JournalRecord.pair(record, entryAt, 0, 0);
            }
        }
    }

    /// Whether this transaction stored something new at `at`, so that it may store there again; always false where
    /// nothing is logged.
    public boolean isNew(long at) {
        return findStored(at) >= 0;
    }

    private int findStored(long at) {
        for (int i = storedCount - 1; i >= 0; i--) {
            if (JournalRecord.target(record, stored[i]) == at && JournalRecord.second(record, stored[i]) != 0) {
                return stored[i];
            }
        }
        return -1;
    }

    /// What is staged within a range that is stored once more was staged for its older content.
    private void restage(long at, MemorySegment source, long sourceAt, int byteCount) {
        for (int i = 0; i < putCount; i++) {
            if (overlaps(i, at, byteCount)) {
                long within = targets[i] - at;
                assert within >= 0 && within + JournalRecord.payloadBytes(record, puts[i]) <= byteCount;
                MemorySegment.copy(source, sourceAt + within, record, JournalRecord.payloadAt(puts[i]),
                        JournalRecord.payloadBytes(record, puts[i]));
            }
        }
    }

    /// Has bytes checked with the record that this thread has already streamed or flushed to the medium.
    public void verify(long at, int byteCount, int crc) {
        if (logs) {
            pair(JournalRecord.VERIFY, at, crc, byteCount);
        }
    }

    /// Says that the file ends inside the block at `blockAt`, and that the bytes behind its end are zero or do not
    /// matter: the next append may store there before its record is durable, and recovery zeroes what it finds.
    public void tail(long blockAt, long inode, long fileBlock) {
        if (logs) {
            int entryAt = claim(16);
            JournalRecord.entry(record, entryAt, JournalRecord.TAIL, 16, blockAt);
            JournalRecord.tail(record, entryAt, inode, fileBlock);
        }
    }

    /// Log position of the record committed last; meaningless where nothing is logged.
    public long position() {
        return position;
    }

    /// Has `outcome` told how this ends; once however often it is given.
    public void attach(Outcome outcome) {
        for (int i = 0; i < outcomeCount; i++) {
            if (outcomes[i] == outcome) {
                return;
            }
        }
        outcomes[outcomeCount++] = outcome;
    }

    /// Logs the record with one drain and applies it. Durable when this returns (J1).
    public void commit() {
        assert journal != null;
        try {
            for (int i = 0; i < inodeCount; i++) {
                if (Inode.mode(record, inodes[i]) != 0) {
                    Inode.seal(record, bytes, inodes[i]);
                }
            }
            if (changesStored) {
                applyToStored();
            }
            journal.commit(this);
        } catch (Throwable failure) {
            abort();
            throw failure;
        }
        journal = null;
        for (int i = 0; i < outcomeCount; i++) {
            outcomes[i].committed();
        }
        clearOutcomes();
    }

    /// Forgets everything staged. Does nothing after [#commit()], so that it may stand in a `finally`.
    public void abort() {
        if (journal == null) {
            return;
        }
        journal = null;
        for (int i = 0; i < outcomeCount; i++) {
            outcomes[i].aborted();
        }
        clearOutcomes();
    }

    private void clearOutcomes() {
        Arrays.fill(outcomes, 0, outcomeCount, null);
        outcomeCount = 0;
    }

    /// Offset behind the last entry.
    int end() {
        return end;
    }

    private long find(long at, int byteCount) {
        // The newest first: it may hold older ones.
        long end = at + byteCount;
        for (int i = putCount - 1; i >= 0; i--) {
            long target = targets[i];
            long targetEnd = targetEnds[i];
            if (end <= target || at >= targetEnd) {
                continue;
            }
            if (at >= target && end <= targetEnd) {
                return JournalRecord.payloadAt(puts[i]) + (at - target);
            }
            if (at > target || end < targetEnd) {
                // No two structures share a part: a bitmap gave out what somebody has.
                throw new CorruptionException("blockBitmap", at, "one structure at a place",
                        "another at byte " + target);
            }
        }
        return -1;
    }

    private long put(long at, int byteCount) {
        assert (at & 7) == 0 && (byteCount & 7) == 0 && byteCount > 0
                && Geometry.blockOf(at) == Geometry.blockOf(at + byteCount - 1) : "words of one block";
        int entryAt = claim(byteCount);
        JournalRecord.entry(record, entryAt, JournalRecord.PUT, byteCount, at);
        if (putCount == puts.length) {
            puts = Arrays.copyOf(puts, putCount * 2);
            targets = Arrays.copyOf(targets, putCount * 2);
            targetEnds = Arrays.copyOf(targetEnds, putCount * 2);
        }
        targets[putCount] = at;
        targetEnds[putCount] = at + byteCount;
        puts[putCount++] = entryAt;
        for (int i = 0; i < storedCount && !changesStored; i++) {
            changesStored = isInside(stored[i], at);
        }
        return JournalRecord.payloadAt(entryAt);
    }

    private boolean isInside(int verifyEntry, long at) {
        long target = JournalRecord.target(record, verifyEntry);
        return at >= target && at < target + JournalRecord.second(record, verifyEntry);
    }

    /// Stores at once what was staged into blocks that are new themselves, and corrects their checksums: replaying such
    /// an entry must not change bytes that the record has checked.
    private void applyToStored() {
        for (int i = 0; i < storedCount; i++) {
            boolean changed = false;
            for (int j = 0; j < putCount; j++) {
                long target = JournalRecord.target(record, puts[j]);
                if (isInside(stored[i], target)) {
                    int byteCount = JournalRecord.payloadBytes(record, puts[j]);
                    view.put(target, record, JournalRecord.payloadAt(puts[j]), byteCount);
                    lines.add(target, byteCount);
                    changed = true;
                }
            }
            if (changed) {
                long at = JournalRecord.target(record, stored[i]);
                int byteCount = JournalRecord.second(record, stored[i]);
                JournalRecord.pair(record, stored[i], Crc32c.of(view.segment(), at, byteCount), byteCount);
            }
        }
        lines.flush();
    }

    private void pair(int kind, long at, int first, int second) {
        int entryAt = claim(8);
        JournalRecord.entry(record, entryAt, kind, 8, at);
        JournalRecord.pair(record, entryAt, first, second);
    }

    private int claim(int payloadBytes) {
        assert journal != null;
        int length = JournalRecord.entryLength(payloadBytes);
        if (length > capacity - end) {
            throw new VolumeException(Errno.EFBIG, "one operation changes more than the journal can hold");
        }
        int entryAt = end;
        end += length;
        return entryAt;
    }
}
