package dev.stele.nio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/// Counts who is inside, so that the one who closes can wait until all have left (N4).
///
/// Entering and leaving are one atomic addition each, on a counter that threads share only by chance: the counters are
/// a cache line apart and chosen by thread. An open file has few of them, for there may be many open files, and those
/// who work on one share more than that; a file system has so many that two threads hardly ever meet.
///
/// Whoever enters adds first and looks at `closed` second, whoever closes sets `closed` first and looks at the counters
/// second; with both orders sequentially consistent, one of them sees the other.
final class Gate {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();
    private static final VarHandle COUNTS = handle("counts", long[].class);
    private static final VarHandle CLOSED = handle("closed", boolean.class);
    private static final int LONGS_PER_LINE = 8;
    private static final int FILE_STRIPE_COUNT =
            Integer.highestOneBit(Math.clamp(Runtime.getRuntime().availableProcessors() * 2L - 1, 1, 16));
    private static final int FILE_SYSTEM_STRIPE_COUNT = 64;
    private static final int SPIN_COUNT = 200;
    private static final long PARK_NANOS = 50_000;

    /// a power of two
    private final int stripeCount;
    /// One counter at the start of each line but the first, which keeps the array's header apart. Null until somebody
    /// enters: many a file is only made.
    private volatile long[] counts;
    private volatile boolean closed;

    private Gate(int stripeCount) {
        this.stripeCount = stripeCount;
    }

    private static VarHandle handle(String field, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Gate.class, field, type).withInvokeExactBehavior();
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    static Gate ofFile() {
        return new Gate(FILE_STRIPE_COUNT);
    }

    static Gate ofFileSystem() {
        return new Gate(FILE_SYSTEM_STRIPE_COUNT);
    }

    /// @return a ticket for [#leave], or -1 where the gate is closed
    int enter() {
        long[] known = counts;
        if (known == null) {
            known = makeCounts();
        }
        int ticket = (((int) Thread.currentThread().threadId() & stripeCount - 1) + 1) * LONGS_PER_LINE;
        add(known, ticket, 1);
        if (closed) {
            add(known, ticket, -1);
            return -1;
        }
        return ticket;
    }

    /// Before `closed` is looked at: who closes the gate and finds no counters knows that nobody has entered.
    private long[] makeCounts() {
        COUNTS.compareAndSet(this, (long[]) null, new long[(stripeCount + 1) * LONGS_PER_LINE]);
        return counts;
    }

    void leave(int ticket) {
        add(counts, ticket, -1);
    }

    boolean isClosed() {
        return closed;
    }

    /// Lets nobody in any more and returns when everybody has left. May be called again.
    ///
    /// @return whether this was the first call
    boolean close() {
        boolean isFirst = CLOSED.compareAndSet(this, false, true);
        for (int spin = 0; !isEmpty(); spin++) {
            if (spin < SPIN_COUNT) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PARK_NANOS);
            }
        }
        return isFirst;
    }

    private boolean isEmpty() {
        long[] known = counts;
        for (int stripe = 1; known != null && stripe <= stripeCount; stripe++) {
            if ((long) COUNT.getVolatile(known, stripe * LONGS_PER_LINE) != 0) {
                return false;
            }
        }
        return true;
    }

    private static void add(long[] counts, int ticket, long delta) {
        long before = (long) COUNT.getAndAdd(counts, ticket, delta);
        assert before + delta >= 0;
    }
}
