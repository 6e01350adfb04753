package dev.stele.tree;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.TreeNode;
import dev.stele.journal.Transaction;
import dev.stele.space.Space;
import java.util.Arrays;

/// One change of one tree: everything in a range of keys is replaced. The two edges of the range are followed down to
/// their leaves; then, level by level upwards, what is left of the nodes at the edges and what comes in from below are
/// written anew, until a level where only words of one node change, or the root.
///
/// One per thread; working memory is reused.
final class Splice {
    /// Up to so many words of a node are logged rather than the node rewritten.
    private static final int MAX_WORDS_IN_PLACE = 12;
    /// A node with less is joined with a neighbour …
    private static final int MIN_FILL = TreeNode.MAX_ENTRIES / 4;
    /// … if together they have at most this.
    private static final int MAX_JOINED = TreeNode.MAX_ENTRIES * 3 / 4;

    private final Nodes nodes;
    private final Space space;
    private final NodeWriter writer;
    private final Edge left = new Edge();
    private final Edge right = new Edge();
    private final Cursor node = new Cursor();
    private final Cursor[] subtree = new Cursor[TreeNode.MAX_DEPTH + 1];
    /// What the level at hand will hold between its edges.
    private Pairs result = new Pairs();
    /// What the level below puts in the place of what it had.
    private Pairs incoming = new Pairs();
    private final long[] onePair = new long[2];
    private Transaction tx;
    private long inode;
    private int depth;

    Splice(Nodes nodes, Space space) {
        this.nodes = nodes;
        this.space = space;
        this.writer = new NodeWriter(nodes, space);
        for (int i = 0; i < subtree.length; i++) {
            subtree[i] = new Cursor();
        }
    }

    void runOne(Transaction tx, long inode, long key, long value) {
        onePair[0] = key;
        onePair[1] = value;
        run(tx, inode, key, key + 1, onePair, 1);
    }

    void run(Transaction tx, long inode, long fromKey, long toKey, long[] entries, int count) {
        assert isWithin(fromKey, toKey, entries, count) : "entries ascend and are within the range";
        this.tx = tx;
        this.inode = inode;
        incoming.clear();
        if (count > 0) {
            incoming.addAll(entries, count);
        }
        left.follow(nodes, tx, inode, fromKey, node);
        left.edge[0] = node.ceilingIndex(fromKey);
        depth = right.follow(nodes, tx, inode, toKey - 1, node);
        right.edge[0] = node.ceilingIndex(toKey);
        for (int level = 1; level <= depth; level++) {
            right.edge[level]++;
        }
        if (count > 0 || right.edge[0] != left.edge[0] || right.blocks[0] != left.blocks[0]) {
            writer.begin(tx, inode, left.blocks[0]);
            releaseBetween();
            change();
            writer.finish();
        }
    }

    private void change() {
        for (int level = 0; level < depth; level++) {
            if (!changeLevel(level)) {
                return;
            }
        }
        gather(depth);
        writeRoot(depth);
    }

    /// @return whether the level above changes
    private boolean changeLevel(int level) {
        gather(level);
        writer.doom(left.blocks[level]);
        if (right.blocks[level] != left.blocks[level]) {
            writer.doom(right.blocks[level]);
        }
        while (result.count() < MIN_FILL && (joinLeft(level) || joinRight(level))) {
            // Each round takes one neighbour in.
        }
        if (result.count() <= Inode.ROOT_ENTRIES && spansAll(level)) {
            collapse(level);
            return false;
        }
        boolean single = writer.doomedCount() == 1;
        if (single && result.count() > 0 && result.count() <= TreeNode.MAX_ENTRIES && !isLonely(level)
                && changeInPlace(level)) {
            writer.spare();
            return false;
        }
        if (single && result.count() > TreeNode.MAX_ENTRIES && isAtEnd(level)) {
            // Nodes that are filled in order stay full.
            writer.spare();
            left.edge[level + 1]++;
            swap();
            incoming.clear();
            writer.write(level, result, result.key(0), incoming);
        } else {
            incoming.clear();
            boolean same = writer.write(level, result, left.lowers[level], incoming);
            if (same && single && !isLonely(level)) {
                return false;
            }
        }
        writer.releaseDoomed();
        return true;
    }

    /// Joins what is left of the two edges of a level with what came in from below.
    private void gather(int level) {
        result.clear();
        open(left, level);
        result.addAll(node, 0, left.edge[level]);
        result.addAll(incoming);
        if (right.blocks[level] != left.blocks[level]) {
            open(right, level);
        }
        result.addAll(node, right.edge[level], node.count);
        if (level > 0 && result.count() > 0) {
            // I3: the first child takes the keys of those that went before it.
            result.setKey(0, left.lowers[level]);
        }
    }

    private void open(Edge edge, int level) {
        if (level == depth) {
            nodes.openRoot(tx, inode, node);
        } else {
            node.inode = inode;
            nodes.open(tx, edge.blocks[level], level, edge.lowers[level], edge.uppers[level], node);
        }
    }

