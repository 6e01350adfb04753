package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.CorruptionException;
import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.OrphanBlock;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.Name;
import dev.stele.volume.Volume.RenameMode;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// P7: an entry that leads to a directory which the operation has locked already, or to one above, was waited for
/// for ever.
class EntriesThatLeadUpTest {
    private static final long NOW = 1_700_000_000_000_000_000L;
    private static final Name CHILD = Name.of("child");
    private static final Name OTHER = Name.of("other");
    private static final Name OTHER_FILE = Name.of("other file");

    private final MemoryMedium medium = MemoryMedium.create(1 << 20);
    private Volume volume;
    private long directory;

    @BeforeEach
    void build() {
        Volume.format(medium, new FormatOptions("up", new UUID(1, 2), 3, 4, 0, 1, 1, NOW));
        volume = Volume.open(medium, new OpenOptions(false, () -> NOW, false));
        directory = volume.mkdir(volume.root(), Name.of("directory"), 0755, 1, 1);
        volume.mkdir(directory, CHILD, 0755, 1, 1);
        volume.mkdir(volume.root(), OTHER, 0755, 1, 1);
    }

    /// Has the one entry of the directory lead elsewhere, with every checksum right.
    private void lead(long inode, int type) {
        MemorySegment s = medium.metadata().segment();
        long block = (long) Layouts.WORD.get(s, Inode.rootEntryAt(Inode.at(directory), 0) + 8);
        for (int slot = 0; slot < DirectoryBlock.SLOT_COUNT; slot++) {
            long word = DirectoryBlock.slot(s, Geometry.at(block), slot);
            if (DirectoryBlock.isUsed(word)) {
                long entryAt = Geometry.at(block) + DirectoryBlock.entryOffset(word);
                DirectoryBlock.entryInode(s, entryAt, inode);
                DirectoryBlock.entryType(s, entryAt, type);
                DirectoryBlock.sealEntry(s, entryAt);
            }
        }
    }

    private interface Step {
        void run();
    }

    private void assertTold(Step step) {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            assertThrows(CorruptionException.class, step::run);
        });
    }

    @Test
    void removedFromItself() {
        lead(directory, 4);
        assertTold(() -> volume.rmdir(directory, CHILD));
    }

    @Test
    void renamedWithinItself() {
        lead(directory, 4);
        assertTold(() -> volume.rename(directory, CHILD, directory, OTHER, RenameMode.REPLACE));
    }

    @Test
    void exchangedWithTheRoot() {
        lead(volume.root(), 4);
        assertTold(() -> volume.rename(volume.root(), OTHER, directory, CHILD, RenameMode.EXCHANGE));
    }

    @Test
    void replaced() {
        lead(volume.root(), 4);
        assertTold(() -> volume.rename(volume.root(), OTHER, directory, CHILD, RenameMode.REPLACE));
    }

    @Test
    void unlinkedAsIfItWereAFile() {
        lead(directory, 8);
        assertTold(() -> volume.unlink(directory, CHILD));
    }

    @Test
    void lookedUpAndPinned() {
        lead(directory, 4);
        assertTold(() -> volume.lookupAndPin(directory, CHILD));
    }

    /// The other thing that leads to an inode: a slot of the orphan table.
    @Test
    void aDirectoryInTheOrphanTableIsNotTruncated() {
        medium.metadata().putLong(OrphanBlock.slotAt(Geometry.at(Geometry.FIRST_ORPHAN_BLOCK), 5), directory);
        Volume again = Volume.open(medium, new OpenOptions(false, () -> NOW, false));
        assertTrue(again.isReadOnly());
        assertTrue(again.damage().contains("orphan.slot"), again.damage());
    }

    /// Bitmaps by which the root's own slot is free: it was waited for likewise.
    @Test
    void aNewInodeIsNotTheDirectoryItself() {
        long block = Inode.blockOf(volume.root());
        long mask = 1L << (block & 63);
        medium.metadata().clearBits(Geometry.blockBitmapAt(0) + (block >>> 6) * 8, mask);
        medium.metadata().clearBits(Geometry.inodeBitmapAt(0) + (block >>> 6) * 8, mask);
        Volume again = Volume.open(medium, new OpenOptions(false, () -> NOW, false));
        assertTold(() -> again.create(again.root(), OTHER_FILE, 0644, 1, 1));
    }

    @Test
    void leadingToWhatCanBeNoInode() {
        lead(1L << 50, 4);
        assertTold(() -> volume.lookupAndPin(directory, CHILD));
    }
}
