package dev.stele.dax;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Something done by a thread of its own, whose failure is that of the test.
final class Task {
    private static final long PATIENCE_SECONDS = 120;

    private final FutureTask<Void> task;

    private Task(Runnable action) {
        this.task = new FutureTask<>(action, null);
    }

    static Task start(Runnable action) {
        Task started = new Task(action);
        Thread.ofPlatform().daemon().start(started.task);
        return started;
    }

    boolean isDone() {
        return task.isDone();
    }

    /// Whether it has not ended after a while in which it would have, had nothing stopped it.
    boolean isHeldUp() {
        try {
            task.get(50, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException heldUp) {
            return true;
        } catch (InterruptedException | ExecutionException failed) {
            throw new AssertionError(failed);
        }
    }

    void join() {
        try {
            task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new AssertionError(failed);
        }
    }
}