    private boolean joinLeft(int level) {
        int index = left.edge[level + 1] - 1;
        if (index < 0) {
            return false;
        }
        open(left, level + 1);
        long block = node.valueAt(index);
        long lower = node.keyAt(index);
        long upper = node.keyAt(index + 1);
        nodes.open(tx, block, level, lower, upper, node);
        if (!isWorthJoining()) {
            return false;
        }
        result.addAllBefore(node);
        writer.doom(block);
        left.edge[level + 1] = index;
        left.blocks[level] = block;
        left.lowers[level] = lower;
        return true;
    }

    private boolean joinRight(int level) {
        int index = right.edge[level + 1];
        open(right, level + 1);
        if (index >= node.count) {
            return false;
        }
        long block = node.valueAt(index);
        long lower = node.keyAt(index);
        long upper = index + 1 < node.count ? node.keyAt(index + 1) : right.uppers[level + 1];
        nodes.open(tx, block, level, lower, upper, node);
        if (!isWorthJoining()) {
            return false;
        }
        result.addAll(node, 0, node.count);
        if (level > 0) {
            result.setKey(0, left.lowers[level]);
        }
        writer.doom(block);
        right.edge[level + 1] = index + 1;
        right.blocks[level] = block;
        right.uppers[level] = upper;
        return true;
    }

    private boolean isWorthJoining() {
        return result.count() + node.count <= MAX_JOINED && (result.count() > 0 || node.count < MIN_FILL);
    }

    /// Whether nothing of this level is outside the edges.
    private boolean spansAll(int level) {
        for (int above = level + 1; above <= depth; above++) {
            if (left.edge[above] != 0 || right.edge[above] != right.counts[above]) {
                return false;
            }
        }
        return true;
    }

    /// Puts what is left of a level into the root and gives back all nodes above it.
    private void collapse(int level) {
        for (int above = level + 1; above < depth; above++) {
            writer.doom(left.blocks[above]);
            if (right.blocks[above] != left.blocks[above]) {
                writer.doom(right.blocks[above]);
            }
        }
        writer.releaseDoomed();
        if (level > 0 && result.count() > 0) {
            result.setKey(0, 0);
        }
        writeRoot(result.count() == 0 ? 0 : level);
    }

    /// Whether this node is its parent's only one: the parent is to be looked at, too.
    private boolean isLonely(int level) {
        return result.count() < MIN_FILL && level + 1 < depth && right.counts[level + 1] == 1;
    }

    /// Whether something is added behind the last entry of the last node of a level.
    private boolean isAtEnd(int level) {
        if (right.edge[level] != right.counts[level] || left.edge[level] != right.edge[level]) {
            return false;
        }
        for (int above = level + 1; above <= depth; above++) {
            if (right.edge[above] != right.counts[above]) {
                return false;
            }
        }
        return true;
    }

    /// Logs the words of a node that change, if they are few.
    private boolean changeInPlace(int level) {
        open(left, level);
        int from = level > 0 ? 0 : left.edge[level];
        int words = node.count == result.count() ? 0 : 1;
        for (int i = from; i < result.count() && words <= MAX_WORDS_IN_PLACE; i++) {
            words += node.keyAt(i) == result.key(i) ? 0 : 1;
            words += node.valueAt(i) == result.value(i) ? 0 : 1;
        }
        if (words > MAX_WORDS_IN_PLACE) {
            return false;
        }
        long at = Geometry.at(left.blocks[level]);
        for (int i = from; i < result.count(); i++) {
            changeWord(at, (int) (TreeNode.entryAt(0, i)), node.keyAt(i), result.key(i));
            changeWord(at, (int) (TreeNode.entryAt(0, i)) + 8, node.valueAt(i), result.value(i));
        }
        long levelHalf = (long) level << 32;
        changeWord(at, (int) TreeNode.COUNT_OFFSET, levelHalf | node.count, levelHalf | result.count());
        return true;
    }

    private void changeWord(long at, int offset, long before, long after) {
        if (before != after) {
            tx.putSummed(at, Geometry.BLOCK_BYTES, offset, after);
        }
    }

    /// Gives the root its entries, first pushing down what it has no room for, then pulling up what it has room for.
    private void writeRoot(int level) {
        int newDepth = result.count() == 0 ? 0 : level;
        while (result.count() > Inode.ROOT_ENTRIES) {
            if (newDepth == TreeNode.MAX_DEPTH) {
                throw new VolumeException(Errno.EFBIG, "the tree of this file cannot grow higher");
            }
            incoming.clear();
            writer.write(newDepth++, result, 0, incoming);
            swap();
        }
        if (newDepth > 0 && newDepth <= level) {
            result.setKey(0, 0);
            newDepth = pullUp(newDepth);
        }
        long base = tx.stageInode(inode);
        Inode.rootCount(tx.segment(), base, result.count());
        Inode.rootDepth(tx.segment(), base, newDepth);
        for (int i = 0; i < Inode.ROOT_ENTRIES; i++) {
            long entryAt = Inode.rootEntryAt(base, i);
            boolean used = i < result.count();
            Layouts.WORD.set(tx.segment(), entryAt, used ? result.key(i) : 0L);
            Layouts.WORD.set(tx.segment(), entryAt + 8, used ? result.value(i) : 0L);
        }
    }

