package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.mapping.BlockMap;

/// Where a file ends and which blocks it owns: truncate, allocate, punch, zero, collapse, insert. Callers are
/// inside the gate.
///
/// Each is one record unless the file is cut into more extents than a record can free, some hundreds; a truncation then
/// goes on record by record, named in the orphan table, and the others are refused or done in part, as said there.
final class FileShape {
    private static final int RECORD_MARGIN = 6 << 10;

    private final Core core;
    private final Reclaimer reclaimer;
    private final Ownership ownership;

    FileShape(Core core, Reclaimer reclaimer) {
        this.core = core;
        this.reclaimer = reclaimer;
        this.ownership = new Ownership(core);
    }

    /// Stages the new size and what follows from it. Caller holds the lock, commits, and calls [#resized].
    ///
    /// @return whether the caller must drain before it commits
    boolean resize(Transaction tx, Vnode v, long newSize) {
        if (newSize < 0) {
            throw new VolumeException(Errno.EINVAL);
        }
        long size = Inode.size(core.segment(), v.at);
        boolean inline = Inode.isInline(core.segment(), v.at);
        WritePart part = new WritePart(core, tx, v, 0);
        boolean mustDrain = false;
        if (newSize < size) {
            shrink(tx, v, part, newSize, inline);
        } else if (newSize > size) {
            if (inline && newSize > Inode.PAYLOAD_BYTES) {
                part.spill();
            }
            part.zeroGap(newSize);
            mustDrain = !part.verifies();
        }
        Inode.size(tx.segment(), part.base(), newSize);
        return mustDrain;
    }

    private void shrink(Transaction tx, Vnode v, WritePart part, long newSize, boolean inline) {
        if (inline) {
            tx.segment().asSlice(part.base() + Inode.PAYLOAD_OFFSET + newSize, Inode.PAYLOAD_BYTES - newSize)
                    .fill((byte) 0);
            return;
        }
        long end = Geometry.blocksFor(newSize);
        if (v.file != null) {
            v.file.mappings.detach(end, Reclaimer.END_BLOCK - end);
        }
        if (core.extents.remove(tx, v.inode, end, Reclaimer.END_BLOCK) != end) {
            v.truncating = true;
            if (v.orphanSlot < 0) {
                v.orphanSlot = core.orphans.add(tx, v.inode);
            }
        }
        if ((newSize & Geometry.BLOCK_BYTES - 1) != 0) {
            long block = lastBlock(v, newSize);
            if (block != 0) {
                tx.tail(Geometry.at(block), v.inode, Geometry.blockOf(newSize));
            }
        }
    }

    /// After the commit of [#resize] from `oldSize`: zeroes behind the new end, and finishes what one record could not.
    void resized(Vnode v, long oldSize) {
        long size = Inode.size(core.segment(), v.at);
        if (size >= oldSize) {
            return;
        }
        long end = Geometry.blocksFor(size);
        if (v.file != null) {
            v.file.dirty.forget(end, Reclaimer.END_BLOCK - end);
        }
        long within = size & Geometry.BLOCK_BYTES - 1;
        long block = within == 0 || Inode.isInline(core.segment(), v.at) ? 0 : lastBlock(v, size);
        if (block != 0) {
            core.data.streamZeros(Geometry.at(block) + within, Geometry.BLOCK_BYTES - within);
        }
        if (v.truncating) {
            reclaimer.finishTruncation(v);
        }
    }

    /// The written block in which a file of this size ends, 0 for none.
    private long lastBlock(Vnode v, long size) {
        Extent extent = IoScratch.get().extent;
        core.extents.find(v.inode, Geometry.blockOf(size), extent);
        return extent.isHole() || extent.isUnwritten() ? 0 : extent.start();
    }

