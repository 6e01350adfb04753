package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ShortLockTest {
    private static final int TURNS = 20_000;

    private final ShortLock lock = new ShortLock();
    private int count;

    @Test
    void oneAtATime() throws InterruptedException {
        Thread other = new Thread(this::countTurns);
        other.start();
        countTurns();
        other.join();
        assertEquals(2 * TURNS, count);
        assertFalse(lock.isLocked());
    }

    private void countTurns() {
        for (int i = 0; i < TURNS; i++) {
            lock.lock();
            try {
                count++;
            } finally {
                lock.unlock();
            }
        }
    }

    /// Whoever holds it longer than others look for it does not keep them busy.
    @Test
    void sleepsWhereItIsHeldForLong() throws InterruptedException {
        lock.lock();
        CountDownLatch taken = new CountDownLatch(1);
        Thread other = new Thread(() -> {
            lock.lock();
            lock.unlock();
            taken.countDown();
        });
        other.start();
        while (!lock.hasQueuedThread(other)) {
            Thread.onSpinWait();
        }
        lock.unlock();
        taken.await();
        other.join();
        assertFalse(lock.isLocked());
    }

    @Test
    void canBeTakenAgainByWhoHoldsIt() {
        lock.lock();
        lock.lock();
        lock.unlock();
        assertTrue(lock.isHeldByCurrentThread());
        lock.unlock();
        assertFalse(lock.isLocked());
    }
}
