package dev.stele.volume;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// What every operation that changes the volume passes through, so that all of them can be stopped for a moment: for a
/// checkpoint, for growing, for closing, one of which waits for the other. Passing costs two atomic additions to a
/// counter that few threads share.
final class Gate {
    private static final int STRIPES = 64;
    /// Longs between counters, so that no two share a cache line (or its neighbour, which is fetched with it).
    private static final int STRIDE = 16;

    private final AtomicLongArray inside = new AtomicLongArray((STRIPES + 1) * STRIDE);
    private volatile boolean shut;
    private volatile boolean closed;
    /// Held by who has shut it: were there two, the first to open it would let operations in under the other's hands.
    private final ReentrantLock shutting = new ReentrantLock();

    /// @return token for [#leave]
    /// @throws IllegalStateException once it is closed
    int enter() {
        int token = enterUnlessClosed();
        if (token < 0) {
            throw closed();
        }
        return token;
    }

    /// @return token for [#leave], -1 once it is closed
    int enterUnlessClosed() {
        int stripe = (stripe() + 1) * STRIDE;
        while (true) {
            inside.getAndIncrement(stripe);
            if (!shut) {
                return stripe;
            }
            inside.getAndDecrement(stripe);
            while (shut) {
                if (closed) {
                    return -1;
                }
                LockSupport.parkNanos(20_000);
            }
        }
    }

    void leave(int token) {
        inside.getAndDecrement(token);
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the volume is closed");
    }

    /// Stops all others and waits until none is inside. The caller is not inside, and the one to [#open] or [#close].
    ///
    /// @throws IllegalStateException once it is closed
    void shut() {
        assert !shutting.isHeldByCurrentThread() : "who opened it first would open it for both";
        shutting.lock();
        if (closed) {
            shutting.unlock();
            throw closed();
        }
        shut = true;
        for (int stripe = 1; stripe <= STRIPES; stripe++) {
            while (inside.get(stripe * STRIDE) != 0) {
                Thread.yield();
            }
        }
    }

    void open() {
        shut = false;
        shutting.unlock();
    }

    /// Lets nobody in any more, and tells those who wait.
    void close() {
        closed = true;
        shutting.unlock();
    }

    private static int stripe() {
        long id = Thread.currentThread().threadId();
        return (int) (id ^ id >>> 6) & STRIPES - 1;
    }
}
