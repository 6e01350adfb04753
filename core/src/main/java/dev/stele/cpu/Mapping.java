package dev.stele.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Maps files and memory into segments that an arena owns: they are unmapped when it closes.
public final class Mapping {
    /// What the kernel maps with one entry instead of 512, where it can.
    public static final long HUGE_PAGE_BYTES = 2L << 20;

    private static final int SPACE = Native.MAP_PRIVATE | Native.MAP_ANONYMOUS | Native.MAP_NORESERVE;
    /// Whose alignment another thread has prevented so often does without.
    private static final int ATTEMPTS = 8;

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

    /// Maps a file from its beginning, at an address that is a multiple of `alignment` if one is free: where that is
    /// the size of a huge page, the kernel can map such. A file that can be mapped in no other way, of hugetlbfs or of
    /// a DAX device, has its own alignment in any case: where the kernel chooses the address, it keeps to that.
    ///
    /// Nothing is mapped over anything. A kernel that refuses the file with MAP_FIXED has by then unmapped what was
    /// there, and whoever unmaps it again takes it from the thread that has mapped something there meanwhile. With
    /// MAP_FIXED_NOREPLACE the kernel refuses MAP_SHARED_VALIDATE, and so every file of persistent memory.
    ///
    /// @param alignment a power of two
    public static MemorySegment mapAligned(
            Arena arena, int descriptor, long byteCount, long alignment, int protection, int flags) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long address;
            try {
                long vacant = vacancy(byteCount + alignment) + alignment - 1 & -alignment;
                address = Native.map(vacant, byteCount, protection, flags, descriptor, 0);
            } catch (NativeException refused) {
                // also where a DAX device gets what the kernel has instead of a place that is taken by now
                break;
            }
            if ((address & alignment - 1) == 0) {
                return own(arena, address, byteCount, (protection & Native.PROT_WRITE) == 0);
            }
            Native.unmap(address, byteCount);
        }
        return map(arena, descriptor, 0, byteCount, protection, flags);
    }

    /// Where nothing is mapped, unless another thread comes first.
    private static long vacancy(long byteCount) {
        long address = Native.map(0, byteCount, Native.PROT_NONE, SPACE, -1, 0);
        Native.unmap(address, byteCount);
        return address;
    }

    /// Maps over pages that are the caller's, and stay so if the kernel refuses: access to them is a fault then, or
    /// they show what they did. A kernel that refuses late has unmapped them, and what another thread maps there would
    /// be unmapped with the rest of the caller's pages. The gap is closed at once; the kernel has no way to leave none.
    ///
    /// @param flags as for [#map]
    /// @throws NativeException where the kernel refuses
    public static void replace(
            long address, long byteCount, int protection, int flags, int descriptor, long offset) {
        try {
            Native.map(address, byteCount, protection, flags | Native.MAP_FIXED, descriptor, offset);
        } catch (NativeException refused) {
            closeGap(address, byteCount);
            throw refused;
        }
    }

    private static void closeGap(long address, long byteCount) {
        try {
            long closed = Native.map(
                    address, byteCount, Native.PROT_NONE, SPACE | Native.MAP_FIXED_NOREPLACE, -1, 0);
            if (closed != address) {
                // there is no gap, but a kernel before 4.17, which does not know the flag
                Native.unmap(closed, byteCount);
            }
        } catch (NativeException mapped) {
            // there is no gap, or no longer
        }
    }

    /// Takes address space without memory behind it, for [#replace] to fill.
    public static MemorySegment reserve(Arena arena, long byteCount) {
        long address = Native.map(0, byteCount, Native.PROT_NONE, SPACE, -1, 0);
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
