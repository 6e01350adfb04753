package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.stele.format.Geometry;
import dev.stele.format.Run;
import org.junit.jupiter.api.Test;

class GrowTest {
    @Test
    void newBlocksCanBeAllocated() {
        long[] sizes = {256, 300, 32_767, 32_768, 32_769, 32_770, 32_771, 65_536, 80_000, 2_000_000};
        for (boolean known : new boolean[] {false, true}) {
            try (Bare bare = Bare.memory(sizes[0])) {
                long used = 0;
                for (int i = 1; i < sizes.length; i++) {
                    if (known) {
                        used += Run.count(bare.allocate(Geometry.firstBlock(i) + 5, 1, 100));
                        bare.create(bare.geometry.blockCount() - 1);
                    }
                    Geometry larger = new Geometry(sizes[i], bare.geometry.journalBlockCount());
                    bare.medium.grow(larger.sizeBytes());
                    bare.geometry = larger;
                    bare.space.grow(larger);
                    long free = bare.space.freeBlocks();
                    long inodeBlocks = Model.bits(bare, true).cardinality();
                    assertEquals(larger.usableBlocks() - used - inodeBlocks, free, "at " + sizes[i]);
                    Space again = new Space(bare.medium, larger);
                    assertEquals(free, again.freeBlocks());
                    assertEquals(again.usedInodes(), bare.space.usedInodes());
                }
            }
        }
    }

    @Test
    void shrinkingIsRefused() {
        try (Bare bare = Bare.memory(1000)) {
            assertThrows(IllegalArgumentException.class, () -> bare.space.grow(Bare.geometry(999)));
        }
    }

    @Test
    void aVolumeOfPetabytesCostsWhatIsUsedOfIt() {
        GroupTable groups = new GroupTable(new Geometry(Geometry.MAX_BLOCKS, 1024).groupCount());
        Group last = groups.get(Geometry.groupOf(Geometry.MAX_BLOCKS - 1));
        assertEquals(last, groups.getIfKnown(last.number));
        assertEquals(null, groups.getIfKnown(5));
    }
}
