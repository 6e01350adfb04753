package dev.stele.tree;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.format.TreeNode;
import dev.stele.journal.Transaction;
import dev.stele.space.Space;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Writes nodes into blocks and keeps count of them. Blocks come from three places: those this same transaction
/// stored before and now replaces; free space; and, where there is none, the nodes that are replaced, by way of the
/// log: giving blocks back never fails for want of a block.
final class NodeWriter {
    private final Nodes nodes;
    private final Space space;
    private final MemorySegment image = Arena.ofAuto().allocate(Geometry.BLOCK_BYTES, 64);
    private Transaction tx;
    private long inode;
    private long goal;
    /// Nodes of the level at hand that will be no more.
    private long[] doomed = new long[8];
    private int doomedCount;
    /// Blocks allocated and not used yet.
    private long free;
    private long freeCount;
    private boolean isFull;
    /// Blocks the inode gained.
    private long gained;

    NodeWriter(Nodes nodes, Space space) {
        this.nodes = nodes;
        this.space = space;
    }

    void begin(Transaction tx, long inode, long near) {
        this.tx = tx;
        this.inode = inode;
        goal = near != 0 ? near : Inode.blockOf(inode);
        doomedCount = 0;
        freeCount = 0;
        isFull = false;
        gained = 0;
    }

    void finish() {
        assert freeCount == 0 && doomedCount == 0;
        if (gained != 0) {
            long base = tx.stageInode(inode);
            long blockCount = Inode.blockCount(tx.segment(), base) + gained;
            if (blockCount < 0) {
                throw new CorruptionException("inode.blockCount", Inode.at(inode), "at least " + -gained,
                        Long.toString(blockCount - gained));
            }
            Inode.blockCount(tx.segment(), base, blockCount);
        }
    }

    void doom(long block) {
        if (doomedCount == doomed.length) {
            doomed = Arrays.copyOf(doomed, 2 * doomedCount);
        }
        doomed[doomedCount++] = block;
    }

    int doomedCount() {
        return doomedCount;
    }

    /// The doomed are not, after all.
    void spare() {
        doomedCount = 0;
    }

    /// Gives back those of the doomed whose blocks were not used again.
    void releaseDoomed() {
        for (int i = 0; i < doomedCount; i++) {
            release(doomed[i]);
        }
        doomedCount = 0;
    }

    void release(long block) {
        space.free(tx, block, 1);
        gained--;
    }

    /// Writes entries into as many nodes as they need, evenly.
    ///
    /// @param firstKey least key that the first node may hold
    /// @param pointers takes key and block of each node
    void write(int level, Pairs entries, long firstKey, Pairs pointers) {
        int nodeCount = (entries.count() + TreeNode.MAX_ENTRIES - 1) / TreeNode.MAX_ENTRIES;
        for (int i = 0; i < nodeCount; i++) {
            int from = (int) ((long) entries.count() * i / nodeCount);
            int to = (int) ((long) entries.count() * (i + 1) / nodeCount);
            long block = store(level, entries, from, to, nodeCount - i);
            pointers.add(i == 0 ? firstKey : entries.key(from), block);
        }
    }

    private long store(int level, Pairs entries, int from, int to, int needed) {
        long block = takeNew();
        block = block != 0 ? block : takeFree(needed);
        boolean isLogged = block == 0;
        block = isLogged ? doomed[--doomedCount] : block;
        build(block, level, entries, from, to);
        long at = Geometry.at(block);
        if (isLogged) {
            MemorySegment.copy(image, 0, tx.segment(), tx.stage(at, Geometry.BLOCK_BYTES), Geometry.BLOCK_BYTES);
        } else {
            tx.storeNew(at, image, 0, Geometry.BLOCK_BYTES);
            nodes.trust(block);
        }
        return block;
    }

    private void build(long block, int level, Pairs entries, int from, int to) {
        TreeNode.initialise(image, 0, block, inode, level);
        for (int i = from; i < to; i++) {
            TreeNode.entry(image, 0, i - from, entries.key(i), entries.value(i));
        }
        TreeNode.count(image, 0, to - from);
        TreeNode.seal(image, 0);
    }

    /// One of the doomed that nothing on the medium refers to yet; 0 for none.
    private long takeNew() {
        for (int i = 0; i < doomedCount; i++) {
            if (tx.isNew(Geometry.at(doomed[i]))) {
                long block = doomed[i];
                doomed[i] = doomed[--doomedCount];
                return block;
            }
        }
        return 0;
    }

    /// A free block; 0 where there is none but one of the doomed can do.
    private long takeFree(int needed) {
        if (freeCount == 0 && !isFull) {
            try {
                long run = space.allocate(tx, goal, 1, needed);
                free = Run.start(run);
                freeCount = Run.count(run);
                gained += freeCount;
            } catch (VolumeException e) {
                if (e.errno() != Errno.ENOSPC || doomedCount == 0) {
                    throw e;
                }
                isFull = true;
            }
        }
        if (freeCount == 0) {
            if (doomedCount == 0) {
                throw new VolumeException(Errno.ENOSPC);
            }
            return 0;
        }
        freeCount--;
        goal = free + 1;
        return free++;
    }
}
