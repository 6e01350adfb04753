package dev.stele.mapping;

import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The memory management unit, as mappings use it: which page of address space shows what, and which was stored to. The
/// kernel's, or, in tests that must see every interleaving, a simulated one in its place.
///
/// Addresses and lengths are multiples of a page. Calls for one range never overlap: they are made under the lock of
/// the file's [Mappings].
public interface Mmu {
    /// The kernel's, for mappings of the medium's file.
    static Mmu ofKernel(Medium medium) {
        return new KernelMmu(medium);
    }

    /// A segment of the arena over address space of its own, whose pages all get something to show before anybody
    /// looks.
    ///
    /// @throws dev.stele.error.VolumeException EOPNOTSUPP on a medium without a file, EIO where there is no more
    ///     address space
    /// @throws IllegalStateException where the arena is closed
    MemorySegment reserve(boolean isWritable, long byteCount, Arena arena);

    /// Pages show the medium's bytes from `at` on instead of what they did. Whoever uses them meanwhile sees the old or
    /// the new. They are no longer watched.
    ///
    /// @throws dev.stele.error.VolumeException where the kernel has no more mappings
    void showMedium(long address, long byteCount, Access access, long at);

    /// Pages show zeros, of nobody else.
    ///
    /// @throws dev.stele.error.VolumeException where the kernel has no more mappings
    void showZeros(long address, long byteCount, Access access);

    /// Access to the pages is a fault.
    void showNothing(long address, long byteCount);

    /// Puts pages in place now that would come at the first touch, each by a fault. As well as it can: what it cannot
    /// comes later.
    ///
    /// @param forStores whether a store is to find them ready, not only a load
    default void populate(long address, long byteCount, boolean forStores) {
    }

    /// Why it cannot tell which pages were stored to; null where it can.
    String blindness();

    /// From the return of this call on it is known which of the pages are stored to. Nothing is known of stores that
    /// came before.
    ///
    /// @throws dev.stele.error.VolumeException where the kernel refuses these pages
    void watch(long address, long byteCount);

    /// Calls the visitor with address and length of every run of pages that was stored to since it was last collected,
    /// in ascending order. Destructive: such pages count as not stored to from an instant on that lies before the
    /// visitor's call, and a store after that instant is found by the next call.
    ///
    /// Where it throws, any page of the range may have been forgotten.
    ///
    /// @throws dev.stele.error.VolumeException where some page of the range is not watched, or the kernel fails
    void collect(long address, long byteCount, AddressVisitor visitor);

    /// Takes one run of pages.
    @FunctionalInterface
    interface AddressVisitor {
        void run(long address, long byteCount);
    }
}