    /// Owns blocks for the whole range, marked unwritten: they read as zeros and cost nothing to make.
    void allocate(Vnode v, long offset, long byteCount, boolean keepSize) {
        long end = requireRange(offset, byteCount);
        core.requireRegular(v);
        core.requireUnsealed(v);
        long block = Geometry.blockOf(offset);
        long endBlock = Geometry.blocksFor(end);
        ownership.requireSpace(v, block, endBlock);
        if (!keepSize) {
            ownership.beforeGrowth(v, end);
        }
        ownership.ownShared(v, block, endBlock);
        boolean done = false;
        while (!done) {
            Transaction tx = core.journal.begin();
            try {
                WritePart part = new WritePart(core, tx, v, 0);
                if (Inode.isInline(core.segment(), v.at)) {
                    part.spill();
                }
                block = allocatePart(tx, v, block, endBlock);
                done = block == endBlock;
                if (done && !keepSize && end > Inode.size(core.segment(), v.at)) {
                    part.zeroGap(end);
                    Inode.size(tx.segment(), part.base(), end);
                    if (!part.verifies()) {
                        core.medium.drain();
                    }
                }
                core.commit(tx, v);
            } finally {
                tx.abort();
            }
        }
    }

    /// @return the block up to which the range is owned now
    private long allocatePart(Transaction tx, Vnode v, long block, long endBlock) {
        Extent extent = IoScratch.get().extent;
        long at = block;
        while (at < endBlock && tx.remaining() > RECORD_MARGIN) {
            core.extents.find(tx, v.inode, at, extent);
            long count = Math.min(extent.count(), endBlock - at);
            if (extent.isHole()) {
                long run = core.space.allocateAligned(tx, goal(v, at), 1, Math.min(count, Run.MAX_COUNT));
                count = Run.count(run);
                core.extents.insert(tx, v.inode, at, Run.of(Run.start(run), count, true));
            }
            at += count;
        }
        return at;
    }

    private long goal(Vnode v, long block) {
        if (block > 0) {
            Extent before = new Extent();
            core.extents.find(v.inode, block - 1, before);
            if (!before.isHole()) {
                return before.start() + 1;
            }
        }
        return Inode.blockOf(v.inode);
    }

    /// Gives back the whole blocks of the range and zeroes its edges, in one record where that can be.
    void punchHole(Vnode v, long offset, long byteCount) {
        clearRange(v, offset, requireRange(offset, byteCount), false);
    }

    /// The range reads as zeros and is owned: what is whole in it becomes unwritten, without a store; in a file that is
    /// mapped it is zeroed where it stands, so that mappings show it and stores to them arrive. First the blocks and
    /// the size, then the zeros, so that what does not fit is refused with every byte as it was.
    void zeroRange(Vnode v, long offset, long byteCount, boolean keepSize) {
        long end = requireRange(offset, byteCount);
        core.requireRegular(v);
        long size = Inode.size(core.segment(), v.at);
        if (!keepSize && end > size) {
            ownership.requireSpace(v, Geometry.blockOf(offset), Geometry.blocksFor(end), spareForZeros(v));
        }
        allocate(v, offset, byteCount, keepSize);
        long clearEnd = Math.min(end, Math.max(offset, size));
        if (v.isUnmapped()) {
            clearRange(v, offset, clearEnd, true);
        } else {
            zeroInPlace(v, offset, clearEnd);
        }
    }

    /// Blocks that zeroing a range may need for a moment: copies of both edges, and tree nodes for extents cut in two.
    private long spareForZeros(Vnode v) {
        int depth = Inode.isInline(core.segment(), v.at) ? 0 : Inode.rootDepth(core.segment(), v.at);
        return 2 + 2L * (depth + 1);
    }

    /// A file that is mapped has no inline bytes.
    private void zeroInPlace(Vnode v, long offset, long end) {
        core.requireAttested(v);
        Extent extent = IoScratch.get().extent;
        for (long at = offset; at < end; ) {
            core.extents.find(v.inode, Geometry.blockOf(at), extent);
            long within = at & Geometry.BLOCK_BYTES - 1;
            long count = Math.min(end - at, FileReads.bytesOf(extent.count()) - within);
            if (extent.isData()) {
                core.data.streamZeros(Geometry.at(extent.start()) + within, count);
            }
            at += count;
        }
        core.medium.drain();
        v.lazyModifyNanos = core.now();
    }

