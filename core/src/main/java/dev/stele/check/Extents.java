package dev.stele.check;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;

/// Judges the extents of one file as a walk meets them, and hands on those that can be believed.
abstract class Extents implements TreeWalk.Visitor {
    private final Geometry geometry;
    private final long inode;
    private final BlockSet visited = new BlockSet();
    private long end;
    private long nodes;
    private long dataBlocks;
    private long extentCount;
    private boolean hasStart;

    Extents(Geometry geometry, long inode) {
        this.geometry = geometry;
        this.inode = inode;
    }

    /// A good extent.
    void extent(long key, long run) {
    }

    @Override
    public final void leaf(long key, long value, long high) {
        long count = Run.count(value);
        long at = Inode.at(inode);
        if (!geometry.isUsable(Run.start(value), count)) {
            damage(Severity.LOSS, "extent", at, "a run of blocks of one group", Run.toString(value));
        } else if (key < end || key > InodePass.MAX_FILE_BLOCKS - count) {
            damage(Severity.LOSS, "extent.key", at, "from " + end + " to the end of the largest file",
                    Long.toString(key));
        } else {
            end = key + count;
            dataBlocks += count;
            extentCount++;
            hasStart |= key == 0 && !Run.isUnwritten(value);
            extent(key, value);
        }
    }

    /// Whether the walk comes to this node for the first time.
    final boolean firstVisit(long node) {
        return visited.add(node);
    }

    /// Counts a node as the inode's.
    final boolean count() {
        nodes++;
        return true;
    }

    /// Blocks of good extents and of nodes counted.
    final long blockCount() {
        return dataBlocks + nodes;
    }

    final long nodeCount() {
        return nodes;
    }

    final long extentCount() {
        return extentCount;
    }

    /// Whether file block 0 is there and written.
    final boolean hasStart() {
        return hasStart;
    }

    /// First file block behind all extents.
    final long end() {
        return end;
    }
}
