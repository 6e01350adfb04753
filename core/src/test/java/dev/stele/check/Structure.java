package dev.stele.check;

import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.JournalHeader;
import dev.stele.format.OrphanBlock;
import dev.stele.format.Crc32c;
import dev.stele.format.Superblock;
import dev.stele.format.TreeNode;
import dev.stele.format.XattrBlock;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;

/// A structure of an image, found by its magic or its bitmap, with its fields.
///
/// @param sealAt where the structure begins whose checksum covers the field
record Structure(Kinds kind, long at, long sealAt) {
    enum Kinds { SUPERBLOCK, JOURNAL, ORPHANS, INODE, TREE, DIRECTORY, ENTRY, XATTR }

    /// A field: bytes from `at` on.
    record Field(String name, long at, int byteCount) {
    }

    StructLayout layout() {
        return switch (kind) {
            case SUPERBLOCK -> Superblock.LAYOUT;
            case JOURNAL -> JournalHeader.LAYOUT;
            case ORPHANS -> OrphanBlock.LAYOUT;
            case INODE -> Inode.LAYOUT;
            case TREE -> TreeNode.LAYOUT;
            case DIRECTORY -> DirectoryBlock.LAYOUT;
            case ENTRY -> DirectoryBlock.ENTRY;
            case XATTR -> XattrBlock.LAYOUT;
        };
    }

    /// Makes the checksum right again.
    void seal(MemorySegment s) {
        switch (kind) {
            case SUPERBLOCK -> Superblock.seal(s, sealAt);
            case JOURNAL -> { }
            case ORPHANS -> s.set(dev.stele.format.Layouts.U32, sealAt + OrphanBlock.CRC_OFFSET,
                    Crc32c.ofSummed(s, sealAt, OrphanBlock.HEADER_BYTES, OrphanBlock.CRC_OFFSET));
            case INODE -> Inode.seal(s, sealAt);
            case TREE -> TreeNode.seal(s, sealAt);
            case DIRECTORY -> DirectoryBlock.seal(s, sealAt);
            case ENTRY -> {
                int nameBytes = DirectoryBlock.entryNameBytes(s, sealAt);
                if (Geometry.BLOCK_BYTES - (sealAt & 4095) >= DirectoryBlock.entryBytes(nameBytes)) {
                    DirectoryBlock.sealEntry(s, sealAt);
                }
            }
            case XATTR -> XattrBlock.seal(s, sealAt);
        }
    }

    /// The layout's fields and the first words behind them.
    List<Field> fields(MemorySegment s) {
        List<Field> fields = new ArrayList<>();
        long offset = at;
        for (MemoryLayout member : layout().memberLayouts()) {
            String name = kind + "." + member.name().orElse("");
            if (member.byteSize() <= 8) {
                fields.add(new Field(name, offset, (int) member.byteSize()));
            } else if (!name.endsWith("reserved")) {
                for (long word = 0; word < member.byteSize(); word += 8) {
                    fields.add(new Field(name + word / 8, offset + word, 8));
                }
            }
            offset += member.byteSize();
        }
        int words = switch (kind) {
            case TREE -> 2 * TreeNode.count(s, at) + 1;
            case XATTR -> 3;
            case ENTRY -> 1;
            case ORPHANS -> 3;
            default -> 0;
        };
        for (int word = 0; word < words; word++) {
            fields.add(new Field(kind + ".word" + word, offset + word * 8L, 8));
        }
        if (kind == Kinds.DIRECTORY) {
            addSlots(s, fields);
        }
        return fields;
    }

    private void addSlots(MemorySegment s, List<Field> fields) {
        for (int slot = 0; slot < DirectoryBlock.SLOT_COUNT; slot++) {
            if (DirectoryBlock.slot(s, at, slot) != 0 || slot == 77) {
                fields.add(new Field("DIRECTORY.slot" + slot, DirectoryBlock.slotAt(at, slot), 8));
            }
        }
    }

    /// All structures of an image.
    static List<Structure> of(MemorySegment s, Geometry geometry) {
        List<Structure> all = new ArrayList<>();
        all.add(simple(Kinds.SUPERBLOCK, 0));
        all.add(simple(Kinds.SUPERBLOCK, Geometry.BLOCK_BYTES));
        all.add(simple(Kinds.JOURNAL, Geometry.at(Geometry.JOURNAL)));
        all.add(simple(Kinds.ORPHANS, Geometry.at(Geometry.FIRST_ORPHAN_BLOCK)));
        for (long block = geometry.firstUsableBit(0); block < geometry.blockCount(); block++) {
            long at = Geometry.at(block);
            if (TreeNode.hasMagic(s, at)) {
                all.add(simple(Kinds.TREE, at));
            } else if (DirectoryBlock.hasMagic(s, at)) {
                all.add(simple(Kinds.DIRECTORY, at));
                addEntries(s, at, all);
            } else if (s.get(dev.stele.format.Layouts.U32, at) == XattrBlock.MAGIC) {
                all.add(simple(Kinds.XATTR, at));
            } else {
                addInodes(s, block, all);
            }
        }
        return all;
    }

    private static void addEntries(MemorySegment s, long at, List<Structure> all) {
        for (int slot = 0; slot < DirectoryBlock.SLOT_COUNT; slot++) {
            long word = DirectoryBlock.slot(s, at, slot);
            if (DirectoryBlock.isUsed(word)) {
                all.add(simple(Kinds.ENTRY, at + DirectoryBlock.entryOffset(word)));
            }
        }
    }

    private static void addInodes(MemorySegment s, long block, List<Structure> all) {
        for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
            long number = Inode.number(block, slot);
            if (Slot.of(s, Inode.at(number), number) == Slot.WHOLE) {
                all.add(simple(Kinds.INODE, Inode.at(number)));
            }
        }
    }

    private static Structure simple(Kinds kind, long at) {
        return new Structure(kind, at, at);
    }
}
