package dev.stele.journal;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.stele.format.Geometry;
import dev.stele.format.JournalRecord;
import dev.stele.format.Layouts;
import dev.stele.medium.MemoryMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// A log can be whole and still be made to take long (P7).
class RecoveryCostTest {
    private static final Geometry GEOMETRY = new Geometry(2L * Geometry.GROUP_BLOCKS, 1024);
    private static final int RECORD_BYTES = 2040 << 10;

    @Test
    void everyBlockFreedByEveryEntry() {
        try (MemoryMedium medium = MemoryMedium.create(GEOMETRY.sizeBytes()); Arena arena = Arena.ofConfined()) {
            Journal.format(medium, GEOMETRY);
            MemorySegment record = arena.allocate(RECORD_BYTES, 64);
            int at = (int) JournalRecord.HEADER_BYTES;
            long group = Geometry.firstBlock(1);
            long block = group + 2;
            for (; block < GEOMETRY.blockCount() && at + 32 <= RECORD_BYTES; at += 24) {
                JournalRecord.entry(record, at, JournalRecord.PUT, 8, Geometry.at(block++));
                Layouts.WORD.set(record, JournalRecord.payloadAt(at), 7L);
            }
            put(medium, record, 0, at);
            at = (int) JournalRecord.HEADER_BYTES;
            for (; at + 32 <= RECORD_BYTES; at += 24) {
                JournalRecord.entry(record, at, JournalRecord.CLEAR_BITS, 8, Geometry.blockBitmapAt(1));
                JournalRecord.pair(record, at, 0, Geometry.GROUP_BLOCKS);
            }
            put(medium, record, RECORD_BYTES, at);
            assertTimeoutPreemptively(ofSeconds(30), () -> Journal.recover(medium, GEOMETRY));
            assertEquals(0, (long) Layouts.WORD.get(medium.metadata().segment(), Geometry.at(group + 9)));
        }
    }

    private static void put(MemoryMedium medium, MemorySegment record, long position, int end) {
        JournalRecord.seal(record, record.asByteBuffer(), 0, RECORD_BYTES, position, position,
                end - (int) JournalRecord.HEADER_BYTES);
        medium.metadata().put(Geometry.at(Geometry.JOURNAL + 1) + position, record, 0, RECORD_BYTES);
    }
}
