package dev.stele.bench;

import dev.stele.api.DaxMapping;
import dev.stele.medium.Medium;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Stores eight bytes into a random line and makes the line durable.
final class PersistWork extends Work {
    private final DaxMapping mapping;
    private final MemorySegment segment;
    private final long lineCount;
    private long state;
    private long value;

    PersistWork(DaxMapping mapping, Long seed) {
        this.mapping = mapping;
        this.segment = mapping.segment();
        this.lineCount = segment.byteSize() / Medium.LINE_BYTES;
        this.state = seed;
    }

    @Override
    void run(int operationCount) {
        for (int i = 0; i < operationCount; i++) {
            state = Places.next(state);
            long at = Places.index(state, lineCount) * Medium.LINE_BYTES;
            segment.set(ValueLayout.JAVA_LONG, at, ++value);
            mapping.persist(at, Medium.LINE_BYTES);
        }
    }

    @Override
    void check(int operationCount) {
        long at = Places.index(state, lineCount) * Medium.LINE_BYTES;
        WrongResult.require(segment.get(ValueLayout.JAVA_LONG, at) == value, "the last line is not there");
    }

    @Override
    public void close() {
        mapping.close();
    }
}
