package dev.stele.dirty;

/// A radix tree over page index, 64 ways, as high as its highest page needs. Leaves are named by their index: page
/// index / 64.
///
/// It keeps up to four empty nodes, so that storing to the same few pages and syncing again allocates nothing.
/// Guarded by the lock of its [DirtyIndex].
final class MarkTree {
    static final int DIRTY = 1;
    static final int TO_WRITE = 2;
    static final int LOCKED = 4;
    /// Levels of inner nodes over the branches of every page of a file of 2^63 bytes.
    private static final int MAX_HEIGHT = 7;
    private static final int RETAINED_NODES = 4;

    private MarkNode root;
    /// levels of inner nodes
    private int height;
    private int nodeCount;
    private long visitCount;
    /// way to the branch reached last, root first
    private final Inner[] path = new Inner[MAX_HEIGHT];
    private Branch branch;

    int nodeCount() {
        return nodeCount;
    }

    /// Nodes looked at by all searches so far.
    long visitCount() {
        return visitCount;
    }

    /// The branch of a leaf, made if need be. Whoever changes marks beneath it calls [#settle] before reaching another.
    Branch reach(long leafIndex) {
        if (root == null) {
            root = new Branch();
            nodeCount++;
        }
        while (leafIndex >= capacity()) {
            raise();
        }
        MarkNode node = root;
        for (int level = height; level > 0; level--) {
            Inner inner = (Inner) node;
            path[height - level] = inner;
            int slot = slot(leafIndex, level);
            if (inner.children[slot] == null) {
                inner.children[slot] = level == 1 ? new Branch() : new Inner();
                nodeCount++;
            }
            node = inner.children[slot];
        }
        branch = (Branch) node;
        return branch;
    }

    /// A leaf of the branch reached last, made if need be.
    Leaf leaf(long leafIndex) {
        int slot = slot(leafIndex, 0);
        nodeCount += branch.make(slot) ? 1 : 0;
        return branch.leaf(slot);
    }

    /// Carries the marks of slots of the branch reached last up to the root.
    ///
    /// @param leafIndex of any of them
    void settle(long leafIndex, long slots) {
        branch.update(slots);
        for (long left = slots; left != 0 && nodeCount > RETAINED_NODES; left &= left - 1) {
            int slot = Long.numberOfTrailingZeros(left);
            if (branch.leaf(slot) != null && branch.leaf(slot).isUnmarked()) {
                branch.drop(slot);
                nodeCount--;
            }
        }
        MarkNode child = branch;
        for (int level = 1; level <= height; level++) {
            Inner parent = path[height - level];
            int slot = slot(leafIndex, level);
            parent.inherit(slot, child);
            if (child.isUnmarked() && nodeCount > RETAINED_NODES) {
                nodeCount -= nodesUnder(child);
                parent.children[slot] = null;
            }
            child = parent;
        }
    }

    void settle(long leafIndex) {
        settle(leafIndex, 1L << slot(leafIndex, 0));
    }

    /// Index of the first leaf at or behind `leafIndex` with one of the marks, -1 for none. Looks at two nodes of each
    /// level at most: only the first that is entered can end in nothing, all of the others lies behind `leafIndex`.
    long next(long leafIndex, int marks) {
        if (root == null || leafIndex >= capacity()) {
            return -1;
        }
        return next(root, height, 0, leafIndex, marks);
    }

    private long next(MarkNode node, int level, long base, long from, int marks) {
        visitCount++;
        int shift = MarkNode.SHIFT * level;
        int slot = from <= base ? 0 : (int) (from - base >>> shift);
        for (long left = node.word(marks) & -1L << slot; left != 0; left &= left - 1) {
            int each = Long.numberOfTrailingZeros(left);
            long at = base + ((long) each << shift);
            long found = level == 0 ? at : next(((Inner) node).children[each], level - 1, at, from, marks);
            if (found >= 0) {
                return found;
            }
        }
        return -1;
    }

    private void raise() {
        Inner above = new Inner();
        above.children[0] = root;
        above.inherit(0, root);
        root = above;
        height++;
        nodeCount++;
    }

    private long capacity() {
        return (long) MarkNode.SLOTS << MarkNode.SHIFT * height;
    }

    /// Slot of a leaf on its way down: in the branch (level 0) or an inner node.
    static int slot(long leafIndex, int level) {
        return (int) (leafIndex >>> MarkNode.SHIFT * level) & MarkNode.SLOTS - 1;
    }

    /// A branch or an inner node, and all beneath it.
    private static int nodesUnder(MarkNode node) {
        if (!(node instanceof Inner inner)) {
            return 1 + ((Branch) node).leafCount();
        }
        int count = 1;
        for (MarkNode child : inner.children) {
            count += child == null ? 0 : nodesUnder(child);
        }
        return count;
    }
}
