package dev.stele.volume;

import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.space.Window;
import java.lang.foreign.MemorySegment;

/// One record's worth of a change to a file's bytes: stores them into blocks nobody sees yet, or behind the end, and
/// stages what publishes them. The caller holds the file's lock and ends the transaction by [#commit()].
final class WritePart {
    /// What one part of a large write may take of a record and still leave room for the tree's changes.
    private static final int RECORD_MARGIN = 6 << 10;

    private final Core core;
    private final Transaction tx;
    private final Vnode v;
    private final long oldSize;
    /// Whether bytes are named in the record with a checksum; else they are drained before it.
    private final boolean verifies;
    private final IoScratch scratch = IoScratch.get();
    private final long base;
    /// null while nothing is copied under a mapping
    private LateStores lateStores;
    private boolean inline;
    /// The block to which inline bytes moved, 0 for none.
    private long spilledAt;
    private boolean isCommitted;
    private long size;
    private long newFrom = Long.MAX_VALUE;
    private long newTo;
    private long newBlockCount;
    private long done;
    /// Where the block of the last byte written stands.
    private long lastBlockAt;

    /// Stages the inode as modified now.
    ///
    /// @param byteCount bytes that will be written in all, for choosing between checksum and drain
    WritePart(Core core, Transaction tx, Vnode v, long byteCount) {
        this.core = core;
        this.tx = tx;
        this.v = v;
        this.oldSize = Inode.size(core.segment(), v.at);
        this.size = oldSize;
        this.inline = Inode.isInline(core.segment(), v.at);
        // A writable mapping may change the bytes at any moment, without attesting: no checksum would hold.
        this.verifies = byteCount <= FileWrites.MAX_VERIFIED_BYTES && v.isUnmapped();
        this.base = core.touch(tx, v, core.now());
    }

    /// Offset of the staged inode in the transaction.
    long base() {
        return base;
    }

    /// Bytes that [#write] has written so far, also where it failed.
    long done() {
        return done;
    }

    /// Blocks filled that were a hole, unwritten, or took the place of others.
    long newBlockCount() {
        return newBlockCount;
    }

    boolean verifies() {
        return verifies;
    }

    long write(long offset, MemorySegment from, long fromAt, long byteCount) {
        if (inline && offset >= Geometry.BLOCK_BYTES) {
            spill();
        }
        zeroGap(offset);
        do {
            done += writeRun(offset + done, from, fromAt + done, byteCount - done);
        } while (done < byteCount && tx.remaining() > RECORD_MARGIN);
        size = Math.max(oldSize, offset + done);
        return done;
    }

    /// Writes to the blocks from the one of `offset` on that are alike: owned and written, unwritten, or a hole.
    private long writeRun(long offset, MemorySegment from, long fromAt, long byteCount) {
        long fileBlock = Geometry.blockOf(offset);
        find(fileBlock);
        Extent extent = scratch.extent;
        long blocks = Math.min(extent.count(), Geometry.blocksFor((offset & 4095) + byteCount));
        if (!extent.isHole() && !extent.isUnwritten()) {
            long count = Math.min(byteCount, Geometry.at(extent.count()) - (offset & 4095));
            storeInPlace(Geometry.at(extent.start()) + (offset & 4095), offset, from, fromAt, count);
            return count;
        }
        boolean hole = extent.isHole();
        long run = hole
                ? allocate(fileBlock, Math.min(blocks, Run.MAX_COUNT))
                : Run.of(extent.start(), Math.min(blocks, Run.MAX_COUNT));
        long count = storeNew(run, fileBlock, offset, from, fromAt, byteCount);
        leaveInline();
        if (hole) {
            core.extents.insert(tx, v.inode, fileBlock, run);
        } else {
            core.extents.markWritten(tx, v.inode, fileBlock, Run.count(run));
        }
        return count;
    }

    private long allocate(long fileBlock, long maxCount) {
        if (maxCount >= Geometry.CHUNK_BLOCKS) {
            return core.space.allocateAligned(tx, goal(fileBlock), 1, maxCount);
        }
        Window window = core.file(v).window;
        // What is set aside for the file comes before any goal, which it takes a search to find.
        return core.space.allocate(tx, window, window.blocks() > 0 ? 0 : goal(fileBlock), 1, maxCount);
    }