    private void clearRange(Vnode v, long offset, long end, boolean keepBlocks) {
        core.requireRegular(v);
        core.requireUnsealed(v);
        if (offset >= end) {
            return;
        }
        if (Inode.isInline(core.segment(), v.at)) {
            clearInline(v, offset, end);
            return;
        }
        boolean done = false;
        while (!done) {
            done = clearPart(v, offset, end, keepBlocks);
        }
    }

    private boolean clearPart(Vnode v, long offset, long end, boolean keepBlocks) {
        boolean committed = false;
        Transaction tx = core.journal.begin();
        WritePart part = new WritePart(core, tx, v, 2L * Geometry.BLOCK_BYTES);
        try {
            part.zeroEdges(offset, end);
            boolean done = clearBlocks(tx, v, Geometry.blocksFor(offset), Geometry.blockOf(end), keepBlocks);
            part.commit();
            committed = true;
            if (done && v.file != null) {
                long from = Geometry.blocksFor(offset);
                v.file.dirty.forget(from, Math.max(0, Geometry.blockOf(end) - from));
            }
            return done;
        } finally {
            tx.abort();
            if (committed) {
                part.refreshMappings();
            } else if (v.file != null) {
                long from = Geometry.blockOf(offset);
                v.file.mappings.refresh(from, Geometry.blocksFor(end) - from, core.blockMap(v));
                part.refreshMappings();
            }
        }
    }

    /// @return whether all of the blocks read as zeros once the transaction is committed
    private boolean clearBlocks(Transaction tx, Vnode v, long from, long to, boolean keepBlocks) {
        if (from >= to) {
            return true;
        }
        if (v.file != null) {
            v.file.mappings.detach(from, to - from);
        }
        if (!keepBlocks) {
            return core.extents.remove(tx, v.inode, from, to) == from;
        }
        markUnwritten(tx, v, from, to);
        return true;
    }

    private void markUnwritten(Transaction tx, Vnode v, long from, long to) {
        Extent extent = IoScratch.get().extent;
        for (long at = from; at < to; ) {
            core.extents.find(tx, v.inode, at, extent);
            long count = Math.min(extent.count(), to - at);
            if (extent.isData()) {
                core.extents.markUnwritten(tx, v.inode, at, count);
            }
            at += count;
        }
    }

    private void clearInline(Vnode v, long offset, long end) {
        long from = Math.min(offset, Inode.PAYLOAD_BYTES);
        long to = Math.min(end, Inode.PAYLOAD_BYTES);
        Transaction tx = core.journal.begin();
        try {
            long base = core.touch(tx, v, core.now());
            tx.segment().asSlice(base + Inode.PAYLOAD_OFFSET + from, to - from).fill((byte) 0);
            core.commit(tx, v);
        } finally {
            tx.abort();
        }
    }

    /// Removes the range; what follows moves down.
    void collapseRange(Vnode v, long offset, long byteCount) {
        long end = requireBlocks(v, offset, byteCount);
        long size = Inode.size(core.segment(), v.at);
        if (end >= size) {
            throw new VolumeException(Errno.EINVAL, "the range to collapse ends before the file does");
        }
        move(v, offset, byteCount, size - byteCount, tx -> {
            long from = Geometry.blockOf(offset);
            long to = Geometry.blockOf(end);
            if (core.extents.remove(tx, v.inode, from, to) != from) {
                throw new VolumeException(Errno.EFBIG, "the range is cut into too many extents; punch it first");
            }
            core.extents.shift(tx, v.inode, to, from - to);
        });
    }

