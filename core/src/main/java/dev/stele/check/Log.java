package dev.stele.check;

import dev.stele.format.Crc32c;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.JournalHeader;
import dev.stele.format.JournalRecord;
import dev.stele.format.Layouts;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// The records that wait in the journal, found by the rules of recovery but by code of the check's own, and what they
/// make of a block.
final class Log {
    static final Log EMPTY = new Log();
    private static final int ORDINAL_BITS = 20;
    /// More than was ever logged; beyond it positions would overflow.
    private static final long MAX_TAIL = 1L << 62;

    private MemorySegment ring;
    private MemorySegment bytes;
    private long ringBytes;
    private long end;
    private boolean hasHeader;
    private boolean isUsable;
    private final List<Integer> records = new ArrayList<>();
    /// Offsets of entries that name the last block of a file, to be cleaned behind the file's end.
    private final List<Integer> tails = new ArrayList<>();
    /// block << 20 | ordinal of an entry that changes it, ascending
    private long[] touched = new long[0];
    private int touchedCount;
    /// offset of an entry in the ring, by ordinal
    private int[] entries = new int[64];
    private int entryCount;

    private Log() {
    }

    /// Reads the journal. What cannot be believed ends it and is reported.
    static Log read(Image image, Geometry geometry, Findings findings) {
        Log log = new Log();
        log.ringBytes = Geometry.at(geometry.journalBlockCount() - 1);
        long headerAt = Geometry.at(Geometry.JOURNAL);
        MemorySegment header = image.allocate(Geometry.BLOCK_BYTES);
        log.ring = image.allocate(log.ringBytes);
        log.bytes = image.block();
        if (!image.copy(headerAt, header, Geometry.BLOCK_BYTES)
                || !image.copy(headerAt + Geometry.BLOCK_BYTES, log.ring, log.ringBytes)) {
            findings.add(new Finding.Unreadable("journal", headerAt));
            return log;
        }
        long magic = (long) Layouts.WORD.get(header, 0L);
        long tail = JournalHeader.tail(header, 0);
        if (tail < 0 || tail > MAX_TAIL || tail % JournalRecord.ALIGNMENT != 0) {
            findings.loss("journal.tail", headerAt + JournalHeader.TAIL_OFFSET, "a multiple of 64", tail);
            return log;
        }
        log.hasHeader = magic == JournalHeader.MAGIC;
        log.isUsable = log.hasHeader;
        if (!log.isUsable) {
            findings.repairable("journal.magic", headerAt, hex(JournalHeader.MAGIC), hex(magic));
        }
        log.scan(image, tail, findings);
        log.index();
        if (!log.records.isEmpty()) {
            findings.add(new Finding.Pending(headerAt, log.records.size()));
        }
        return log;
    }

    private void scan(Image image, long tail, Findings findings) {
        List<Long> positions = new ArrayList<>();
        long position = tail;
        long durable = 0;
        while (position - tail < ringBytes && isRecord(position)) {
            int at = offset(position);
            if (!isSane(at, image.sizeBytes())) {
                findings.loss("journal.record", Geometry.at(Geometry.JOURNAL + 1) + at, "entries within the volume",
                        "others");
                isUsable = false;
                break;
            }
            positions.add(position);
            durable = Math.max(durable, Math.min(position, JournalRecord.durable(ring, at)));
            position += JournalRecord.byteCount(ring, at);
        }
        end = position;
        long verified = 0;
        for (long p : positions) {
            if (p >= durable) {
                verified += verifyBytes(offset(p));
                // Records in flight together name different bytes: more than all there are is a lie that takes long.
                if (verified > image.sizeBytes() || !isComplete(image, offset(p))) {
                    end = p;
                    return;
                }
            }
            if (JournalRecord.entryBytes(ring, offset(p)) > 0) {
                records.add(offset(p));
            }
            addTails(offset(p), p >= durable);
        }
    }

