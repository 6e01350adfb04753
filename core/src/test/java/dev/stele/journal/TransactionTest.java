package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Crc32c;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.TreeNode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransactionTest {
    private static final long AT = Log.FREE_AT;

    private final Log log = new Log();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void commitStoresAndIsDurable() {
        long before = log.drains();
        Transaction tx = log.journal.begin();
        tx.putLong(AT, 1);
        tx.putLong(AT + 64, 2);
        tx.commit();
        assertEquals(1, log.drains() - before);
        assertEquals(1, log.word(AT));
        assertEquals(2, log.word(AT + 64));
        log.loseEverythingUndurable();
        assertEquals(0, log.word(AT), "words are not drained by their own commit");
        log.reopen();
        assertEquals(1, log.word(AT));
        assertEquals(2, log.word(AT + 64));
    }

    @Test
    void nothingChangesBeforeCommit() {
        Transaction tx = log.journal.begin();
        tx.putLong(AT, 1);
        tx.setBits(Log.BITMAP_AT, 100, 50);
        assertEquals(0, log.word(AT));
        assertEquals(0, log.word(Log.BITMAP_AT + 8));
        tx.abort();
        assertEquals(0, log.medium.undurableLineCount());
        log.reopen();
        assertEquals(0, log.word(AT));
    }

    @Test
    void readsWhatItStaged() {
        log.put(AT + 8, 5);
        Transaction tx = log.journal.begin();
        assertEquals(5, tx.load(AT + 8));
        tx.putLong(AT + 8, 6);
        assertEquals(6, tx.load(AT + 8));
        assertEquals(5, log.word(AT + 8));
        tx.abort();
        assertEquals(5, log.journal.begin().load(AT + 8));
    }

    @Test
    void aRangeStagedTwiceIsOne() {
        Transaction tx = log.journal.begin();
        long copy = tx.stage(AT, 64);
        assertEquals(copy, tx.stage(AT, 64));
        assertEquals(copy + 16, tx.stage(AT + 16, 8));
        tx.putLong(AT + 16, 3);
        Layouts.WORD.set(tx.segment(), copy + 24, 4L);
        tx.commit();
        assertEquals(3, log.word(AT + 16));
        assertEquals(4, log.word(AT + 24));
    }

    @Test
    void anInodeIsSealedAtCommit() {
        long inode = Inode.number(Geometry.blockOf(AT), 3);
        Transaction tx = log.journal.begin();
        long staged = tx.stageInode(inode);
        Inode.mode(tx.segment(), staged, 0100644);
        Inode.self(tx.segment(), staged, inode);
        assertEquals(staged, tx.stageInode(inode));
        tx.commit();
        Inode.verify(log.medium.metadata().segment(), Inode.at(inode), inode);
    }

    @Test
    void aSummedBlockKeepsItsSum() {
        MemorySegment node = Arena.ofAuto().allocate(4096, 8);
        long block = Geometry.blockOf(AT);
        TreeNode.initialise(node, 0, block, 77, 0);
        TreeNode.count(node, 0, 2);
        TreeNode.seal(node, 0);
        log.medium.metadata().put(AT, node, 0, 4096);
        Transaction tx = log.journal.begin();
        for (int i = 0; i < 2; i++) {
            long offset = TreeNode.entryAt(0, i);
            tx.putSummed(AT, 4096, (int) offset, 100 + i);
            tx.putSummed(AT, 4096, (int) offset + 8, 200 + i);
            tx.putSummed(AT, 4096, (int) offset + 8, 300 + i);
        }
        tx.commit();
        MemorySegment medium = log.medium.metadata().segment();
        TreeNode.verify(medium, AT, 77, 0);
        assertEquals(301, TreeNode.value(medium, AT, 1));
    }

    @Test
    void bitsOfEveryRange() {
        for (int first : new int[] {0, 1, 63, 64, 100, 32767}) {
            for (int count : new int[] {1, 2, 63, 64, 65, 1000, 32768}) {
                if (first + count <= 32768) {
                    bits(first, count);
                }
            }
        }
    }

    private void bits(int first, int count) {
        Transaction tx = log.journal.begin();
        tx.setBits(Log.BITMAP_AT, first, count);
        tx.commit();
        assertEquals(count, population(), "set " + first + " + " + count);
        assertTrue(isSet(first) && isSet(first + count - 1));
        tx = log.journal.begin();
        tx.clearBits(Log.BITMAP_AT, first, count);
        tx.commit();
        assertEquals(0, population(), "clear " + first + " + " + count);
    }

    private long population() {
        long count = 0;
        for (long at = Log.BITMAP_AT; at < Log.BITMAP_AT + 4096; at += 8) {
            count += Long.bitCount(log.word(at));
        }
        return count;
    }

    private boolean isSet(int bit) {
        return (log.word(Log.BITMAP_AT + (bit >>> 6) * 8L) >>> bit & 1) != 0;
    }

    @Test
    void tellsHowItEnded() {
        List<String> told = new ArrayList<>();
        Outcome outcome = outcome(told);
        Transaction tx = log.journal.begin();
        tx.attach(outcome);
        tx.attach(outcome);
        assertFalse(tx.isEmpty());
        tx.putLong(AT, 1);
        tx.commit();
        tx.abort();
        assertEquals(List.of("committed"), told);
        tx = log.journal.begin();
        tx.attach(outcome);
        tx.abort();
        tx.abort();
        log.journal.begin().commit();
        assertEquals(List.of("committed", "aborted"), told);
    }

    private static Outcome outcome(List<String> told) {
        return new Outcome() {
            @Override
            public void committed() {
                told.add("committed");
            }

            @Override
            public void aborted() {
                told.add("aborted");
            }
        };
    }

    @Test
    void tooMuchIsRefusedAndChangesNothing() {
        Transaction tx = log.journal.begin();
        long at = AT;
        while (tx.remaining() >= 24) {
            tx.putLong(at, 1);
            at += 8;
        }
        long over = at;
        assertEquals(Errno.EFBIG, assertThrows(VolumeException.class, () -> tx.putLong(over, 1)).errno());
        tx.abort();
        assertEquals(0, log.word(AT));
    }

    @Test
    void theLargestRecordFits() {
        Transaction tx = log.journal.begin();
        long at = AT;
        while (tx.remaining() >= 24) {
            tx.putLong(at, at);
            at += 8;
        }
        tx.commit();
        log.loseEverythingUndurable();
        log.reopen();
        for (long each = AT; each < at; each += 8) {
            assertEquals(each, log.word(each));
        }
    }

    @Test
    void newStructuresComeWithTheirRecord() {
        MemorySegment block = Arena.ofAuto().allocate(4096, 64).fill((byte) 9);
        Transaction tx = log.journal.begin();
        tx.storeNew(AT + 4096, block, 0, 4096);
        tx.putLong(AT, 1);
        long before = log.drains();
        tx.commit();
        assertEquals(1, log.drains() - before);
        log.loseEverythingUndurable();
        assertEquals(0x0909090909090909L, log.word(AT + 4096));
        log.reopen();
        assertEquals(1, log.word(AT));
    }

    @Test
    void emptyIsWhatNeitherChangesNorOwesAnything() {
        Transaction tx = log.journal.begin();
        assertTrue(tx.isEmpty());
        tx.putLong(AT, 1);
        assertFalse(tx.isEmpty());
        tx.commit();
        assertTrue(log.journal.begin().isEmpty());
    }

    @Test
    void moreInodesThanUsualAreAllSealed() {
        long first = Inode.number(Geometry.blockOf(AT), 0);
        Transaction tx = log.journal.begin();
        for (int i = 0; i < 20; i++) {
            long staged = tx.stageInode(first + i);
            Inode.mode(tx.segment(), staged, 0100644);
            Inode.self(tx.segment(), staged, first + i);
        }
        tx.commit();
        for (int i = 0; i < 20; i++) {
            Inode.verify(log.medium.metadata().segment(), Inode.at(first + i), first + i);
        }
    }

    @Test
    void positionsSayWhatIsDurableAndWhatIsAttested() {
        Transaction tx = log.journal.begin();
        tx.putLong(AT, 1);
        tx.commit();
        long position = tx.position();
        assertTrue(position < log.journal.durablePosition());
        assertEquals(log.journal.loggedBytes(), log.journal.durablePosition());
        assertFalse(log.journal.isAttested(position), "no durable record says so yet (J3)");
        log.journal.attestDurable();
        assertTrue(log.journal.isAttested(position));
    }

    @Test
    void bytesOfItsOwnThreadAreCheckedWithTheRecord() {
        for (boolean arrives : new boolean[] {true, false}) {
            long at = AT + (arrives ? 4096 : 8192);
            MemorySegment bytes = Log.words(5, 6, 7);
            log.medium.data().stream(at, bytes, 0, 24);
            Transaction tx = log.journal.begin();
            tx.verify(at, 24, Crc32c.of(bytes, 0, 24));
            tx.putLong(AT, arrives ? 1 : 2);
            tx.commit();
            log.loseEverythingUndurable();
            if (!arrives) {
                log.medium.metadata().putLong(at + 8, 0);
            }
            log.reopen();
            assertEquals(1, log.word(AT), "a record without its bytes is none (J3)");
        }
    }

    // Our own invariants: whoever breaks them is told where it happens, and nothing is logged.

    @Test
    void aThreadHasOneTransactionAtATime() {
        log.journal.begin();
        assertThrows(AssertionError.class, () -> log.journal.begin());
    }

    @Test
    void whatHasEndedTakesNothing() {
        Transaction tx = log.journal.begin();
        tx.abort();
        long logged = log.journal.loggedBytes();
        assertThrows(AssertionError.class, () -> tx.putLong(AT, 1));
        assertThrows(AssertionError.class, tx::commit);
        assertEquals(logged, log.journal.loggedBytes());
    }

    @Test
    void onlyWholeWordsOfOneBlockAreStaged() {
        long[][] others = {{AT + 4, 8}, {AT, 12}, {AT, 0}, {AT, -8}, {AT + 4088, 16}};
        for (long[] other : others) {
            Transaction tx = log.journal.begin();
            assertThrows(AssertionError.class, () -> tx.stage(other[0], (int) other[1]), other[0] + "+" + other[1]);
            tx.abort();
        }
    }

    /// P7: two structures share a part of their bytes only where a damaged bitmap gave one the place of another.
    @Test
    void halfOfAStagedRangeIsDamage() {
        Transaction tx = log.journal.begin();
        tx.stage(AT + 64, 64);
        assertThrows(CorruptionException.class, () -> tx.stage(AT + 32, 64), "its beginning");
        assertThrows(CorruptionException.class, () -> tx.stage(AT + 96, 64), "its end");
        assertEquals(tx.stage(AT + 64, 64) + 32, tx.stage(AT + 96, 32));
        tx.abort();
    }

    @Test
    void whatIsStoredNewOnceMoreIsAsLongAsBefore() {
        MemorySegment block = Arena.ofAuto().allocate(4096, 64);
        Transaction tx = log.journal.begin();
        tx.storeNew(AT, block, 0, 4096);
        assertThrows(AssertionError.class, () -> tx.storeNew(AT, block, 0, 64));
        tx.abort();
        for (long staged : new long[] {AT + 4096, AT + 4096 + 56}) {
            Transaction apart = log.journal.begin();
            apart.storeNew(AT + 4096 + 8, block, 0, 56);
            apart.stage(staged, 16);
            assertThrows(AssertionError.class, () -> apart.storeNew(AT + 4096 + 8, block, 0, 56));
            apart.abort();
        }
    }
}
