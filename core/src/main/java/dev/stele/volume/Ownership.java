package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;

/// Sees to it that there is a block, zeroed and written, wherever a mapping may store: a store to a hole would reach no
/// file. Callers hold the file's lock, have no transaction and are inside the gate.
final class Ownership {
    private static final int RECORD_MARGIN = 6 << 10;

    private final Core core;

    Ownership(Core core) {
        this.core = core;
    }

    /// The file will end at or behind `newSize`: what its mappings show behind its end so far, blocks that were cut
    /// off and what was stored to those since, is not part of it. Readers see zeros; what can be stored to becomes
    /// the file's.
    ///
    /// @throws dev.stele.error.VolumeException ENOSPC
    void beforeGrowth(Vnode v, long newSize) {
        if (v.isUnmapped()) {
            return;
        }
        long from = Geometry.blocksFor(Inode.size(core.segment(), v.at));
        long to = Geometry.blocksFor(newSize);
        if (from < to) {
            ownWritable(v, from, to);
            v.file.mappings.clear(from, to - from);
        }
    }

    /// Where a writable mapping shows the range the file owns it.
    void ownWritable(Vnode v, long block, long endBlock) {
        if (!v.isUnmapped()) {
            v.file.mappings.forEachWritable(block, endBlock - block, (at, count) -> own(v, at, at + count));
        }
    }

    /// Where any mapping shares the range with the file the file owns it.
    void ownShared(Vnode v, long block, long endBlock) {
        if (!v.isUnmapped()) {
            v.file.mappings.forEachShared(block, endBlock - block, (at, count) -> own(v, at, at + count));
        }
    }

    /// Makes every block of the range owned and written, and inline bytes a block.
    void own(Vnode v, long block, long endBlock) {
        boolean inline = Inode.isInline(core.segment(), v.at);
        if (!inline && isOwned(v, block, endBlock)) {
            return;
        }
        core.requireUnsealed(v);
        requireSpace(v, block, endBlock);
        AllocationEvent event = AllocationEvent.begun();
        long at = block;
        do {
            at = ownPart(v, at, endBlock, event);
        } while (at < endBlock);
        if (event != null) {
            event.ended(core.identity.uuid(), v.inode);
        }
    }

    /// One record's worth.
    ///
    /// @return the block up to which the range is owned now
    private long ownPart(Vnode v, long block, long endBlock, AllocationEvent event) {
        Transaction tx = core.journal.begin();
        try {
            WritePart part = new WritePart(core, tx, v, Long.MAX_VALUE);
            if (Inode.isInline(core.segment(), v.at)) {
                part.spill();
            }
            long at = stage(tx, v, block, endBlock, part);
            part.commit();
            part.refreshMappings();
            if (event != null) {
                event.made(part.newBlockCount());
            }
            return at;
        } finally {
            tx.abort();
        }
    }

    /// Refuses at once what cannot be had, rather than half of it.
    ///
    /// @throws dev.stele.error.VolumeException ENOSPC
    void requireSpace(Vnode v, long block, long endBlock) {
        requireSpace(v, block, endBlock, 0);
    }

    /// @param spare blocks wanted besides
    void requireSpace(Vnode v, long block, long endBlock, long spare) {
        Extent extent = IoScratch.get().extent;
        long needed = spare;
        for (long at = block; at < endBlock; ) {
            core.extents.find(v.inode, at, extent);
            long count = Math.min(extent.count(), endBlock - at);
            needed += extent.isHole() ? count : 0;
            at += count;
        }
        if (needed > core.space.freeBlocks()) {
            throw new VolumeException(Errno.ENOSPC);
        }
    }

    private boolean isOwned(Vnode v, long block, long endBlock) {
        Extent extent = IoScratch.get().extent;
        for (long at = block; at < endBlock; at += extent.count()) {
            core.extents.find(v.inode, at, extent);
            if (!extent.isData()) {
                return false;
            }
        }
        return true;
    }

    private long stage(Transaction tx, Vnode v, long block, long endBlock, WritePart part) {
        Extent extent = IoScratch.get().extent;
        long at = block;
        while (at < endBlock && tx.remaining() > RECORD_MARGIN) {
            core.extents.find(tx, v.inode, at, extent);
            long count = Math.min(Math.min(extent.count(), endBlock - at), Run.MAX_COUNT);
            if (!extent.isData()) {
                count = part.zero(at, count, extent);
            }
            at += count;
        }
        return at;
    }
}
