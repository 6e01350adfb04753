package dev.stele.bench;

import com.sun.management.ThreadMXBean;
import dev.stele.medium.PersistenceCounters;
import dev.stele.medium.PersistenceCounters.Snapshot;
import java.lang.management.ManagementFactory;
import java.util.List;

/// What threads asked of the medium and of the heap between [#begin] and [#end], which one thread calls around what
/// counts, and how long they waited for a processor: what others do meanwhile, such as giving back the blocks of a
/// large file, is theirs.
final class Tally {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /// What reading the counter itself allocates: nothing on most JVMs, and then this is 0.
    private static final long READING_ALLOCATES = readingAllocates();

    private final List<PersistenceCounters> counters;
    private long fences;
    private long lines;
    private long streamedBytes;
    private long allocatedBytes;
    private long waitedNanos;

    Tally(List<PersistenceCounters> counters) {
        this.counters = counters;
    }

    private static long readingAllocates() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 100; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    void begin() {
        waitedNanos -= RunDelay.nanos();
        count(-1);
        allocatedBytes -= THREADS.getCurrentThreadAllocatedBytes();
    }

    void end() {
        allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - READING_ALLOCATES;
        count(1);
        waitedNanos += RunDelay.nanos();
    }

    /// How long the threads could have run and had no processor.
    long waitedNanos() {
        return waitedNanos;
    }

    private void count(int sign) {
        for (PersistenceCounters each : counters) {
            Snapshot asked = each.ofThisThread();
            fences += sign * asked.drains();
            lines += sign * asked.flushedLines();
            streamedBytes += sign * asked.streamedBytes();
        }
    }

    /// Takes over what the other has, which is empty afterwards.
    void take(Tally other) {
        fences += other.fences;
        lines += other.lines;
        streamedBytes += other.streamedBytes;
        allocatedBytes += other.allocatedBytes;
        waitedNanos += other.waitedNanos;
        other.clear();
    }

    void clear() {
        fences = 0;
        lines = 0;
        streamedBytes = 0;
        allocatedBytes = 0;
        waitedNanos = 0;
    }

    /// What one of that many operations costs.
    Costs perOperation(long operationCount) {
        double count = Math.max(1, operationCount);
        return new Costs(fences / count, lines / count, streamedBytes / count, Math.max(0, allocatedBytes) / count);
    }
}
