package dev.stele.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

/// Who waits for whom, and who does the work.
class ScanCohortsTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 2_000;

    private final ScanCohorts cohorts = new ScanCohorts();
    /// by number of the thread whose work it was
    private final AtomicReferenceArray<Thread> ranBy = new AtomicReferenceArray<>(3);

    private Runnable work(int number) {
        return () -> assertNull(ranBy.getAndSet(number, Thread.currentThread()), "again");
    }

    private Thread start(int number) {
        return start(work(number));
    }

    private Thread start(Runnable work) {
        return Thread.ofPlatform().start(() -> cohorts.run(cohorts.join(), work));
    }

    private void awaitWaiting(int count) {
        while (cohorts.waitingCount() != count) {
            Thread.yield();
        }
    }

    @Test
    void alone() {
        cohorts.run(cohorts.join(), work(0));
        assertSame(Thread.currentThread(), ranBy.get(0));
        cohorts.run(cohorts.join(), work(1));
        assertSame(Thread.currentThread(), ranBy.get(1));
    }

    @Test
    void theLastToLookDoesTheWorkOfAll() throws Exception {
        ScanCohorts.Cohort cohort = cohorts.join();
        Thread other = start(0);
        awaitWaiting(1);
        assertNull(ranBy.get(0));
        cohorts.run(cohort, work(1));
        assertSame(Thread.currentThread(), ranBy.get(0));
        assertSame(Thread.currentThread(), ranBy.get(1));
        other.join();
    }

    @Test
    void whoHasNoWorkLetsTheOthersGoOn() throws Exception {
        ScanCohorts.Cohort cohort = cohorts.join();
        Thread other = start(0);
        awaitWaiting(1);
        cohorts.leave(cohort);
        other.join();
        assertSame(other, ranBy.get(0));
    }

    @Test
    void nobodyWaitsForOneWhoLooksLater() throws Exception {
        ScanCohorts.Cohort cohort = cohorts.join();
        Thread other = start(0);
        awaitWaiting(1);
        ScanCohorts.Cohort later = cohorts.join();
        assertNotSame(cohort, later);
        cohorts.leave(cohort);
        other.join();
        assertSame(other, ranBy.get(0));
        cohorts.leave(later);
    }

    @Test
    void whoComesMeanwhileIsTakenInOnce() throws Exception {
        List<Thread> started = new ArrayList<>();
        Runnable second = () -> {
            work(1).run();
            started.add(start(2));
            awaitWaiting(2);
        };
        cohorts.run(cohorts.join(), () -> {
            work(0).run();
            started.add(start(second));
            awaitWaiting(1);
        });
        for (Thread each : started) {
            each.join();
        }
        assertSame(Thread.currentThread(), ranBy.get(0));
        assertSame(Thread.currentThread(), ranBy.get(1));
        assertSame(started.get(1), ranBy.get(2));
    }

    @Test
    void aFailureIsItsOwnersAlone() throws Exception {
        ScanCohorts.Cohort cohort = cohorts.join();
        List<Throwable> told = new ArrayList<>();
        Thread other = Thread.ofPlatform().start(() -> told.add(assertThrows(IllegalStateException.class,
                () -> cohorts.run(cohorts.join(), () -> {
                    throw new IllegalStateException("of the other");
                }))));
        awaitWaiting(1);
        cohorts.run(cohort, work(1));
        assertSame(Thread.currentThread(), ranBy.get(1));
        other.join();
        assertEquals(1, told.size());
        assertThrows(StackOverflowError.class, () -> cohorts.run(cohorts.join(), () -> {
            throw new StackOverflowError();
        }));
        cohorts.run(cohorts.join(), work(2));
    }

    @Test
    void aScanThatMeetsAnotherExpectsMore() {
        assertFalse(cohorts.begin());
        assertTrue(cohorts.begin());
        cohorts.end();
        cohorts.end();
        for (int i = 0; i < ScanCohorts.EXPECTED_SCANS; i++) {
            assertTrue(cohorts.begin());
            cohorts.end();
        }
        assertFalse(cohorts.begin());
        cohorts.end();
    }

    @Test
    void allWorkIsDoneOnceAndNeverTwoAtATime() throws Exception {
        long seed = Long.getLong("stele.seed", 20_261_122);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger meetings = new AtomicInteger();
        int[] done = new int[THREADS];
        int[] wanted = new int[THREADS];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            SplittableRandom random = new SplittableRandom(seed + i);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    ScanCohorts.Cohort cohort = cohorts.join();
                    if (random.nextInt(4) == 0) {
                        cohorts.leave(cohort);
                        continue;
                    }
                    wanted[number]++;
                    cohorts.run(cohort, () -> {
                        meetings.addAndGet(running.getAndIncrement());
                        done[number]++;
                        running.decrementAndGet();
                    });
                    if (done[number] != wanted[number]) {
                        return;
                    }
                }
            }));
        }
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(0, meetings.get(), "seed " + seed);
        for (int i = 0; i < THREADS; i++) {
            assertEquals(wanted[i], done[i], "seed " + seed);
        }
        assertEquals(0, cohorts.waitingCount());
    }
}