    void replace(long offset, MemorySegment from, long fromAt, long byteCount) {
        if (inline && offset >= Geometry.BLOCK_BYTES) {
            spill();
        }
        if (Geometry.blockOf(offset) > Geometry.blockOf(oldSize)) {
            // Not in the block that will be replaced: nothing may be vouched for in a block that the record gives up.
            zeroGap(offset);
        }
        for (long done = 0; done < byteCount; ) {
            long fileBlock = Geometry.blockOf(offset + done);
            find(fileBlock);
            boolean hole = scratch.extent.isHole();
            long blocks = Math.min(scratch.extent.count(),
                    Geometry.blocksFor((offset + done & 4095) + byteCount - done));
            long run = core.space.allocate(tx, goal(fileBlock), 1, Math.min(blocks, Run.MAX_COUNT));
            long start = offset + done;
            done += storeNew(run, fileBlock, start, from, fromAt + done, byteCount - done);
            leaveInline();
            if (hole) {
                core.extents.insert(tx, v.inode, fileBlock, run);
            } else {
                noteKept(run, fileBlock, start, offset + done);
                detach(fileBlock, Run.count(run));
                core.extents.replace(tx, v.inode, fileBlock, run);
            }
        }
        size = Math.max(oldSize, offset + byteCount);
    }

    /// A run takes the place of blocks of the file, from the one of `offset` on to that of `end`, with new bytes there
    /// and copies of the others.
    private void noteKept(long run, long fileBlock, long offset, long end) {
        if (v.isUnmapped()) {
            return;
        }
        if (lateStores == null) {
            lateStores = new LateStores(core, v);
        }
        long last = Geometry.blockOf(end - 1);
        lateStores.copied(fileBlock, Run.start(run), 0, Math.min(offset, oldSize) - Geometry.at(fileBlock));
        lateStores.copied(last, Run.start(run) + (last - fileBlock), end - Geometry.at(last),
                Math.min(Geometry.BLOCK_BYTES, oldSize - Geometry.at(last)));
    }

    private void detach(long fileBlock, long count) {
        if (v.file != null) {
            v.file.mappings.detach(fileBlock, count);
        }
    }

    /// An inline file has no blocks, whatever its payload looks like.
    private void find(long fileBlock) {
        core.extents.find(v.inode, fileBlock, scratch.extent);
    }

    private long goal(long fileBlock) {
        if (fileBlock > 0 && !inline) {
            long start = scratch.extent.start();
            find(fileBlock - 1);
            Extent before = scratch.extent;
            long goal = before.isHole() ? 0 : before.start() + 1;
            return goal != 0 ? goal : start != 0 ? start : Inode.blockOf(v.inode);
        }
        return Inode.blockOf(v.inode);
    }

    private void leaveInline() {
        if (inline) {
            inline = false;
            MemorySegment staged = tx.segment();
            Inode.flags(staged, base, Inode.flags(staged, base) & ~Inode.INLINE);
            staged.asSlice(base + Inode.PAYLOAD_OFFSET, Inode.PAYLOAD_BYTES).fill((byte) 0);
        }
    }

    /// Fills a run of blocks that was not part of the file's bytes: what is not written now is what was there
    /// before, for a run that replaces another or takes inline bytes over, and else zeros.
    private long storeNew(long run, long fileBlock, long offset, MemorySegment from, long fromAt, long byteCount) {
        long startAt = Geometry.at(Run.start(run));
        long coverBytes = Geometry.at(Run.count(run));
        long before = offset - Geometry.at(fileBlock);
        long count = Math.min(byteCount, coverBytes - before);
        long after = coverBytes - before - count;
        core.medium.reserve(startAt, coverBytes);
        keep(startAt, Geometry.at(fileBlock), before);
        core.data.stream(startAt + before, from, fromAt, count);
        keep(startAt + before + count, offset + count, after);
        noteNew(fileBlock, Run.count(run));
        lastBlockAt = startAt + (before + count - 1 & -Geometry.BLOCK_BYTES);
        if (verifies) {
            // Behind the end of the file zeros need no checksum: the tail entry has recovery see to them, and the
            // next append may store there without a record.
            long end = Math.max(oldSize, offset + count);
            long meant = Math.min(coverBytes, end - Geometry.at(fileBlock));
            verify(startAt, meant, sumOf(meant, before + count, from, fromAt, count, fileBlock, before));
        }
        return count;
    }

    /// Names stored bytes in the record; until another record attests that it was durable they must not be overwritten.
    private void verify(long at, long byteCount, int crc) {
        tx.verify(at, (int) byteCount, crc);
        v.vouching = true;
    }

