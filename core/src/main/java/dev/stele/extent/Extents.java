package dev.stele.extent;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.space.Space;
import dev.stele.tree.Cursor;
import dev.stele.tree.Tree;

/// Which blocks of the medium hold which blocks of a file. All numbers count blocks of 4096 bytes.
///
/// Searches without a transaction do not allocate and may run beside a writer of the same file if the caller discards
/// what they gave, exceptions included, once it sees that there was one. Changes are for who holds the inode's lock for
/// writing; after an exception the transaction has to be aborted. `blockCount` of the inode is kept here, for data and
/// tree alike: who allocated the blocks of an [#insert] does not count them.
public final class Extents {
    /// Files end before this block: 2^63 bytes.
    public static final long MAX_BLOCKS = 1L << 63 - Geometry.BLOCK_SHIFT;

    private final Tree tree;
    private final Runs runs;
    private final ThreadLocal<Change> changes;

    public Extents(Space space, Tree tree) {
        this.tree = tree;
        this.runs = new Runs(space, tree);
        this.changes = ThreadLocal.withInitial(() -> new Change(space, tree, runs));
    }

    // ---- looking

    /// Finds what is at a block of a file, up to where that ends: the rest of an extent, or a hole up to the next
    /// extent or [#MAX_BLOCKS].
    public void find(long inode, long fileBlock, Extent into) {
        find(null, inode, fileBlock, into);
    }

    /// [#find(long, long, Extent)] as the transaction will leave it; null for as it is.
    public void find(Transaction tx, long inode, long fileBlock, Extent into) {
        Cursor cursor = into.cursor;
        boolean any = tree.floor(tx, inode, fileBlock, cursor);
        if (any) {
            long run = runs.run(inode, cursor);
            long within = fileBlock - cursor.key();
            if (within < Run.count(run)) {
                into.set(fileBlock, Run.start(run) + within, Run.count(run) - within, Run.isUnwritten(run));
                return;
            }
        }
        any = any ? tree.next(tx, cursor) : tree.ceiling(tx, inode, fileBlock, cursor);
        long end = any ? runs.key(inode, cursor) : MAX_BLOCKS;
        into.set(fileBlock, 0, end - fileBlock, false);
    }

    /// First block of the file at or behind `fileBlock` that holds data; -1 for none. Unwritten blocks hold none, as
    /// for `lseek(SEEK_DATA)` on ext4 and XFS.
    public long nextData(long inode, long fileBlock, Extent scratch) {
        long block = fileBlock;
        while (block < MAX_BLOCKS) {
            find(inode, block, scratch);
            if (scratch.isData()) {
                return block;
            }
            block = scratch.end();
        }
        return -1;
    }

    /// First block of the file at or behind `fileBlock` that holds no data: a hole or unwritten; [#MAX_BLOCKS] at most.
    public long nextHole(long inode, long fileBlock, Extent scratch) {
        long block = fileBlock;
        while (block < MAX_BLOCKS) {
            find(inode, block, scratch);
            if (!scratch.isData()) {
                return block;
            }
            block = scratch.end();
        }
        return MAX_BLOCKS;
    }

    /// Shows every extent that has a block in [fromBlock, toBlock), cut to that range, in order.
    public void list(long inode, long fromBlock, long toBlock, Extent scratch, ExtentVisitor visitor) {
        long block = fromBlock;
        while (block < toBlock) {
            find(inode, block, scratch);
            if (!scratch.isHole()) {
                long count = Math.min(scratch.count(), toBlock - block);
                visitor.visit(block, scratch.start(), count, scratch.isUnwritten());
            }
            block = scratch.end();
        }
    }

    // ---- changing

    /// Gives a hole blocks. Becomes part of the extent before or behind where it continues them.
    ///
    /// @param run the blocks, written or not; the caller allocated them in `tx`
    /// @throws IllegalArgumentException where the file has a block in that range
    /// @throws VolumeException ENOSPC, EFBIG behind [#MAX_BLOCKS]
    public void insert(Transaction tx, long inode, long fileBlock, long run) {
        checkRange(fileBlock, Run.count(run));
        changes.get().begin(tx, inode).insert(fileBlock, run);
    }

    /// Says that unwritten blocks hold data now. Holes in the range stay holes.
    public void markWritten(Transaction tx, long inode, long fileBlock, long count) {
        checkRange(fileBlock, count);
        changes.get().begin(tx, inode).mark(fileBlock, fileBlock + count, false);
    }

    /// Says that what blocks hold is void: they read as zeros. Holes in the range stay holes.
    public void markUnwritten(Transaction tx, long inode, long fileBlock, long count) {
        checkRange(fileBlock, count);
        changes.get().begin(tx, inode).mark(fileBlock, fileBlock + count, true);
    }

    /// Takes blocks from a file and frees them, from the end backwards, as many as `tx` has room for. The caller goes
    /// on in another transaction until all is done.
    ///
    /// @param toBlock block behind the last to remove, [#MAX_BLOCKS] for all
    /// @return the block from which on, up to `toBlock`, there is nothing left; `fromBlock` when all is done
    /// @throws VolumeException EFBIG where `tx` has no room for anything; ENOSPC where a hole in the middle needs a
    ///     node
    public long remove(Transaction tx, long inode, long fromBlock, long toBlock) {
        return changes.get().begin(tx, inode).remove(fromBlock, toBlock);
    }

    /// Puts other blocks in the place of those that a range of the file has, and frees these.
    ///
    /// @param run the new blocks; the caller allocated them in `tx`
    /// @throws VolumeException ENOSPC, EFBIG
    public void replace(Transaction tx, long inode, long fileBlock, long run) {
        checkRange(fileBlock, Run.count(run));
        changes.get().begin(tx, inode).replace(fileBlock, run);
    }

    /// Moves everything at or behind a block of the file, in one transaction. An extent across that block is divided.
    ///
    /// @param delta blocks to move by; where negative, the blocks it moves over are a hole
    /// @throws IllegalArgumentException where they are not
    /// @throws VolumeException EFBIG behind [#MAX_BLOCKS], or where the file has more extents than one transaction can
    ///     move; ENOSPC
    public void shift(Transaction tx, long inode, long fromBlock, long delta) {
        if (fromBlock < 0 || fromBlock + delta < 0) {
            throw new IllegalArgumentException("from block " + fromBlock + " by " + delta);
        }
        if (delta != 0) {
            changes.get().begin(tx, inode).shift(fromBlock, delta);
        }
    }

    private static void checkRange(long fileBlock, long count) {
        if (fileBlock < 0 || count <= 0) {
            throw new IllegalArgumentException(count + " blocks from " + fileBlock);
        }
        if (count > MAX_BLOCKS - fileBlock) {
            throw new VolumeException(Errno.EFBIG);
        }
    }
}
