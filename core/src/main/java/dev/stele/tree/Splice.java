package dev.stele.tree;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.TreeNode;
import dev.stele.journal.Transaction;
import dev.stele.space.Space;

/// One change of one tree: everything in a range of keys is replaced. The two edges of the range are followed down to
/// their leaves; then, level by level upwards, what is left of the nodes at the edges and what comes in from below
/// are written anew, until a level where only words of one node change, or the root.
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
    private final NodeWriter writer;
    private final Pruning pruning;
    private final Root root;
    private final Edge left;
    private final Edge right;
    private final Cursor node = new Cursor();
    /// What the level at hand is to hold in the place of its nodes at the edges and between them.
    private Pairs result = new Pairs();
    /// What comes in from below: on level 0 the new entries, above it pointers to the nodes written.
    private Pairs incoming = new Pairs();
    private final long[] onePair = new long[2];
    private Transaction tx;
    private long inode;
    private int depth;

    Splice(Nodes nodes, Space space) {
        this.nodes = nodes;
        this.writer = new NodeWriter(nodes, space);
        this.pruning = new Pruning(nodes, writer);
        this.root = new Root(nodes, writer);
        this.left = new Edge(nodes);
        this.right = new Edge(nodes);
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
        findEdges(fromKey, toKey);
        if (count == 0 && right.indexes[0] == left.indexes[0] && right.blocks[0] == left.blocks[0]) {
            return;
        }
        incoming.clear();
        if (count > 0) {
            incoming.addAll(entries, count);
        }
        writer.begin(tx, inode, left.blocks[0]);
        pruning.between(tx, inode, left, right, depth);
        change();
        writer.finish();
    }

    private void findEdges(long fromKey, long toKey) {
        depth = left.follow(tx, inode, fromKey, node);
        left.indexes[0] = node.ceilingIndex(fromKey);
        if (Long.compareUnsigned(toKey - 1, left.uppers[0]) < 0) {
            right.copy(left);
        } else {
            right.follow(tx, inode, toKey - 1, node);
        }
        right.indexes[0] = node.ceilingIndex(toKey);
        for (int level = 1; level <= depth; level++) {
            right.indexes[level]++;
        }
    }

    private void change() {
        for (int level = 0; level < depth; level++) {
            if (!changeLevel(level)) {
                return;
            }
        }
        gather(depth);
        root.write(tx, inode, depth, result);
    }

    /// @return whether the level above changes
    private boolean changeLevel(int level) {
        if (changeWords(level)) {
            return false;
        }
        gather(level);
        doom(level);
        while (result.count() < MIN_FILL && (joinLeft(level) || joinRight(level))) {
            // Each round takes one neighbour in.
        }
        if (result.count() <= Inode.ROOT_ENTRIES && spansAll(level)) {
            collapse(level);
            return false;
        }
        return writer.doomedCount() == 1 && result.count() > 0 ? changeOne(level) : changeMany(level);
    }

    private boolean changeOne(int level) {
        if (result.count() > TreeNode.MAX_ENTRIES) {
            return isAtEnd(level) ? appendNodes(level) : changeMany(level);
        }
        left.open(level, node);
        if (changeInPlace(level, 0, result.count())) {
            writer.spare();
            return false;
        }
        changeMany(level);
        return incoming.value(0) != left.blocks[level];
    }

    private boolean changeMany(int level) {
        incoming.clear();
        writer.write(level, result, left.lowers[level], incoming);
        writer.releaseDoomed();
        return true;
    }

    /// Leaves the last node of a level alone and puts what is new into nodes behind it: nodes filled in order stay
    /// full.
    private boolean appendNodes(int level) {
        writer.spare();
        left.indexes[level + 1]++;
        swap();
        incoming.clear();
        writer.write(level, result, result.key(0), incoming);
        return true;
    }

    /// Joins what is left of the two edges of a level with what came in from below.
    private void gather(int level) {
        result.clear();
        left.open(level, node);
        result.addAll(node, 0, left.indexes[level]);
        result.addAll(incoming);
        if (right.blocks[level] != left.blocks[level]) {
            right.open(level, node);
        }
        result.addAll(node, right.indexes[level], node.count);
        keepBound(level);
    }

    /// I3: the first child takes over the keys of those that went before it.
    private void keepBound(int level) {
        if (level > 0 && result.count() > 0) {
            result.setKey(0, left.lowers[level]);
        }
    }

    private void doom(int level) {
        writer.doom(left.blocks[level]);
        if (right.blocks[level] != left.blocks[level]) {
            writer.doom(right.blocks[level]);
        }
    }

    private boolean joinLeft(int level) {
        int index = left.indexes[level + 1] - 1;
        if (index < 0) {
            return false;
        }
        left.open(level + 1, node);
        long block = node.valueAt(index);
        long lower = node.keyAt(index);
        nodes.open(tx, block, level, lower, node.keyAt(index + 1), node);
        if (!isWorthJoining()) {
            return false;
        }
        result.addAllBefore(node);
        writer.doom(block);
        left.indexes[level + 1] = index;
        left.blocks[level] = block;
        left.lowers[level] = lower;
        return true;
    }

    private boolean joinRight(int level) {
        int index = right.indexes[level + 1];
        right.open(level + 1, node);
        if (index >= node.count) {
            return false;
        }
        long block = node.valueAt(index);
        long upper = index + 1 < node.count ? node.keyAt(index + 1) : right.uppers[level + 1];
        nodes.open(tx, block, level, node.keyAt(index), upper, node);
        if (!isWorthJoining()) {
            return false;
        }
        result.addAll(node, 0, node.count);
        keepBound(level);
        writer.doom(block);
        right.indexes[level + 1] = index + 1;
        right.blocks[level] = block;
        right.uppers[level] = upper;
        return true;
    }

    private boolean isWorthJoining() {
        return result.count() + node.count <= MAX_JOINED && (result.count() > 0 || node.count < MIN_FILL);
    }

    /// Whether nothing of a level is outside the edges.
    private boolean spansAll(int level) {
        for (int above = level + 1; above <= depth; above++) {
            if (left.indexes[above] != 0 || right.indexes[above] != right.counts[above]) {
                return false;
            }
        }
        return true;
    }

    /// Whether something is added behind the last entry of a level, and nothing else.
    private boolean isAtEnd(int level) {
        if (left.indexes[level] != right.indexes[level]) {
            return false;
        }
        for (int above = level; above <= depth; above++) {
            if (right.indexes[above] != right.counts[above]) {
                return false;
            }
        }
        return true;
    }

    /// Puts what is left of a level into the root and gives back all nodes above it.
    private void collapse(int level) {
        for (int above = level + 1; above < depth; above++) {
            doom(above);
        }
        writer.releaseDoomed();
        root.write(tx, inode, level, result);
    }

    /// The short way for what happens most: something is added, changed or taken away near the end of one node, or one
    /// entry for another in its middle, and the node stays well filled.
    private boolean changeWords(int level) {
        int first = left.indexes[level];
        int tail = right.indexes[level];
        left.open(level, node);
        int count = first + incoming.count() + node.count - tail;
        if (right.blocks[level] != left.blocks[level] || count < MIN_FILL || count > TreeNode.MAX_ENTRIES
                || incoming.count() > MAX_WORDS_IN_PLACE
                || count != node.count && node.count - tail > MAX_WORDS_IN_PLACE / 2) {
            return false;
        }
        result.clear();
        result.addAll(incoming);
        if (count != node.count) {
            result.addAll(node, tail, node.count);
        }
        if (first == 0) {
            keepBound(level);
        }
        return changeInPlace(level, first, count);
    }

    /// Logs the words of the open node that change, if they are few.
    ///
    /// @param first entry that `result` begins with; what stands before it and behind its last stays
    /// @param count of entries that the node will have
    private boolean changeInPlace(int level, int first, int count) {
        if (changedWords(first, count) > MAX_WORDS_IN_PLACE) {
            return false;
        }
        long at = Geometry.at(left.blocks[level]);
        for (int i = 0; i < result.count(); i++) {
            int offset = (int) TreeNode.entryAt(0, first + i);
            changeWord(at, offset, node.keyAt(first + i), result.key(i));
            changeWord(at, offset + 8, node.valueAt(first + i), result.value(i));
        }
        long levelHalf = (long) level << 32;
        changeWord(at, (int) TreeNode.COUNT_OFFSET, levelHalf | node.count, levelHalf | count);
        return true;
    }

    /// Stops counting when there are too many.
    private int changedWords(int first, int count) {
        int words = node.count == count ? 0 : 1;
        for (int i = 0; i < result.count() && words <= MAX_WORDS_IN_PLACE; i++) {
            words += node.keyAt(first + i) == result.key(i) ? 0 : 1;
            words += node.valueAt(first + i) == result.value(i) ? 0 : 1;
        }
        return words;
    }

    private void changeWord(long at, int offset, long before, long after) {
        if (before != after) {
            tx.putSummed(at, Geometry.BLOCK_BYTES, offset, after);
        }
    }

    private void swap() {
        Pairs before = result;
        result = incoming;
        incoming = before;
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
}
