package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.format.JournalHeader;
import dev.stele.medium.Medium;
import dev.stele.medium.PersistenceCounters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The tail of the log, step by step (J2, J6).
class RetirementTest {
    private static final int RECORD_BYTES = 15_360;

    private static final AppliedRanges NOTHING = new AppliedRanges();

    private final Log log = new Log();
    private final Retirement retirement = new Retirement(log.medium, new Ring(Log.GEOMETRY), RECORD_BYTES, 0);

    @AfterEach
    void close() {
        log.close();
    }

    private void apply(long start) {
        retirement.applied(start, start + RECORD_BYTES, NOTHING);
    }

    /// What a commit does that reserves room for one record at the head of the log.
    private static void commit(Retirement retirement, long head) {
        retirement.begin(head, RECORD_BYTES);
        retirement.drain();
    }

    @Test
    void spaceIsUsedAgainOneDrainAfterTheTailWasStored() {
        apply(0);
        commit(retirement, RECORD_BYTES);
        assertEquals(RECORD_BYTES, log.tail());
        assertEquals(0, retirement.reusable(), "the tail may be lost still");
        commit(retirement, 2 * RECORD_BYTES);
        assertEquals(RECORD_BYTES, retirement.reusable());
        assertEquals(RECORD_BYTES, log.durableWord(Log.RING_AT - 4096 + tailOffset()));
    }

    @Test
    void aTailThatWasStoredAlreadyIsMadeDurableWithOneDrain() {
        apply(0);
        commit(retirement, RECORD_BYTES);
        long before = log.drains();
        retirement.makeRoom();
        assertEquals(1, log.drains() - before);
        assertEquals(RECORD_BYTES, retirement.reusable());
        assertEquals(RECORD_BYTES, log.durableWord(Log.RING_AT - 4096 + tailOffset()));
        retirement.makeRoom();
        assertEquals(1, log.drains() - before, "nothing is left to wait for");
    }

    @Test
    void aMarkOfTheLapBeforeIsNotTakenForOneOfThis() {
        for (int i = 0; i < 4; i++) {
            apply((long) i * RECORD_BYTES);
        }
        retirement.makeRoom();
        assertEquals(Log.RING_BYTES, retirement.reusable());
        long before = log.drains();
        retirement.makeRoom();
        assertEquals(0, log.drains() - before, "nothing of this lap is applied");
        apply(Log.RING_BYTES);
        retirement.makeRoom();
        assertEquals(Log.RING_BYTES + RECORD_BYTES, log.tail());
    }

    /// J2: what records left in the cache is durable before the tail passes them, whoever stored it; once for all that
    /// leave together.
    @Test
    void wordsAreFlushedOnceForAllRecordsThatLeaveTogether() {
        AppliedRanges ranges = new AppliedRanges();
        for (int i = 0; i < 3; i++) {
            log.medium.metadata().putLong(Log.FREE_AT, i + 1);
            log.medium.metadata().putLong(Log.FREE_AT + 128 + i * 64L, i + 1);
            ranges.clear();
            ranges.add(Log.FREE_AT, 8);
            ranges.add(Log.FREE_AT + 128 + i * 64L, 8);
            retirement.applied((long) i * RECORD_BYTES, (i + 1L) * RECORD_BYTES, ranges);
        }
        long before = flushedLines();
        retirement.makeRoom();
        assertEquals(1 + 3 + 1, flushedLines() - before, "what they have in common, what they have not, and the tail");
        assertEquals(3, log.durableWord(Log.FREE_AT));
        assertEquals(3, log.durableWord(Log.FREE_AT + 256));
    }

    /// J2: a line that was flushed already for one record is stored to by another, which is applied just then and
    /// stands behind it. That one stays in the log, or its word is durable.
    @Test
    void aRecordThatIsAppliedWhileOthersLeaveDoesNotLeaveUnflushed() {
        AppliedRanges ranges = new AppliedRanges();
        ranges.add(Log.FREE_AT, 8);
        ranges.add(Log.FREE_AT + 128, 8);
        log.medium.metadata().putLong(Log.FREE_AT, 1);
        retirement.applied(0, RECORD_BYTES, ranges);
        AppliedRanges later = new AppliedRanges();
        later.add(Log.FREE_AT, 8);
        // Told in the middle of flushing the first record's lines: nothing was stored to this one.
        log.medium.watchFlushes((waste, lineAt) -> {
            if (lineAt == Log.FREE_AT + 128) {
                log.medium.metadata().putLong(Log.FREE_AT, 2);
                retirement.applied(RECORD_BYTES, 2 * RECORD_BYTES, later);
            }
        });
        retirement.makeRoom();
        assertEquals(2, Log.word(log.medium, Log.FREE_AT), "the later record was applied");
        assertTrue(log.tail() == RECORD_BYTES || log.durableWord(Log.FREE_AT) == 2, "it left, and its word is lost");
    }

