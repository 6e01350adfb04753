package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// The kernel's `struct pm_scan_arg` with room for the regions that a scan finds. Used by one thread at a time.
final class ScanRequest {
    private static final StructLayout LAYOUT = MemoryLayout.structLayout(
            JAVA_LONG.withName("size"), JAVA_LONG.withName("flags"), JAVA_LONG.withName("start"),
            JAVA_LONG.withName("end"), JAVA_LONG.withName("walkEnd"), JAVA_LONG.withName("regions"),
            JAVA_LONG.withName("regionCountMax"), JAVA_LONG.withName("pageCountMax"),
            JAVA_LONG.withName("categoryInverted"), JAVA_LONG.withName("categoryMask"),
            JAVA_LONG.withName("categoryAnyOf"), JAVA_LONG.withName("categoryReturned"));
    private static final StructLayout REGION = MemoryLayout.structLayout(
            JAVA_LONG.withName("start"), JAVA_LONG.withName("end"), JAVA_LONG.withName("categories"));
    private static final VarHandle SIZE = field("size");
    private static final VarHandle FLAGS = field("flags");
    private static final VarHandle START = field("start");
    private static final VarHandle END = field("end");
    private static final VarHandle WALK_END = field("walkEnd");
    private static final VarHandle REGIONS = field("regions");
    private static final VarHandle REGION_COUNT_MAX = field("regionCountMax");
    private static final VarHandle PAGE_COUNT_MAX = field("pageCountMax");
    private static final VarHandle CATEGORY_MASK = field("categoryMask");
    private static final VarHandle CATEGORY_RETURNED = field("categoryReturned");
    private static final VarHandle REGION_START = regionField("start");
    private static final VarHandle REGION_END = regionField("end");

    /// protect what matches, in the same step
    static final long WP_MATCHING = 1;
    /// fail where a page is not watched, instead of passing it by
    static final long CHECK_WPASYNC = 1 << 1;
    private static final long PAGE_IS_WRITTEN = 1 << 1;

    private final MemorySegment memory = Arena.ofAuto().allocate(LAYOUT);
    private final MemorySegment regions;
    private final long regionCount;

    /// @param regionCount regions that one scan may find before it has to be continued
    ScanRequest(int regionCount) {
        this.regionCount = regionCount;
        SequenceLayout room = MemoryLayout.sequenceLayout(regionCount, REGION);
        regions = Arena.ofAuto().allocate(room);
        SIZE.set(memory, 0L, LAYOUT.byteSize());
        roomFrom(0);
        // Asking for this category alone takes a way through the kernel on which a page it knows nothing of is
        // written; with any other beside it, such a page would be clean.
        CATEGORY_MASK.set(memory, 0L, PAGE_IS_WRITTEN);
        CATEGORY_RETURNED.set(memory, 0L, PAGE_IS_WRITTEN);
    }

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(PathElement.groupElement(name)).withInvokeExactBehavior();
    }

    private static VarHandle regionField(String name) {
        return REGION.varHandle(PathElement.groupElement(name)).withInvokeExactBehavior();
    }

    long address() {
        return memory.address();
    }

    /// The next scan; it has all the room.
    void range(long start, long end, long flags) {
        roomFrom(0);
        FLAGS.set(memory, 0L, flags);
        START.set(memory, 0L, start);
        END.set(memory, 0L, end);
        WALK_END.set(memory, 0L, 0L);
    }

    /// It leaves the regions before `index` as they are, and puts the first that it finds there.
    void roomFrom(long index) {
        REGIONS.set(memory, 0L, regions.address() + index * REGION.byteSize());
        REGION_COUNT_MAX.set(memory, 0L, regionCount - index);
    }

    /// All scans end when they have found so many pages.
    void limit(long pageCount) {
        PAGE_COUNT_MAX.set(memory, 0L, pageCount);
    }

    /// Where the scan ended, and the next one goes on.
    long walkEnd() {
        return (long) WALK_END.get(memory, 0L);
    }

    long regionStart(long index) {
        return (long) REGION_START.get(regions, index * REGION.byteSize());
    }

    /// Address behind the region's last byte.
    long regionEnd(long index) {
        return (long) REGION_END.get(regions, index * REGION.byteSize());
    }

    void setRegion(long index, long start, long end) {
        REGION_START.set(regions, index * REGION.byteSize(), start);
        REGION_END.set(regions, index * REGION.byteSize(), end);
    }
}
