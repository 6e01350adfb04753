package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.format.Geometry;
import dev.stele.format.JournalHeader;
import dev.stele.medium.Medium;
import dev.stele.medium.PersistenceCounters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The tail of the log, step by step (J2, J6).
class RetirementTest {
    private static final int RECORD_BYTES = 15_360;

    private final Log log = new Log();
    private final Retirement retirement = new Retirement(log.medium, new Ring(Log.GEOMETRY), RECORD_BYTES, 0);

    @AfterEach
    void close() {
        log.close();
    }

    private void applyAndDrain(long start) {
        retirement.applied(start, start + RECORD_BYTES);
        retirement.drained(start);
    }

    @Test
    void spaceIsUsedAgainOneDrainAfterTheTailWasStored() {
        applyAndDrain(0);
        retirement.drain(2 * RECORD_BYTES, RECORD_BYTES, -1);
        assertEquals(RECORD_BYTES, log.tail());
        assertEquals(0, retirement.reusable(), "the tail may be lost still");
        retirement.drain(3 * RECORD_BYTES, RECORD_BYTES, -1);
        assertEquals(RECORD_BYTES, retirement.reusable());
        assertEquals(RECORD_BYTES, log.durableWord(Log.RING_AT - 4096 + tailOffset()));
    }

    @Test
    void aTailThatWasStoredAlreadyIsMadeDurableWithOneDrain() {
        applyAndDrain(0);
        retirement.drain(2 * RECORD_BYTES, RECORD_BYTES, -1);
        long before = log.drains();
        retirement.makeRoom();
        assertEquals(1, log.drains() - before);
        assertEquals(RECORD_BYTES, retirement.reusable());
        assertEquals(RECORD_BYTES, log.durableWord(Log.RING_AT - 4096 + tailOffset()));
        retirement.makeRoom();
        assertEquals(1, log.drains() - before, "nothing is left to wait for");
    }

    @Test
    void aMarkOfTheNextLapIsNotTakenForOneOfThis() {
        // The thread that applied the first record drains a lap later: another record stands there, not known drained.
        retirement.applied(0, RECORD_BYTES);
        retirement.makeRoom();
        for (int i = 1; i < 4; i++) {
            applyAndDrain((long) i * RECORD_BYTES);
        }
        retirement.makeRoom();
        log.put(Log.FREE_AT, 7);
        retirement.applied(Log.RING_BYTES, Log.RING_BYTES + RECORD_BYTES);
        retirement.drained(0);
        long before = flushedLines();
        retirement.makeRoom();
        assertEquals(2, flushedLines() - before, "the word of the record that stands there, and the tail");
    }

    /// J6: nobody waits for another who moves the tail.
    @Test
    void oneThreadAtATimeMovesTheTail() throws Exception {
        try (HeldMedium medium = new HeldMedium()) {
            Retirement shared = new Retirement(medium, new Ring(Log.GEOMETRY), RECORD_BYTES, 0);
            shared.applied(0, RECORD_BYTES);
            shared.drained(0);
            Thread other = new Thread(() -> shared.drain(2 * RECORD_BYTES, RECORD_BYTES, -1));
            medium.held = other;
            other.start();
            medium.draining.await();
            long before = medium.counters().ofThisThread().drains();
            shared.drain(3 * RECORD_BYTES, RECORD_BYTES, -1);
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
