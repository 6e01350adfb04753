package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.Name;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Inodes of one directory whose group of blocks is full.
class ManyFilesTest {
    @Test
    void inodesShareTheirBlocksAlsoWhenTheDirectorysGroupIsFull() {
        Medium medium = MemoryMedium.create(2L * Geometry.GROUP_BLOCKS * Geometry.BLOCK_BYTES);
        Volume.format(medium, new FormatOptions("", new UUID(1, 2), 3, 4, 16, 0, 0, 1));
        try (Volume volume = Volume.open(medium, new OpenOptions(false, () -> 1, false))) {
            long filler = volume.create(volume.root(), Name.of("filler"), 0644, 0, 0);
            volume.allocate(filler, 0, Geometry.at(volume.statistics().freeBlocks() - 40), false);
            Volume.FileExtent far = volume.extents(filler, 0, Long.MAX_VALUE).stream()
                    .filter(e -> Geometry.groupOf(Geometry.blockOf(e.mediumOffset())) == 1
                            && e.byteCount() >= Geometry.at(200)).findFirst().orElseThrow();
            volume.punchHole(filler, far.fileOffset(), Geometry.at(200));
            long free = volume.statistics().freeBlocks();
            int files = 20 * Inode.PER_BLOCK;
            for (int i = 0; i < files; i++) {
                volume.create(volume.root(), Name.of("f" + i), 0644, 0, 0);
            }
            long used = free - volume.statistics().freeBlocks();
            assertTrue(used <= 20 + 1 + files / 40, files + " files took " + used + " blocks");
            assertEquals(files + 2, volume.statistics().usedInodes());
        }
    }
}
