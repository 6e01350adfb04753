package dev.stele.journal;

import dev.stele.medium.PassThroughMedium;
import dev.stele.medium.UnflushedMedium;
import java.util.concurrent.CountDownLatch;

/// Memory that passes for persistent, with the journal of [Log] on it. The drain of one thread can be held up.
final class HeldMedium extends PassThroughMedium {
    /// The thread whose drain has begun and does not end.
    final CountDownLatch draining = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    volatile Thread held;

    HeldMedium() {
        super(new UnflushedMedium(Log.GEOMETRY.sizeBytes()));
        Journal.format(this, Log.GEOMETRY);
        drain();
    }

    @Override
    protected void awaitLines() {
        if (Thread.currentThread() == held) {
            draining.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        super.awaitLines();
    }

    @Override
    public String description() {
        return "memory that keeps a thread waiting";
    }
}
