package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.dirty.DirtyIndex;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the kernel's MMU tells of stores through a mapping, and when it is believed (rules C2, C8, C9, and the hazards
/// of harvesting).
class TrackedStoresTest {
    private static final long PAGE = Medium.PAGE_BYTES;
    private static final int PAGES = 64;

    private final DirtyIndex dirty = new DirtyIndex();
    private final CountingHolds holds = new CountingHolds();
    private Medium medium;
    private FakeFile file;
    private Mappings mappings;

    @BeforeEach
    void open() {
        medium = MemoryMedium.createAsPmem(16 << 20);
        file = new FakeFile(medium).put(0, 100, PAGES);
        mappings = new Mappings(medium, holds, dirty, Mmu.ofKernel(medium));
    }

    @AfterEach
    void close() {
        medium.close();
    }

    private MappedRange map(TrackingMode mode, Arena arena) {
        return mappings.map(file, 0, PAGES * PAGE, Access.READ_WRITE, mode, arena, () -> { });
    }

    private long harvested() {
        mappings.harvest(0, PAGES, dirty);
        long count = dirty.dirtyPageCount();
        dirty.forget(0, PAGES);
        return count;
    }

    @Test
    void thisKernelTells() {
        assertNull(Mmu.ofKernel(medium).blindness(), "the tests of tracking need Linux 6.7 or later");
    }

    @Test
    void onlyPagesStoredToAreDirtyAndOnlyOnce() {
        try (Arena arena = Arena.ofConfined()) {
            MappedRange range = map(TrackingMode.MMU, arena);
            assertEquals(Tracking.Kind.MMU, range.tracking().kind(), range.tracking().toString());
            MemorySegment mapped = range.segment();
            assertEquals(0, harvested());
            mapped.get(JAVA_LONG, 3 * PAGE);
            assertEquals(0, harvested(), "a load is no store");
            mapped.set(JAVA_LONG, 3 * PAGE, 1);
            mapped.set(JAVA_LONG, 7 * PAGE + 8, 1);
            mapped.set(JAVA_LONG, 7 * PAGE + 16, 1);
            mappings.harvest(4, PAGES, dirty);
            assertTrue(dirty.isClean(0, 7) && dirty.isClean(8, PAGES) && !dirty.isClean(7, 1), "W-7: the range alone");
            assertEquals(2, harvested());
            assertEquals(0, harvested());
            mapped.set(JAVA_LONG, 7 * PAGE, 2);
            assertEquals(1, harvested());
        }
        assertEquals(0, dirty.dirtyPageCount(), "nothing was stored since");
    }
}
