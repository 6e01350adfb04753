package dev.stele.extent;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
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
    /// What a change of the tree may log besides one entry per node it gives back: on each level a whole node, where
    /// the volume is full, and the bits of two.
    private static final int LEVEL_BYTES = Geometry.BLOCK_BYTES + 128;
    private static final int ROOT_BYTES = 1024;
    /// Entries of a record that an extent may cost when it goes: its bits and those of its leaf, with a share of the
    /// nodes above.
    private static final int BITS_BYTES = 24;
    private static final int SHARE_BYTES = 32;

    private final Space space;
    private final Tree tree;
    private final ThreadLocal<Change> changes;

    public Extents(Space space, Tree tree) {
        this.space = space;
        this.tree = tree;
        this.changes = ThreadLocal.withInitial(Change::new);
    }

    /// Working memory of one thread.
    private static final class Change {
        final Plan plan = new Plan();
        final Cursor cursor = new Cursor();
        boolean isAnyBefore;
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
        if (!tree.floor(tx, inode, fileBlock, cursor)) {
            boolean any = tree.ceiling(tx, inode, fileBlock, cursor);
            into.set(fileBlock, 0, (any ? checkedKey(inode, cursor) : MAX_BLOCKS) - fileBlock, false);
            return;
        }
        long key = cursor.key();
        long run = checkedRun(inode, cursor);
        long within = fileBlock - key;
        if (within < Run.count(run)) {
            into.set(fileBlock, Run.start(run) + within, Run.count(run) - within, Run.isUnwritten(run));
        } else {
            boolean any = tree.next(tx, cursor);
            into.set(fileBlock, 0, (any ? checkedKey(inode, cursor) : MAX_BLOCKS) - fileBlock, false);
        }
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
        long count = Run.count(run);
        checkRange(fileBlock, count);
        Change change = changes.get();
        Plan plan = change.plan;
        plan.clear();
        long from = joinBefore(tx, inode, fileBlock, change);
        plan.add(fileBlock, run);
        long to = joinBehind(tx, inode, fileBlock, fileBlock + count, change);
        tree.splice(tx, inode, from, to, plan.pairs(), plan.count());
        account(tx, inode, count);
    }

    /// Leaves the cursor at the extent before, or without any where there is none.
    private long joinBefore(Transaction tx, long inode, long fileBlock, Change change) {
        Cursor cursor = change.cursor;
        change.isAnyBefore = tree.floor(tx, inode, fileBlock, cursor);
        if (!change.isAnyBefore) {
            return fileBlock;
        }
        long key = cursor.key();
        long run = checkedRun(inode, cursor);
        requireHole(key + Run.count(run) <= fileBlock, fileBlock);
        if (key + Run.count(run) < fileBlock) {
            return fileBlock;
        }
        change.plan.add(key, run);
        return key;
    }

    /// Looks at the extent behind only where it may be near.
    private long joinBehind(Transaction tx, long inode, long fileBlock, long end, Change change) {
        Cursor cursor = change.cursor;
        if (change.isAnyBefore
                ? Long.compareUnsigned(cursor.limit(), end) > 0 || !tree.next(tx, cursor)
                : !tree.ceiling(tx, inode, fileBlock, cursor)) {
            return end;
        }
        requireHole(cursor.key() >= end, fileBlock);
        if (cursor.key() > end) {
            return end;
        }
        change.plan.add(end, checkedRun(inode, cursor));
        return end + 1;
    }

    private static void requireHole(boolean isHole, long fileBlock) {
        if (!isHole) {
            throw new IllegalArgumentException("what was to go to block " + fileBlock + " meets an extent there");
        }
    }

    /// Says that unwritten blocks hold data now. Holes in the range stay holes.
    public void markWritten(Transaction tx, long inode, long fileBlock, long count) {
        mark(tx, inode, fileBlock, count, false);
    }

    /// Says that what blocks hold is void: they read as zeros. Holes in the range stay holes.
    public void markUnwritten(Transaction tx, long inode, long fileBlock, long count) {
        mark(tx, inode, fileBlock, count, true);
    }

    private void mark(Transaction tx, long inode, long fileBlock, long count, boolean unwritten) {
        checkRange(fileBlock, count);
        Change change = changes.get();
        long end = fileBlock + count;
        long from = before(tx, inode, fileBlock, change);
        boolean found = covering(tx, inode, fileBlock, change.cursor);
        while (found && change.cursor.key() < end) {
            long key = change.cursor.key();
            long run = checkedRun(inode, change.cursor);
            long low = Math.max(key, fileBlock);
            long high = Math.min(key + Run.count(run), end);
            change.plan.add(low, Run.start(run) + (low - key), high - low, unwritten);
            checkFits(tx, change.plan);
            found = tree.next(tx, change.cursor);
        }
        long to = behind(tx, inode, end, change);
        tree.splice(tx, inode, from, to, change.plan.pairs(), change.plan.count());
    }

    /// Takes blocks from a file and frees them, from the end backwards, as many as `tx` has room for. The caller goes
    /// on in another transaction until all is done.
    ///
    /// @param toBlock block behind the last to remove, [#MAX_BLOCKS] for all
    /// @return the block from which on, up to `toBlock`, there is nothing left; `fromBlock` when all is done
    /// @throws VolumeException EFBIG where `tx` has no room for anything; ENOSPC where a hole in the middle needs a
    ///     node
    public long remove(Transaction tx, long inode, long fromBlock, long toBlock) {
        Change change = changes.get();
        Cursor cursor = change.cursor;
        int reserve = ROOT_BYTES + LEVEL_BYTES * tree.depth(tx, inode, cursor);
        long cut = toBlock;
        long removed = 0;
        while (cut > fromBlock && tree.floor(tx, inode, cut - 1, cursor)) {
            long key = cursor.key();
            long run = checkedRun(inode, cursor);
            long low = Math.max(key, fromBlock);
            long high = Math.min(key + Run.count(run), cut);
            if (high <= low) {
                break;
            }
            reserve += SHARE_BYTES;
            if (tx.remaining() < reserve + BITS_BYTES) {
                if (removed == 0) {
                    throw new VolumeException(Errno.EFBIG, "no room in the journal to free a block");
                }
                finishRemove(tx, inode, cut, toBlock, removed, change);
                return cut;
            }
            space.free(tx, Run.start(run) + (low - key), high - low);
            removed += high - low;
            cut = low;
        }
        if (removed > 0) {
            finishRemove(tx, inode, cut, toBlock, removed, change);
        }
        return fromBlock;
    }

    private void finishRemove(Transaction tx, long inode, long cut, long toBlock, long removed, Change change) {
        long from = before(tx, inode, cut, change);
        long to = behind(tx, inode, toBlock, change);
        tree.splice(tx, inode, from, to, change.plan.pairs(), change.plan.count());
        account(tx, inode, -removed);
    }

    /// Puts other blocks in the place of those that a range of the file has, and frees these.
    ///
    /// @param run the new blocks; the caller allocated them in `tx`
    public void replace(Transaction tx, long inode, long fileBlock, long run) {
        long count = Run.count(run);
        checkRange(fileBlock, count);
        Change change = changes.get();
        long end = fileBlock + count;
        long from = before(tx, inode, fileBlock, change);
        long freed = 0;
        boolean found = covering(tx, inode, fileBlock, change.cursor);
        while (found && change.cursor.key() < end) {
            long key = change.cursor.key();
            long old = checkedRun(inode, change.cursor);
            long low = Math.max(key, fileBlock);
            long high = Math.min(key + Run.count(old), end);
            space.free(tx, Run.start(old) + (low - key), high - low);
            freed += high - low;
            found = tree.next(tx, change.cursor);
        }
        change.plan.add(fileBlock, run);
        long to = behind(tx, inode, end, change);
        tree.splice(tx, inode, from, to, change.plan.pairs(), change.plan.count());
        account(tx, inode, count - freed);
    }

    /// Moves everything at or behind a block of the file, in one transaction. An extent across that block is divided.
    ///
    /// @param delta blocks to move by; where negative, the blocks it moves over are a hole
    /// @throws VolumeException EFBIG behind [#MAX_BLOCKS], or where the file has more extents than one transaction can
    ///         move; ENOSPC
    public void shift(Transaction tx, long inode, long fromBlock, long delta) {
        if (delta == 0) {
            return;
        }
        if (fromBlock < 0 || fromBlock + delta < 0) {
            throw new IllegalArgumentException("from block " + fromBlock + " by " + delta);
        }
        Change change = changes.get();
        Cursor cursor = change.cursor;
        long target = Math.min(fromBlock, fromBlock + delta);
        long from = before(tx, inode, target, change);
        boolean found = covering(tx, inode, target, cursor);
        while (found) {
            long key = cursor.key();
            long run = checkedRun(inode, cursor);
            long low = Math.max(key, fromBlock);
            long high = key + Run.count(run);
            if (key < fromBlock && delta < 0 && key + Run.count(run) > target) {
                throw new IllegalArgumentException("block " + target + " or one up to " + fromBlock + " is no hole");
            }
            if (high > low) {
                if (high + delta > MAX_BLOCKS) {
                    throw new VolumeException(Errno.EFBIG);
                }
                change.plan.add(low + delta, Run.start(run) + (low - key), high - low, Run.isUnwritten(run));
                checkFits(tx, change.plan);
            }
            found = tree.next(tx, cursor);
        }
        tree.splice(tx, inode, from, -1, change.plan.pairs(), change.plan.count());
    }

    // ---- steps

    /// Begins a plan with what of the extent before `fileBlock`, or across it, stays on this side.
    ///
    /// @return where the range to replace begins
    private long before(Transaction tx, long inode, long fileBlock, Change change) {
        change.plan.clear();
        Cursor cursor = change.cursor;
        if (fileBlock > 0 && tree.floor(tx, inode, fileBlock - 1, cursor)) {
            long key = cursor.key();
            long run = checkedRun(inode, cursor);
            if (key + Run.count(run) >= fileBlock) {
                change.plan.add(key, Run.start(run), fileBlock - key, Run.isUnwritten(run));
                return key;
            }
        }
        return fileBlock;
    }

    /// Ends a plan with what of the extent at `fileBlock`, or across it, is on the other side.
    ///
    /// @return where the range to replace ends
    private long behind(Transaction tx, long inode, long fileBlock, Change change) {
        Cursor cursor = change.cursor;
        if (fileBlock < MAX_BLOCKS && tree.floor(tx, inode, fileBlock, cursor)) {
            long key = cursor.key();
            long run = checkedRun(inode, cursor);
            long within = fileBlock - key;
            if (within < Run.count(run)) {
                change.plan.add(fileBlock, Run.start(run) + within, Run.count(run) - within, Run.isUnwritten(run));
                return fileBlock + 1;
            }
        }
        return fileBlock;
    }

    /// Moves to the extent that covers a block, or else to the next.
    private boolean covering(Transaction tx, long inode, long fileBlock, Cursor cursor) {
        if (tree.floor(tx, inode, fileBlock, cursor)) {
            return cursor.key() + Run.count(checkedRun(inode, cursor)) > fileBlock || tree.next(tx, cursor);
        }
        return tree.ceiling(tx, inode, fileBlock, cursor);
    }

    private void account(Transaction tx, long inode, long blocks) {
        if (blocks == 0) {
            return;
        }
        long base = tx.stageInode(inode);
        long blockCount = Inode.blockCount(tx.segment(), base) + blocks;
        if (blockCount < 0) {
            throw new CorruptionException("inode.blockCount", Inode.at(inode), "at least " + -blocks,
                    Long.toString(blockCount - blocks));
        }
        Inode.blockCount(tx.segment(), base, blockCount);
    }

    /// Ends early what would fail at the end, before it takes memory without bound.
    private static void checkFits(Transaction tx, Plan plan) {
        if ((long) plan.count() * BITS_BYTES / 256 > tx.remaining()) {
            throw new VolumeException(Errno.EFBIG, "the file has more extents than one transaction can move");
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

    private static long checkedKey(long inode, Cursor cursor) {
        long key = cursor.key();
        if (key < 0 || key >= MAX_BLOCKS) {
            throw corrupt(inode, cursor);
        }
        return key;
    }

    /// The run at the cursor, once it can be believed: usable blocks, within the file, ending before the next begins.
    private long checkedRun(long inode, Cursor cursor) {
        long key = checkedKey(inode, cursor);
        long run = cursor.value();
        long count = Run.count(run);
        if (!space.geometry().isUsable(Run.start(run), count) || count > MAX_BLOCKS - key
                || Long.compareUnsigned(key + count, cursor.limit()) > 0) {
            throw corrupt(inode, cursor);
        }
        return run;
    }

    private static CorruptionException corrupt(long inode, Cursor cursor) {
        return new CorruptionException("extent", Inode.at(inode), "a run of blocks before block "
                + Long.toUnsignedString(cursor.limit()), Run.toString(cursor.value()) + " at block " + cursor.key());
    }
}
