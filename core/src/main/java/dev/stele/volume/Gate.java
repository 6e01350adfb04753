package dev.stele.volume;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/// What every operation that changes the volume passes through, so that all of them can be stopped for a moment: for a
/// checkpoint, for growing, for closing. Passing costs two atomic additions to a counter that few threads share.
final class Gate {
    private static final int STRIPES = 64;
    /// Longs between counters, so that no two share a cache line (or its neighbour, which is fetched with it).
    private static final int STRIDE = 16;

    private final AtomicLongArray inside = new AtomicLongArray((STRIPES + 1) * STRIDE);
    private volatile boolean shut;

    /// @return token for [#leave]
    int enter() {
        int stripe = (stripe() + 1) * STRIDE;
        while (true) {
            inside.getAndIncrement(stripe);
            if (!shut) {
                return stripe;
            }
            inside.getAndDecrement(stripe);
            while (shut) {
                LockSupport.parkNanos(20_000);
            }
        }
    }

    void leave(int token) {
        inside.getAndDecrement(token);
    }

    /// Stops all others and waits until none is inside. The caller is not inside and is the only one to shut.
    void shut() {
        shut = true;
        for (int stripe = 1; stripe <= STRIPES; stripe++) {
            while (inside.get(stripe * STRIDE) != 0) {
                Thread.yield();
            }
        }
    }

    void open() {
        shut = false;
    }

    private static int stripe() {
        long id = Thread.currentThread().threadId();
        return (int) (id ^ id >>> 6) & STRIPES - 1;
    }
}
