package dev.stele.medium.sim;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A thread of its own that looks at what a power cut left, while the program waits: in the program's thread a check
/// would find, and overwrite, whatever the program keeps by thread in the middle of what it is doing.
///
/// Used by one thread at a time.
final class Onlooker {
    private final ExecutorService thread;
    /// While a part runs that is not to be looked at. What is looked at is such a part itself.
    private boolean isPaused;

    Onlooker(String threadName) {
        thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(threadName).factory());
    }

    /// Has it look, and waits; does nothing in a pause. What it throws is thrown here.
    void look(Runnable what) {
        if (!isPaused) {
            pause(() -> await(what));
        }
    }

    /// Runs a part of the program in this thread, at which nobody looks.
    void pause(Runnable part) {
        boolean before = isPaused;
        isPaused = true;
        try {
            part.run();
        } finally {
            isPaused = before;
        }
    }

    private void await(Runnable what) {
        try {
            thread.submit(what).get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a power cut was explored", interrupted);
        }
    }

    void end() {
        thread.shutdown();
    }
}
