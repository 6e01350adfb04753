package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.format.Geometry;
import dev.stele.medium.sim.FlushWaste;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is flushed of records until they leave the log, counted in lines: what must be and nothing twice (J2, J9).
class FlushedOnceTest {
    private static final long A = Log.FREE_AT;
    private static final int BLOCK_BIT = (int) Geometry.blockOf(A);

    private final Log log = new Log();

    @AfterEach
    void close() {
        log.close();
    }

    /// Lines flushed of what was committed since the last time, so that it can leave the log: without that of the tail.
    private long flushed() {
        long before = lines();
        log.journal.close();
        return lines() - before - 1;
    }

    /// Lines that a transaction stores to in their places; the record is streamed.
    private long flushed(Transaction tx) {
        long before = lines();
        tx.commit();
        assertEquals(before, lines(), "a commit flushes nothing of its own");
        return flushed();
    }

    private long lines() {
        return log.medium.counters().ofThisThread().flushedLines();
    }

    private long wasted() {
        long sum = 0;
        for (FlushWaste each : FlushWaste.values()) {
            sum += log.medium.wastedFlushCount(each);
        }
        return sum;
    }

    @Test
    void eachLineOnceHoweverManyEntriesStoreToIt() {
        Transaction tx = log.journal.begin();
        tx.putLong(A + 8, 1);
        tx.putLong(A + 64, 2);
        tx.putLong(A, 3);
        tx.putLong(A + 4096, 4);
        tx.putLong(A + 120, 5);
        tx.setBits(Log.BITMAP_AT, 200, 3);
        tx.setBits(Log.BITMAP_AT, 210, 3);
        assertEquals(2 + 1 + 1, flushed(tx));
        assertEquals(0, wasted());
    }

    @Test
    void manyLinesOfOneRecord() {
        for (int times = 0; times < 2; times++) {
            Transaction tx = log.journal.begin();
            for (int line = 199; line >= 0; line--) {
                tx.putLong(A + line * 64L, times + 1);
            }
            assertEquals(200, flushed(tx));
        }
        assertEquals(0, wasted());
        log.journal.close();
        for (int line = 0; line < 200; line++) {
            assertEquals(2, log.durableWord(A + line * 64L));
        }
    }

    @Test
    void linesThatStandAlreadyAsTheyShouldAreLeftAlone() {
        Transaction tx = log.journal.begin();
        MemorySegment record = tx.segment();
        long staged = tx.stage(A, 512);
        record.asSlice(staged, 512).fill((byte) 7);
        assertEquals(8, flushed(tx));
        tx = log.journal.begin();
        staged = tx.stage(A, 512);
        tx.segment().asSlice(staged + 70, 8).fill((byte) 8);
        tx.segment().asSlice(staged + 320, 70).fill((byte) 9);
        assertEquals(1 + 2, flushed(tx));
        tx = log.journal.begin();
        tx.stage(A, 512);
        assertEquals(0, flushed(tx));
        assertEquals(0, wasted());
        log.journal.close();
        assertEquals(-1, log.medium.durableBytes().asSlice(A, 512).mismatch(
                log.medium.metadata().segment().asSlice(A, 512)));
        assertEquals(0x0707_0707_0707_0707L, log.durableWord(A));
    }

    /// A file's last store stands in the cache alone, and looks like the word that is put there.
    @Test
    void inABlockJustTakenEveryLineIsFlushed() {
        log.medium.metadata().putLong(A, 5);
        log.medium.settle();
        log.medium.metadata().putLong(A, 6);
        Transaction tx = log.journal.begin();
        tx.setBits(Log.BITMAP_AT, BLOCK_BIT, 1);
        tx.putLong(A, 6);
        tx.commit();
        log.journal.close();
        assertEquals(6, log.durableWord(A));
    }

    /// A process was killed behind the store of the word, before its flush.
    @Test
    void recoveryFlushesWhatStandsAlreadyAsItShould() {
        log.put(A, 6);
        log.loseEverythingUndurable();
        assertEquals(0, log.word(A));
        log.medium.metadata().putLong(A, 6);
        log.reopen();
        assertEquals(6, log.durableWord(A));
    }

    @Test
    void eachLineOnceForAllRecordsThatLeaveTogether() {
        for (int value = 1; value <= 20; value++) {
            Transaction tx = log.journal.begin();
            tx.putLong(A, value);
            tx.putLong(A + 4096 + value * 8L, value);
            tx.commit();
        }
        assertEquals(1 + 3, flushed());
        log.put(A, 21);
        assertEquals(1, flushed(), "it is dirty again");
        assertEquals(0, wasted());
        assertEquals(21, log.durableWord(A));
    }

    /// More lines than are remembered: some are flushed again, none is forgotten.
    @Test
    void moreLinesThanAreRememberedLeaveTogether() {
        Transaction tx = log.journal.begin();
        for (long block = 0; block < 40; block++) {
            tx.setBits(A + block * 4096, 0, 32768);
        }
        assertEquals(40 * 64, flushed(tx));
        for (long line = 0; line < 40 * 64; line++) {
            assertEquals(-1, log.durableWord(A + line * 64));
        }
    }

    /// While the log goes round, lines that many records share are flushed far less often than they are stored to.
    @Test
    void aThreadAloneFlushesNothingTwiceAllAroundTheRing() {
        long before = lines();
        long commits = 0;
        for (; commits * 320 < 4 * Log.RING_BYTES; commits++) {
            Transaction tx = log.journal.begin();
            for (int i = 0; i < 5; i++) {
                tx.putLong(A + i * 4096L, commits + 1);
            }
            tx.commit();
        }
        long each = (lines() - before) / commits;
        assertEquals(true, each <= 6, each + " lines for each commit");
        assertEquals(0, wasted());
    }
}
