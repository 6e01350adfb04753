package dev.stele.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Loads words from a mapping, the first half of a slice one after the other, the second at random. The word at
/// index i is i.
final class MapLoadWork extends Work {
    private final AutoCloseable mapping;
    private final MemorySegment segment;
    private final long wordCount;
    private long state;
    private long next;

    MapLoadWork(AutoCloseable mapping, MemorySegment segment, Long seed) {
        this.mapping = mapping;
        this.segment = segment;
        this.wordCount = segment.byteSize() / Long.BYTES;
        this.state = seed;
        for (long i = 0; i < wordCount; i++) {
            segment.setAtIndex(ValueLayout.JAVA_LONG, i, i);
        }
    }

    @Override
    int operationsMax() {
        return (int) Math.min(wordCount, 1 << 20);
    }

    @Override
    void run(int operationCount) {
        int half = operationCount / 2;
        sequential(half);
        random(operationCount - half);
    }

    private void sequential(int count) {
        if (next + count > wordCount) {
            next = 0;
        }
        long from = next;
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += segment.getAtIndex(ValueLayout.JAVA_LONG, from + i);
        }
        next = from + count;
        WrongResult.require(sum == from * count + (long) count * (count - 1) / 2, "words from " + from + " are wrong");
    }

    private void random(int count) {
        long wrong = 0;
        long at = state;
        for (int i = 0; i < count; i++) {
            at = Places.next(at);
            long index = Places.index(at, wordCount);
            wrong |= segment.getAtIndex(ValueLayout.JAVA_LONG, index) ^ index;
        }
        state = at;
        WrongResult.require(wrong == 0, "a word is wrong");
    }

    @Override
    public void close() throws Exception {
        mapping.close();
    }
}
