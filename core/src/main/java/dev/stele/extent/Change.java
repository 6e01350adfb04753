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

/// One change of a file's extents: gathers what is to be in the place of what is there, from the extent that ends where
/// the change begins to the one that begins where it ends, and puts it into the tree in one go. One per thread, used
/// over and over.
final class Change {
    /// What a change of the tree may log besides one entry per node it gives back: on each level a whole node, where
    /// the volume is full, and the bits of two.
    private static final int LEVEL_BYTES = Geometry.BLOCK_BYTES + 128;
    private static final int ROOT_BYTES = 1024;
    /// What an extent costs that goes: its bits, and its share in nodes that go with it.
    private static final int BITS_BYTES = 24;
    private static final int SHARE_BYTES = 32;

    private final Space space;
    private final Tree tree;
    private final Runs runs;
    private final Plan plan = new Plan();
    private final Cursor cursor = new Cursor();
    private Transaction tx;
    private long inode;

    Change(Space space, Tree tree, Runs runs) {
        this.space = space;
        this.tree = tree;
        this.runs = runs;
    }

    Change begin(Transaction transaction, long number) {
        tx = transaction;
        inode = number;
        plan.clear();
        return this;
    }

    void insert(long fileBlock, long run) {
        long end = fileBlock + Run.count(run);
        long from = fileBlock;
        boolean any = tree.floor(tx, inode, fileBlock, cursor);
        if (any) {
            long before = runs.run(inode, cursor);
            long endBefore = cursor.key() + Run.count(before);
            requireHole(endBefore <= fileBlock, fileBlock);
            if (endBefore == fileBlock && lengthen(before, run, end)) {
                return;
            }
            if (endBefore == fileBlock) {
                from = cursor.key();
                plan.add(from, before);
            }
        }
        plan.add(fileBlock, run);
        splice(from, joinNext(any, fileBlock, end));
        account(Run.count(run));
    }

    /// The short way for what happens most: a file grows at its end, in the blocks behind its last, so that one word
    /// changes.
    ///
    /// @param before extent at the cursor, behind which the new run goes
    /// @return false where it is not so, and nothing has changed
    private boolean lengthen(long before, long run, long end) {
        boolean isLonger = Plan.continues(before, run) && Long.compareUnsigned(cursor.limit(), end) > 0
                && tree.setInRoot(tx, cursor, before + Run.count(run));
        if (isLonger) {
            account(Run.count(run));
        }
        return isLonger;
    }

    /// Looks at the extent behind a new one only where it may be near.
    ///
    /// @param any whether the cursor is at the extent before
    /// @return where the range to replace ends
    private long joinNext(boolean any, long fileBlock, long end) {
        if (any && Long.compareUnsigned(cursor.limit(), end) > 0) {
            return end;
        }
        boolean found = any ? tree.next(tx, cursor) : tree.ceiling(tx, inode, fileBlock, cursor);
        if (!found) {
            return end;
        }
        requireHole(cursor.key() >= end, fileBlock);
        if (cursor.key() > end) {
            return end;
        }
        plan.add(end, runs.run(inode, cursor));
        return end + 1;
    }

    private static void requireHole(boolean isHole, long fileBlock) {
        if (!isHole) {
            throw new IllegalArgumentException("what was to go to block " + fileBlock + " meets an extent");
        }
    }

    void mark(long fileBlock, long end, boolean unwritten) {
        long from = planBefore(fileBlock);
        boolean found = runs.covering(tx, inode, fileBlock, cursor);
        while (found && cursor.key() < end) {
            long run = runs.run(inode, cursor);
            long low = Math.max(cursor.key(), fileBlock);
            long high = Math.min(cursor.key() + Run.count(run), end);
            plan.add(low, Run.start(run) + (low - cursor.key()), high - low, unwritten);
            checkFits();
            found = tree.next(tx, cursor);
        }
        splice(from, planBehind(end));
    }

    /// @return the block from which on, up to `toBlock`, there is nothing left
    long remove(long fromBlock, long toBlock) {
        int reserve = ROOT_BYTES + LEVEL_BYTES * tree.depth(tx, inode, cursor) + BITS_BYTES;
        long cut = toBlock;
        long removed = 0;
        while (isAnyIn(fromBlock, cut)) {
            reserve += SHARE_BYTES;
            if (tx.remaining() < reserve) {
                requireProgress(removed);
                takeOut(cut, toBlock, removed);
                return cut;
            }
            long run = runs.run(inode, cursor);
            long low = Math.max(cursor.key(), fromBlock);
            long count = Math.min(cursor.key() + Run.count(run), cut) - low;
            space.free(tx, Run.start(run) + (low - cursor.key()), count);
            removed += count;
            cut = low;
        }
        if (removed > 0) {
            takeOut(cut, toBlock, removed);
        }
        return fromBlock;
    }

