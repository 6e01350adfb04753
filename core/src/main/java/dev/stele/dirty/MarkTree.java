package dev.stele.dirty;

/// A radix tree over page index, 64 ways, as high as its highest page needs. Leaves are named
/// by their index: page index / 64.
///
/// It keeps up to four empty nodes, so that storing to the same few pages and syncing again allocates nothing.
/// Guarded by the lock of its [DirtyIndex].
final class MarkTree {
    static final int DIRTY = 1;
    static final int TO_WRITE = 2;
    static final int LOCKED = 4;
    /// Levels that hold every page of a file of 2^63 bytes.
    private static final int MAX_LEVELS = 10;
    private static final int RETAINED_NODES = 4;

    private MarkNode root = MarkNode.leaf();
    /// levels of inner nodes
    private int height;
    private int nodeCount = 1;
    /// way to the leaf reached last, root first
    private final MarkNode[] path = new MarkNode[MAX_LEVELS];

    int nodeCount() {
        return nodeCount;
    }

    /// The leaf, made if need be. Whoever changes its marks calls [#settle] before reaching another.
    MarkNode reach(long leafIndex) {
        while (leafIndex >= capacity()) {
            raise();
        }
        MarkNode node = root;
        for (int level = height; level > 0; level--) {
            path[height - level] = node;
            int slot = slot(leafIndex, level);
            if (node.children[slot] == null) {
                node.children[slot] = level == 1 ? MarkNode.leaf() : MarkNode.inner();
                nodeCount++;
            }
            node = node.children[slot];
        }
        path[height] = node;
        return node;
    }

    /// Carries the marks of the leaf reached last up to the root.
    void settle(long leafIndex) {
        for (int level = 1; level <= height; level++) {
            MarkNode parent = path[height - level];
            MarkNode child = path[height - level + 1];
            int slot = slot(leafIndex, level);
            parent.inherit(slot, child);
            if (child.isUnmarked() && nodeCount > RETAINED_NODES) {
                nodeCount -= nodesUnder(child);
                parent.children[slot] = null;
            }
        }
    }

    /// Index of the first leaf at or behind `leafIndex` with one of the marks, -1 for none.
    long next(long leafIndex, int marks) {
        if (leafIndex >= capacity()) {
            return -1;
        }
        return next(root, height, 0, leafIndex, marks);
    }

    private static long next(MarkNode node, int level, long base, long from, int marks) {
        if (level == 0) {
            return base >= from && word(node, marks) != 0 ? base : -1;
        }
        int shift = MarkNode.SHIFT * (level - 1);
        int slot = from <= base ? 0 : (int) (from - base >>> shift);
        // only the first of these can end in nothing: all of the others lies behind `from`
        for (long left = word(node, marks) & -1L << slot; left != 0; left &= left - 1) {
            int each = Long.numberOfTrailingZeros(left);
            long found = next(node.children[each], level - 1, base + ((long) each << shift), from, marks);
            if (found >= 0) {
                return found;
            }
        }
        return -1;
    }

    private static long word(MarkNode node, int marks) {
        return ((marks & DIRTY) != 0 ? node.dirty : 0) | ((marks & TO_WRITE) != 0 ? node.toWrite : 0)
                | ((marks & LOCKED) != 0 ? node.locked : 0);
    }

    private void raise() {
        MarkNode above = MarkNode.inner();
        above.children[0] = root;
        above.inherit(0, root);
        root = above;
        height++;
        nodeCount++;
    }

    private long capacity() {
        return 1L << MarkNode.SHIFT * height;
    }

    private static int slot(long leafIndex, int level) {
        return (int) (leafIndex >>> MarkNode.SHIFT * (level - 1)) & MarkNode.SLOTS - 1;
    }

    private static int nodesUnder(MarkNode node) {
        int count = 1;
        if (node.children != null) {
            for (MarkNode child : node.children) {
                count += child == null ? 0 : nodesUnder(child);
            }
        }
        return count;
    }
}
