package dev.stele.bench;

import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// A whole slice in one call of a loop in C: nothing of Java is in its time.
final class LibpmemLoopWork extends Work {
    private final AutoCloseable mapping;
    private final MemorySegment segment;
    private final MethodHandle loop;
    private final int unitBytes;
    private final MemorySegment source;
    private long state;
    private long value;

    /// @param loop `persist_lines` for units of a line, `copy_blocks` for larger ones
    LibpmemLoopWork(AutoCloseable mapping, MemorySegment segment, MethodHandle loop, Integer unitBytes, Long seed) {
        this.mapping = mapping;
        this.segment = segment;
        this.loop = loop;
        this.unitBytes = unitBytes;
        this.source = Arena.ofAuto().allocate(unitBytes, unitBytes);
        this.state = seed;
    }

    @Override
    void run(int operationCount) throws Exception {
        long unitCount = segment.byteSize() / unitBytes;
        try {
            state = unitBytes == Medium.LINE_BYTES
                    ? (long) loop.invokeExact(segment, unitCount, (long) operationCount, state, value)
                    : (long) loop.invokeExact(segment, unitCount, (long) operationCount, state, value, source);
        } catch (Throwable failed) {
            throw new IllegalStateException("the loop in C cannot be called", failed);
        }
        value += operationCount;
    }

    @Override
    void check(int operationCount) {
        long at = Places.index(state, segment.byteSize() / unitBytes) * unitBytes;
        WrongResult.require(segment.get(ValueLayout.JAVA_LONG, at) == value - 1, "the last unit is not there");
    }

    @Override
    public void close() throws Exception {
        mapping.close();
    }
}
