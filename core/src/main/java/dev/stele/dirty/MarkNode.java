package dev.stele.dirty;

/// A node of the tree: 64 slots, and for each slot one bit in each of three words. A leaf's slots are pages; an inner
/// node's are nodes, and a bit there says that the node has such a bit.
final class MarkNode {
    static final int SLOTS = 64;
    static final int SHIFT = 6;
    static final long ALL_LINES = -1;

    /// stored to, and not known to be durable
    long dirty;
    /// to be flushed by a sync that is under way
    long toWrite;
    /// being flushed
    long locked;
    /// null in a leaf
    final MarkNode[] children;
    /// Of a leaf: for each dirty page, which of its 64 cache lines are dirty; null while whole pages are
    long[] lines;

    private MarkNode(MarkNode[] children) {
        this.children = children;
    }

    static MarkNode leaf() {
        return new MarkNode(null);
    }

    static MarkNode inner() {
        return new MarkNode(new MarkNode[SLOTS]);
    }

    boolean isUnmarked() {
        return (dirty | toWrite | locked) == 0;
    }

    /// Makes the bits of a slot say what its node says.
    void inherit(int slot, MarkNode child) {
        long bit = 1L << slot;
        dirty = child.dirty != 0 ? dirty | bit : dirty & ~bit;
        toWrite = child.toWrite != 0 ? toWrite | bit : toWrite & ~bit;
        locked = child.locked != 0 ? locked | bit : locked & ~bit;
    }

    /// Whole pages become dirty.
    void markPages(long pages) {
        if (lines != null) {
            for (long left = pages; left != 0; left &= left - 1) {
                lines[Long.numberOfTrailingZeros(left)] = ALL_LINES;
            }
        }
        dirty |= pages;
    }

    /// Some lines of one page become dirty.
    void markLines(int slot, long mask) {
        if (lines == null) {
            if ((dirty >>> slot & 1) != 0) {
                return;
            }
            splitPages();
        }
        lines[slot] |= mask;
        dirty |= 1L << slot;
    }

    private void splitPages() {
        lines = new long[SLOTS];
        for (long left = dirty; left != 0; left &= left - 1) {
            lines[Long.numberOfTrailingZeros(left)] = ALL_LINES;
        }
    }

    long linesOf(int slot) {
        return lines == null ? ALL_LINES : lines[slot];
    }

    void clean(long pages) {
        dirty &= ~pages;
        if (lines != null) {
            for (long left = pages; left != 0; left &= left - 1) {
                lines[Long.numberOfTrailingZeros(left)] = 0;
            }
        }
    }
}
