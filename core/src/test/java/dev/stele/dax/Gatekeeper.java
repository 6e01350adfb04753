package dev.stele.dax;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Stops the first flush of a file's bytes until it is told to go on.
final class Gatekeeper implements TracedMedium.Watcher {
    private static final long PATIENCE_SECONDS = 120;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    @Override
    public void verb(TracedMedium.Kind kind, boolean isData, long at, long byteCount) {
        if (isData && kind == TracedMedium.Kind.FLUSH) {
            reached.countDown();
            await(open);
        }
    }

    void awaitFlush() {
        await(reached);
    }

    void letGo() {
        open.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "nothing goes on");
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