    private void addTails(int recordAt, boolean wasInFlight) {
        for (int at = firstEntry(recordAt); wasInFlight && at < lastEntry(recordAt); at += length(at)) {
            if (JournalRecord.kind(ring, at) == JournalRecord.TAIL) {
                tails.add(at);
            }
        }
    }

    private int offset(long position) {
        return (int) (position % ringBytes);
    }

    private boolean isRecord(long position) {
        int at = offset(position);
        long byteCount = Integer.toUnsignedLong(JournalRecord.byteCount(ring, at));
        long entryBytes = Integer.toUnsignedLong(JournalRecord.entryBytes(ring, at));
        return JournalRecord.position(ring, at) == position
                && byteCount >= JournalRecord.ALIGNMENT && byteCount % JournalRecord.ALIGNMENT == 0
                && byteCount <= ringBytes - at
                && JournalRecord.HEADER_BYTES + entryBytes <= byteCount
                && JournalRecord.crc(ring, at) == JournalRecord.checksum(ring, at, (int) entryBytes);
    }

    private boolean isSane(int recordAt, long mediumBytes) {
        int at = firstEntry(recordAt);
        int stop = lastEntry(recordAt);
        while (at < stop) {
            long payload = stop - at < JournalRecord.ENTRY_HEADER_BYTES ? -1
                    : Integer.toUnsignedLong(JournalRecord.payloadBytes(ring, at));
            if (payload < 0 || payload > stop - at - JournalRecord.ENTRY_HEADER_BYTES
                    || !isSane(at, payload, mediumBytes)) {
                return false;
            }
            at += JournalRecord.entryLength((int) payload);
        }
        return at == stop;
    }

    private boolean isSane(int at, long payload, long mediumBytes) {
        long target = JournalRecord.target(ring, at);
        int kind = JournalRecord.kind(ring, at);
        if (kind == JournalRecord.PUT) {
            return payload > 0 && (payload & 7) == 0
                    && Geometry.blockOf(target) == Geometry.blockOf(target + payload - 1)
                    && isWithin(target, payload, mediumBytes);
        }
        if (kind == JournalRecord.TAIL) {
            return payload == 16 && (target & Geometry.BLOCK_BYTES - 1) == 0
                    && isWithin(target, Geometry.BLOCK_BYTES, mediumBytes)
                    && isWithin(Inode.at(JournalRecord.tailInode(ring, at)), Inode.BYTES, mediumBytes);
        }
        if (payload != 8) {
            return false;
        }
        long first = Integer.toUnsignedLong(JournalRecord.first(ring, at));
        long second = JournalRecord.second(ring, at);
        return switch (kind) {
            case JournalRecord.SET_BITS, JournalRecord.CLEAR_BITS -> second > 0
                    && first + second <= Geometry.GROUP_BLOCKS && isWithin(target, Geometry.BLOCK_BYTES, mediumBytes);
            case JournalRecord.VERIFY -> second >= 0 && target >= 0 && target <= mediumBytes - second;
            default -> false;
        };
    }

    /// Whether an entry may store there: not in the superblocks, which no record changes, nor in the journal.
    private boolean isWithin(long at, long byteCount, long mediumBytes) {
        long block = Geometry.blockOf(at);
        return at >= 0 && (at & 7) == 0 && at <= mediumBytes - byteCount && block > Geometry.SUPERBLOCK_COPY
                && (block < Geometry.JOURNAL || block > Geometry.JOURNAL + Geometry.blockOf(ringBytes));
    }

    private long verifyBytes(int recordAt) {
        long sum = 0;
        for (int at = firstEntry(recordAt); at < lastEntry(recordAt); at += length(at)) {
            sum += JournalRecord.kind(ring, at) == JournalRecord.VERIFY ? JournalRecord.second(ring, at) : 0;
        }
        return sum;
    }

