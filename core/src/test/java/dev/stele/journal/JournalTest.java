package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final long AT = Log.FREE_AT;
    /// Bits of no meaning to the journal: clearing those of a block bitmap would say that blocks are freed.
    private static final long BITS_AT = Geometry.inodeBitmapAt(0);

    private final Log log = new Log();

    @AfterEach
    void close() {
        log.close();
    }

    /// A thread that lives long, and opens many volumes one after the other, must not hold on to them.
    @Test
    void aThreadForgetsTheJournalsItUsed() throws InterruptedException {
        WeakReference<Journal> used = used();
        for (int i = 0; i < 6_000 && used.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertNull(used.get());
    }

    private static WeakReference<Journal> used() {
        try (Log other = new Log()) {
            other.put(AT, 1);
            other.journal.begin().abort();
            return new WeakReference<>(other.journal);
        }
    }

    @Test
    void everyCommitDrainsOnceOnTheSmallestRing() {
        SplittableRandom random = new SplittableRandom(3);
        long logged = log.journal.loggedBytes();
        for (int i = 0; i < 8000; i++) {
            long before = log.drains();
            commitRandom(random, i, 600);
            assertEquals(1, log.drains() - before, "commit " + i);
        }
        assertTrue(log.journal.loggedBytes() - logged > 100 * Log.RING_BYTES, "went round the ring");
    }

    @Test
    void everyCommitOfTheLargestRecordDrainsOnce() {
        for (int i = 0; i < 300; i++) {
            long before = log.drains();
            Transaction tx = log.journal.begin();
            for (long at = AT; tx.remaining() >= 24; at += 8) {
                tx.putLong(at, i + 1);
            }
            tx.commit();
            assertEquals(1, log.drains() - before, "commit " + i);
        }
    }

    private void commitRandom(SplittableRandom random, long value, int most) {
        Transaction tx = log.journal.begin();
        int words = 1 + random.nextInt(most);
        for (int w = 0; w < words && tx.remaining() >= 24; w++) {
            tx.putLong(AT + w * 8L, value);
        }
        tx.commit();
    }

    @Test
    void whatWasCommittedIsThereAfterAnyReopening() {
        long seed = 77;
        SplittableRandom random = new SplittableRandom(seed);
        long[] expected = new long[1000];
        for (int round = 0; round < 60; round++) {
            for (int i = random.nextInt(120); i > 0; i--) {
                Transaction tx = log.journal.begin();
                for (int w = 1 + random.nextInt(random.nextInt(10) == 0 ? 500 : 8); w > 0; w--) {
                    int word = random.nextInt(expected.length);
                    if (tx.remaining() >= 24) {
                        expected[word] = random.nextLong();
                        tx.putLong(AT + word * 8L, expected[word]);
                    }
                }
                tx.commit();
            }
            if (random.nextBoolean()) {
                log.loseEverythingUndurable();
            } else if (random.nextBoolean()) {
                log.journal.close();
            }
            log.reopen();
            for (int word = 0; word < expected.length; word++) {
                assertEquals(expected[word], log.word(AT + word * 8L), "seed " + seed + " round " + round);
            }
        }
    }

    @Test
    void noCutFindsHalfATransactionWhereverTheRingIs() {
        // Small and large records, so that tails move, records are retired and the end of the ring is padded.
        PowerCuts.Coverage all = PowerCuts.Coverage.NONE;
        SplittableRandom random = new SplittableRandom(9);
        long[] value = {0};
        boolean[] returned = {true};
        MemorySegment block = Arena.ofAuto().allocate(256, 64);
        try (PowerCuts<Journal> cuts = PowerCuts.<Journal>of(log.medium).seed(4).exhaustiveTo(32).samples(6).nested(97)
                .check(image -> Journal.recover(image, Log.GEOMETRY), (journal, image, point) -> {
                    long found = Log.word(image, AT);
                    assertTrue(found == value[0] || !returned[0] && found == value[0] - 1, "found " + found);
                    for (int w = 1; w < 8; w++) {
                        assertEquals(found, Log.word(image, AT + w * 64L), "word " + w);
                    }
                    assertEquals((found & 1) != 0 ? -1L : 0, Log.word(image, Log.BITMAP_AT + 8), "bits");
                    assertEquals(found == 0 ? 0 : found, Log.word(image, AT + 8192 + (found & 1) * 256), "new block");
                })) {
            for (int i = 0; i < 60; i++) {
                returned[0] = false;
                value[0]++;
                Transaction tx = log.journal.begin();
                for (int w = 0; w < 8; w++) {
                    tx.putLong(AT + w * 64L, value[0]);
                }
                if ((value[0] & 1) != 0) {
                    tx.setBits(Log.BITMAP_AT, 64, 64);
                } else {
                    tx.clearBits(Log.BITMAP_AT, 64, 64);
                }
                Layouts.WORD.set(block, 0L, value[0]);
                tx.storeNew(AT + 8192 + (value[0] & 1) * 256, block, 0, 256);
                for (int w = random.nextInt(300); w > 0; w--) {
                    tx.putLong(AT + 16384 + w * 8L, value[0]);
                }
                tx.commit();
                returned[0] = true;
                cuts.at("commit returned");
            }
            all = all.plus(cuts.coverage());
        }
        System.out.println("journal: " + all);
        assertEquals(180, all.points());
    }

    @Test
    void aFullRingMakesRoom() throws Exception {
        // Another thread's records are drained by nobody but the one who needs the room.
        for (int round = 0; round < 20; round++) {
            int value = round;
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 10; i++) {
                    log.put(AT + i * 64L, value);
                }
            }).join();
            commitRandom(new SplittableRandom(round), value, 600);
        }
        log.loseEverythingUndurable();
        log.reopen();
        assertEquals(19, log.word(AT + 576));
    }

    /// J1, J2: nobody overtakes a record that is not durable, and nobody overwrites it.
    @Test
    void whoFindsTheLogFullWaitsForTheOneThatHoldsItUp() throws Exception {
        try (HeldMedium medium = new HeldMedium()) {
            Journal journal = Journal.recover(medium, Log.GEOMETRY);
            long logged = journal.loggedBytes();
            // So small that it has no hand in moving the tail.
            Thread first = new Thread(() -> {
                Transaction tx = journal.begin();
                tx.putLong(AT, 1);
                tx.commit();
            });
            medium.held = first;
            first.start();
            medium.draining.await();
            List<Thread> others = new ArrayList<>();
            for (int i = 1; i < 5; i++) {
                long at = AT + i * 8192L;
                others.add(Thread.ofPlatform().start(() -> putLargest(journal, at)));
            }
            for (Thread each : others) {
                while (each.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
            }
            assertEquals(logged + 64 + 3 * Log.RING_BYTES / 4, journal.loggedBytes(), "one of the four has no room");
            assertEquals(logged, journal.durablePosition());
            medium.goOn.countDown();
            first.join();
            for (Thread each : others) {
                each.join();
            }
            assertEquals(journal.loggedBytes(), journal.durablePosition());
            for (int i = 0; i < 5; i++) {
                assertEquals(1, (long) Layouts.WORD.get(medium.metadata().segment(), AT + i * 8192L));
            }
        }
    }

    private static void putLargest(Journal journal, long from) {
        Transaction tx = journal.begin();
        for (long at = from; tx.remaining() >= 24; at += 8) {
            tx.putLong(at, 1);
        }
        tx.commit();
    }

    @Test
    void aRecordLeavesTheLogWithItsWordsDurableWhoeverStoredThem() throws Exception {
        // The other thread flushed its words and ended without another drain: whoever retires its record must flush
        // them.
        Thread.ofPlatform().start(() -> {
            Transaction tx = log.journal.begin();
            tx.putLong(AT, 42);
            tx.setBits(BITS_AT, 100, 30);
            // Drained with the record; the retiring thread has nothing to do for it.
            tx.storeNew(AT + 8192, Log.words(7), 0, 8);
            tx.commit();
        }).join();
        long end = log.journal.loggedBytes();
        for (int i = 0; log.tail() < end + Log.RING_BYTES; i++) {
            log.put(AT + 4096, i);
        }
        log.loseEverythingUndurable();
        log.reopen();
        assertEquals(42, log.word(AT));
        assertEquals(7, log.word(AT + 8192));
        assertEquals(-1L << 36, log.word(BITS_AT + 8));
        assertEquals(3, log.word(BITS_AT + 16));
    }

    @Test
    void threadsCommitSideBySide() throws Exception {
        sideBySide(Thread.ofPlatform().factory(), 4, 400);
    }

    @Test
    void virtualThreadsCommitSideBySide() throws Exception {
        sideBySide(Thread.ofVirtual().factory(), 60, 40);
    }

    /// Each thread counts in eight words of its own and toggles a bit of its own; the power is cut again and again
    /// while they run. Whoever returned is found; nobody is found by halves.
    private void sideBySide(java.util.concurrent.ThreadFactory factory, int threadCount, int commits) throws Exception {
        AtomicLongArray returned = new AtomicLongArray(threadCount);
        AtomicInteger running = new AtomicInteger(threadCount);
        AtomicInteger looks = new AtomicInteger();
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < threadCount; t++) {
            int me = t;
            threads.add(factory.newThread(() -> {
                try {
                    for (int i = 1; i <= commits; i++) {
                        count(me, i);
                        returned.set(me, i);
                        // On a busy machine all would be done before anybody looked.
                        while (looks.get() < i * 4 / commits) {
                            Thread.sleep(1);
                        }
                    }
                } catch (Throwable failure) {
                    synchronized (failures) {
                        failures.add(failure);
                    }
                } finally {
                    running.decrementAndGet();
                }
            }));
        }
        SimMedium image = SimMedium.create(Log.GEOMETRY.sizeBytes());
        threads.forEach(Thread::start);
        try {
            while (running.get() > 0) {
                lookAtACut(image, returned, threadCount, commits);
                looks.incrementAndGet();
                Thread.sleep(1);
            }
        } finally {
            looks.set(Integer.MAX_VALUE);
        }
        image.close();
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(List.of(), failures);
        log.loseEverythingUndurable();
        log.reopen();
        for (int t = 0; t < threadCount; t++) {
            assertWhole(log.medium, t, commits, commits);
        }
    }

    private void lookAtACut(SimMedium image, AtomicLongArray returned, int threadCount, int commits) {
        long[] floor = new long[threadCount];
        for (int t = 0; t < threadCount; t++) {
            floor[t] = returned.get(t);
        }
        synchronized (log.medium) {
            MemorySegment left = Arena.ofAuto().allocate(image.sizeBytes(), 8).copyFrom(log.medium.durableBytes());
            image.metadata().put(0, left, 0, left.byteSize());
        }
        image.settle();
        Journal.recover(image, Log.GEOMETRY);
        for (int t = 0; t < threadCount; t++) {
            assertWhole(image, t, floor[t], commits);
        }
    }

    private void count(int thread, long value) {
        Transaction tx = log.journal.begin();
        try {
            for (int w = 0; w < 8; w++) {
                tx.putLong(AT + thread * 512L + w * 64L, value);
            }
            if ((value & 1) != 0) {
                tx.setBits(BITS_AT, thread, 1);
            } else {
                tx.clearBits(BITS_AT, thread, 1);
            }
            tx.commit();
        } finally {
            tx.abort();
        }
    }

    private static void assertWhole(SimMedium medium, int thread, long least, long most) {
        long found = Log.word(medium, AT + thread * 512L);
        assertTrue(found >= least && found <= most, "thread " + thread + ": " + found + " of " + least);
        for (int w = 1; w < 8; w++) {
            assertEquals(found, Log.word(medium, AT + thread * 512L + w * 64L), "thread " + thread + " word " + w);
        }
        long bits = Log.word(medium, BITS_AT + (thread >>> 6) * 8L);
        assertEquals(found & 1, bits >>> thread & 1, "bit of thread " + thread);
    }

    @Test
    void anyFailureOfTheMediumEndsTheJournalAndLosesNothing() {
        for (boolean forGood : new boolean[] {false, true}) {
            for (int n = 0; n < 60; n++) {
                failAt(n, forGood);
            }
        }
    }

    private void failAt(int n, boolean forGood) {
        try (Log here = new Log()) {
            // More than half full, so that the commit that fails retires old records too.
            for (int i = 1; i <= 400; i++) {
                here.put(AT + (i & 7) * 64, i);
            }
            here.medium.failAfter(n, forGood);
            AtomicInteger returned = new AtomicInteger();
            assertTimeoutPreemptively(Duration.ofSeconds(120), () -> {
                for (int i = 1; i <= 400; i++) {
                    Transaction tx = here.journal.begin();
                    try {
                        tx.putLong(AT, 1000 + i);
                        tx.putLong(AT + 4096, 1000 + i);
                        tx.commit();
                        returned.set(i);
                    } catch (VolumeException failed) {
                        assertEquals(Errno.EIO, failed.errno());
                    } finally {
                        tx.abort();
                    }
                }
                here.journal.close();
            }, "fails at " + n);
            here.medium.healFaults();
            here.loseEverythingUndurable();
            here.reopen();
            long found = here.word(AT + 4096) == 0 ? 0 : here.word(AT + 4096) - 1000;
            assertEquals(found == 0 ? 400 : found + 1000, here.word(AT), "fails at " + n);
            assertTrue(found == returned.get() || found == returned.get() + 1,
                    "fails at " + n + ": found " + found + ", returned " + returned);
        }
    }

    @Test
    void aFailureStopsEveryThread() {
        for (int n = 0; n < 12; n++) {
            int verbs = 5000 + n;
            try (Log here = new Log()) {
                here.medium.failAfter(verbs, true);
                assertTimeoutPreemptively(Duration.ofSeconds(120), () -> commitUntilRefused(here), "after " + verbs);
            }
        }
    }

    private static void commitUntilRefused(Log here) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            long at = AT + t * 4096L;
            threads.add(Thread.ofPlatform().start(() -> {
                assertThrows(VolumeException.class, () -> {
                    for (int i = 0; i < 1_000_000; i++) {
                        Transaction tx = here.journal.begin();
                        for (int w = 0; w < 100; w++) {
                            tx.putLong(at + w * 8, i);
                        }
                        tx.commit();
                    }
                });
            }));
        }
        for (Thread each : threads) {
            each.join();
        }
    }

    @Test
    void othersAreToldOfAFailure() throws Exception {
        log.put(AT, 1);
        log.medium.failAfter(0, false);
        assertThrows(VolumeException.class, () -> log.put(AT, 2));
        List<Errno> told = new ArrayList<>();
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                log.put(AT, 3);
            } catch (VolumeException failed) {
                told.add(failed.errno());
            }
        });
        other.join();
        assertEquals(List.of(Errno.EIO), told);
    }

    /// J8: what was left unfinished stays in the log for the next open, however the medium is by then.
    @Test
    void afterAFailureCloseLeavesTheLogAsItIs() {
        log.put(AT, 1);
        long tail = log.tail();
        log.medium.failAfter(0, false);
        assertThrows(VolumeException.class, () -> log.put(AT, 2));
        log.medium.healFaults();
        long before = log.drains();
        log.journal.close();
        assertEquals(tail, log.tail());
        assertEquals(0, log.drains() - before);
        log.loseEverythingUndurable();
        log.reopen();
        assertEquals(1, log.word(AT));
    }

    @Test
    void whereCachesPersistEveryStoreMayBeTheLast() {
        try (SimMedium medium = SimMedium.create(Log.GEOMETRY.sizeBytes(), Granularity.BYTE);
                Log byteLog = new Log(medium)) {
            long[] value = {0};
            boolean[] returned = {true};
            try (PowerCuts<Journal> cuts = PowerCuts.<Journal>of(medium).check(
                    image -> Journal.recover(image, Log.GEOMETRY), (journal, image, point) -> {
                        long found = Log.word(image, AT);
                        assertTrue(found == value[0] || !returned[0] && found == value[0] - 1, "found " + found);
                        assertEquals(found, Log.word(image, AT + 64));
                    })) {
                for (int i = 0; i < 40; i++) {
                    returned[0] = false;
                    value[0]++;
                    Transaction tx = byteLog.journal.begin();
                    tx.putLong(AT, value[0]);
                    tx.putLong(AT + 64, value[0]);
                    tx.setBits(Log.BITMAP_AT, i, 1);
                    tx.commit();
                    returned[0] = true;
                    cuts.at("commit returned");
                }
                assertTrue(cuts.coverage().points() > 40 * 6, cuts.coverage().toString());
            }
        }
    }

    @Test
    void waitingForRoomDoesNotDrainForNothing() throws Exception {
        // A record that is reserved but not applied holds up the tail; whoever waits must not burn drains meanwhile.
        Geometry geometry = Log.GEOMETRY;
        Retirement retirement = new Retirement(log.medium, new Ring(geometry), 15360, 0);
        long before = log.drains();
        for (int i = 0; i < 60; i++) {
            retirement.makeRoom();
        }
        assertEquals(0, log.drains() - before);
    }
}
