package dev.stele.journal;

import dev.stele.error.CorruptionException;
import dev.stele.format.Crc32c;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.JournalHeader;
import dev.stele.format.JournalRecord;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/// What happens between opening a medium and using it: find the records that are whole, repeat them, move the tail
/// behind them. May be cut at any point and run again.
final class Recovery {
    /// More than all threads of a machine can have under way at once; a log that names more is made to waste time.
    private static final long MAX_VERIFIED_BYTES = 1L << 32;

    private final Medium medium;
    private final View view;
    private final MemorySegment segment;
    private final Geometry geometry;
    private final Ring ring;
    /// Positions of the records found, oldest first.
    private final List<Long> records = new ArrayList<>();
    /// For every block some record stores to: position of the last record that frees it, -1 for none.
    private final TreeMap<Long, Long> freedBy = new TreeMap<>();
    /// Every record before this position is known to have been durable.
    private long durable;
    /// Bytes whose checksum records name, as far as they were computed.
    private long verifiedBytes;

    Recovery(Medium medium, Geometry geometry) {
        this.medium = medium;
        this.view = medium.metadata();
        this.segment = view.segment();
        this.geometry = geometry;
        this.ring = new Ring(geometry);
    }

    /// Whether the log holds something to repeat. Stores nothing.
    boolean isNeeded() {
        records.clear();
        find();
        return records.stream().anyMatch(position -> JournalRecord.entryBytes(segment, ring.at(position)) > 0);
    }

    /// @return the log position at which the log goes on
    long run() {
        records.clear();
        long headerAt = Geometry.at(Geometry.JOURNAL);
        long end = find();
        findRevoked();
        // All of it is flushed: a process that was killed leaves words in the cache that nothing else would send on.
        TargetLines lines = new TargetLines(view);
        for (long position : records) {
            apply(position, lines);
        }
        lines.flush();
        zeroTails();
        medium.drain();
        // J4: behind `end` there may be whole records that were never reached; a lap further none of them fits.
        long next = end + ring.byteCount();
        view.putLong(headerAt + JournalHeader.TAIL_OFFSET, next);
        view.flush(headerAt + JournalHeader.TAIL_OFFSET, 8);
        medium.drain();
        return next;
    }

    /// Finds the records that count.
    ///
    /// @return position behind the last of them
    private long find() {
        long headerAt = Geometry.at(Geometry.JOURNAL);
        JournalHeader.verify(segment, headerAt);
        verifiedBytes = 0;
        long end = scan(JournalHeader.tail(segment, headerAt));
        for (long position : records) {
            if (position >= durable && !isComplete(position)) {
                end = position;
                break;
            }
        }
        long last = end;
        records.removeIf(position -> position >= last);
        return end;
    }

    /// Notes for every block that a record stores to the last record that frees it.
    private void findRevoked() {
        TreeSet<Long> unfreed = new TreeSet<>();
        forEachEntry((position, entry) -> {
            if (JournalRecord.kind(segment, entry) == JournalRecord.PUT) {
                unfreed.add(Geometry.blockOf(JournalRecord.target(segment, entry)));
            }
        });
        // Backwards, so that the first to free a block is the last, and each block is looked at once.
        for (long position : records.reversed()) {
            forEachEntry(position, entry -> freeAt(position, entry, unfreed));
        }
        unfreed.forEach(block -> freedBy.put(block, -1L));
    }

    private void freeAt(long position, long entry, TreeSet<Long> unfreed) {
        long bitmap = JournalRecord.target(segment, entry);
        if (JournalRecord.kind(segment, entry) == JournalRecord.CLEAR_BITS && Geometry.isBlockBitmap(bitmap)) {
            long first = Geometry.firstBlock(Geometry.groupOf(Geometry.blockOf(bitmap)))
                    + JournalRecord.first(segment, entry);
            SortedSet<Long> freed = unfreed.subSet(first, first + JournalRecord.second(segment, entry));
            freed.forEach(block -> freedBy.put(block, position));
            freed.clear();
        }
    }

