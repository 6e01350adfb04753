package dev.stele.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.dirty.DirtyIndex;
import dev.stele.medium.Medium;
import dev.stele.medium.sim.SimMedium;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/// On a medium whose lines must be flushed, a mapping that ends leaves its pages marked.
class PersistentMappingsTest extends MappingsContract {
    @Override
    Medium create() {
        return SimMedium.create(SIZE_BYTES);
    }

    @Test
    void aWritableMappingThatEndsLeavesItsPagesDirty() {
        try (Medium medium = create()) {
            DirtyIndex dirty = new DirtyIndex();
            Mappings mappings = new Mappings(medium, new CountingHolds(), dirty, Mmu.ofKernel(medium));
            FakeFile file = new FakeFile(medium).put(0, 100, 20);
            try (Arena arena = Arena.ofConfined()) {
                mappings.map(file, 0, 4096, Access.READ_ONLY, TrackingMode.AUTO, arena, () -> { });
                mappings.map(file, 0, 4096, Access.PRIVATE, TrackingMode.AUTO, arena, () -> { });
            }
            assertTrue(dirty.isClean(0, 20));
            try (Arena arena = Arena.ofConfined()) {
                mappings.map(file, 5 * 4096 + 1, 4096, Access.READ_WRITE, TrackingMode.AUTO, arena, () -> { });
            }
            assertEquals(2, dirty.dirtyPageCount());
            assertTrue(dirty.isClean(0, 5) && dirty.isClean(7, 20));
        }
    }
}