    /// Moves to the last extent that has a block in a range.
    private boolean isAnyIn(long fromBlock, long toBlock) {
        return fromBlock < toBlock && tree.floor(tx, inode, toBlock - 1, cursor)
                && cursor.key() + Run.count(runs.run(inode, cursor)) > fromBlock;
    }

    private static void requireProgress(long removed) {
        if (removed == 0) {
            throw new VolumeException(Errno.EFBIG, "no room in the journal to free a block");
        }
    }

    private void takeOut(long fromBlock, long toBlock, long removed) {
        long from = planBefore(fromBlock);
        splice(from, planBehind(toBlock));
        account(-removed);
    }

    void replace(long fileBlock, long run) {
        long end = fileBlock + Run.count(run);
        long from = planBefore(fileBlock);
        long freed = 0;
        boolean found = runs.covering(tx, inode, fileBlock, cursor);
        while (found && cursor.key() < end) {
            long old = runs.run(inode, cursor);
            long low = Math.max(cursor.key(), fileBlock);
            long high = Math.min(cursor.key() + Run.count(old), end);
            space.free(tx, Run.start(old) + (low - cursor.key()), high - low);
            freed += high - low;
            found = tree.next(tx, cursor);
        }
        plan.add(fileBlock, run);
        splice(from, planBehind(end));
        account(Run.count(run) - freed);
    }

    void shift(long fromBlock, long delta) {
        long target = Math.min(fromBlock, fromBlock + delta);
        long from = planBefore(target);
        boolean found = runs.covering(tx, inode, target, cursor);
        if (delta < 0) {
            requireHole(!found || cursor.key() >= fromBlock, target);
        }
        while (found) {
            long run = runs.run(inode, cursor);
            long low = Math.max(cursor.key(), fromBlock);
            long high = cursor.key() + Run.count(run);
            if (high + delta > Extents.MAX_BLOCKS) {
                throw new VolumeException(Errno.EFBIG);
            }
            plan.add(low + delta, Run.start(run) + (low - cursor.key()), high - low, Run.isUnwritten(run));
            checkFits();
            found = tree.next(tx, cursor);
        }
        splice(from, -1);
    }

    /// Begins the plan with what of the extent before `fileBlock`, or across it, stays on this side.
    ///
    /// @return where the range to replace begins
    private long planBefore(long fileBlock) {
        if (fileBlock > 0 && tree.floor(tx, inode, fileBlock - 1, cursor)) {
            long key = cursor.key();
            long run = runs.run(inode, cursor);
            if (key + Run.count(run) >= fileBlock) {
                plan.add(key, Run.start(run), fileBlock - key, Run.isUnwritten(run));
                return key;
            }
        }
        return fileBlock;
    }

    /// Ends the plan with what of the extent at `fileBlock`, or across it, is on the other side.
    ///
    /// @return where the range to replace ends
    private long planBehind(long fileBlock) {
        if (fileBlock < Extents.MAX_BLOCKS && tree.floor(tx, inode, fileBlock, cursor)) {
            long run = runs.run(inode, cursor);
            long within = fileBlock - cursor.key();
            if (within < Run.count(run)) {
                plan.add(fileBlock, Run.start(run) + within, Run.count(run) - within, Run.isUnwritten(run));
                return fileBlock + 1;
            }
        }
        return fileBlock;
    }

    private void splice(long from, long to) {
        tree.splice(tx, inode, from, to, plan.pairs(), plan.count());
    }

    private void account(long blocks) {
        long base = tx.stageInode(inode);
        long before = Inode.blockCount(tx.segment(), base);
        if (before + blocks < 0) {
            throw new CorruptionException("inode.blockCount", Inode.at(inode), "at least " + -blocks,
                    Long.toString(before));
        }
        Inode.blockCount(tx.segment(), base, before + blocks);
    }

    /// Ends early what would fail at the end, before it takes memory without bound.
    private void checkFits() {
        if ((long) plan.count() * BITS_BYTES / 256 > tx.remaining()) {
            throw new VolumeException(Errno.EFBIG, "the file has more extents than one transaction can move");
        }
    }
}
