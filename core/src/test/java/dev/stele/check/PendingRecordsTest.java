package dev.stele.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.JournalHeader;
import dev.stele.format.JournalRecord;
import dev.stele.format.Layouts;
import dev.stele.journal.Journal;
import dev.stele.journal.Transaction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The check sees the volume as the next open will make it, and changes nothing.
class PendingRecordsTest {
    private final Arena arena = Arena.ofShared();
    private ImageBuilder image;
    private MemorySegment bytes;
    private long orphan;
    private long freedBlock;

    @BeforeEach
    void build() {
        image = new ImageBuilder(300);
        orphan = image.unnamedFile(1);
        image.orphan(orphan);
        image.inline(image.root, "file", "bytes");
        image.build();
        bytes = image.medium.metadata().segment();
        freedBlock = (long) Layouts.WORD.get(bytes, Inode.rootEntryAt(Inode.at(orphan), 0) + 8) >>> 20;
    }

    @AfterEach
    void close() {
        image.medium.close();
        arena.close();
    }

    /// Frees the orphan by one record whose words are durable in the log only.
    private void freeOrphan() {
        MemorySegment before = arena.allocate(bytes.byteSize()).copyFrom(bytes);
        Journal journal = Journal.recover(image.medium, image.geometry);
        Transaction tx = journal.begin();
        tx.putLong(Inode.at(orphan), 0);
        tx.putLong(Geometry.at(Geometry.FIRST_ORPHAN_BLOCK) + 64, 0);
        tx.clearBits(Geometry.blockBitmapAt(0), Geometry.bitOf(freedBlock), 2);
        tx.commit();
        long journalEnd = Geometry.at(Geometry.JOURNAL + image.geometry.journalBlockCount());
        bytes.asSlice(journalEnd).copyFrom(before.asSlice(journalEnd));
        bytes.asSlice(0, Geometry.at(Geometry.JOURNAL)).copyFrom(before.asSlice(0, Geometry.at(Geometry.JOURNAL)));
    }

    @Test
    void pendingRecordsAreSeenAsRepeated() {
        assertEquals(1, Check.run(image.medium).totals().orphans());
        freeOrphan();
        MemorySegment before = arena.allocate(bytes.byteSize()).copyFrom(bytes);
        Report report = Check.run(image.medium);
        assertEquals(0, report.exitCode(), report.findings()::toString);
        assertEquals(1, report.findings().size());
        assertInstanceOf(Finding.Pending.class, report.findings().getFirst());
        assertEquals(0, report.totals().orphans());
        assertEquals(-1, before.mismatch(bytes), "the check changed the medium");
    }

    @Test
    void repairRepeatsThem() {
        freeOrphan();
        // Something else is wrong, too, so that there is something to repair.
        long rootAt = Inode.at(image.root);
        image.change(image.root, s -> Inode.linkCount(s, 0, 9));
        Report report = Check.repair(image.medium);
        assertEquals(1, report.exitCode(), report.remaining()::toString);
        assertEquals(0, (long) Layouts.WORD.get(bytes, Inode.at(orphan)));
        assertEquals(2, Inode.linkCount(bytes, rootAt));
        assertTrue(Check.run(image.medium).findings().isEmpty());
    }

    @Test
    void aRecordWhoseBytesDidNotArriveEndsTheLog() {
        freeOrphan();
        Journal.recover(image.medium, image.geometry).close();
        MemorySegment block = arena.allocate(4096, 64).fill((byte) 7);
        Journal journal = Journal.recover(image.medium, image.geometry);
        Transaction tx = journal.begin();
        tx.storeNew(Geometry.at(freedBlock), block, 0, 4096);
        tx.setBits(Geometry.blockBitmapAt(0), Geometry.bitOf(freedBlock), 1);
        tx.commit();
        image.medium.metadata().clearBits(Geometry.blockBitmapAt(0) + (freedBlock >>> 6) * 8, 1L << (freedBlock & 63));
        assertEquals(4, Check.run(image.medium).exitCode(), "the record leaks a block");
        bytes.set(ValueLayout.JAVA_BYTE, Geometry.at(freedBlock) + 99, (byte) 8);
        assertEquals(0, Check.run(image.medium).exitCode(), "the record does not count");
    }

    @Test
    void aRecordOverASuperblockOrTheJournalIsALie() {
        long headerAt = Geometry.at(Geometry.JOURNAL);
        for (long at : new long[] {0, Geometry.at(Geometry.SUPERBLOCK_COPY) + 448, headerAt + 256}) {
            MemorySegment before = arena.allocate(bytes.byteSize()).copyFrom(bytes);
            Transaction tx = Journal.recover(image.medium, image.geometry).begin();
            tx.putLong(at, -1);
            tx.commit();
            bytes.asSlice(0, headerAt).copyFrom(before.asSlice(0, headerAt));
            bytes.set(ValueLayout.JAVA_LONG, headerAt + 256, 0);
            assertEquals(4, Check.run(image.medium).exitCode(), "byte " + at);
            Report repair = Check.repair(image.medium);
            assertTrue(repair.isClean(), repair.remaining()::toString);
            assertEquals(-1, bytes.asSlice(0, headerAt).mismatch(before.asSlice(0, headerAt)));
        }
    }

    @Test
    void damagedRecordsAreRepaired() {
        Random random = new Random(3);
        freeOrphan();
        MemorySegment before = arena.allocate(bytes.byteSize()).copyFrom(bytes);
        long headerAt = Geometry.at(Geometry.JOURNAL);
        long ringBytes = Geometry.at(image.geometry.journalBlockCount() - 1);
        long recordAt = headerAt + 4096 + JournalHeader.tail(bytes, headerAt) % ringBytes;
        int entryBytes = JournalRecord.entryBytes(bytes, recordAt);
        for (int offset = 0; offset < JournalRecord.HEADER_BYTES + entryBytes; offset += 4) {
            for (int value : new int[] {0, -1, 1, 2, 3, 4, 5, 6, 8, 16, 4096, random.nextInt(), random.nextInt()}) {
                bytes.copyFrom(before);
                bytes.set(ValueLayout.JAVA_INT, recordAt + offset, value);
                int length = Math.clamp(JournalRecord.entryBytes(bytes, recordAt), 0, 4096);
                bytes.set(ValueLayout.JAVA_INT, recordAt + JournalRecord.CRC_OFFSET,
                        JournalRecord.checksum(bytes, recordAt, length));
                String what = "u32 at " + offset + " = " + value;
                Report repair = Check.repair(image.medium);
                assertTrue(repair.isClean(), () -> what + ": " + repair.remaining());
                Journal.recover(image.medium, image.geometry).close();
                assertTrue(Check.run(image.medium).isClean(), what);
            }
        }
    }
}