    /// The checksum of the first `meant` bytes of a run just stored.
    private int sumOf(
            long meant, long behindData, MemorySegment from, long fromAt, long count, long fileBlock, long before) {
        scratch.restart();
        addKept(Geometry.at(fileBlock), before);
        scratch.add(from, fromAt, count);
        addKept(Geometry.at(fileBlock) + behindData, meant - behindData);
        return scratch.sum();
    }

    /// Stores `byteCount` bytes that the file has at `offset` without this write.
    private void keep(long at, long offset, long byteCount) {
        long old = Math.clamp(oldSize - offset, 0, byteCount);
        if (old > 0 && inline) {
            core.data.stream(at, core.segment(), v.at + Inode.PAYLOAD_OFFSET + offset, old);
        } else if (old > 0) {
            old = keepBlocks(at, offset, old);
        }
        if (byteCount > old) {
            core.data.streamZeros(at + old, byteCount - old);
        }
    }

    private long keepBlocks(long at, long offset, long byteCount) {
        Extent extent = new Extent();
        for (long done = 0; done < byteCount; ) {
            core.extents.find(v.inode, Geometry.blockOf(offset + done), extent);
            long within = offset + done & Geometry.BLOCK_BYTES - 1;
            long part = Math.min(byteCount - done, FileReads.bytesOf(extent.count()) - within);
            if (extent.isHole() || extent.isUnwritten()) {
                core.data.streamZeros(at + done, part);
            } else {
                scratch.move(core.data, at + done, Geometry.at(extent.start()) + within, part);
            }
            done += part;
        }
        return byteCount;
    }

    private void addKept(long offset, long byteCount) {
        long old = Math.clamp(oldSize - offset, 0, Math.max(byteCount, 0));
        if (old > 0 && inline) {
            scratch.add(core.segment(), v.at + Inode.PAYLOAD_OFFSET + offset, old);
        } else if (old > 0) {
            addKeptBlocks(offset, old);
        }
        if (byteCount > old) {
            scratch.addZeros(byteCount - old);
        }
    }

    private void addKeptBlocks(long offset, long byteCount) {
        Extent extent = new Extent();
        for (long done = 0; done < byteCount; ) {
            core.extents.find(v.inode, Geometry.blockOf(offset + done), extent);
            long within = offset + done & Geometry.BLOCK_BYTES - 1;
            long part = Math.min(byteCount - done, FileReads.bytesOf(extent.count()) - within);
            if (extent.isHole() || extent.isUnwritten()) {
                scratch.addZeros(part);
            } else {
                scratch.add(core.data, Geometry.at(extent.start()) + within, part);
            }
            done += part;
        }
    }

    /// Stores into blocks the file has: below its end an overwrite, behind it bytes that the record must vouch for.
    private void storeInPlace(long at, long offset, MemorySegment from, long fromAt, long count) {
        core.data.stream(at, from, fromAt, count);
        lastBlockAt = at + count - 1 & -Geometry.BLOCK_BYTES;
        long below = Math.clamp(oldSize - offset, 0, count);
        if (verifies && below < count) {
            scratch.restart().add(from, fromAt + below, count - below);
            verify(at + below, count - below, scratch.sum());
        }
    }

    /// The bytes between the old end and `end` become part of the file: those that it has a block for must be zero.
    void zeroGap(long end) {
        if (spilledAt != 0) {
            vouchBehindSpilled(end);
        } else if (end > oldSize && !inline) {
            zeroEndBlock(end);
            zeroBlocksBehind(end);
        }
    }

    private void zeroEndBlock(long end) {
        long within = oldSize & Geometry.BLOCK_BYTES - 1;
        find(Geometry.blockOf(oldSize));
        Extent extent = scratch.extent;
        if (within == 0 || !extent.isData()) {
            return;
        }
        long count = Math.min(end - oldSize, Geometry.BLOCK_BYTES - within);
        long at = Geometry.at(extent.start()) + within;
        core.data.streamZeros(at, Geometry.BLOCK_BYTES - within);
        if (verifies) {
            scratch.restart().addZeros(count);
            verify(at, count, scratch.sum());
        }
    }

    /// A mapping may have been given blocks behind the end, by a record of its own: they hold what a program stored
    /// there, or some bytes of a write that a power cut tore. Few files have such blocks, so a drain of its own is not
    /// too much.
    private void zeroBlocksBehind(long end) {
        Extent extent = scratch.extent;
        long endBlock = Geometry.blocksFor(end);
        boolean any = false;
        for (long at = Geometry.blocksFor(oldSize); at < endBlock; at = extent.end()) {
            find(at);
            if (extent.isData()) {
                core.data.streamZeros(Geometry.at(extent.start()),
                        FileReads.bytesOf(Math.min(extent.count(), endBlock - at)));
                any = true;
            }
        }
        if (any) {
            core.medium.drain();
        }
    }

