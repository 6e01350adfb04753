package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.format.Geometry;
import dev.stele.medium.sim.FlushWaste;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a commit flushes, counted in lines: what it must and nothing twice (J9).
class FlushedOnceTest {
    private static final long A = Log.FREE_AT;
    private static final int BLOCK_BIT = (int) Geometry.blockOf(A);

    private final Log log = new Log();

    @AfterEach
    void close() {
        log.close();
    }

    /// Lines that a commit flushes in their places; the record is streamed.
    private long flushed(Transaction tx) {
        long before = log.medium.counters().ofThisThread().flushedLines();
        tx.commit();
        return log.medium.counters().ofThisThread().flushedLines() - before;
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
    void moreLinesThanAreKeptAtOnce() {
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

    /// A thread's own words need no second flush to leave the log: its next drain covers them.
    @Test
    void aThreadAloneFlushesNothingTwiceAllAroundTheRing() {
        for (long value = 1; value * 320 < 4 * Log.RING_BYTES; value++) {
            Transaction tx = log.journal.begin();
            for (int i = 0; i < 5; i++) {
                tx.putLong(A + i * 4096L, value);
            }
            assertEquals(true, flushed(tx) >= 5);
        }
        assertEquals(0, wasted());
    }
}
