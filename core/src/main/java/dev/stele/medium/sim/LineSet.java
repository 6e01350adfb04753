package dev.stele.medium.sim;

import java.util.Arrays;

/// Numbers of lines, each once, in the order they came; emptied in time proportional to what it holds.
final class LineSet {
    private long[] members;
    private int[] lines = new int[64];
    private int size;

    LineSet(long lineCount) {
        members = new long[(int) ((lineCount + 63) >>> 6)];
    }

    void add(int line) {
        long bit = 1L << line;
        if ((members[line >>> 6] & bit) != 0) {
            return;
        }
        members[line >>> 6] |= bit;
        if (size == lines.length) {
            lines = Arrays.copyOf(lines, size * 2);
        }
        lines[size++] = line;
    }

    int size() {
        return size;
    }

    int get(int index) {
        return lines[index];
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            members[lines[i] >>> 6] = 0;
        }
        size = 0;
    }

    void resize(long lineCount) {
        members = Arrays.copyOf(members, (int) ((lineCount + 63) >>> 6));
    }
}
