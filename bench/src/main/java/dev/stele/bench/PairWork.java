package dev.stele.bench;

import dev.stele.medium.PersistenceCounters;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Two works side by side, one in the calling thread and one in another, each with half of the operations. Each thread
/// prepares its own, for what was stored to last is in that processor's cache. The other thread is awake before a slice
/// starts, and asleep between slices. The works stay the caller's, who closes them.
final class PairWork extends Work {
    private static final int SPINS_MAX = 10_000;

    private final Work here;
    private final Work there;
    private final Thread thread;

    /// What the other thread is to do: written by the caller, read by the other.
    private enum Phase { SLEEP, AWAKE, GO, PROBE, END }

    private volatile Phase phase = Phase.SLEEP;
    private volatile boolean isReady;
    private volatile boolean isDone;
    /// counting is not timed, and comes after `isDone`
    private volatile boolean isCounted = true;
    private volatile Throwable failure;
    private int thereCount;
    /// written by the other thread before `isDone`
    private long coreNanosThere;
    /// written by the other thread before `isCounted`
    private final Tally tallyThere;

    /// @param counters where the other thread's stores are counted
    PairWork(Work here, Work there, List<PersistenceCounters> counters) {
        this.here = here;
        this.there = there;
        this.tallyThere = new Tally(counters);
        this.thread = new Thread(this::serve, "second of two");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve() {
        while (phase != Phase.END) {
            if (phase == Phase.SLEEP) {
                LockSupport.park(this);
            } else if (phase == Phase.PROBE) {
                probeThere();
            } else {
                prepareThere();
                tallyThere.begin();
                isReady = true;
                await(Phase.AWAKE);
                runThere();
            }
        }
    }

    private void prepareThere() {
        try {
            there.prepare(thereCount);
        } catch (Throwable failed) {
            failure = failed;
        }
    }

    /// Until the phase is another.
    private void await(Phase present) {
        for (int spins = 0; phase == present; spins++) {
            pause(spins);
        }
    }

    /// Where others want the processor, too, the thread that is waited for may need this one.
    private static void pause(int spins) {
        if (spins < SPINS_MAX) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    private void runThere() {
        if (phase != Phase.GO) {
            return;
        }
        try {
            there.run(thereCount);
        } catch (Throwable failed) {
            failure = failed;
        }
        phase = Phase.SLEEP;
        isDone = true;
        tallyThere.end();
        isCounted = true;
    }

    private void probeThere() {
        isReady = true;
        coreNanosThere = there.coreNanos();
        phase = Phase.SLEEP;
        isDone = true;
    }

    @Override
    int operationsMax() {
        return (int) Math.min(2L * Math.min(here.operationsMax(), there.operationsMax()), Integer.MAX_VALUE);
    }

    /// The other's code is its own, and cold.
    @Override
    int warmUpOperations() {
        return here.warmUpOperations() + there.warmUpOperations();
    }

    @Override
    void prepare(int operationCount) throws Exception {
        awaitCounted();
        thereCount = hereCount(operationCount);
        isReady = false;
        isDone = false;
        isCounted = false;
        phase = Phase.AWAKE;
        LockSupport.unpark(thread);
        here.prepare(hereCount(operationCount));
        awaitReady();
        requireNoneFailed();
    }

    /// Both have the same number, at least one.
    private static int hereCount(int operationCount) {
        return Math.max(1, operationCount / 2);
    }

    @Override
    int operationsOf(int operationCount) {
        int half = hereCount(operationCount);
        return here.operationsOf(half) + there.operationsOf(half);
    }

    @Override
    void run(int operationCount) throws Exception {
        phase = Phase.GO;
        try {
            here.run(hereCount(operationCount));
        } finally {
            awaitDone();
        }
        requireNoneFailed();
    }

    private void requireNoneFailed() throws Exception {
        if (failure instanceof Exception told) {
            throw told;
        }
        if (failure != null) {
            throw new IllegalStateException("the second thread failed: " + failure, failure);
        }
    }

    @Override
    long coreNanos() {
        awaitCounted();
        isReady = false;
        isDone = false;
        phase = Phase.PROBE;
        LockSupport.unpark(thread);
        awaitReady();
        long nanos = here.coreNanos();
        awaitDone();
        return Math.max(nanos, coreNanosThere);
    }

    @Override
    void check(int operationCount) throws Exception {
        here.check(hereCount(operationCount));
        there.check(hereCount(operationCount));
    }

    @Override
    void addElsewhere(Tally tally) {
        awaitCounted();
        tally.take(tallyThere);
        here.addElsewhere(tally);
        there.addElsewhere(tally);
    }

    private void awaitReady() {
        for (int spins = 0; !isReady; spins++) {
            pause(spins);
        }
    }

    private void awaitDone() {
        for (int spins = 0; !isDone; spins++) {
            pause(spins);
        }
    }

    private void awaitCounted() {
        for (int spins = 0; !isCounted; spins++) {
            pause(spins);
        }
    }

    @Override
    public void close() throws Exception {
        phase = Phase.END;
        LockSupport.unpark(thread);
        thread.join();
    }
}
