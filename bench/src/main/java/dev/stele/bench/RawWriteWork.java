package dev.stele.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Copies a buffer to random places of a mapping, which makes nothing durable: what writing takes at least.
final class RawWriteWork extends Work {
    private final AutoCloseable mapping;
    private final MemorySegment segment;
    private final int unitBytes;
    private final long unitCount;
    private final MemorySegment buffer;
    private long state;
    private long value;

    RawWriteWork(AutoCloseable mapping, MemorySegment segment, Integer unitBytes, Long seed) {
        this.mapping = mapping;
        this.segment = segment;
        this.unitBytes = unitBytes;
        this.unitCount = segment.byteSize() / unitBytes;
        this.buffer = Arena.ofAuto().allocate(unitBytes, Long.BYTES);
        this.state = seed;
    }

    @Override
    void run(int operationCount) {
        for (int i = 0; i < operationCount; i++) {
            state = Places.next(state);
            value++;
            buffer.set(ValueLayout.JAVA_LONG, 0, value);
            buffer.set(ValueLayout.JAVA_LONG, unitBytes - Long.BYTES, value);
            MemorySegment.copy(buffer, 0, segment, Places.index(state, unitCount) * unitBytes, unitBytes);
        }
    }

    @Override
    void check(int operationCount) {
        long at = Places.index(state, unitCount) * unitBytes;
        WrongResult.require(segment.asSlice(at, unitBytes).mismatch(buffer) == -1, "the last unit is not there");
    }

    @Override
    public void close() throws Exception {
        mapping.close();
    }
}
