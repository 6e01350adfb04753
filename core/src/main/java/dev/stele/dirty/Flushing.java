package dev.stele.dirty;

import java.util.Arrays;

/// Pages that one sync has locked in one file and flushed, until [#done] says how that ended: per leaf the pages, and
/// the lines that were dirty on them. Ascending by leaf; a leaf may be there more than once.
///
/// Written by the sync that owns it, under the lock of the index; a file that gives up pages takes them out of it,
/// under the lock of its inode too.
public final class Flushing {
    private final DirtyIndex index;
    private long[] leaves = new long[8];
    private long[] pages = new long[8];
    private long[][] lines = new long[8][];
    private int size;
    private long lineCount;
    private long waitedNanos;
    private boolean isDone;
    private boolean hasSucceeded;

    Flushing(DirtyIndex index) {
        this.index = index;
    }

    /// Number of pages it holds; those of a hole are among them.
    public long pageCount() {
        long count = 0;
        for (int i = 0; i < size; i++) {
            count += Long.bitCount(pages[i]);
        }
        return count;
    }

    /// Number of lines given to the flusher.
    public long lineCount() {
        return lineCount;
    }

    /// Time spent waiting for other syncs to end.
    public long waitedNanos() {
        return waitedNanos;
    }

    /// Whether nothing was dirty: then there is nothing to drain.
    public boolean isEmpty() {
        return size == 0;
    }

    /// Gives the pages back: clean, where the thread that flushed them has drained since, else dirty as they were.
    /// Once; again is nothing.
    public void done(boolean isDurable) {
        index.finish(this, isDurable);
    }

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

    /// The file has given up pages of a leaf.
    void drop(long leafIndex, long dropped) {
        for (int i = 0; i < size; i++) {
            if (leaves[i] == leafIndex) {
                pages[i] &= ~dropped;
            }
        }
    }

    boolean holds(long leafIndex, int slot) {
        for (int i = 0; i < size; i++) {
            if (leaves[i] == leafIndex && (pages[i] >>> slot & 1) != 0) {
                return true;
            }
        }
        return false;
    }

    void flushed(long moreLines) {
        lineCount += moreLines;
    }

    void waited(long nanos) {
        waitedNanos += nanos;
    }

    boolean isDone() {
        return isDone;
    }

    boolean hasSucceeded() {
        return hasSucceeded;
    }

    void end(boolean succeeded) {
        isDone = true;
        hasSucceeded = succeeded;
    }
}
