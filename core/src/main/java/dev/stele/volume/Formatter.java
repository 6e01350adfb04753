package dev.stele.volume;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Superblock;
import dev.stele.journal.Journal;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import dev.stele.node.FileType;
import dev.stele.node.Inodes;
import dev.stele.space.Orphans;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// mkfs. The superblocks are stored last, after a drain: until they are there the medium holds no volume.
final class Formatter {
    private final Medium medium;
    private final View view;
    private final FormatOptions options;
    private final Geometry geometry;

    Formatter(Medium medium, FormatOptions options) {
        this.medium = medium;
        this.view = medium.metadata();
        this.options = options;
        long blocks = medium.sizeBytes() >>> Geometry.BLOCK_SHIFT;
        long journal = options.journalBlocks() == 0 ? Geometry.defaultJournalBlocks(blocks) : options.journalBlocks();
        this.geometry = new Geometry(blocks, journal);
    }

    void run() {
        // What was there before goes as a whole: until its superblocks are gone for good nothing else of it is touched.
        view.streamZeros(0, Geometry.at(Geometry.CHECKPOINT_HEADER));
        medium.drain();
        view.streamZeros(Geometry.at(Geometry.CHECKPOINT_HEADER),
                Geometry.at(Geometry.JOURNAL - Geometry.CHECKPOINT_HEADER));
        for (long group = 1; group < geometry.groupCount(); group++) {
            clear(Geometry.blockBitmapAt(group));
            if (Geometry.blockOf(Geometry.inodeBitmapAt(group)) < geometry.blockCount()) {
                clear(Geometry.inodeBitmapAt(group));
            }
        }
        Journal.format(medium, geometry);
        Orphans.format(medium);
        long root = makeRoot();
        medium.drain();
        storeSuperblocks(root);
        medium.drain();
        medium.beginCheckpoint();
        medium.finishCheckpoint();
    }

    /// On a fresh sparse file the bitmaps of a large volume are zeros already, and touching them would give it blocks.
    private void clear(long bitmapAt) {
        MemorySegment s = view.segment();
        for (long at = bitmapAt; at < bitmapAt + Geometry.BLOCK_BYTES; at += 8) {
            if ((long) Layouts.WORD.get(s, at) != 0) {
                view.streamZeros(bitmapAt, Geometry.BLOCK_BYTES);
                return;
            }
        }
    }

    /// The root directory in the first slot of the first usable block.
    private long makeRoot() {
        int bit = geometry.firstUsableBit(0);
        long inode = Inode.number(bit, 0);
        view.streamZeros(Geometry.at(bit), Geometry.BLOCK_BYTES);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment root = arena.allocate(Inode.BYTES, 64);
            Inodes.initialise(root, 0, inode, FileType.DIRECTORY.modeBits() | 0755, options.uid(), options.gid(),
                    options.nowNanos());
            Inode.linkCount(root, 0, 2);
            Inode.device(root, 0, inode);
            Inode.seal(root, 0);
            view.stream(Inode.at(inode), root, 0, Inode.BYTES);
        }
        long wordOffset = (bit >>> 6) * 8L;
        long mask = 1L << (bit & 63);
        view.putLong(Geometry.blockBitmapAt(0) + wordOffset, mask);
        view.flush(Geometry.blockBitmapAt(0) + wordOffset, 8);
        view.putLong(Geometry.inodeBitmapAt(0) + wordOffset, mask);
        view.flush(Geometry.inodeBitmapAt(0) + wordOffset, 8);
        return inode;
    }

    private void storeSuperblocks(long root) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment s = arena.allocate(Superblock.BYTES, 64);
            Superblock.encode(new Superblock.Contents(geometry, root, options.nowNanos(), 0, 0, 0, options.label(),
                    options.uuid(), options.hashKey0(), options.hashKey1()), s, 0);
            // The copy first: a volume with one superblock is one that mkfs did not finish, or that lost its first.
            view.stream(Geometry.at(Geometry.SUPERBLOCK_COPY), s, 0, Superblock.BYTES);
            view.stream(Geometry.at(Geometry.SUPERBLOCK), s, 0, Superblock.BYTES);
        }
    }
}
