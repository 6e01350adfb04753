package dev.stele.mapping;

import dev.stele.cpu.Mapping;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The whole medium in address space once more, for mappings that are slices of it: made when the first is asked for,
/// anew when the medium has grown, and gone when nobody holds a slice any more.
///
/// It is not the medium's own mapping, which goes with the volume, and through which Stele reads and writes: a slice
/// outlives its volume, and then shows zeros.
public final class SliceSpace {
    /// Size of a huge page: addresses and offsets agree modulo it, so that the kernel can map such.

    private final Medium medium;
    private final Mmu mmu;
    /// null until first used; guarded by this
    private MemorySegment whole;

    public SliceSpace(Medium medium, Mmu mmu) {
        this.medium = medium;
        this.mmu = mmu;
    }

    /// The medium from its first byte to what is now its last. Who uses a part keeps the segment reachable.
    synchronized MemorySegment whole() {
        if (whole == null || whole.byteSize() < medium.sizeBytes()) {
            whole = map(medium.sizeBytes());
        }
        return whole;
    }

    private MemorySegment map(long sizeBytes) {
        boolean isWritable = !medium.isReadOnly();
        long alignment = Math.max(Mapping.HUGE_PAGE_BYTES, medium.mappingUnitBytes());
        MemorySegment space = mmu.reserve(isWritable, sizeBytes + alignment, Arena.ofAuto());
        long skipBytes = -space.address() & alignment - 1;
        mmu.showNothing(space.address(), space.byteSize());
        mmu.showMedium(space.address() + skipBytes, sizeBytes,
                isWritable ? Access.READ_WRITE : Access.READ_ONLY, 0);
        return space.asSlice(skipBytes, sizeBytes);
    }
}
