package dev.stele.tree;

import dev.stele.format.Layouts;
import dev.stele.format.TreeNode;

/// Where a search in a tree ended: one entry, and the node it stands in. Reused from search to search; belongs to one
/// thread, apart from those of others. Good until the tree changes.
public final class Cursor extends Position {
    private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    public long key() {
        return key;
    }

    public long value() {
        return value;
    }

    /// A bound for what follows: no entry has a key between [#key()] and this one. The greatest unsigned number, -1,
    /// where this is the last entry.
    public long limit() {
        return index + 1 < count ? keyAt(index + 1) : outerLimit;
    }

    long keyAt(int i) {
        return (long) Layouts.WORD.get(segment, entriesAt + (long) i * TreeNode.ENTRY_BYTES);
    }

    long valueAt(int i) {
        return (long) Layouts.WORD.get(segment, entriesAt + (long) i * TreeNode.ENTRY_BYTES + 8);
    }

    /// Changes the value of the entry it is at, in working memory.
    void setValue(long to) {
        Layouts.WORD.set(segment, entriesAt + (long) index * TreeNode.ENTRY_BYTES + 8, to);
        value = to;
    }

    /// Index of the entry with the greatest key that is not above `sought`; -1 if there is none.
    int floorIndex(long sought) {
        if (count == 0) {
            return -1;
        }
        long bound = sought + Long.MIN_VALUE;
        int base = 0;
        int length = count;
        while (length > 1) {
            int half = length >>> 1;
            base = keyAt(base + half) + Long.MIN_VALUE <= bound ? base + half : base;
            length -= half;
        }
        return keyAt(base) + Long.MIN_VALUE <= bound ? base : -1;
    }

    /// Number of entries with a key below `sought`: the index of the first that is not.
    int ceilingIndex(long sought) {
        return sought == 0 ? 0 : floorIndex(sought - 1) + 1;
    }

    void take(int i) {
        index = i;
        key = keyAt(i);
        value = valueAt(i);
    }
}
