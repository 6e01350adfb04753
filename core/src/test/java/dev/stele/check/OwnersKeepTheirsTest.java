package dev.stele.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Crc32c;
import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.OrphanBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// K3: a block that names its owner stays with it, also where an inode that comes before it points there.
class OwnersKeepTheirsTest {
    private final ImageBuilder image = new ImageBuilder(400);
    private final MemorySegment s = image.medium.metadata().segment();

    @AfterEach
    void close() {
        image.medium.close();
    }

    private long pointer(long inode, int entry) {
        return (long) Layouts.WORD.get(s, Inode.rootEntryAt(Inode.at(inode), entry) + 8);
    }

    private void point(long inode, int entry, long block) {
        image.change(inode, working -> Layouts.WORD.set(working, Inode.rootEntryAt(0, entry) + 8, block));
    }

    private void assertKeeps(long owner, long block) {
        MemorySegment before = Arena.ofAuto().allocate(s.byteSize()).copyFrom(s);
        Report report = Check.repair(image.medium);
        assertEquals(1, report.exitCode(), () -> report.findings() + " leaves " + report.remaining());
        assertTrue(isSame(before, Inode.at(owner), Inode.BYTES), () -> "another inode: " + report.findings());
        assertTrue(isSame(before, Geometry.at(block), Geometry.BLOCK_BYTES), "another block");
        assertEquals(0, report.findings().stream().filter(Finding.SharedBlock.class::isInstance).count());
    }

    private boolean isSame(MemorySegment before, long at, long byteCount) {
        return before.asSlice(at, byteCount).mismatch(s.asSlice(at, byteCount)) < 0;
    }

    @Test
    void nodesOfATree() {
        long thief = image.file(image.root, "thief", 20);
        long owner = image.file(image.root, "owner", 20);
        image.build();
        long block = pointer(owner, 1);
        point(thief, 0, block);
        assertKeeps(owner, block);
    }

    /// A few names take two blocks, many a tree of them.
    @ParameterizedTest
    @ValueSource(ints = {12, 60})
    void blocksAndNodesOfADirectory(int nameCount) {
        long thief = image.mkdir(image.root, "thief");
        long owner = image.mkdir(image.root, "owner");
        for (int i = 0; i < nameCount; i++) {
            image.inline(thief, "of-the-thief-" + i, "");
            image.inline(owner, "of-the-owner-" + i, "");
        }
        image.build();
        long block = pointer(owner, 1);
        point(thief, 0, block);
        assertKeeps(owner, block);
    }

    /// A slot of the orphan table that names a directory: its index was read as the extents of a file to be cut off.
    @Test
    void blocksOfADirectoryThatIsNamedAsIfItWereTruncated() {
        long directory = image.mkdir(image.root, "directory");
        image.inline(directory, "file", "");
        image.orphan(directory);
        image.build();
        assertEquals(List.of("it is no file and has links"), Check.run(image.medium).findings().stream()
                .map(finding -> ((Finding.BadOrphan) finding).problem()).toList());
        assertKeeps(directory, pointer(directory, 0));
    }

    /// The table's chain came back to its first block, and the check went round.
    @Test
    void blocksOfTheOrphanTableAreReadOnce() {
        long directory = image.mkdir(image.root, "directory");
        image.inline(directory, "file", "");
        image.build();
        long at = Geometry.at(Geometry.FIRST_ORPHAN_BLOCK);
        image.medium.metadata().putLong(at + OrphanBlock.NEXT_OFFSET, Geometry.FIRST_ORPHAN_BLOCK);
        image.medium.metadata().putInt(at + OrphanBlock.CRC_OFFSET,
                Crc32c.ofSummed(s, at, OrphanBlock.HEADER_BYTES, OrphanBlock.CRC_OFFSET));
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> assertKeeps(directory, pointer(directory, 0)));
    }

    /// By the bitmap every block was set aside for inodes, and none was left for the repair.
    @Test
    void aRepairTakesBlocksThatHoldNoInodes() {
        long directory = image.mkdir(image.root, "directory");
        image.inline(directory, "file", "");
        image.build();
        long block = pointer(directory, 0);
        MemorySegment bitmap = s.asSlice(Geometry.inodeBitmapAt(0), Geometry.BLOCK_BYTES);
        bitmap.fill((byte) -1);
        image.medium.metadata().putInt(Geometry.at(block) + DirectoryBlock.CRC_OFFSET, 0);
        Report report = Check.repair(image.medium);
        assertEquals(1, report.exitCode(), () -> report.findings() + " leaves " + report.remaining());
        assertEquals(List.of(), Check.run(image.medium).findings());
    }

    /// A tree that has no damage.
    private static class Whole extends Extents {
        Whole(Geometry geometry, long inode) {
            super(geometry, inode);
        }

        @Override
        public boolean node(long block) {
            return count();
        }

        @Override
        public void damage(Severity severity, String struct, long at, String expected, String found) {
            throw new AssertionError(struct);
        }
    }

    /// A walk that its visitor ended, as a repair without room does, left an inode where the next reads a block.
    @Test
    void aWalkThatWasEndedLeavesNothingBehind() {
        long flat = image.file(image.root, "flat", 2);
        long deep = image.file(image.root, "deep", 20);
        image.build();
        try (Survey survey = Survey.of(image.medium)) {
            MemorySegment inode = survey.image().allocate(Inode.BYTES);
            TreeWalk walk = new TreeWalk(survey.image(), survey.geometry());
            MemorySegment.copy(s, Inode.at(flat), inode, 0, Inode.BYTES);
            assertThrows(VolumeException.class, () -> walk.walk(inode, 0, flat, new Whole(survey.geometry(), flat) {
                @Override
                void extent(long key, long run) {
                    throw new VolumeException(Errno.ENOSPC);
                }
            }));
            MemorySegment.copy(s, Inode.at(deep), inode, 0, Inode.BYTES);
            Extents extents = new Whole(survey.geometry(), deep);
            walk.walk(inode, 0, deep, extents);
            assertEquals(20, extents.extentCount());
        }
    }

    @Test
    void extendedAttributes() {
        long thief = image.file(image.root, "thief", 1);
        long owner = image.file(image.root, "owner", 1);
        image.xattrs(owner, 5000);
        image.build();
        long block = Inode.xattrBlock(s, Inode.at(owner));
        image.change(thief, working -> Inode.xattrBlock(working, 0, block));
        assertKeeps(owner, block);
    }
}
