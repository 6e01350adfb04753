package dev.stele.journal;

import java.util.concurrent.locks.LockSupport;

/// How a thread waits for what other threads are about to finish: mostly a microsecond, sometimes until a thread that
/// was stopped in the middle runs again.
final class Waiting {
    private static final int SPINS = 200;
    private static final int YIELDS = 40;
    private static final long PARK_NANOS = 20_000;

    private Waiting() {
    }

    /// Waits a little, the longer the more rounds have passed.
    ///
    /// Virtual threads must not go on yielding: carriers look for work from outside only when they have none of their
    /// own, so that some that yield without end keep the one they wait for from ever running.
    static void pause(int round) {
        if (round < SPINS) {
            Thread.onSpinWait();
        } else if (round < SPINS + YIELDS) {
            Thread.yield();
        } else {
            park();
        }
    }

    private static void park() {
        // An interrupted thread would not park; the interrupt is for somebody else to see.
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(PARK_NANOS);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
