package dev.stele.dirty;

import java.util.Arrays;

/// What one sync has locked: per leaf the pages, and the lines that were dirty on them. Ascending by leaf; a leaf
/// may be there more than once. Written by the sync that owns it, under the lock of the index.
final class Batch {
    private long[] leaves = new long[8];
    private long[] pages = new long[8];
    private long[][] lines = new long[8][];
    private int size;
    private boolean isDone;
    private boolean hasSucceeded;

    int size() {
        return size;
    }

    long leaf(int i) {
        return leaves[i];
    }

    long pages(int i) {
        return pages[i];
    }

    /// Dirty lines of a page taken with entry i.
    long linesOf(int i, int slot) {
        return lines[i] == null ? MarkNode.ALL_LINES : lines[i][slot];
    }

    void add(long leafIndex, long taken, long[] takenLines) {
        if (size == leaves.length) {
            leaves = Arrays.copyOf(leaves, 2 * size);
            pages = Arrays.copyOf(pages, 2 * size);
            lines = Arrays.copyOf(lines, 2 * size);
        }
        leaves[size] = leafIndex;
        pages[size] = taken;
        lines[size] = takenLines;
        size++;
    }

    boolean holds(long leafIndex, int slot) {
        for (int i = 0; i < size; i++) {
            if (leaves[i] == leafIndex && (pages[i] >>> slot & 1) != 0) {
                return true;
            }
        }
        return false;
    }

    long pageCount() {
        long count = 0;
        for (int i = 0; i < size; i++) {
            count += Long.bitCount(pages[i]);
        }
        return count;
    }

    boolean isDone() {
        return isDone;
    }

    boolean hasSucceeded() {
        return hasSucceeded;
    }

    void done(boolean succeeded) {
        isDone = true;
        hasSucceeded = succeeded;
    }
}
