package dev.stele.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.dirty.DirtyIndex;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.PassThroughMedium;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// On a medium that can only be mapped by units larger than a page (`/dev/dax`, hugetlbfs) a range of other parts is
/// refused when it is mapped, not when the volume closes and what it shows cannot be replaced.
class LargeUnitsTest {
    private static final long PAGE = Medium.PAGE_BYTES;
    private static final int UNIT_PAGES = 512;

    private final Medium medium = new HugePages();
    private final Mmu mmu = Mmu.ofKernel(medium);
    private final Mappings mappings = new Mappings(medium, new CountingHolds(), new DirtyIndex(), mmu);
    private final SliceSpace slices = new SliceSpace(medium, mmu);

    @AfterEach
    void close() {
        medium.close();
    }

    @Test
    void aRangeOfPartsIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            assertRefused(() -> map(UNIT_PAGES, 1, arena));
            assertRefused(() -> map(1, UNIT_PAGES, arena));
            assertRefused(() -> slice(UNIT_PAGES, 1, arena));
            assertRefused(() -> slice(1, UNIT_PAGES, arena));
        }
        assertEquals(0, mappings.count());
    }

    @Test
    void aRangeOfUnitsIsMappedAndNotWatched() {
        try (Arena arena = Arena.ofConfined()) {
            Tracking tracking = map(UNIT_PAGES, UNIT_PAGES, arena).tracking();
            assertEquals(Tracking.Kind.PESSIMISTIC, tracking.kind());
            assertTrue(tracking.reason().contains("2097152"), tracking.reason());
            assertEquals(UNIT_PAGES * PAGE, slice(UNIT_PAGES, UNIT_PAGES, arena).segment().byteSize());
            mappings.revoke();
        }
    }

    private MappedRange map(long start, long pages, Arena arena) {
        return mappings.map(BlockMap.ofRun(0, start, pages), 0, pages * PAGE, Access.READ_WRITE, TrackingMode.MMU,
                arena, () -> { });
    }

    private MappedRange slice(long start, long pages, Arena arena) {
        return mappings.slice(slices, start, 0, pages * PAGE, Access.READ_WRITE, arena, () -> { });
    }

    private static void assertRefused(Runnable mapping) {
        assertEquals(Errno.EOPNOTSUPP, assertThrows(VolumeException.class, mapping::run).errno());
    }

    /// Memory that says it consists of huge pages.
    private static final class HugePages extends PassThroughMedium {
        HugePages() {
            super(MemoryMedium.createAsPmem(4L * UNIT_PAGES * PAGE));
        }

        @Override
        public long mappingUnitBytes() {
            return UNIT_PAGES * PAGE;
        }

        @Override
        public String description() {
            return "memory in huge pages";
        }
    }
}