    private boolean isComplete(Image image, int recordAt) {
        for (int at = firstEntry(recordAt); at < lastEntry(recordAt); at += length(at)) {
            if (JournalRecord.kind(ring, at) == JournalRecord.VERIFY) {
                if (checksum(image, JournalRecord.target(ring, at), JournalRecord.second(ring, at))
                        != JournalRecord.first(ring, at)) {
                    return false;
                }
            }
        }
        return true;
    }

    private int checksum(Image image, long from, long byteCount) {
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        for (long done = 0; done < byteCount; ) {
            long part = Math.min(Geometry.BLOCK_BYTES, byteCount - done);
            if (!image.copy(from + done, bytes, part)) {
                return ~Crc32c.of(bytes, 0, part);
            }
            crc.update(bytes.asSlice(0, part).asByteBuffer());
            done += part;
        }
        return (int) crc.getValue();
    }

    private void index() {
        BitSet revoked = revoked();
        for (int record : records) {
            for (int at = firstEntry(record); at < lastEntry(record); at += length(at)) {
                if (!revoked.get(at >>> 3)) {
                    addEntry(at);
                }
            }
        }
        touched = Arrays.copyOf(touched, touchedCount);
        Arrays.sort(touched);
    }

    /// Entries, by their word in the ring, that store to a block which their own record or a later one frees: such are
    /// not repeated.
    private BitSet revoked() {
        BitSet revoked = new BitSet();
        BlockSet freed = new BlockSet();
        for (int record : records.reversed()) {
            for (int at = firstEntry(record); at < lastEntry(record); at += length(at)) {
                long target = JournalRecord.target(ring, at);
                if (JournalRecord.kind(ring, at) == JournalRecord.CLEAR_BITS && Geometry.isBlockBitmap(target)) {
                    freed.addRun(Geometry.firstBlock(Geometry.groupOf(Geometry.blockOf(target)))
                            + JournalRecord.first(ring, at), JournalRecord.second(ring, at));
                }
            }
            for (int at = firstEntry(record); at < lastEntry(record); at += length(at)) {
                if (JournalRecord.kind(ring, at) == JournalRecord.PUT
                        && freed.contains(Geometry.blockOf(JournalRecord.target(ring, at)))) {
                    revoked.set(at >>> 3);
                }
            }
        }
        return revoked;
    }

    private void addEntry(int at) {
        long[] range = range(at);
        for (long block = range[0]; block <= range[1]; block++) {
            if (touchedCount == touched.length) {
                touched = Arrays.copyOf(touched, Math.max(64, touchedCount * 2));
            }
            touched[touchedCount++] = block << ORDINAL_BITS | entryCount;
        }
        if (entryCount == entries.length) {
            entries = Arrays.copyOf(entries, entryCount * 2);
        }
        entries[entryCount++] = at;
    }

    /// First and last block an entry changes; an empty range for one that changes nothing.
    private long[] range(int at) {
        long target = JournalRecord.target(ring, at);
        return switch (JournalRecord.kind(ring, at)) {
            case JournalRecord.PUT -> new long[] {Geometry.blockOf(target),
                    Geometry.blockOf(target + JournalRecord.payloadBytes(ring, at) - 1)};
            case JournalRecord.SET_BITS, JournalRecord.CLEAR_BITS -> new long[] {Geometry.blockOf(target),
                    Geometry.blockOf(target + Geometry.BLOCK_BYTES - 1)};
            default -> new long[] {0, -1};
        };
    }

    /// Makes of a block's bytes what the records make of them.
    void patch(long block, MemorySegment into) {
        int i = Arrays.binarySearch(touched, block << ORDINAL_BITS);
        for (i = i < 0 ? -i - 1 : i; i < touched.length && touched[i] >>> ORDINAL_BITS == block; i++) {
            int at = entries[(int) touched[i] & (1 << ORDINAL_BITS) - 1];
            if (JournalRecord.kind(ring, at) == JournalRecord.PUT) {
                patchBytes(at, Geometry.at(block), into);
            } else {
                patchBits(at, Geometry.at(block), into);
            }
        }
    }

