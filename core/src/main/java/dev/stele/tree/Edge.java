package dev.stele.tree;

import dev.stele.error.CorruptionException;
import dev.stele.format.Inode;
import dev.stele.format.TreeNode;
import dev.stele.journal.Transaction;

/// The way from the root down to one edge of a range of keys. By level, 0 for the leaf: the node, the least key it
/// may hold, the bound of its keys, the number of its entries, and where in it the edge is.
final class Edge {
    /// 0 stands for the root, wherever that is.
    final long[] blocks = new long[TreeNode.MAX_DEPTH + 1];
    final long[] lowers = new long[TreeNode.MAX_DEPTH + 1];
    final long[] uppers = new long[TreeNode.MAX_DEPTH + 1];
    final int[] counts = new int[TreeNode.MAX_DEPTH + 1];
    /// Entries from here on, or up to here, are within the range.
    final int[] indexes = new int[TreeNode.MAX_DEPTH + 1];

    private final Nodes nodes;
    private Transaction tx;
    private long inode;
    private int depth;

    Edge(Nodes nodes) {
        this.nodes = nodes;
    }

    /// Follows a key down. Indexes are those of the pointers followed; the leaf's is the caller's to set.
    ///
    /// @param leaf is left at the leaf
    /// @return levels below the root
    int follow(Transaction tx, long inode, long key, Cursor leaf) {
        this.tx = tx;
        this.inode = inode;
        depth = nodes.openRoot(tx, inode, leaf);
        set(depth, 0, 0, -1, leaf.count);
        for (int level = depth; level > 0; level--) {
            int index = leaf.floorIndex(key);
            if (index < 0) {
                throw new CorruptionException("tree.key", Inode.at(inode), "a node for key " + key, "none");
            }
            indexes[level] = index;
            long block = leaf.valueAt(index);
            long lower = leaf.keyAt(index);
            long upper = index + 1 < leaf.count ? leaf.keyAt(index + 1) : uppers[level];
            nodes.open(tx, block, level - 1, lower, upper, leaf);
            set(level - 1, block, lower, upper, leaf.count);
        }
        return depth;
    }

    /// Goes the same way as another.
    void copy(Edge other) {
        tx = other.tx;
        inode = other.inode;
        depth = other.depth;
        for (int level = 0; level <= depth; level++) {
            set(level, other.blocks[level], other.lowers[level], other.uppers[level], other.counts[level]);
            indexes[level] = other.indexes[level];
        }
    }

    private void set(int level, long block, long lower, long upper, int count) {
        blocks[level] = block;
        lowers[level] = lower;
        uppers[level] = upper;
        counts[level] = count;
    }

    /// Opens the node of a level, or the root.
    void open(int level, Cursor into) {
        if (level == depth) {
            nodes.openRoot(tx, inode, into);
        } else {
            into.inode = inode;
            nodes.open(tx, blocks[level], level, lowers[level], uppers[level], into);
        }
    }
}
