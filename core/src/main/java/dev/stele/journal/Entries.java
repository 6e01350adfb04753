package dev.stele.journal;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.JournalRecord;
import dev.stele.format.Layouts;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;

/// The two things done with a record's entries: apply them, check that they could be applied.
final class Entries {
    private Entries() {
    }

    /// Stores every entry in its place.
    ///
    /// Lines that hold already what they should are left alone: what stands there was put there by a record that is in
    /// the log as long as that is not durable (J9).
    ///
    /// @param storedTo is told of all that was stored
    /// @param takenFrom blocks from here, to before `takenEnd`, may hold what no record put there
    static void apply(View view, MemorySegment record, long from, long to, StoredTo storedTo, long takenFrom,
            long takenEnd) {
        for (long at = from; at < to; at += length(record, at)) {
            long target = JournalRecord.target(record, at);
            boolean isTaken = Geometry.blockOf(target) >= takenFrom && Geometry.blockOf(target) < takenEnd;
            if (JournalRecord.kind(record, at) == JournalRecord.PUT && !isTaken) {
                putDifferent(view, record, at, target, storedTo);
            } else {
                apply(view, record, at, storedTo);
            }
        }
    }

    /// Stores one entry in its place, whatever stands there.
    static void apply(View view, MemorySegment record, long at, StoredTo storedTo) {
        long target = JournalRecord.target(record, at);
        switch (JournalRecord.kind(record, at)) {
            case JournalRecord.PUT -> put(view, record, JournalRecord.payloadAt(at), target,
                    JournalRecord.payloadBytes(record, at), storedTo);
            case JournalRecord.SET_BITS -> bits(view, record, at, target, true, storedTo);
            case JournalRecord.CLEAR_BITS -> bits(view, record, at, target, false, storedTo);
            default -> { }
        }
    }

    /// Whether every entry is well-formed, stays within the medium and keeps off superblocks and journal (J10). A
    /// record with a right checksum can still be a lie.
    static boolean areSane(MemorySegment record, long from, long to, Geometry geometry, long mediumBytes) {
        long at = from;
        while (at < to) {
            if (to - at < JournalRecord.ENTRY_HEADER_BYTES) {
                return false;
            }
            long payloadBytes = Integer.toUnsignedLong(JournalRecord.payloadBytes(record, at));
            if (payloadBytes > to - at - JournalRecord.ENTRY_HEADER_BYTES
                    || !isSane(record, at, payloadBytes, geometry, mediumBytes)) {
                return false;
            }
            // What is sane has a payload of whole words and so never ends behind `to`.
            at += length(record, at);
        }
        return true;
    }

    private static boolean isSane(
            MemorySegment record, long at, long payloadBytes, Geometry geometry, long mediumBytes) {
        long target = JournalRecord.target(record, at);
        return switch (JournalRecord.kind(record, at)) {
            case JournalRecord.PUT -> payloadBytes > 0 && (payloadBytes & 7) == 0
                    && Geometry.blockOf(target) == Geometry.blockOf(target + payloadBytes - 1)
                    && isPlace(target, payloadBytes, geometry, mediumBytes);
            case JournalRecord.TAIL -> payloadBytes == 16 && isBlock(target, geometry, mediumBytes)
                    && isPlace(Inode.at(JournalRecord.tailInode(record, at)), Inode.BYTES, geometry, mediumBytes);
            case JournalRecord.SET_BITS, JournalRecord.CLEAR_BITS -> payloadBytes == 8
                    && areBits(JournalRecord.first(record, at), JournalRecord.second(record, at))
                    && isBlock(target, geometry, mediumBytes);
            case JournalRecord.VERIFY -> payloadBytes == 8 && target >= 0
                    && target <= mediumBytes - Integer.toUnsignedLong(JournalRecord.second(record, at));
            default -> false;
        };
    }

    private static boolean areBits(int first, int count) {
        return first >= 0 && count > 0 && first <= Geometry.GROUP_BLOCKS - count;
    }

    private static boolean isBlock(long at, Geometry geometry, long mediumBytes) {
        return at % Geometry.BLOCK_BYTES == 0 && isPlace(at, Geometry.BLOCK_BYTES, geometry, mediumBytes);
    }

    /// Whether an entry may store there: on the medium, but not in the superblocks, by which the log is found, nor
    /// where the log itself is being read.
    private static boolean isPlace(long at, long byteCount, Geometry geometry, long mediumBytes) {
        long block = Geometry.blockOf(at);
        return at >= 0 && block > Geometry.SUPERBLOCK_COPY && (at & 7) == 0 && at <= mediumBytes - byteCount
                && (block < Geometry.JOURNAL || block >= Geometry.JOURNAL + geometry.journalBlockCount());
    }

    static int length(MemorySegment record, long at) {
        return JournalRecord.entryLength(JournalRecord.payloadBytes(record, at));
    }

    /// Stores the lines that differ, runs of them at once.
    private static void putDifferent(View view, MemorySegment record, long at, long target, StoredTo storedTo) {
        long ahead = JournalRecord.payloadAt(at) - target;
        long end = target + JournalRecord.payloadBytes(record, at);
        long from = target;
        while (from < end) {
            long stop = lineEnd(from, end);
            while (isSame(view, record, ahead, from, stop)) {
                from = stop;
                if (from == end) {
                    return;
                }
                stop = lineEnd(from, end);
            }
            while (stop < end && !isSame(view, record, ahead, stop, lineEnd(stop, end))) {
                stop = lineEnd(stop, end);
            }
            put(view, record, from + ahead, from, (int) (stop - from), storedTo);
            from = stop;
        }
    }

    private static long lineEnd(long at, long end) {
        return Math.min(end, (at | Medium.LINE_BYTES - 1) + 1);
    }

    private static boolean isSame(View view, MemorySegment record, long ahead, long from, long to) {
        for (long at = from; at < to; at += 8) {
            if ((long) Layouts.WORD.get(view.segment(), at) != (long) Layouts.WORD.get(record, at + ahead)) {
                return false;
            }
        }
        return true;
    }

    private static void put(View view, MemorySegment record, long payloadAt, long target, int byteCount,
            StoredTo storedTo) {
        if (byteCount == 8) {
            view.putLong(target, (long) Layouts.WORD.get(record, payloadAt));
        } else {
            view.put(target, record, payloadAt, byteCount);
        }
        storedTo.add(target, byteCount);
    }

    private static void bits(View view, MemorySegment record, long at, long bitmapAt, boolean set,
            StoredTo storedTo) {
        int bit = JournalRecord.first(record, at);
        int end = bit + JournalRecord.second(record, at);
        long firstWordAt = bitmapAt + (bit >>> 6) * 8L;
        long wordAt = firstWordAt;
        while (bit < end) {
            int stop = Math.min(end, (bit | 63) + 1);
            long mask = -1L >>> 64 - (stop - bit) << (bit & 63);
            if (set) {
                view.setBits(wordAt, mask);
            } else {
                view.clearBits(wordAt, mask);
            }
            bit = stop;
            wordAt += 8;
        }
        storedTo.add(firstWordAt, wordAt - firstWordAt);
    }
}
