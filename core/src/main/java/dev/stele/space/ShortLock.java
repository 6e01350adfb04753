package dev.stele.space;

import java.util.concurrent.locks.ReentrantLock;

/// A lock that nobody holds for long: tens of nanoseconds. Who finds it taken looks again for a while before it sleeps,
/// because falling asleep and being woken take a hundred times as long as the wait.
final class ShortLock extends ReentrantLock {
    private static final long serialVersionUID = 1;
    /// One to three microseconds.
    private static final int SPINS = 100;

    @Override
    public void lock() {
        for (int i = 0; i < SPINS; i++) {
            if (!isLocked() && tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        super.lock();
    }
}
