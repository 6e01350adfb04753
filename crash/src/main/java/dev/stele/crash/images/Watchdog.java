package dev.stele.crash.images;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// Looks now and then whether a worker hangs: has used a processor for long, or waited for very long, in one image.
/// Such a worker cannot be stopped, only told.
final class Watchdog implements AutoCloseable {
    private static final long PERIOD_MILLIS = 200;
    private static final long MAX_RUN_NANOS = 5 * Meter.MAX_NANOS;
    private static final long MAX_WAIT_NANOS = 120_000_000_000L;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /// What one worker is at.
    static final class Post {
        private final Thread worker = Thread.currentThread();
        private volatile String replay;
        private volatile long sinceNanos;
        private volatile long runBefore;

        void begin(String what) {
            runBefore = THREADS.getThreadCpuTime(worker.threadId());
            sinceNanos = System.nanoTime();
            replay = what;
        }

        void end() {
            replay = null;
        }

        private boolean hangs() {
            return THREADS.getThreadCpuTime(worker.threadId()) - runBefore > MAX_RUN_NANOS
                    || System.nanoTime() - sinceNanos > MAX_WAIT_NANOS;
        }
    }

    private final BiConsumer<String, StackTraceElement[]> told;
    private final List<Post> posts = new ArrayList<>();
    private final Thread thread;

    /// @param told is called with the replay and the stack of a worker that hangs
    Watchdog(BiConsumer<String, StackTraceElement[]> told) {
        this.told = told;
        this.thread = Thread.ofPlatform().daemon().name("stele-watchdog").start(this::watch);
    }

    synchronized Post post() {
        Post post = new Post();
        posts.add(post);
        return post;
    }

    synchronized void leave(Post post) {
        posts.remove(post);
    }

    private synchronized void look() {
        for (Post post : posts) {
            String replay = post.replay;
            if (replay != null && post.hangs() && replay.equals(post.replay)) {
                told.accept(replay, post.worker.getStackTrace());
            }
        }
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(PERIOD_MILLIS);
                look();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
