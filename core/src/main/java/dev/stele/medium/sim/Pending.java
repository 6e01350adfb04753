package dev.stele.medium.sim;

import java.util.Arrays;

/// Lines one thread has sent on their way and not drained: the line's number and, for a flush, the sequence number that
/// bounds the stores it took along.
final class Pending {
    static final long STREAMED = -1;

    private int[] lines = new int[32];
    private long[] sequences = new long[32];
    private int size;

    void add(int line, long sequence) {
        if (size > 0 && lines[size - 1] == line && sequences[size - 1] == sequence) {
            return;
        }
        if (size == lines.length) {
            lines = Arrays.copyOf(lines, size * 2);
            sequences = Arrays.copyOf(sequences, size * 2);
        }
        lines[size] = line;
        sequences[size++] = sequence;
    }

    int size() {
        return size;
    }

    int line(int index) {
        return lines[index];
    }

    long sequence(int index) {
        return sequences[index];
    }
}
