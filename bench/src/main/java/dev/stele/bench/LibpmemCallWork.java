package dev.stele.bench;

import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// libpmem's function called from Java, once for each operation.
final class LibpmemCallWork extends Work {
    private final AutoCloseable mapping;
    private final MemorySegment segment;
    private final int unitBytes;
    private final MemorySegment source;
    private long state;
    private long value;

    /// @param unitBytes a line for `pmem_persist`, more for `pmem_memcpy_persist`
    LibpmemCallWork(AutoCloseable mapping, MemorySegment segment, Integer unitBytes, Long seed) {
        this.mapping = mapping;
        this.segment = segment;
        this.unitBytes = unitBytes;
        this.source = Arena.ofAuto().allocate(unitBytes, unitBytes);
        this.state = seed;
    }

    @Override
    void run(int operationCount) {
        try {
            if (unitBytes == Medium.LINE_BYTES) {
                persist(operationCount);
            } else {
                copy(operationCount);
            }
        } catch (Throwable failed) {
            throw new IllegalStateException("libpmem cannot be called", failed);
        }
    }

    private void persist(int operationCount) throws Throwable {
        long unitCount = segment.byteSize() / unitBytes;
        for (int i = 0; i < operationCount; i++) {
            state = Places.next(state);
            long at = Places.index(state, unitCount) * unitBytes;
            segment.set(ValueLayout.JAVA_LONG, at, ++value);
            LibpmemCalls.PERSIST.invokeExact(segment.asSlice(at, unitBytes), (long) unitBytes);
        }
    }

    private void copy(int operationCount) throws Throwable {
        long unitCount = segment.byteSize() / unitBytes;
        for (int i = 0; i < operationCount; i++) {
            state = Places.next(state);
            long at = Places.index(state, unitCount) * unitBytes;
            source.set(ValueLayout.JAVA_LONG, 0, ++value);
            MemorySegment to = (MemorySegment) LibpmemCalls.COPY_PERSIST.invokeExact(
                    segment.asSlice(at, unitBytes), source, (long) unitBytes);
            if (to.address() != segment.address() + at) {
                throw new WrongResult("copied elsewhere");
            }
        }
    }

    @Override
    void check(int operationCount) {
        long at = Places.index(state, segment.byteSize() / unitBytes) * unitBytes;
        WrongResult.require(segment.get(ValueLayout.JAVA_LONG, at) == value, "the last unit is not there");
    }

    @Override
    public void close() throws Exception {
        mapping.close();
    }
}
