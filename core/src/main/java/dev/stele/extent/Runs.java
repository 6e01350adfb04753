package dev.stele.extent;

import dev.stele.error.CorruptionException;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.space.Space;
import dev.stele.tree.Cursor;
import dev.stele.tree.Tree;

/// Reads runs out of a tree and believes none that cannot be (E1).
final class Runs {
    private final Space space;
    private final Tree tree;

    Runs(Space space, Tree tree) {
        this.space = space;
        this.tree = tree;
    }

    /// Moves to the extent that covers a block, or else to the next.
    ///
    /// @return whether there is one
    boolean covering(Transaction tx, long inode, long fileBlock, Cursor cursor) {
        if (tree.floor(tx, inode, fileBlock, cursor)) {
            return cursor.key() + Run.count(run(inode, cursor)) > fileBlock || tree.next(tx, cursor);
        }
        return tree.ceiling(tx, inode, fileBlock, cursor);
    }

    /// The block of the file that the extent at the cursor begins at.
    long key(long inode, Cursor cursor) {
        long key = cursor.key();
        if (key < 0 || key >= Extents.MAX_BLOCKS) {
            throw corrupt(inode, cursor);
        }
        return key;
    }

    /// The run at the cursor: usable blocks, within the largest file, ending before the next begins.
    long run(long inode, Cursor cursor) {
        long key = key(inode, cursor);
        long run = cursor.value();
        long count = Run.count(run);
        if (!space.geometry().isUsable(Run.start(run), count) || count > Extents.MAX_BLOCKS - key
                || Long.compareUnsigned(key + count, cursor.limit()) > 0) {
            throw corrupt(inode, cursor);
        }
        return run;
    }

    private static CorruptionException corrupt(long inode, Cursor cursor) {
        return new CorruptionException("extent", Inode.at(inode),
                "a run of blocks before block " + Long.toUnsignedString(cursor.limit()),
                Run.toString(cursor.value()) + " at block " + cursor.key());
    }
}