    /// Moves what stands at or behind `offset` up and leaves a hole.
    void insertRange(Vnode v, long offset, long byteCount) {
        requireBlocks(v, offset, byteCount);
        long size = Inode.size(core.segment(), v.at);
        if (offset >= size) {
            throw new VolumeException(Errno.EINVAL, "the place to insert lies before the end of the file");
        }
        if (size > FileWrites.MAX_SIZE_BYTES - byteCount) {
            throw new VolumeException(Errno.EFBIG);
        }
        move(v, offset, 0, size + byteCount,
                tx -> core.extents.shift(tx, v.inode, Geometry.blockOf(offset), Geometry.blockOf(byteCount)));
    }

    private interface Staging {
        void stage(Transaction tx);
    }

    /// Everything from `offset` on may be elsewhere afterwards.
    ///
    /// @param removedBytes of these, from `offset` on, the blocks are given up
    private void move(Vnode v, long offset, long removedBytes, long newSize, Staging staging) {
        long from = Geometry.blockOf(offset);
        requireSpaceForMappings(v, from);
        stageMove(v, offset, removedBytes, newSize, staging);
        // A hole that has come under a writable mapping would swallow what is stored there.
        ownership.ownWritable(v, from, Geometry.blocksFor(newSize));
    }

    /// Refuses before anything has moved.
    private void requireSpaceForMappings(Vnode v, long from) {
        if (v.isUnmapped()) {
            return;
        }
        long[] mapped = new long[1];
        v.file.mappings.forEachWritable(from, Reclaimer.END_BLOCK - from, (block, count) -> mapped[0] += count);
        if (mapped[0] > core.space.freeBlocks()) {
            throw new VolumeException(Errno.ENOSPC);
        }
    }

    private void stageMove(Vnode v, long offset, long removedBytes, long newSize, Staging staging) {
        long from = Geometry.blockOf(offset);
        Transaction tx = core.journal.begin();
        try {
            WritePart part = new WritePart(core, tx, v, 0);
            if (Inode.isInline(core.segment(), v.at)) {
                // Nobody maps inline bytes, so the record vouches for the block they move to: nothing to wait for.
                assert part.verifies();
                part.spill();
            }
            if (v.file != null && removedBytes > 0) {
                // Only these: a mapping that kept a block which is elsewhere in the file would store to that place.
                v.file.mappings.detach(from, Geometry.blockOf(removedBytes));
            }
            staging.stage(tx);
            Inode.size(tx.segment(), part.base(), newSize);
            core.commit(tx, v);
        } finally {
            tx.abort();
            if (v.file != null) {
                BlockMap blocks = core.blockMap(v);
                // Marks are by place in the file: what was dirty may be in any block behind. Holes have nothing to
                // mark, and what moved has left no dirt behind.
                v.file.dirty.forget(from, Reclaimer.END_BLOCK - from);
                blocks.forEachWritten(from, Reclaimer.END_BLOCK - from,
                        (fileBlock, mediumBlock, count) -> core.moved(v, fileBlock, mediumBlock, count));
                v.file.mappings.refresh(from, Reclaimer.END_BLOCK - from, blocks);
                v.file.mappings.clear(from, Reclaimer.END_BLOCK - from);
            }
        }
    }

    private long requireBlocks(Vnode v, long offset, long byteCount) {
        core.requireRegular(v);
        core.requireUnsealed(v);
        if ((offset & Geometry.BLOCK_BYTES - 1) != 0 || (byteCount & Geometry.BLOCK_BYTES - 1) != 0) {
            throw new VolumeException(Errno.EINVAL, "offset and length must be multiples of 4096 bytes");
        }
        return requireRange(offset, byteCount);
    }

    /// @return the end of the range
    private static long requireRange(long offset, long byteCount) {
        if (offset < 0 || byteCount <= 0) {
            throw new VolumeException(Errno.EINVAL);
        }
        if (byteCount > FileWrites.MAX_SIZE_BYTES - offset) {
            throw new VolumeException(Errno.EFBIG);
        }
        return offset + byteCount;
    }
}
