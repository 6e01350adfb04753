package dev.stele.bench;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Two things done at the same time.
final class SideBySide {
    interface Action {
        void run() throws Exception;
    }

    private SideBySide() {
    }

    /// @param here done by this thread
    /// @param there done by another
    /// @throws Exception what one of them throws, when both are over
    static void run(Action here, Action there) throws Exception {
        FutureTask<Void> other = new FutureTask<>(() -> {
            there.run();
            return null;
        });
        Thread thread = Thread.ofPlatform().name("side by side").start(other);
        try {
            here.run();
        } finally {
            thread.join();
        }
        try {
            other.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception told) {
                throw told;
            }
            throw failed;
        }
    }
}