    private int pullUp(int level) {
        while (level > 0 && fitsRoot(level - 1)) {
            incoming.clear();
            for (int i = 0; i < result.count(); i++) {
                openChild(level - 1, i);
                incoming.addAll(node, 0, node.count);
                writer.doom(result.value(i));
            }
            writer.releaseDoomed();
            swap();
            level--;
        }
        return level;
    }

    private boolean fitsRoot(int childLevel) {
        int sum = 0;
        for (int i = 0; i < result.count() && sum <= Inode.ROOT_ENTRIES; i++) {
            openChild(childLevel, i);
            sum += node.count;
        }
        return sum <= Inode.ROOT_ENTRIES;
    }

    private void openChild(int level, int i) {
        node.inode = inode;
        nodes.open(tx, result.value(i), level, result.key(i), i + 1 < result.count() ? result.key(i + 1) : -1, node);
    }

    private void swap() {
        Pairs before = result;
        result = incoming;
        incoming = before;
    }

    /// Gives back the subtrees that lie wholly between the edges.
    private void releaseBetween() {
        for (int level = depth; level > 0; level--) {
            if (left.blocks[level] == right.blocks[level]) {
                releaseChildren(left, level, left.edge[level] + 1, right.edge[level] - 1);
            } else {
                releaseChildren(left, level, left.edge[level] + 1, left.counts[level]);
                releaseChildren(right, level, 0, right.edge[level] - 1);
            }
        }
    }

    private void releaseChildren(Edge edge, int level, int from, int to) {
        if (from >= to) {
            return;
        }
        Cursor parent = subtree[level];
        if (level == depth) {
            nodes.openRoot(tx, inode, parent);
        } else {
            parent.inode = inode;
            nodes.open(tx, edge.blocks[level], level, edge.lowers[level], edge.uppers[level], parent);
        }
        releaseChildren(parent, level, from, to, edge.uppers[level]);
    }

    private void releaseChildren(Cursor parent, int level, int from, int to, long upper) {
        for (int i = from; i < to; i++) {
            long block = parent.valueAt(i);
            long childUpper = i + 1 < parent.count ? parent.keyAt(i + 1) : upper;
            Cursor child = subtree[level - 1];
            child.inode = inode;
            nodes.open(tx, block, level - 1, parent.keyAt(i), childUpper, child);
            if (level > 1) {
                releaseChildren(child, level - 1, 0, child.count, childUpper);
            }
            writer.release(block);
        }
    }

    private static boolean isWithin(long fromKey, long toKey, long[] entries, int count) {
        long least = fromKey;
        for (int i = 0; i < count; i++) {
            long key = entries[2 * i];
            if (Long.compareUnsigned(key, least) < 0 || Long.compareUnsigned(key, toKey) >= 0) {
                return false;
            }
            least = key + 1;
        }
        return true;
    }

    /// The way from the root to one edge of the range.
    private static final class Edge {
        /// By level: the node, the least key it may hold, the bound of its keys, the number of its entries, and which
        /// of them the edge is at.
        final long[] blocks = new long[TreeNode.MAX_DEPTH + 1];
        final long[] lowers = new long[TreeNode.MAX_DEPTH + 1];
        final long[] uppers = new long[TreeNode.MAX_DEPTH + 1];
        final int[] counts = new int[TreeNode.MAX_DEPTH + 1];
        final int[] edge = new int[TreeNode.MAX_DEPTH + 1];

        /// Leaves the cursor in the leaf.
        ///
        /// @return levels below the root
        int follow(Nodes nodes, Transaction tx, long inode, long key, Cursor node) {
            int depth = nodes.openRoot(tx, inode, node);
            Arrays.fill(blocks, 0);
            set(depth, 0, 0, -1, node.count);
            for (int level = depth; level > 0; level--) {
                int index = node.floorIndex(key);
                if (index < 0) {
                    throw new CorruptionException("tree.key", Inode.at(inode), "a node for key " + key, "none");
                }
                edge[level] = index;
                long upper = index + 1 < node.count ? node.keyAt(index + 1) : uppers[level];
                long lower = node.keyAt(index);
                long block = node.valueAt(index);
                nodes.open(tx, block, level - 1, lower, upper, node);
                set(level - 1, block, lower, upper, node.count);
            }
            return depth;
        }

        private void set(int level, long block, long lower, long upper, int count) {
            blocks[level] = block;
            lowers[level] = lower;
            uppers[level] = upper;
            counts[level] = count;
        }
    }
}
