package dev.stele.dirty;

import java.util.Arrays;

/// Pages that one sync has locked in one file and flushed, until [#done] says how that ended: entries of 2 MiB, and
/// pages leaf by leaf with the lines of them that were dirty. Ascending; a leaf may be there more than once.
///
/// Written by the sync that owns it, under the lock of the index; a file that gives up pages takes them out of it,
/// under the lock of its inode too.
public final class Flushing {
    private static final int HUGE_LEAVES = Marks.HUGE_PAGES / MarkNode.SLOTS;
    /// in the place of the partial pages of an entry of 2 MiB, which has none
    private static final long[] HUGE = new long[0];

    private final DirtyIndex index;
    private long[] leaves = new long[8];
    private long[] pages = new long[8];
    /// of the pages, those of which only some lines were dirty
    private long[] partial = new long[8];
    /// and these lines
    private long[][] lines = new long[8][];
    private int size;
    /// entries that have been flushed
    private int flushedCount;
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
            count += isHuge(i) ? Marks.HUGE_PAGES : Long.bitCount(pages[i]);
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

    /// The leaf of entry i; of 2 MiB, the first.
    long leaf(int i) {
        return leaves[i];
    }

    boolean isHuge(int i) {
        return lines[i] == HUGE;
    }

    /// Pages of entry i that the file still has.
    long pages(int i) {
        return pages[i];
    }

    /// Dirty lines of a page taken with entry i.
    long linesOf(int i, int slot) {
        return (partial[i] >>> slot & 1) == 0 ? Leaf.ALL_LINES : lines[i][Leaf.rank(partial[i], slot)];
    }

    /// @param partialPages those of which only some lines are dirty
    /// @param partialLines these lines, page by page
    void addPages(long leafIndex, long taken, long partialPages, long[] partialLines) {
        open(size, 1);
        set(size - 1, leafIndex, taken, partialPages, partialPages == 0 ? null : partialLines);
    }

    void addHuge(long hugeLeaf) {
        open(size, 1);
        set(size - 1, hugeLeaf, 0, 0, HUGE);
    }

    /// Makes room for entries at i.
    private void open(int at, int count) {
        if (size + count > leaves.length) {
            int capacity = Math.max(size + count, 2 * size);
            leaves = Arrays.copyOf(leaves, capacity);
            pages = Arrays.copyOf(pages, capacity);
            partial = Arrays.copyOf(partial, capacity);
            lines = Arrays.copyOf(lines, capacity);
        }
        System.arraycopy(leaves, at, leaves, at + count, size - at);
        System.arraycopy(pages, at, pages, at + count, size - at);
        System.arraycopy(partial, at, partial, at + count, size - at);
        System.arraycopy(lines, at, lines, at + count, size - at);
        size += count;
    }

    private void set(int i, long leafIndex, long taken, long partialPages, long[] partialLines) {
        leaves[i] = leafIndex;
        pages[i] = taken;
        partial[i] = partialPages;
        lines[i] = partialLines;
    }

    /// The file has given up pages of a leaf. An entry of 2 MiB that begins with it has no single pages to lose.
    void dropPages(long leafIndex, long dropped) {
        for (int i = 0; i < size; i++) {
            if (leaves[i] == leafIndex) {
                pages[i] &= ~dropped;
            }
        }
    }

    /// The file has given up an entry of 2 MiB.
    void dropHuge(long hugeLeaf) {
        int i = indexOfHuge(hugeLeaf);
        if (i >= 0) {
            set(i, hugeLeaf, 0, 0, null);
        }
    }

    /// The file will give up a part of an entry of 2 MiB: from here on it is eight leaves.
    void splitHuge(long hugeLeaf) {
        int i = indexOfHuge(hugeLeaf);
        if (i < 0) {
            return;
        }
        open(i + 1, HUGE_LEAVES - 1);
        for (int each = 0; each < HUGE_LEAVES; each++) {
            set(i + each, hugeLeaf + each, -1, 0, null);
        }
        flushedCount += i < flushedCount ? HUGE_LEAVES - 1 : 0;
    }

    private int indexOfHuge(long hugeLeaf) {
        for (int i = 0; i < size; i++) {
            if (leaves[i] == hugeLeaf && isHuge(i)) {
                return i;
            }
        }
        return -1;
    }

    boolean holds(long page) {
        return indexOf(page) >= 0;
    }

    private int indexOf(long page) {
        long leafIndex = page >>> MarkNode.SHIFT;
        for (int i = 0; i < size; i++) {
            boolean holds = isHuge(i) ? leaves[i] == (leafIndex & -HUGE_LEAVES)
                    : leaves[i] == leafIndex && (pages[i] >>> page & 1) != 0;
            if (holds) {
                return i;
            }
        }
        return -1;
    }

    /// Page behind the entry with a page that this holds: of 2 MiB, or that page alone.
    long endOfEntry(long page) {
        int i = indexOf(page);
        return isHuge(i) ? (leaves[i] << MarkNode.SHIFT) + Marks.HUGE_PAGES : page + 1;
    }

    /// Flushes what was taken since the last call. The blocks are held.
    void flushTaken(LineRun run) {
        for (; flushedCount < size; flushedCount++) {
            int i = flushedCount;
            long firstPage = leaves[i] << MarkNode.SHIFT;
            if (isHuge(i)) {
                run.addPages(firstPage, Marks.HUGE_PAGES);
            }
            for (long left = pages[i]; left != 0; left &= left - 1) {
                int slot = Long.numberOfTrailingZeros(left);
                run.add(firstPage + slot, linesOf(i, slot));
            }
        }
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
