package dev.stele.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Maps files and memory into segments that an arena owns: they are unmapped when it closes.
public final class Mapping {
    /// What the kernel maps with one entry instead of 512, where it can.
    public static final long HUGE_PAGE_BYTES = 2L << 20;

    private Mapping() {
    }

    /// Tells the kernel something about pages that it need not heed: an older one, or one without huge pages for this
    /// kind of memory, refuses, and nothing is lost but time.
    ///
    /// @param advice `MADV_…`
    /// @return whether it was taken
    public static boolean advise(long address, long byteCount, int advice) {
        try {
            Native.advise(address, byteCount, advice);
            return true;
        } catch (NativeException refused) {
            return false;
        }
    }

    /// Maps part of a file for all to see.
    ///
    /// @param flags MAP_SHARED, MAP_PRIVATE or MAP_SHARED_VALIDATE, and what goes with it
    public static MemorySegment map(
            Arena arena, int descriptor, long offset, long byteCount, int protection, int flags) {
        long address = Native.map(0, byteCount, protection, flags, descriptor, offset);
        return own(arena, address, byteCount, (protection & Native.PROT_WRITE) == 0);
    }

    /// Maps a file from its beginning, at an address that is a multiple of `alignment`: where that is the size of a
    /// huge page, the kernel can map such.
    ///
    /// @param alignment a power of two
    public static MemorySegment mapAligned(
            Arena arena, int descriptor, long byteCount, long alignment, int protection, int flags) {
        long space = Native.map(0, byteCount + alignment, Native.PROT_NONE,
                Native.MAP_PRIVATE | Native.MAP_ANONYMOUS | Native.MAP_NORESERVE, -1, 0);
        long before = -space & alignment - 1;
        try {
            Native.map(space + before, byteCount, protection, flags | Native.MAP_FIXED, descriptor, 0);
        } catch (RuntimeException refused) {
            Native.unmap(space, byteCount + alignment);
            throw refused;
        }
        if (before > 0) {
            Native.unmap(space, before);
        }
        Native.unmap(space + before + byteCount, alignment - before);
        return own(arena, space + before, byteCount, (protection & Native.PROT_WRITE) == 0);
    }

    /// Takes address space without memory behind it, for `MAP_FIXED` to fill.
    public static MemorySegment reserve(Arena arena, long byteCount) {
        long address = Native.map(0, byteCount, Native.PROT_NONE,
                Native.MAP_PRIVATE | Native.MAP_ANONYMOUS | Native.MAP_NORESERVE, -1, 0);
        return own(arena, address, byteCount, false);
    }

    private static MemorySegment own(Arena arena, long address, long byteCount, boolean readOnly) {
        MemorySegment mapped;
        try {
            mapped = MemorySegment.ofAddress(address)
                    .reinterpret(byteCount, arena, segment -> Native.unmap(segment.address(), segment.byteSize()));
        } catch (RuntimeException closed) {
            Native.unmap(address, byteCount);
            throw closed;
        }
        return readOnly ? mapped.asReadOnly() : mapped;
    }
}