    /// Zeros follow the inline bytes in their new block, but are vouched for only as far as the file ended. What it
    /// ends behind now, in the same record, was a free block's otherwise, should the zeros be lost in a power cut.
    private void vouchBehindSpilled(long end) {
        long count = Math.min(end, Geometry.BLOCK_BYTES) - oldSize;
        if (verifies && count > 0) {
            scratch.restart().addZeros(count);
            verify(spilledAt + oldSize, count, scratch.sum());
        }
    }

    /// Makes blocks that are a hole or unwritten, as `extent` says, owned and written, with zeros.
    ///
    /// @return number of blocks done
    long zero(long fileBlock, long blockCount, Extent extent) {
        boolean hole = extent.isHole();
        long start = extent.start();
        long run = hole ? core.space.allocateAligned(tx, goal(fileBlock), 1, blockCount) : Run.of(start, blockCount);
        long at = Geometry.at(Run.start(run));
        core.medium.reserve(at, Geometry.at(Run.count(run)));
        core.data.streamZeros(at, Geometry.at(Run.count(run)));
        noteNew(fileBlock, Run.count(run));
        if (hole) {
            core.extents.insert(tx, v.inode, fileBlock, run);
        } else {
            core.extents.markWritten(tx, v.inode, fileBlock, Run.count(run));
        }
        return Run.count(run);
    }

    /// Makes the parts of blocks at both ends of the range zero, by blocks of their own that take the place of the old
    /// ones.
    void zeroEdges(long offset, long end) {
        long first = Geometry.blockOf(offset);
        long last = Geometry.blockOf(end);
        if ((offset & Geometry.BLOCK_BYTES - 1) != 0) {
            // The very last block of a file ends where no offset is.
            long rest = Geometry.BLOCK_BYTES - (offset & Geometry.BLOCK_BYTES - 1);
            zeroEdge(first, offset, offset + Math.min(end - offset, rest));
        }
        if ((end & Geometry.BLOCK_BYTES - 1) != 0 && (last != first || (offset & Geometry.BLOCK_BYTES - 1) == 0)) {
            zeroEdge(last, Geometry.at(last), end);
        }
    }

    private void zeroEdge(long fileBlock, long offset, long end) {
        find(fileBlock);
        long count = Math.min(end, oldSize) - offset;
        if (count <= 0 || !scratch.extent.isData()) {
            return;
        }
        long run = core.space.allocate(tx, goal(fileBlock), 1, 1);
        storeNew(run, fileBlock, offset, IoScratch.ZEROS, 0, count);
        noteKept(run, fileBlock, offset, offset + count);
        detach(fileBlock, 1);
        core.extents.replace(tx, v.inode, fileBlock, run);
    }

    /// Moves inline bytes into a block.
    void spill() {
        long run = core.space.allocate(tx, Inode.blockOf(v.inode), 1, 1);
        spilledAt = Geometry.at(Run.start(run));
        storeNew(run, 0, 0, core.segment(), v.at + Inode.PAYLOAD_OFFSET, oldSize);
        leaveInline();
        core.extents.insert(tx, v.inode, 0, run);
    }

    private void noteNew(long fileBlock, long count) {
        newFrom = Math.min(newFrom, fileBlock);
        newTo = Math.max(newTo, fileBlock + count);
        newBlockCount += count;
    }

    void commit() {
        Inode.size(tx.segment(), base, size);
        stageTail();
        if (!verifies) {
            // What the record publishes must be there before it (J3).
            core.medium.drain();
        }
        core.commit(tx, v);
        isCommitted = true;
    }

    private void stageTail() {
        if (size > oldSize && (size & Geometry.BLOCK_BYTES - 1) != 0) {
            tx.tail(lastBlockAt, v.inode, Geometry.blockOf(size));
        }
    }

    /// Lets every mapping of the range see the blocks it has now, with all that was stored to those it had.
    void refreshMappings() {
        boolean isShown = false;
        try {
            if (v.file != null && newFrom < newTo) {
                v.file.mappings.refresh(newFrom, newTo - newFrom, core.blockMap(v));
            }
            isShown = true;
        } finally {
            if (lateStores != null) {
                lateStores.end(isShown && isCommitted);
            }
        }
    }
}
