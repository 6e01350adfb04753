package dev.stele.tree;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.TreeNode;
import dev.stele.journal.Transaction;
import java.lang.foreign.MemorySegment;

/// Gives a tree's root its entries: pushes down what it has no room for, pulls up what it has room for.
final class Root {
    private final Nodes nodes;
    private final NodeWriter writer;
    private final Cursor child = new Cursor();
    private Pairs entries = new Pairs();
    private Pairs others = new Pairs();
    private Transaction tx;
    private long inode;

    Root(Nodes nodes, NodeWriter writer) {
        this.nodes = nodes;
        this.writer = writer;
    }

    /// @param level of the root that the entries belong into
    void write(Transaction tx, long inode, int level, Pairs fresh) {
        this.tx = tx;
        this.inode = inode;
        entries.clear();
        entries.addAll(fresh);
        int depth = entries.count() == 0 ? 0 : level;
        if (depth > 0) {
            // I3
            entries.setKey(0, 0);
        }
        depth = entries.count() > Inode.ROOT_ENTRIES ? pushDown(depth) : pullUp(depth);
        store(depth);
    }

    private int pushDown(int level) {
        int depth = level;
        while (entries.count() > Inode.ROOT_ENTRIES) {
            if (depth == TreeNode.MAX_DEPTH) {
                throw new VolumeException(Errno.EFBIG, "the tree of this file cannot grow higher");
            }
            others.clear();
            writer.write(depth++, entries, 0, others);
            swap();
        }
        return depth;
    }

    private int pullUp(int level) {
        int depth = level;
        while (depth > 0 && hasRoomFor(depth - 1)) {
            others.clear();
            for (int i = 0; i < entries.count(); i++) {
                open(depth - 1, i);
                others.addAll(child, 0, child.count);
                writer.doom(entries.value(i));
            }
            writer.releaseDoomed();
            swap();
            depth--;
        }
        return depth;
    }

    private boolean hasRoomFor(int level) {
        int sum = 0;
        for (int i = 0; i < entries.count() && sum <= Inode.ROOT_ENTRIES; i++) {
            open(level, i);
            sum += child.count;
        }
        return sum <= Inode.ROOT_ENTRIES;
    }

    private void open(int level, int index) {
        child.inode = inode;
        long upper = index + 1 < entries.count() ? entries.key(index + 1) : -1;
        nodes.open(tx, entries.value(index), level, entries.key(index), upper, child);
    }

    private void store(int depth) {
        long base = tx.stageInode(inode);
        MemorySegment s = tx.segment();
        Inode.rootCount(s, base, entries.count());
        Inode.rootDepth(s, base, depth);
        for (int i = 0; i < Inode.ROOT_ENTRIES; i++) {
            boolean used = i < entries.count();
            Layouts.WORD.set(s, Inode.rootEntryAt(base, i), used ? entries.key(i) : 0L);
            Layouts.WORD.set(s, Inode.rootEntryAt(base, i) + 8, used ? entries.value(i) : 0L);
        }
    }

    private void swap() {
        Pairs before = entries;
        entries = others;
        others = before;
    }
}