    /// Repeats a record, but for what it stored to blocks that it or a later record frees (J7): they may hold something
    /// else by now, which no record has.
    private void apply(long position, TargetLines lines) {
        long at = ring.at(position);
        for (long entry = firstEntry(at); entry < lastEntry(at); entry += Entries.length(segment, entry)) {
            long block = Geometry.blockOf(JournalRecord.target(segment, entry));
            if (JournalRecord.kind(segment, entry) != JournalRecord.PUT || freedBy.get(block) < position) {
                Entries.apply(view, segment, entry, lines);
            }
        }
    }

    /// Zeroes what an append that did not become durable left behind the end of a file.
    private void zeroTails() {
        Map<Long, Long> tails = new LinkedHashMap<>();
        forEachEntry((position, entry) -> {
            if (JournalRecord.kind(segment, entry) == JournalRecord.TAIL && position >= durable) {
                tails.put(JournalRecord.tailInode(segment, entry), entry);
            }
        });
        tails.forEach((inode, entry) -> {
            long sizeBytes = Inode.size(segment, Inode.at(inode));
            long within = sizeBytes & Geometry.BLOCK_BYTES - 1;
            if (within != 0 && Geometry.blockOf(sizeBytes) == JournalRecord.tailFileBlock(segment, entry)) {
                view.streamZeros(JournalRecord.target(segment, entry) + within, Geometry.BLOCK_BYTES - within);
            }
        });
    }

    private interface EntryAction {
        void accept(long position, long entry);
    }

    private void forEachEntry(EntryAction action) {
        for (long position : records) {
            forEachEntry(position, entry -> action.accept(position, entry));
        }
    }

    private void forEachEntry(long position, LongConsumer action) {
        long at = ring.at(position);
        for (long entry = firstEntry(at); entry < lastEntry(at); entry += Entries.length(segment, entry)) {
            action.accept(entry);
        }
    }

    /// Collects the records from `tail` on that are whole by themselves.
    ///
    /// @return position behind the last of them
    private long scan(long tail) {
        long position = tail;
        while (position - tail < ring.byteCount() && isRecord(position)) {
            long at = ring.at(position);
            if (!Entries.areSane(segment, firstEntry(at), lastEntry(at), geometry, segment.byteSize())) {
                throw new CorruptionException("journal.record", at, "entries within the volume", "others");
            }
            records.add(position);
            durable = Math.max(durable, Math.min(position, JournalRecord.durable(segment, at)));
            position += JournalRecord.byteCount(segment, at);
        }
        return position;
    }

    private boolean isRecord(long position) {
        long at = ring.at(position);
        long byteCount = Integer.toUnsignedLong(JournalRecord.byteCount(segment, at));
        long entryBytes = Integer.toUnsignedLong(JournalRecord.entryBytes(segment, at));
        return JournalRecord.position(segment, at) == position
                && byteCount >= JournalRecord.ALIGNMENT
                && byteCount % JournalRecord.ALIGNMENT == 0
                && ring.skipEnd(position, byteCount) == position
                && JournalRecord.HEADER_BYTES + entryBytes <= byteCount
                && JournalRecord.crc(segment, at) == JournalRecord.checksum(segment, at, (int) entryBytes);
    }

    /// Whether everything that was stored together with the record arrived (J3).
    private boolean isComplete(long position) {
        long at = ring.at(position);
        for (long entry = firstEntry(at); entry < lastEntry(at); entry += Entries.length(segment, entry)) {
            if (JournalRecord.kind(segment, entry) == JournalRecord.VERIFY) {
                long byteCount = Integer.toUnsignedLong(JournalRecord.second(segment, entry));
                verifiedBytes += byteCount;
                if (verifiedBytes > MAX_VERIFIED_BYTES) {
                    throw new CorruptionException("journal.record", at, "sums of at most 4 GiB", "more");
                }
                if (Crc32c.of(segment, JournalRecord.target(segment, entry), byteCount)
                        != JournalRecord.first(segment, entry)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static long firstEntry(long at) {
        return at + JournalRecord.HEADER_BYTES;
    }

    private long lastEntry(long at) {
        return firstEntry(at) + JournalRecord.entryBytes(segment, at);
    }
}
