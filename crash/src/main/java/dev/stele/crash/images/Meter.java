package dev.stele.crash.images;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// What the thread that made it has used of processor and heap. Processor time does not run while the machine is busy
/// with others, so that a slow image is told from a slow machine.
final class Meter {
    /// A hang.
    static final long MAX_NANOS = 1_000_000_000L;
    /// Out of proportion for a volume of 1 MiB.
    static final long MAX_BYTES = 64L << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long thread = Thread.currentThread().threadId();
    private long nanosBefore;
    private long bytesBefore;
    private long longestNanos;
    private long largestBytes;

    void start() {
        nanosBefore = THREADS.getThreadCpuTime(thread);
        bytesBefore = THREADS.getThreadAllocatedBytes(thread);
    }

    /// @throws Wrong where it was more than an image may cost
    void stop() {
        long nanos = THREADS.getThreadCpuTime(thread) - nanosBefore;
        long bytes = THREADS.getThreadAllocatedBytes(thread) - bytesBefore;
        longestNanos = Math.max(longestNanos, nanos);
        largestBytes = Math.max(largestBytes, bytes);
        if (nanos > MAX_NANOS) {
            throw new Wrong("took " + nanos / 1_000_000 + " ms of a processor");
        }
        if (bytes > MAX_BYTES) {
            throw new Wrong("took " + (bytes >>> 20) + " MiB of memory");
        }
    }

    long longestNanos() {
        return longestNanos;
    }

    long largestBytes() {
        return largestBytes;
    }
}
