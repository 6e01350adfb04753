package dev.stele.mapping;

import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The kernel's page tables, over the file of one medium.
final class KernelMmu implements Mmu {
    private static final int ZEROS = Native.MAP_PRIVATE | Native.MAP_ANONYMOUS | Native.MAP_NORESERVE;

    private final Medium medium;
    /// A store to a protected page of it is SIGBUS (seen with Linux 6.12).
    private final boolean isDevice;

    KernelMmu(Medium medium) {
        this.medium = medium;
        this.isDevice = medium.descriptor() >= 0 && Native.status(medium.descriptor()).isCharacterDevice();
    }

    @Override
    public MemorySegment reserve(boolean isWritable, long byteCount, Arena arena) {
        if (byteCount > 0 && medium.descriptor() < 0) {
            throw new VolumeException(Errno.EOPNOTSUPP, "this medium has no file to map: " + medium.description());
        }
        return Anchor.map(isWritable, byteCount, arena);
    }

    @Override
    public void showMedium(long address, long byteCount, Access access, long at) {
        int flags = access.sharing(medium.sharedFlags()) | Native.MAP_NORESERVE;
        Mapping.replace(address, byteCount, access.protection(), flags, medium.descriptor(), at);
    }

    @Override
    public void showZeros(long address, long byteCount, Access access) {
        Mapping.replace(address, byteCount, access.protection(), ZEROS, -1, 0);
    }

    @Override
    public void showNothing(long address, long byteCount) {
        Mapping.replace(address, byteCount, Native.PROT_NONE, ZEROS, -1, 0);
    }

    @Override
    public void populate(long address, long byteCount, boolean forStores) {
        // refused by a kernel before 5.14, or for a page that cannot be read: whoever touches it will see
        Mapping.advise(address, byteCount, forStores ? Native.MADV_POPULATE_WRITE : Native.MADV_POPULATE_READ);
    }

    @Override
    public String blindness() {
        return isDevice ? "a DAX device loses the pages that the kernel protects" : PageWatch.blindness();
    }

    @Override
    public void watch(long address, long byteCount) {
        if ((medium.sharedFlags() & Native.MAP_SYNC) == 0) {
            PageWatch.require().watch(address, byteCount);
        } else {
            PageWatch.require().watchPresent(address, byteCount);
        }
    }

    @Override
    public void collect(long address, long byteCount, AddressVisitor visitor) {
        PageWatch.require().collect(address, byteCount, visitor);
    }
}
