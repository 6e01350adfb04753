package dev.stele.tree;

import dev.stele.error.CorruptionException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.TreeNode;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import dev.stele.space.Space;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Opens roots and nodes for reading, as they stand on the medium or as a transaction will leave them, and believes
/// nothing it finds there (I5).
final class Nodes {
    private final View view;
    private final Space space;

    Nodes(Medium medium, Space space) {
        this.view = medium.metadata();
        this.space = space;
    }

    /// Opens the root of an inode's tree.
    ///
    /// @param tx whose changes to see; null for none
    /// @return levels of nodes below the root
    int openRoot(Transaction tx, long inode, Cursor cursor) {
        MemorySegment segment = view.segment();
        long at = Inode.at(inode);
        if (tx != null) {
            long staged = tx.staged(at, (int) Inode.BYTES);
            if (staged >= 0) {
                segment = tx.segment();
                at = staged;
            }
        }
        int depth = Inode.rootDepth(segment, at);
        int count = Inode.rootCount(segment, at);
        cursor.inode = inode;
        cursor.segment = segment;
        cursor.entriesAt = at + Inode.PAYLOAD_OFFSET;
        cursor.count = count;
        if (count > Inode.ROOT_ENTRIES || depth > TreeNode.MAX_DEPTH
                || depth > 0 && (count == 0 || cursor.keyAt(0) != 0)) {
            throw new CorruptionException("inode.root", Inode.at(inode), "a tree",
                    count + " entries at depth " + depth);
        }
        checkOrder(cursor, Inode.at(inode));
        return depth;
    }

    /// Opens a node.
    ///
    /// @param lower least key it may hold
    /// @param upper all its keys are below this
    void open(Transaction tx, long block, int level, long lower, long upper, Cursor cursor) {
        long inode = cursor.inode;
        if (!space.geometry().isUsable(block)) {
            throw new CorruptionException("tree.child", Inode.at(inode), "a block that can be a node",
                    Long.toString(block));
        }
        MemorySegment segment = view.segment();
        long at = Geometry.at(block);
        boolean isVerified = space.isVerified(block);
        if (tx != null && tx.touches(at, Geometry.BLOCK_BYTES)) {
            // Only what was opened before is ever staged.
            isVerified = true;
            cursor.copy = cursor.copy != null ? cursor.copy : Arena.ofAuto().allocate(Geometry.BLOCK_BYTES, 64);
            tx.read(at, Geometry.BLOCK_BYTES, cursor.copy, 0);
            cursor.segment = cursor.copy;
            cursor.entriesAt = TreeNode.HEADER_BYTES;
        } else {
            cursor.segment = segment;
            cursor.entriesAt = at + TreeNode.HEADER_BYTES;
        }
        if (isVerified) {
            TreeNode.verifyHeader(segment, at, inode, level);
        } else {
            TreeNode.verify(segment, at, inode, level);
        }
        cursor.count = TreeNode.count(cursor.segment, cursor.entriesAt - TreeNode.HEADER_BYTES);
        if (cursor.count < 1 || cursor.count > TreeNode.MAX_ENTRIES) {
            throw new CorruptionException("tree.count", at, "1 to " + TreeNode.MAX_ENTRIES,
                    Integer.toString(cursor.count));
        }
        if (!isVerified) {
            checkOrder(cursor, at);
            checkBounds(cursor, at, level, lower, upper);
            space.markVerified(block);
        } else if (tx != null) {
            checkBounds(cursor, at, level, lower, upper);
        }
    }

    /// Says that a block stored by the caller need not be checked.
    void trust(long block) {
        space.markVerified(block);
    }

    private static void checkOrder(Cursor cursor, long at) {
        for (int i = 1; i < cursor.count; i++) {
            if (Long.compareUnsigned(cursor.keyAt(i - 1), cursor.keyAt(i)) >= 0) {
                throw new CorruptionException("tree.key", at, "keys in ascending order",
                        cursor.keyAt(i - 1) + " before " + cursor.keyAt(i));
            }
        }
    }

    private static void checkBounds(Cursor cursor, long at, int level, long lower, long upper) {
        long first = cursor.keyAt(0);
        long last = cursor.keyAt(cursor.count - 1);
        if (Long.compareUnsigned(first, lower) < 0 || level > 0 && first != lower
                || Long.compareUnsigned(last, upper) >= 0) {
            throw new CorruptionException("tree.key", at,
                    "keys from " + Long.toUnsignedString(lower) + " to below " + Long.toUnsignedString(upper),
                    Long.toUnsignedString(first) + " to " + Long.toUnsignedString(last));
        }
    }
}
