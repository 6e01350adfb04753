package dev.stele.check;

import dev.stele.format.Crc32c;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.TreeNode;
import java.lang.foreign.MemorySegment;

/// Goes through the tree of one inode without recursion and without believing it. Ends because levels only go down and
/// the visitor lets it into each node at most once.
final class TreeWalk {
    /// What is done with a tree.
    interface Visitor {
        /// A node that says whose it is, and is this inode's.
        ///
        /// @return whether to go into the node: never twice into the same
        boolean node(long block);

        /// @param low least key the leaf entry's place in the tree allows it to hold
        /// @param high the least key of what comes next
        void leaf(long key, long value, long high);

        /// Something is not as it should be. The walk goes on with the rest.
        void damage(Severity severity, String struct, long at, String expected, String found);
    }

    private static final long SELF_OFFSET = Layouts.offset(TreeNode.LAYOUT, "self");

    private final Image image;
    private final Geometry geometry;
    private final MemorySegment[] nodes = new MemorySegment[TreeNode.MAX_DEPTH + 1];
    private final long[] entriesAt = new long[TreeNode.MAX_DEPTH + 1];
    private final long[] blocks = new long[TreeNode.MAX_DEPTH + 1];
    private final int[] counts = new int[TreeNode.MAX_DEPTH + 1];
    private final int[] next = new int[TreeNode.MAX_DEPTH + 1];
    private final long[] low = new long[TreeNode.MAX_DEPTH + 1];
    private final long[] high = new long[TreeNode.MAX_DEPTH + 1];
    private Visitor visitor;
    private long owner;

    TreeWalk(Image image, Geometry geometry) {
        this.image = image;
        this.geometry = geometry;
        for (int level = 0; level < TreeNode.MAX_DEPTH; level++) {
            nodes[level] = image.block();
        }
    }

    /// Walks the tree whose root the inode at `at` of working memory holds.
    void walk(MemorySegment inode, long at, long number, Visitor newVisitor) {
        visitor = newVisitor;
        owner = number;
        int top = Inode.rootDepth(inode, at);
        int count = Inode.rootCount(inode, at);
        if (top > TreeNode.MAX_DEPTH || count > Inode.ROOT_ENTRIES) {
            damage("inode.root", Inode.at(number), "8 entries and 8 levels at most", count + " and " + top);
            if (top > TreeNode.MAX_DEPTH) {
                return;
            }
        }
        MemorySegment below = nodes[top];
        nodes[top] = inode;
        try {
            enter(top, at + Inode.PAYLOAD_OFFSET, 0, Math.min(count, Inode.ROOT_ENTRIES), 0, Long.MAX_VALUE);
            go(top);
        } finally {
            // Also where the visitor ends the walk, for want of room: the next one reads whole blocks here.
            nodes[top] = below;
        }
    }

    private void go(int top) {
        int level = top;
        while (true) {
            if (next[level] == counts[level]) {
                if (level == top) {
                    return;
                }
                level++;
            } else if (entry(level)) {
                level--;
            }
        }
    }

    /// @return whether the walk goes down
    private boolean entry(int level) {
        int index = next[level]++;
        long key = key(level, index);
        long value = value(level, index);
        if (key < low[level] || key >= high[level]) {
            damage("tree.key", atOf(level), "from " + low[level] + " below " + high[level], Long.toString(key));
            return false;
        }
        if (level > 0 && index == 0 && key != low[level]) {
            damage("tree.key", atOf(level), low[level] + " as the first pointer's", Long.toString(key));
        }
        low[level] = key + 1;
        long bound = high[level];
        if (index + 1 < counts[level]) {
            long after = key(level, index + 1);
            bound = after > key && after < bound ? after : bound;
        }
        if (level == 0) {
            visitor.leaf(key, value, bound);
            return false;
        }
        if (!geometry.isUsable(value)) {
            damage("tree.child", atOf(level), "a block of the volume", Long.toString(value));
            return false;
        }
        // K3: a block is this tree's only if it says so.
        if (!isNode(level - 1, value) || !visitor.node(value)) {
            return false;
        }
        go(level - 1, value, key, bound);
        return true;
    }

    private boolean isNode(int level, long block) {
        MemorySegment s = nodes[level];
        long at = Geometry.at(block);
        if (!image.read(block, s)) {
            damage("tree", at, "a node", "nothing readable");
            return false;
        }
        if (!TreeNode.hasMagic(s, 0) || (long) Layouts.WORD.get(s, SELF_OFFSET) != block
                || TreeNode.owner(s, 0) != owner || TreeNode.level(s, 0) != level) {
            damage("tree", at, "a node of inode " + owner + " on level " + level, "something else");
            return false;
        }
        return true;
    }

    /// Goes into the node that was read last.
    private void go(int level, long block, long from, long below) {
        MemorySegment s = nodes[level];
        long at = Geometry.at(block);
        int crc = Crc32c.ofSummed(s, 0, Geometry.BLOCK_BYTES, TreeNode.CRC_OFFSET);
        if (crc != TreeNode.crc(s, 0)) {
            damage("tree.crc", at, Log.hex(Integer.toUnsignedLong(crc)),
                    Log.hex(Integer.toUnsignedLong(TreeNode.crc(s, 0))));
        }
        int count = TreeNode.count(s, 0);
        if (count < 1 || count > TreeNode.MAX_ENTRIES) {
            damage("tree.count", at, "1 to " + TreeNode.MAX_ENTRIES, Integer.toString(count));
            count = count < 0 || count > TreeNode.MAX_ENTRIES ? TreeNode.MAX_ENTRIES : count;
        }
        enter(level, TreeNode.HEADER_BYTES, block, count, from, below);
    }

    private void enter(int level, long firstAt, long block, int count, long from, long below) {
        entriesAt[level] = firstAt;
        blocks[level] = block;
        counts[level] = count;
        next[level] = 0;
        low[level] = from;
        high[level] = below;
    }

    private long key(int level, int index) {
        return (long) Layouts.WORD.get(nodes[level], entriesAt[level] + (long) index * TreeNode.ENTRY_BYTES);
    }

    private long value(int level, int index) {
        return (long) Layouts.WORD.get(nodes[level], entriesAt[level] + (long) index * TreeNode.ENTRY_BYTES + 8);
    }

    /// Where on the medium the node of a level stands.
    private long atOf(int level) {
        return blocks[level] == 0 ? Inode.at(owner) : Geometry.at(blocks[level]);
    }

    private void damage(String struct, long at, String expected, String found) {
        visitor.damage(Severity.LOSS, struct, at, expected, found);
    }
}
