package dev.stele.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Several things done at the same time.
final class SideBySide {
    interface Action {
        void run() throws Exception;
    }

    private final List<FutureTask<Void>> others = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private SideBySide() {
    }

    /// @param here done by this thread
    /// @param there each done by a thread of its own
    /// @throws Exception what one of them throws, when all are over
    static void run(Action here, Action... there) throws Exception {
        SideBySide all = new SideBySide();
        for (Action each : there) {
            all.start(each);
        }
        try {
            here.run();
        } finally {
            all.join();
        }
        all.throwWhatFailed();
    }

    private void start(Action action) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            action.run();
            return null;
        });
        others.add(task);
        threads.add(Thread.ofPlatform().name("side by side").start(task));
    }

    /// Whoever is interrupted hands that on to the others, and still waits: what they work on may go after this.
    private void join() throws InterruptedException {
        InterruptedException interrupted = null;
        for (Thread each : threads) {
            while (each.isAlive()) {
                try {
                    each.join();
                } catch (InterruptedException first) {
                    interrupted = first;
                    threads.forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted != null) {
            throw interrupted;
        }
    }

    private void throwWhatFailed() throws Exception {
        for (FutureTask<Void> each : others) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof Exception told) {
                    throw told;
                }
                throw failed;
            }
        }
    }
}