    private void patchBytes(int at, long blockAt, MemorySegment into) {
        long target = JournalRecord.target(ring, at);
        long from = Math.max(target, blockAt);
        long to = Math.min(target + JournalRecord.payloadBytes(ring, at), blockAt + Geometry.BLOCK_BYTES);
        MemorySegment.copy(ring, JournalRecord.payloadAt(at) + from - target, into, from - blockAt, to - from);
    }

    private void patchBits(int at, long blockAt, MemorySegment into) {
        long target = JournalRecord.target(ring, at);
        int bit = JournalRecord.first(ring, at);
        int stop = bit + JournalRecord.second(ring, at);
        while (bit < stop) {
            int next = Math.min(stop, (bit | 63) + 1);
            long mask = -1L >>> 64 - (next - bit) << (bit & 63);
            long wordAt = target + (bit >>> 6) * 8L - blockAt;
            if (wordAt >= 0 && wordAt < Geometry.BLOCK_BYTES) {
                long word = (long) Layouts.WORD.get(into, wordAt);
                boolean set = JournalRecord.kind(ring, at) == JournalRecord.SET_BITS;
                Layouts.WORD.set(into, wordAt, set ? word | mask : word & ~mask);
            }
            bit = next;
        }
    }

    /// The blocks that the records change, ascending, each once.
    long[] blocks() {
        return Arrays.stream(touched).map(pair -> pair >>> ORDINAL_BITS).distinct().toArray();
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    /// Whether header and records are as they should be.
    boolean isUsable() {
        return isUsable;
    }

    /// Stores what the records say in its place, then empties the log. May be cut anywhere and done again.
    void settle(Medium medium, Geometry geometry, Image image) {
        View view = medium.metadata();
        MemorySegment block = image.block();
        for (long touchedBlock : blocks()) {
            image.read(touchedBlock, block);
            view.stream(Geometry.at(touchedBlock), block, 0, Geometry.BLOCK_BYTES);
        }
        tails.forEach(entry -> zeroTail(view, image, entry));
        medium.drain();
        long headerAt = Geometry.at(Geometry.JOURNAL);
        if (hasHeader) {
            // One word: a ring cleared half would be taken for a shorter log and repeated over what came later.
            view.putLong(headerAt + JournalHeader.TAIL_OFFSET, end + ringBytes);
            view.flush(headerAt + JournalHeader.TAIL_OFFSET, 8);
        } else {
            view.streamZeros(headerAt + Geometry.BLOCK_BYTES, Geometry.at(geometry.journalBlockCount() - 1));
            medium.drain();
            JournalHeader.initialise(block, 0);
            view.stream(headerAt, block, 0, JournalHeader.BYTES);
        }
        medium.drain();
    }

    /// Zeroes what an append that did not become durable left behind the end of a file.
    private void zeroTail(View view, Image image, int entry) {
        long inode = JournalRecord.tailInode(ring, entry);
        image.read(Inode.blockOf(inode), bytes);
        long sizeBytes = Inode.size(bytes, Inode.slotOf(inode) * Inode.BYTES);
        long within = sizeBytes & Geometry.BLOCK_BYTES - 1;
        if (within != 0 && Geometry.blockOf(sizeBytes) == JournalRecord.tailFileBlock(ring, entry)) {
            view.streamZeros(JournalRecord.target(ring, entry) + within, Geometry.BLOCK_BYTES - within);
        }
    }

    private static int firstEntry(int recordAt) {
        return recordAt + (int) JournalRecord.HEADER_BYTES;
    }

    private int lastEntry(int recordAt) {
        return firstEntry(recordAt) + JournalRecord.entryBytes(ring, recordAt);
    }

    private int length(int entryAt) {
        return JournalRecord.entryLength(JournalRecord.payloadBytes(ring, entryAt));
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
