package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Crc32c;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.JournalHeader;
import dev.stele.format.JournalRecord;
import dev.stele.format.Layouts;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.View;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.space.PageMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private static final long AT = Log.FREE_AT;
    private static final long HEADER_AT = Geometry.at(Geometry.JOURNAL);

    private final Log log = new Log();
    private final MemorySegment work = Arena.ofAuto().allocate(2 * Log.RING_BYTES, 64);

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void nothingLoggedNothingDone() {
        long position = log.journal.loggedBytes();
        log.reopen();
        assertEquals(position + Log.RING_BYTES, log.journal.loggedBytes(), "a lap further (J4)");
        assertEquals(position + Log.RING_BYTES, log.tail());
    }

    @Test
    void recoveringTwiceIsRecoveringOnce() {
        log.put(AT, 1);
        log.put(AT, 2);
        log.loseEverythingUndurable();
        log.reopen();
        MemorySegment once = Arena.ofAuto().allocate(log.medium.sizeBytes(), 8)
                .copyFrom(log.medium.metadata().segment());
        log.reopen();
        MemorySegment twice = log.medium.metadata().segment();
        once.asSlice(HEADER_AT, 128).copyFrom(twice.asSlice(HEADER_AT, 128));
        assertEquals(-1, once.mismatch(twice));
        assertEquals(2, log.word(AT));
    }

    @Test
    void recoveryMayBeCutAnywhere() {
        for (int i = 0; i < 3; i++) {
            log.put(AT + i * 64L, 10 + i);
        }
        try (PowerCuts<Journal> cuts = PowerCuts.<Journal>of(log.medium).nested(1).check(
                image -> Journal.recover(image, Log.GEOMETRY), (journal, image, point) -> {
                    for (int i = 0; i < 3; i++) {
                        assertEquals(10 + i, Log.word(image, AT + i * 64L));
                    }
                })) {
            cuts.at("three commits");
            assertEquals(8, cuts.coverage().images(), "each of three lines arrived or did not: the log has them all");
            assertTrue(cuts.coverage().nestedImages() > 8, cuts.coverage().toString());
        }
    }

    @Test
    void aCleanCloseLeavesNothingToRepeat() {
        log.put(AT, 1);
        log.journal.close();
        log.loseEverythingUndurable();
        assertEquals(1, log.word(AT));
        assertEquals(log.journal.loggedBytes(), log.tail());
        // Were it repeated, the word would be 1 again.
        log.medium.metadata().putLong(AT, 7);
        log.medium.settle();
        log.reopen();
        assertEquals(7, log.word(AT));
    }

    @Test
    void aRecordBehindAGapIsNeverTakenForANewOne() {
        // Two records; the first is lost, the second arrived (J4).
        log.put(AT, 1);
        long secondAt = Log.RING_AT + log.journal.loggedBytes() % Log.RING_BYTES;
        long firstAt = secondAt - JournalRecord.byteCount(log.medium.metadata().segment(), secondAt - 64);
        log.put(AT + 8, 2);
        View view = log.medium.metadata();
        view.putZeros(firstAt, 64);
        view.putLong(AT, 0);
        view.putLong(AT + 8, 0);
        log.medium.settle();
        log.reopen();
        assertEquals(0, log.word(AT));
        assertEquals(0, log.word(AT + 8));
        // A new record of the same length fills the gap: the old second must not follow it.
        log.put(AT, 3);
        log.loseEverythingUndurable();
        log.reopen();
        assertEquals(3, log.word(AT));
        assertEquals(0, log.word(AT + 8));
    }

    @Test
    void aTornRecordOfAnyLengthEndsTheLog() {
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        for (int wordCount : new int[] {1, 2, 3, 5, 9, 40, 200}) {
            log.journal.close();
            log.medium.settle();
            try (PowerCuts<Journal> cuts = PowerCuts.<Journal>of(log.medium).seed(random.nextLong())
                    .exhaustiveTo(1 << 10).samples(300).check(image -> Journal.recover(image, Log.GEOMETRY),
                            (journal, image, point) -> assertAllOrNothing(image, wordCount))) {
                Transaction tx = log.journal.begin();
                for (int i = 0; i < wordCount; i++) {
                    tx.putLong(AT + i * 16L, wordCount);
                }
                tx.commit();
            }
        }
    }

    private static void assertAllOrNothing(SimMedium image, int wordCount) {
        long first = Log.word(image, AT);
        for (int i = 1; i < wordCount; i++) {
            long found = Log.word(image, AT + i * 16L);
            assertEquals(first == wordCount, found == wordCount, "word " + i + " of " + wordCount);
        }
    }

    @Test
    void aBlockFreedSinceIsNotTouched() {
        // A word of a block is logged, the block is freed and filled with something else that is durable: repeating the
        // old record must not reach into it.
        long block = Geometry.blockOf(AT) + 3;
        long blockAt = Geometry.at(block);
        log.put(blockAt + 64, 1);
        Transaction tx = log.journal.begin();
        tx.clearBits(Log.BITMAP_AT, Geometry.bitOf(block), 1);
        tx.commit();
        log.medium.data().stream(blockAt, Log.words(7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7), 0, 128);
        log.medium.drain();
        log.loseEverythingUndurable();
        log.reopen();
        assertEquals(7, log.word(blockAt + 64));
    }

    @Test
    void aBlockFreedAndUsedAgainGetsWhatWasLoggedSince() {
        long block = Geometry.blockOf(AT) + 3;
        long blockAt = Geometry.at(block);
        log.put(blockAt, 1);
        log.put(blockAt + 8, 2);
        Transaction tx = log.journal.begin();
        tx.clearBits(Log.BITMAP_AT, Geometry.bitOf(block) - 1, 3);
        tx.commit();
        tx = log.journal.begin();
        tx.setBits(Log.BITMAP_AT, Geometry.bitOf(block), 1);
        tx.storeNew(blockAt, Log.words(5, 5, 5, 5), 0, 32);
        tx.commit();
        log.put(blockAt + 8, 6);
        log.loseEverythingUndurable();
        log.reopen();
        assertEquals(5, log.word(blockAt));
        assertEquals(6, log.word(blockAt + 8));
    }

    @Test
    void aRecordWithoutItsBlockIsNoRecord() {
        Transaction tx = log.journal.begin();
        tx.storeNew(AT + 4096, Log.words(1, 2, 3), 0, 24);
        tx.putLong(AT, 1);
        tx.commit();
        log.loseEverythingUndurable();
        log.medium.metadata().putLong(AT + 4096 + 8, 9);
        log.reopen();
        assertEquals(0, log.word(AT));
    }

    @Test
    void everythingBehindARecordWithoutItsBlockIsDropped() {
        Transaction tx = log.journal.begin();
        tx.storeNew(AT + 4096, Log.words(1), 0, 8);
        tx.putLong(AT, 1);
        tx.commit();
        long end = log.journal.loggedBytes();
        log.loseEverythingUndurable();
        // A record by somebody who did not yet know that the one before was durable.
        seal(end, 0, put(AT + 8, 2));
        log.medium.metadata().putLong(AT + 4096, 9);
        log.reopen();
        assertEquals(0, log.word(AT));
        assertEquals(0, log.word(AT + 8));
    }

    @Test
    void whatALaterRecordKnowsDurableIsNotLookedAt() {
        Transaction tx = log.journal.begin();
        tx.storeNew(AT + 4096, Log.words(1, 2, 3), 0, 24);
        tx.putLong(AT, 1);
        tx.commit();
        log.put(AT + 8, 2);
        log.loseEverythingUndurable();
        log.medium.metadata().putLong(AT + 4096 + 8, 9);
        log.reopen();
        assertEquals(1, log.word(AT));
        assertEquals(2, log.word(AT + 8));
        assertEquals(9, log.word(AT + 4096 + 8));
    }

    @Test
    void attestingIsEnoughToOverwrite() {
        Transaction tx = log.journal.begin();
        tx.storeNew(AT + 4096, Log.words(1, 2, 3), 0, 24);
        tx.putLong(AT, 1);
        tx.commit();
        long before = log.drains();
        log.journal.attestDurable();
        assertEquals(1, log.drains() - before);
        log.loseEverythingUndurable();
        log.medium.metadata().putLong(AT + 4096 + 8, 9);
        log.reopen();
        assertEquals(1, log.word(AT));
    }

    @Test
    void whatALostAppendLeftBehindTheEndIsZeroed() {
        fileEndingIn(AT + 8192, 104);
        appendThatIsLost(AT + 8192);
        log.reopen();
        assertEquals(7, log.word(AT + 8192 + 96));
        assertEquals(0, log.word(AT + 8192 + 104));
        assertEquals(0, log.word(AT + 8192 + 4088));
        assertEquals(7, log.word(AT + 12288), "the next block is none of it");
    }

    @Test
    void theEndOfAFileThatALaterRecordKnowsIsLeftAlone() {
        fileEndingIn(AT + 8192, 104);
        log.journal.attestDurable();
        appendThatIsLost(AT + 8192);
        log.reopen();
        assertEquals(7, log.word(AT + 8192 + 104));
    }

    @Test
    void theEndOfAFileThatHasMovedOnIsLeftAlone() {
        // The file ends where a block begins, or in its next block: the one that was its last is full.
        for (long sizeBytes : new long[] {4096, 4096 + 104}) {
            fileEndingIn(AT + 8192, sizeBytes);
            appendThatIsLost(AT + 8192);
            log.reopen();
            for (long at = AT + 8192; at < AT + 8192 + 4096; at += 8) {
                assertEquals(7, log.word(at), "size " + sizeBytes);
            }
        }
    }

    @Test
    void aLogWithSomethingToRepeatIsNotOpenedReadOnly() {
        log.put(AT, 1);
        log.loseEverythingUndurable();
        VolumeException refused = assertThrows(VolumeException.class,
                () -> Journal.openReadOnly(log.medium, Log.GEOMETRY));
        assertEquals(Errno.EROFS, refused.errno());
        assertEquals(0, log.word(AT), "nothing was stored");
        log.reopen();
        log.journal.close();
        log.journal.attestDurable();
        log.medium.settle();
        long before = log.medium.counters().ofThisThread().flushedLines();
        Journal journal = Journal.openReadOnly(log.medium, Log.GEOMETRY);
        assertEquals(0, journal.loggedBytes(), "a record without entries is nothing to repeat");
        assertEquals(before, log.medium.counters().ofThisThread().flushedLines());
        assertEquals(1, log.word(AT));
    }

    @Test
    void anImageThatWasMemoryBeforeIsRepeatedOnce() {
        // A volume that was copied to an image file in the middle of something. Nothing is logged there (J5).
        log.put(AT, 1);
        log.loseEverythingUndurable();
        try (PageMedium image = new PageMedium(log.medium.sizeBytes())) {
            image.metadata().put(0, log.medium.metadata().segment(), 0, log.medium.sizeBytes());
            Journal journal = Journal.recover(image, Log.GEOMETRY);
            MemorySegment segment = image.metadata().segment();
            assertEquals(1, (long) Layouts.WORD.get(segment, AT));
            long logged = journal.loggedBytes();
            journal.attestDurable();
            assertTrue(journal.isAttested(Long.MAX_VALUE), "there is nothing that recovery would look at");
            Transaction tx = journal.begin();
            tx.putLong(AT, 2);
            tx.verify(AT, 8, 1234);
            tx.tail(AT, 0, 0);
            tx.commit();
            journal.close();
            assertEquals(logged, journal.loggedBytes());
            assertEquals(2, (long) Layouts.WORD.get(segment, AT));
            Journal.recover(image, Log.GEOMETRY);
            assertEquals(2, (long) Layouts.WORD.get(segment, AT));
        }
    }

    private void fileEndingIn(long blockAt, long sizeBytes) {
        long inode = AT / Inode.BYTES;
        Transaction tx = log.journal.begin();
        long staged = tx.stageInode(inode);
        Inode.mode(tx.segment(), staged, 0100644);
        Inode.self(tx.segment(), staged, inode);
        Inode.size(tx.segment(), staged, sizeBytes);
        tx.tail(blockAt, inode, 0);
        tx.commit();
    }

    private void appendThatIsLost(long blockAt) {
        for (long at = blockAt; at < blockAt + 8192; at += 8) {
            log.medium.data().putLong(at, 7);
        }
        log.medium.settle();
    }

    // What follows: bytes that no Stele wrote.

    @Test
    void headersThatLie() {
        for (long tail : new long[] {1, 63, -64, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 63, 1L << 62}) {
            log.medium.metadata().putLong(HEADER_AT + JournalHeader.TAIL_OFFSET, tail);
            assertThrows(CorruptionException.class, log::reopen, "tail " + tail);
        }
        log.medium.metadata().putLong(HEADER_AT, 0);
        assertThrows(CorruptionException.class, log::reopen);
    }

    @Test
    void aTailAnywhereElseFindsAnEmptyLog() {
        log.put(AT, 1);
        log.loseEverythingUndurable();
        log.medium.metadata().putLong(HEADER_AT + JournalHeader.TAIL_OFFSET, 1L << 50);
        log.reopen();
        assertEquals(0, log.word(AT));
    }

    @Test
    void entriesThatLieUnderARightChecksum() {
        long size = log.medium.sizeBytes();
        long ring = Log.RING_AT;
        long[][] lies = {
            {JournalRecord.PUT, 8, size}, {JournalRecord.PUT, 8, -8}, {JournalRecord.PUT, 8, Long.MAX_VALUE - 7},
            {JournalRecord.PUT, 8, AT + 4}, {JournalRecord.PUT, 0, AT}, {JournalRecord.PUT, 12, AT},
            {JournalRecord.PUT, 1 << 20, AT}, {JournalRecord.PUT, -8, AT}, {JournalRecord.PUT, 16, size - 8},
            // J10: over what the next recovery is found by.
            {JournalRecord.PUT, 8, 0}, {JournalRecord.PUT, 8, 2 * Geometry.BLOCK_BYTES - 8},
            {JournalRecord.CLEAR_BITS, 8, Geometry.BLOCK_BYTES, 0, 1},
            // Over the journal itself: the rest of the recovery would read what it just wrote.
            {JournalRecord.PUT, 8, HEADER_AT}, {JournalRecord.PUT, 8, ring + 64}, {JournalRecord.PUT, 64, ring + 8192},
            {JournalRecord.PUT, 16, HEADER_AT - 8}, {JournalRecord.PUT, 8, AT - 8},
            {JournalRecord.SET_BITS, 8, size - 8, 0, 1}, {JournalRecord.SET_BITS, 8, Log.BITMAP_AT, 32768, 1},
            {JournalRecord.SET_BITS, 8, Log.BITMAP_AT, 0, 0}, {JournalRecord.SET_BITS, 8, Log.BITMAP_AT, 1, 32768},
            {JournalRecord.CLEAR_BITS, 8, Log.BITMAP_AT, -1, 1}, {JournalRecord.CLEAR_BITS, 8, Log.BITMAP_AT, 1, -1},
            {JournalRecord.CLEAR_BITS, 16, Log.BITMAP_AT, 1, 1}, {JournalRecord.SET_BITS, 8, ring, 0, 8},
            {JournalRecord.CLEAR_BITS, 8, HEADER_AT - 8, 0, 1},
            {JournalRecord.VERIFY, 8, size - 4, 0, 8}, {JournalRecord.VERIFY, 8, -1, 0, 8},
            {JournalRecord.VERIFY, 8, 0, 0, -1},
            {JournalRecord.TAIL, 16, AT + 8, 0, 0}, {JournalRecord.TAIL, 16, ring, 0, 0},
            {JournalRecord.TAIL, 8, AT, 0, 0}, {JournalRecord.TAIL, 16, AT, -1, -1},
            {JournalRecord.TAIL, 16, AT, 0x1000, 0x1000},
            {0, 8, AT}, {6, 8, AT}, {-1, 8, AT}};
        for (long[] lie : lies) {
            entry(32, lie);
            long payload = Math.clamp(lie[1], 8, 64);
            seal(log.journal.loggedBytes(), 0, 16 + (payload + 7 & -8));
            assertThrows(CorruptionException.class, log::reopen, java.util.Arrays.toString(lie));
        }
        // An entry that ends behind its record.
        entry(32, JournalRecord.PUT, 16, AT);
        seal(log.journal.loggedBytes(), 0, 24);
        assertThrows(CorruptionException.class, log::reopen);
        // A header of an entry that ends behind its record.
        entry(32, JournalRecord.PUT, 8, AT);
        seal(log.journal.loggedBytes(), 0, 32);
        assertThrows(CorruptionException.class, log::reopen);
        assertEquals(0, log.word(AT));
    }

    @Test
    void recordsThatLieAboutTheirLength() {
        for (int byteCount : new int[] {0, 32, 63, 65, -64, Integer.MIN_VALUE, 1 << 30, (int) Log.RING_BYTES + 64}) {
            put(AT, 1);
            JournalRecord.seal(work, work.asByteBuffer(), 0, byteCount, log.journal.loggedBytes(), 0, 24);
            log.medium.metadata().put(Log.RING_AT + log.journal.loggedBytes() % Log.RING_BYTES, work, 0, 64);
            log.reopen();
            assertEquals(0, log.word(AT), "length " + byteCount);
        }
    }

    /// P7: sums of bytes are looked at before a record is believed, so a log can name many of them: it ends somewhere.
    @Test
    void sumsThatWouldTakeForEverAreNotComputed() {
        Geometry geometry = new Geometry(4096, 64);
        int megabyte = 1 << 20;
        int entryCount = 4097;
        try (MemoryMedium memory = MemoryMedium.create(geometry.sizeBytes())) {
            Journal.format(memory, geometry);
            long rightSum = Crc32c.of(memory.metadata().segment(), 8L * megabyte, megabyte);
            for (int i = 0; i < entryCount; i++) {
                entry(32 + 24L * i, JournalRecord.VERIFY, 8, 8L * megabyte, rightSum, megabyte);
            }
            int entryBytes = 24 * entryCount;
            int byteCount = 32 + entryBytes + 63 & -64;
            JournalRecord.seal(work, work.asByteBuffer(), 0, byteCount, 0, 0, entryBytes);
            memory.metadata().put(Log.RING_AT, work, 0, byteCount);
            CorruptionException refused = assertThrows(CorruptionException.class,
                    () -> Journal.recover(memory, geometry));
            assertTrue(refused.getMessage().contains("4 GiB"), refused.getMessage());
        }
    }

    @Test
    void aRingFullOfPaddingEnds() {
        long position = log.journal.loggedBytes();
        for (long each = position; each < position + Log.RING_BYTES; each += 64) {
            seal(each, 0, 0);
        }
        log.reopen();
        assertEquals(0, log.word(AT));
    }

    @Test
    void randomBytesAreNoRecords() {
        long seed = 20_261_121;
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            scribble(random);
            try {
                log.reopen();
            } catch (CorruptionException expected) {
                refused++;
                log.medium.metadata().putLong(HEADER_AT, JournalHeader.MAGIC);
                log.medium.metadata().putLong(HEADER_AT + JournalHeader.TAIL_OFFSET, 64L * random.nextInt(1 << 20));
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed + " round " + round, other);
            }
        }
        assertTrue(refused > 100 && refused < 2900, refused + " refused, seed " + seed);
    }

    /// Damages a log that has records: a few bytes anywhere, or a record with random entries under a right checksum.
    private void scribble(SplittableRandom random) {
        View view = log.medium.metadata();
        switch (random.nextInt(4)) {
            case 0 -> view.putLong(HEADER_AT + 8L * random.nextInt(16), random.nextLong());
            case 1 -> {
                log.put(AT, 1);
                view.putLong(Log.RING_AT + 8L * random.nextInt((int) Log.RING_BYTES / 8), random.nextLong());
            }
            case 2 -> {
                for (int i = 0; i < 64; i += 8) {
                    Layouts.WORD.set(work, 32 + (long) i,
                            random.nextBoolean() ? random.nextLong() : random.nextLong(64));
                }
                seal(log.journal.loggedBytes(), random.nextLong(), random.nextInt(13) * 8L);
            }
            default -> {
                entry(32, random.nextInt(7), random.nextInt(5) * 8L, random.nextLong(-64, log.medium.sizeBytes() + 64)
                        & -8, random.nextInt(), random.nextInt());
                seal(log.journal.loggedBytes(), 0, 24);
            }
        }
    }

    /// Lays a PUT of one word into working memory; returns the bytes of entries.
    private long put(long at, long value) {
        entry(32, JournalRecord.PUT, 8, at);
        Layouts.WORD.set(work, 48L, value);
        return 24;
    }

    private void entry(long entryAt, long... kindPayloadTargetPair) {
        JournalRecord.entry(work, entryAt, (int) kindPayloadTargetPair[0], (int) kindPayloadTargetPair[1],
                kindPayloadTargetPair[2]);
        if (kindPayloadTargetPair.length > 3) {
            JournalRecord.pair(work, entryAt, (int) kindPayloadTargetPair[3], (int) kindPayloadTargetPair[4]);
        }
    }

    /// Writes working memory as a record with a right checksum to its place in the ring.
    private void seal(long position, long durable, long entryBytes) {
        int byteCount = (int) (32 + entryBytes + 63 & -64);
        JournalRecord.seal(work, work.asByteBuffer(), 0, byteCount, position, durable, (int) entryBytes);
        long at = Log.RING_AT + position % Log.RING_BYTES;
        log.medium.metadata().put(at, work, 0, Math.min(byteCount, Log.RING_AT + Log.RING_BYTES - at));
        assertEquals(JournalRecord.crc(work, 0), Crc32c.ofSummed(work, 0, 32 + entryBytes, 4));
    }
}
