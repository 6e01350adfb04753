package dev.stele.mapping;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Has threads that scan at the same time protect what they found one after the other, by one of them, while the others
/// sleep.
///
/// For each page table in which it protects a page the kernel interrupts every processor that runs a thread of this
/// process, and waits for it; a processor whose thread sleeps is passed by. Looking for pages interrupts nobody. So
/// threads look at the same time, and who has looked waits for those that are still looking: the last one protects
/// for all, and all go on together, to meet again where they do the same again.
///
/// Nobody waits for a thread that began to look after one of the cohort had ended, and nobody who looks waits for
/// anything: every wait ends. A protector takes in those who come while it protects, once, and then leaves the
/// next to another.
///
/// Its lock is taken after all others. Work is run without it.
final class ScanCohorts {
    /// How many scans after the last that met another expect to do so again.
    static final int EXPECTED_SCANS = 4;
    private static final int BATCHES = 2;

    private final AtomicInteger underWay = new AtomicInteger();
    /// a hint, of which updates may get lost
    private volatile int expected;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /// what those who wait have to do; guarded by the lock
    private final Queue<Turn> turns = new ArrayDeque<>();
    /// whom a thread that begins to look joins, null for nobody; guarded by the lock
    private Cohort open;
    /// guarded by the lock
    private boolean isRunning;

    /// Threads that look at the same time.
    static final class Cohort {
        /// guarded by the lock
        private int lookingCount;
    }

    /// What one thread wants done, by itself or another.
    private static final class Turn {
        private final Runnable work;
        private boolean hasRun;
        private Throwable failure;
        /// guarded by the lock
        private boolean isOver;

        Turn(Runnable work) {
            this.work = work;
        }

        void run() {
            try {
                hasRun = true;
                work.run();
            } catch (RuntimeException | Error failed) {
                failure = failed;
            }
        }

        /// By its own thread: what became of it is told to nobody else.
        void finish() {
            if (!hasRun) {
                run();
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (RuntimeException) failure;
            }
        }
    }

    /// A scan begins, and ends with [#end].
    ///
    /// @return whether another is under way, or was not long ago
    boolean begin() {
        if (underWay.incrementAndGet() > 1) {
            expected = EXPECTED_SCANS;
            return true;
        }
        int left = expected;
        if (left > 0) {
            expected = left - 1;
        }
        return left > 0;
    }

    void end() {
        underWay.decrementAndGet();
    }

    /// The calling thread begins to look. [#run] or [#leave] follows, and nothing that waits comes before.
    Cohort join() {
        lock.lock();
        try {
            if (open == null) {
                open = new Cohort();
            }
            open.lookingCount++;
            return open;
        } finally {
            lock.unlock();
        }
    }

    /// It has looked, and nobody needs to wait for it.
    void leave(Cohort cohort) {
        lock.lock();
        try {
            endLook(cohort);
            if (cohort.lookingCount == 0) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// It has looked: the work is done when this returns, by a thread that does the same for others who wait. Deaf to
    /// interrupts, as harvesting is.
    void run(Cohort cohort, Runnable work) {
        Turn turn = new Turn(work);
        lock.lock();
        try {
            endLook(cohort);
            turns.add(turn);
            while (!turn.isOver) {
                if (isRunning || cohort.lookingCount > 0) {
                    changed.awaitUninterruptibly();
                } else {
                    runTurns();
                }
            }
        } finally {
            lock.unlock();
        }
        turn.finish();
    }

    private void endLook(Cohort cohort) {
        assert cohort.lookingCount > 0 : "left twice";
        if (open == cohort) {
            open = null;
        }
        cohort.lookingCount--;
    }

    /// Wakes nobody before all is done: awake they would be interrupted.
    private void runTurns() {
        List<Turn> taken = new ArrayList<>();
        isRunning = true;
        try {
            for (int batch = 0; batch < BATCHES && !turns.isEmpty(); batch++) {
                int first = taken.size();
                taken.addAll(turns);
                turns.clear();
                runUnlocked(taken.subList(first, taken.size()));
            }
        } finally {
            taken.forEach(turn -> turn.isOver = true);
            isRunning = false;
            changed.signalAll();
        }
    }

    private void runUnlocked(List<Turn> batch) {
        lock.unlock();
        try {
            batch.forEach(Turn::run);
        } finally {
            lock.lock();
        }
    }

    /// Number of threads that wait until others have looked, or have protected.
    int waitingCount() {
        lock.lock();
        try {
            return lock.getWaitQueueLength(changed);
        } finally {
            lock.unlock();
        }
    }
}
