package dev.stele.crash;

import dev.stele.format.Geometry;
import dev.stele.format.JournalHeader;
import dev.stele.format.JournalRecord;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// The words that recovery would store, were the power cut now with nothing left but what is durable: those that
/// durable records of the log name. They may be lost in their places.
public final class LoggedWords {
    private final BitSet words = new BitSet();

    /// @param durable what is durable of a volume
    public LoggedWords(MemorySegment durable, Geometry geometry) {
        long ringAt = Geometry.at(Geometry.JOURNAL + 1);
        long ringBytes = Geometry.at(geometry.journalBlockCount() - 1);
        long tail = JournalHeader.tail(durable, Geometry.at(Geometry.JOURNAL));
        long position = tail;
        while (position - tail < ringBytes) {
            long at = ringAt + position % ringBytes;
            if (JournalRecord.position(durable, at) != position || !isWhole(durable, at, ringAt + ringBytes)) {
                return;
            }
            addRecord(durable, at);
            position += JournalRecord.byteCount(durable, at);
        }
    }

    private static boolean isWhole(MemorySegment durable, long at, long ringEnd) {
        long byteCount = Integer.toUnsignedLong(JournalRecord.byteCount(durable, at));
        long entryBytes = Integer.toUnsignedLong(JournalRecord.entryBytes(durable, at));
        return byteCount >= JournalRecord.ALIGNMENT && byteCount <= ringEnd - at
                && JournalRecord.HEADER_BYTES + entryBytes <= byteCount
                && JournalRecord.crc(durable, at) == JournalRecord.checksum(durable, at, (int) entryBytes);
    }

    private void addRecord(MemorySegment durable, long at) {
        long end = at + JournalRecord.HEADER_BYTES + JournalRecord.entryBytes(durable, at);
        for (long entry = at + JournalRecord.HEADER_BYTES; entry < end;
                entry += JournalRecord.entryLength(JournalRecord.payloadBytes(durable, entry))) {
            long target = JournalRecord.target(durable, entry);
            switch (JournalRecord.kind(durable, entry)) {
                case JournalRecord.PUT -> add(target, target + JournalRecord.payloadBytes(durable, entry));
                case JournalRecord.SET_BITS, JournalRecord.CLEAR_BITS -> {
                    long first = JournalRecord.first(durable, entry);
                    long last = first + JournalRecord.second(durable, entry) - 1;
                    add(target + (first >>> 6) * 8, target + (last >>> 6) * 8 + 8);
                }
                default -> { }
            }
        }
    }

    private void add(long from, long to) {
        words.set((int) (from >>> 3), (int) (to >>> 3));
    }

    /// Whether the word is one of them.
    public boolean contains(long at) {
        return words.get((int) (at >>> 3));
    }
}
