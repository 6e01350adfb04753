package dev.stele.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/// docs/format.md says what the code does.
class FormatDocTest {
    @Test
    void everyTableIsThatOfItsLayout() {
        LayoutTest.ALL.forEach((name, layout) -> LayoutTables.compare(name, layout));
    }

    @Test
    void everyTableHasALayout() throws IOException {
        long tables = Files.readAllLines(LayoutTables.document()).stream()
                .filter(line -> line.startsWith("<!-- layout ")).count();
        // One more: the checkpoint's, which its own package compares.
        assertEquals(LayoutTest.ALL.size() + 1, tables);
    }

    @Test
    void theNumbersInTheProseAreThoseOfTheCode() throws IOException {
        String text = Files.readString(LayoutTables.document());
        for (String fact : new String[] {
            "blocks of " + Geometry.BLOCK_BYTES + " bytes",
            "groups of " + Geometry.GROUP_BLOCKS + " blocks",
            "at least " + Geometry.MIN_BLOCKS + " blocks",
            Geometry.MIN_JOURNAL_BLOCKS + " to " + Geometry.MAX_JOURNAL_BLOCKS + " blocks of journal",
            Inode.PER_BLOCK + " inodes in a block",
            "up to " + Inode.ROOT_ENTRIES + " entries",
            "up to " + TreeNode.MAX_ENTRIES + " entries",
            "at most " + TreeNode.MAX_DEPTH + " levels",
            DirectoryBlock.SLOT_COUNT + " slots",
            "from byte " + DirectoryBlock.HEAP_OFFSET,
            OrphanBlock.SLOT_COUNT + " slots",
            "at most " + XattrBlock.MAX_BLOCKS + " blocks",
            "flag " + Inode.SEALED + " SEALED",
            "flag " + Inode.INLINE + " INLINE",
            "version " + Superblock.VERSION,
            "kind " + JournalRecord.PUT + " PUT",
            "kind " + JournalRecord.SET_BITS + " SET_BITS",
            "kind " + JournalRecord.CLEAR_BITS + " CLEAR_BITS",
            "kind " + JournalRecord.VERIFY + " VERIFY",
            "kind " + JournalRecord.TAIL + " TAIL"}) {
            assertTrue(text.contains(fact), "docs/format.md does not say: " + fact);
        }
    }
}
