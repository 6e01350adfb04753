package dev.stele.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Copies units of a mapping at random places to a buffer: what reading them takes at least. The file was made by
/// [Filler].
final class RawReadWork extends Work {
    private final AutoCloseable mapping;
    private final MemorySegment segment;
    private final int unitBytes;
    private final long unitCount;
    private final MemorySegment buffer;
    private long state;

    RawReadWork(AutoCloseable mapping, MemorySegment segment, Integer unitBytes, Long seed) {
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
            long unit = Places.index(state, unitCount);
            MemorySegment.copy(segment, unit * unitBytes, buffer, 0, unitBytes);
            long mark = Places.mark(unit);
            if (buffer.get(ValueLayout.JAVA_LONG, 0) != mark
                    || buffer.get(ValueLayout.JAVA_LONG, unitBytes - Long.BYTES) != mark) {
                throw new WrongResult("unit " + unit + " is copied wrong");
            }
        }
    }

    @Override
    public void close() throws Exception {
        mapping.close();
    }
}
