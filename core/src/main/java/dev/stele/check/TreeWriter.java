package dev.stele.check;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.TreeNode;
import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;

/// Writes a tree anew, from its leaves up, in blocks that nothing points to yet.
final class TreeWriter {
    /// Room is left for the next insertions.
    private static final int ENTRIES_PER_NODE = TreeNode.MAX_ENTRIES * 3 / 4;

    private final Allocator allocator;
    private final View view;
    private final MemorySegment node;
    private long nodeCount;

    TreeWriter(Survey survey, Allocator allocator) {
        this.allocator = allocator;
        this.view = survey.medium().metadata();
        this.node = survey.image().block();
    }

    /// Makes the root of the inode at `at` of working memory one that holds `pairs`. The caller drains.
    ///
    /// @return number of nodes written
    long write(Pairs pairs, long owner, MemorySegment inode, long at) {
        nodeCount = 0;
        int depth = 0;
        Pairs top = pairs;
        while (top.count() > Inode.ROOT_ENTRIES) {
            top = writeLevel(top, owner, depth++);
        }
        inode.asSlice(at + Inode.PAYLOAD_OFFSET, Inode.PAYLOAD_BYTES).fill((byte) 0);
        for (int i = 0; i < top.count(); i++) {
            Layouts.WORD.set(inode, Inode.rootEntryAt(at, i), top.key(i));
            Layouts.WORD.set(inode, Inode.rootEntryAt(at, i) + 8, top.value(i));
        }
        Inode.rootCount(inode, at, top.count());
        Inode.rootDepth(inode, at, depth);
        return nodeCount;
    }

    private Pairs writeLevel(Pairs pairs, long owner, int level) {
        Pairs above = new Pairs();
        for (int from = 0; from < pairs.count(); from += ENTRIES_PER_NODE) {
            long block = allocator.take();
            int count = Math.min(ENTRIES_PER_NODE, pairs.count() - from);
            TreeNode.initialise(node, 0, block, owner, level);
            TreeNode.count(node, 0, count);
            for (int i = 0; i < count; i++) {
                TreeNode.entry(node, 0, i, pairs.key(from + i), pairs.value(from + i));
            }
            TreeNode.seal(node, 0);
            view.stream(Geometry.at(block), node, 0, Geometry.BLOCK_BYTES);
            // The first pointer of a node is for the least key the node may hold: in the root that is 0.
            above.add(from == 0 ? 0 : pairs.key(from), block);
            nodeCount++;
        }
        return above;
    }
}
