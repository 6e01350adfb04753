package dev.stele.tree;

import dev.stele.format.TreeNode;
import dev.stele.journal.Transaction;

/// Gives back the subtrees that lie wholly between two edges.
final class Pruning {
    private final Nodes nodes;
    private final NodeWriter writer;
    /// By level.
    private final Cursor[] cursors = new Cursor[TreeNode.MAX_DEPTH + 1];
    private Transaction tx;
    private long inode;

    Pruning(Nodes nodes, NodeWriter writer) {
        this.nodes = nodes;
        this.writer = writer;
        for (int level = 0; level < cursors.length; level++) {
            cursors[level] = new Cursor();
        }
    }

    void between(Transaction tx, long inode, Edge left, Edge right, int depth) {
        this.tx = tx;
        this.inode = inode;
        for (int level = depth; level > 0; level--) {
            int from = left.indexes[level] + 1;
            int to = right.indexes[level] - 1;
            if (left.blocks[level] == right.blocks[level]) {
                children(left, level, from, to);
            } else {
                children(left, level, from, left.counts[level]);
                children(right, level, 0, to);
            }
        }
    }

    private void children(Edge edge, int level, int from, int to) {
        if (from < to) {
            edge.open(level, cursors[level]);
            children(level, from, to, edge.uppers[level]);
        }
    }

    private void children(int level, int from, int to, long upper) {
        Cursor parent = cursors[level];
        Cursor child = cursors[level - 1];
        for (int i = from; i < to; i++) {
            long block = parent.valueAt(i);
            long childUpper = i + 1 < parent.count ? parent.keyAt(i + 1) : upper;
            child.inode = inode;
            nodes.open(tx, block, level - 1, parent.keyAt(i), childUpper, child);
            if (level > 1) {
                children(level - 1, 0, child.count, childUpper);
            }
            writer.release(block);
        }
    }
}
