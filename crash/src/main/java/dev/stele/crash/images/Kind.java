package dev.stele.crash.images;

import dev.stele.format.Crc32c;
import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.JournalHeader;
import dev.stele.format.JournalRecord;
import dev.stele.format.OrphanBlock;
import dev.stele.format.Superblock;
import dev.stele.format.TreeNode;
import dev.stele.format.XattrBlock;
import dev.stele.format.Layouts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// The structures of the format. What their fields are stands in the layouts alone, so that a new field is damaged
/// without a word here.
enum Kind {
    SUPERBLOCK(Superblock.LAYOUT, true),
    ORPHANS(OrphanBlock.LAYOUT, true),
    /// Words behind the header of a block of orphans: no checksum covers them.
    ORPHAN_SLOT(null, false),
    JOURNAL_HEADER(JournalHeader.LAYOUT, false),
    JOURNAL_RECORD(JournalRecord.LAYOUT, true),
    JOURNAL_ENTRY(JournalRecord.ENTRY, true),
    INODE(Inode.LAYOUT, true),
    TREE_NODE(TreeNode.LAYOUT, true),
    DIRECTORY(DirectoryBlock.LAYOUT, true),
    DIRECTORY_ENTRY(DirectoryBlock.ENTRY, true),
    XATTRS(XattrBlock.LAYOUT, true),
    /// Words of a bitmap: no checksum covers them.
    BITMAP(null, false);

    /// null where there are only words
    final StructLayout layout;
    /// Whether a checksum covers the fields.
    final boolean isSummed;

    Kind(StructLayout layout, boolean isSummed) {
        this.layout = layout;
        this.isSummed = isSummed;
    }

    /// Whether it is part of the log, where a wrong checksum means no more than the end.
    boolean isLog() {
        return this == JOURNAL_HEADER || this == JOURNAL_RECORD || this == JOURNAL_ENTRY;
    }

    /// Makes the checksum of the structure at `at` right again, where its lengths leave it one.
    void seal(MemorySegment s, long at) {
        switch (this) {
            case SUPERBLOCK -> Superblock.seal(s, at);
            case ORPHANS -> s.set(Layouts.U32, at + OrphanBlock.CRC_OFFSET,
                    Crc32c.ofSummed(s, at, OrphanBlock.HEADER_BYTES, OrphanBlock.CRC_OFFSET));
            case JOURNAL_RECORD, JOURNAL_ENTRY -> sealRecord(s, at);
            case INODE -> Inode.seal(s, at);
            case TREE_NODE -> TreeNode.seal(s, at);
            case DIRECTORY -> DirectoryBlock.seal(s, at);
            case DIRECTORY_ENTRY -> sealEntry(s, at);
            case XATTRS -> XattrBlock.seal(s, at);
            case ORPHAN_SLOT, JOURNAL_HEADER, BITMAP -> { }
        }
    }

    private static void sealRecord(MemorySegment s, long at) {
        int entryBytes = JournalRecord.entryBytes(s, at);
        if (entryBytes >= 0 && entryBytes <= s.byteSize() - at - JournalRecord.HEADER_BYTES) {
            s.set(Layouts.U32, at + JournalRecord.CRC_OFFSET, JournalRecord.checksum(s, at, entryBytes));
        }
    }

    private static void sealEntry(MemorySegment s, long at) {
        long room = Geometry.BLOCK_BYTES - (at & Geometry.BLOCK_BYTES - 1);
        if (DirectoryBlock.entryBytes(DirectoryBlock.entryNameBytes(s, at)) <= room) {
            DirectoryBlock.sealEntry(s, at);
        }
    }
}
