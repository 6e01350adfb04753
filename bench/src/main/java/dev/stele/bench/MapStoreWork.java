package dev.stele.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Stores words to a mapping, the first half of a slice one after the other, the second at random.
final class MapStoreWork extends Work {
    private final AutoCloseable mapping;
    private final MemorySegment segment;
    private final long wordCount;
    private long state;
    private long next;
    private long value;
    private long lastIndex;

    MapStoreWork(AutoCloseable mapping, MemorySegment segment, Long seed) {
        this.mapping = mapping;
        this.segment = segment;
        this.wordCount = segment.byteSize() / Long.BYTES;
        this.state = seed;
        segment.fill((byte) 0);
    }

    @Override
    int operationsMax() {
        return (int) Math.min(wordCount, 1 << 20);
    }

    @Override
    void run(int operationCount) {
        value++;
        int half = operationCount / 2;
        sequential(half);
        random(operationCount - half);
    }

    private void sequential(int count) {
        if (next + count > wordCount) {
            next = 0;
        }
        long from = next;
        for (int i = 0; i < count; i++) {
            segment.setAtIndex(ValueLayout.JAVA_LONG, from + i, value);
        }
        next = from + count;
    }

    private void random(int count) {
        long at = state;
        for (int i = 0; i < count; i++) {
            at = Places.next(at);
            segment.setAtIndex(ValueLayout.JAVA_LONG, Places.index(at, wordCount), value + i);
        }
        state = at;
        lastIndex = Places.index(at, wordCount);
    }

    @Override
    void check(int operationCount) {
        int last = operationCount - operationCount / 2 - 1;
        WrongResult.require(segment.getAtIndex(ValueLayout.JAVA_LONG, lastIndex) == value + last,
                "the last store is not there");
    }

    @Override
    public void close() throws Exception {
        mapping.close();
    }
}
