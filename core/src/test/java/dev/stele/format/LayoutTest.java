package dev.stele.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The bytes on the medium, pinned: whoever changes one of these numbers changes the format.
class LayoutTest {
    private static final int LINE_BYTES = 64;

    static final Map<String, StructLayout> ALL = new LinkedHashMap<>();

    static {
        ALL.put("Superblock", Superblock.LAYOUT);
        ALL.put("OrphanBlock", OrphanBlock.LAYOUT);
        ALL.put("JournalHeader", JournalHeader.LAYOUT);
        ALL.put("JournalRecord", JournalRecord.LAYOUT);
        ALL.put("JournalRecord entry", JournalRecord.ENTRY);
        ALL.put("Inode", Inode.LAYOUT);
        ALL.put("TreeNode", TreeNode.LAYOUT);
        ALL.put("DirectoryBlock", DirectoryBlock.LAYOUT);
        ALL.put("DirectoryBlock entry", DirectoryBlock.ENTRY);
        ALL.put("XattrBlock", XattrBlock.LAYOUT);
    }

    @Test
    void sizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        ALL.forEach((name, layout) -> sizes.put(name, layout.byteSize()));
        assertEquals("{Superblock=504, OrphanBlock=64, JournalHeader=128, JournalRecord=32, JournalRecord entry=16, "
                + "Inode=256, TreeNode=64, DirectoryBlock=64, DirectoryBlock entry=24, XattrBlock=40}",
                sizes.toString());
    }

    @Test
    void offsetsThatOtherStructuresRelyOn() {
        assertEquals(4, Inode.CRC_OFFSET, "the first word of an inode is mode and checksum");
        assertEquals(0, Layouts.offset(Inode.LAYOUT, "mode"));
        assertEquals(128, Inode.PAYLOAD_OFFSET);
        for (long crcOffset : new long[] {TreeNode.CRC_OFFSET, DirectoryBlock.CRC_OFFSET, XattrBlock.CRC_OFFSET,
                OrphanBlock.CRC_OFFSET}) {
            assertEquals(4, crcOffset, "a block begins with magic and checksum in one word");
        }
        assertEquals(24, TreeNode.COUNT_OFFSET);
        assertEquals(24, DirectoryBlock.FILL_OFFSET);
        assertEquals(64, DirectoryBlock.SLOTS_OFFSET);
        assertEquals(1088, DirectoryBlock.HEAP_OFFSET);
        assertEquals(64, JournalHeader.TAIL_OFFSET, "the tail has a line of its own");
        assertEquals(16, OrphanBlock.NEXT_OFFSET);
        assertEquals(16, Superblock.BLOCK_COUNT_OFFSET);
        assertEquals(500, Superblock.CRC_OFFSET);
    }

    @Test
    void howManyFit() {
        assertEquals(252, TreeNode.MAX_ENTRIES);
        assertEquals(8, Inode.ROOT_ENTRIES);
        assertEquals(16, Inode.PER_BLOCK);
        assertEquals(504, OrphanBlock.SLOT_COUNT);
        assertEquals(4056, XattrBlock.CONTENT_BYTES);
        assertEquals(Geometry.BLOCK_BYTES, Inode.PER_BLOCK * Inode.BYTES);
        assertEquals(Geometry.BLOCK_BYTES, TreeNode.HEADER_BYTES + TreeNode.MAX_ENTRIES * TreeNode.ENTRY_BYTES);
        assertEquals(Geometry.BLOCK_BYTES, OrphanBlock.HEADER_BYTES + OrphanBlock.SLOT_COUNT * 8L);
    }

    @Test
    void everyFieldIsLittleEndianAlignedAndWithinOneLine() {
        ALL.forEach((name, layout) -> {
            long offset = 0;
            for (MemoryLayout member : layout.memberLayouts()) {
                assertTrue(member.name().isPresent(), name + " has a field without a name at " + offset);
                if (member instanceof ValueLayout word) {
                    assertEquals(0, offset % word.byteSize(), name + "." + member.name().get() + " is not aligned");
                    assertEquals(ByteOrder.LITTLE_ENDIAN,
                            word.byteSize() == 1 ? ByteOrder.LITTLE_ENDIAN : word.order());
                    assertEquals(offset / LINE_BYTES, (offset + word.byteSize() - 1) / LINE_BYTES,
                            name + "." + member.name().get() + " straddles a line");
                }
                offset += member.byteSize();
            }
            assertEquals(layout.byteSize(), offset, name + " has padding nobody named");
            assertEquals(0, layout.byteSize() % 8, name + " is no whole number of words");
        });
    }

    @Test
    void nothingCrossesABlock() {
        assertTrue(Superblock.BYTES <= Geometry.BLOCK_BYTES);
        assertTrue(JournalHeader.BYTES <= Geometry.BLOCK_BYTES);
        assertEquals(0, Geometry.BLOCK_BYTES % Inode.BYTES);
        assertEquals(0, Geometry.BLOCK_BYTES % JournalRecord.ALIGNMENT);
    }

    @Test
    void runs() {
        long run = Run.of((1L << 43) - 1, Run.MAX_COUNT, true);
        assertEquals((1L << 43) - 1, Run.start(run));
        assertEquals((1 << 20) - 1, Run.count(run));
        assertTrue(Run.isUnwritten(run));
        assertEquals(1L << 20 | 1, Run.of(1, 1));
        assertFalse(Run.isUnwritten(Run.of(1, 1, false)));
    }

    @Test
    void geometry() {
        Geometry two = new Geometry(Geometry.GROUP_BLOCKS + 10L, 1024);
        assertEquals(2, two.groupCount());
        assertEquals(10, two.groupBlocks(1));
        assertEquals(Geometry.at(4), Geometry.blockBitmapAt(0));
        assertEquals(Geometry.at(5), Geometry.inodeBitmapAt(0));
        assertEquals(Geometry.at(Geometry.GROUP_BLOCKS), Geometry.blockBitmapAt(1));
        assertEquals(Geometry.at(Geometry.GROUP_BLOCKS + 1L), Geometry.inodeBitmapAt(1));
        assertFalse(two.isUsable(Geometry.JOURNAL + 1023));
        assertTrue(two.isUsable(Geometry.JOURNAL + 1024));
        assertFalse(two.isUsable(Geometry.GROUP_BLOCKS + 1L));
        assertTrue(two.isUsable(Geometry.GROUP_BLOCKS + 2L));
        assertTrue(two.isUsable(Geometry.GROUP_BLOCKS + 2L, 8));
        assertFalse(two.isUsable(Geometry.GROUP_BLOCKS + 2L, 9));
        assertFalse(two.isUsable(Geometry.GROUP_BLOCKS - 1L, 2), "a run stays in its group");
        assertFalse(two.isUsable(-1));
        assertFalse(two.isUsable(Long.MAX_VALUE, Long.MAX_VALUE));
        assertEquals(Geometry.GROUP_BLOCKS - Geometry.JOURNAL - 1024 + 8, two.usableBlocks());
    }
}