    /// The record of a reservation that begins with padding stands at the beginning of the ring.
    @Test
    void wordsOfARecordBehindPaddingAreFlushed() {
        AppliedRanges ranges = new AppliedRanges();
        ranges.add(Log.FREE_AT, 8);
        for (int i = 0; i < 3; i++) {
            apply((long) i * RECORD_BYTES);
        }
        log.medium.metadata().putLong(Log.FREE_AT, 7);
        retirement.applied(3L * RECORD_BYTES, Log.RING_BYTES + 64, ranges);
        retirement.makeRoom();
        assertEquals(7, log.durableWord(Log.FREE_AT));
        assertEquals(Log.RING_BYTES + 64, log.tail());
    }

    @Test
    void aRecordThatIsOnlyExpectedStaysInTheLog() {
        apply(0);
        retirement.expect(RECORD_BYTES, 2 * RECORD_BYTES);
        retirement.makeRoom();
        assertEquals(RECORD_BYTES, log.tail());
        apply(RECORD_BYTES);
        retirement.makeRoom();
        assertEquals(2 * RECORD_BYTES, log.tail());
    }

    /// Records side by side end in any order: one that is about to be logged stands before one that is applied.
    @Test
    void expectingARecordForgetsNothingOfThoseBehindIt() {
        AppliedRanges ranges = new AppliedRanges();
        ranges.add(Log.FREE_AT, 8);
        log.medium.metadata().putLong(Log.FREE_AT, 7);
        retirement.applied(128, 192, ranges);
        retirement.expect(0, 64);
        retirement.expect(64, 128);
        retirement.applied(0, 64, NOTHING);
        retirement.applied(64, 128, NOTHING);
        retirement.makeRoom();
        assertEquals(192, log.tail());
        assertEquals(7, log.durableWord(Log.FREE_AT));
    }

    /// Between a reservation and its drain others wait for it: lines of old records are flushed before it.
    @Test
    void whatLeavesIsFlushedBeforeRoomIsReserved() {
        AppliedRanges ranges = new AppliedRanges();
        ranges.add(Log.FREE_AT, 8);
        log.medium.metadata().putLong(Log.FREE_AT, 1);
        retirement.applied(0, RECORD_BYTES, ranges);
        long tailBefore = log.tail();
        long before = flushedLines();
        retirement.begin(RECORD_BYTES, RECORD_BYTES);
        assertEquals(1, flushedLines() - before);
        assertEquals(tailBefore, log.tail(), "not drained yet");
        retirement.drain();
        assertEquals(1 + 1, flushedLines() - before, "and the tail");
        assertEquals(RECORD_BYTES, log.tail());
    }

    /// J2: a commit that began to retire finds the log full and makes room before it drains. The tail does not go back.
    @Test
    void roomThatIsMadeBetweenBeginningAndDrainIsKept() {
        apply(0);
        retirement.begin(3 * RECORD_BYTES, RECORD_BYTES);
        apply(RECORD_BYTES);
        retirement.makeRoom();
        assertEquals(2 * RECORD_BYTES, retirement.reusable());
        retirement.drain();
        assertEquals(2 * RECORD_BYTES, retirement.reusable());
        assertEquals(2 * RECORD_BYTES, log.tail());
        assertEquals(2 * RECORD_BYTES, log.durableWord(Log.RING_AT - 4096 + tailOffset()));
    }

    /// J6: a commit that failed leaves the way free for whoever retires next.
    @Test
    void aCommitThatGivesUpLeavesRetiringToOthers() throws Exception {
        apply(0);
        retirement.begin(RECORD_BYTES, RECORD_BYTES);
        retirement.giveUp();
        retirement.giveUp();
        Thread other = new Thread(() -> commit(retirement, RECORD_BYTES));
        other.start();
        other.join();
        assertEquals(RECORD_BYTES, log.tail());
    }

    /// J6: nobody waits for another who moves the tail.
    @Test
    void oneThreadAtATimeMovesTheTail() throws Exception {
        try (HeldMedium medium = new HeldMedium()) {
            Retirement shared = new Retirement(medium, new Ring(Log.GEOMETRY), RECORD_BYTES, 0);
            shared.applied(0, RECORD_BYTES, NOTHING);
            Thread other = new Thread(() -> commit(shared, RECORD_BYTES));
            medium.held = other;
            other.start();
            medium.draining.await();
            long before = medium.counters().ofThisThread().drains();
            commit(shared, 2 * RECORD_BYTES);
            assertEquals(1, medium.counters().ofThisThread().drains() - before);
            assertEquals(0, tail(medium), "not stored: the other is about to");
            medium.goOn.countDown();
            other.join();
            assertEquals(RECORD_BYTES, tail(medium));
        }
    }

    private static long tail(Medium medium) {
        return JournalHeader.tail(medium.metadata().segment(), Geometry.at(Geometry.JOURNAL));
    }

    private long flushedLines() {
        PersistenceCounters.Snapshot counted = log.medium.counters().ofThisThread();
        return counted.flushedLines();
    }

    private static long tailOffset() {
        return JournalHeader.TAIL_OFFSET;
    }
}
