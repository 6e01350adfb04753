package dev.stele.bench;

import dev.stele.medium.Medium;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Stores eight bytes to each of some random pages of a mapping, and makes them durable by one sync of the whole.
final class SparseSyncWork extends Work {
    private final AutoCloseable mapping;
    private final MemorySegment segment;
    private final Runnable force;
    private final int dirtyPages;
    private final int warmUpOperations;
    private final long pageCount;
    private long state;
    private long value;

    /// @param warmUpOperations syncs before anything counts: a share of time is few of them
    SparseSyncWork(AutoCloseable mapping, MemorySegment segment, Runnable force, Integer dirtyPages,
            Integer warmUpOperations, Long seed) {
        this.mapping = mapping;
        this.segment = segment;
        this.force = force;
        this.dirtyPages = dirtyPages;
        this.warmUpOperations = warmUpOperations;
        this.pageCount = segment.byteSize() / Medium.PAGE_BYTES;
        this.state = seed;
    }

    @Override
    int warmUpOperations() {
        return warmUpOperations;
    }

    @Override
    void run(int operationCount) {
        for (int i = 0; i < operationCount; i++) {
            value++;
            for (int page = 0; page < dirtyPages; page++) {
                state = Places.next(state);
                segment.set(ValueLayout.JAVA_LONG, Places.index(state, pageCount) * Medium.PAGE_BYTES, value);
            }
            force.run();
        }
    }

    @Override
    void check(int operationCount) {
        long at = Places.index(state, pageCount) * Medium.PAGE_BYTES;
        WrongResult.require(segment.get(ValueLayout.JAVA_LONG, at) == value, "the last store is not there");
    }

    @Override
    public void close() throws Exception {
        mapping.close();
    }
}
