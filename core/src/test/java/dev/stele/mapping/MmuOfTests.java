package dev.stele.mapping;

import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The kernel's memory management unit, for tests that change one of its answers.
public abstract class MmuOfTests implements Mmu {
    private final Mmu kernel;

    protected MmuOfTests(Medium medium) {
        kernel = Mmu.ofKernel(medium);
    }

    @Override
    public final MemorySegment reserve(boolean isWritable, long byteCount, Arena arena) {
        return kernel.reserve(isWritable, byteCount, arena);
    }

    @Override
    public final void showMedium(long address, long byteCount, Access access, long at) {
        kernel.showMedium(address, byteCount, access, at);
    }

    @Override
    public final void showZeros(long address, long byteCount, Access access) {
        kernel.showZeros(address, byteCount, access);
    }

    @Override
    public final void showNothing(long address, long byteCount) {
        kernel.showNothing(address, byteCount);
    }

    @Override
    public String blindness() {
        return kernel.blindness();
    }

    @Override
    public void watch(long address, long byteCount) {
        kernel.watch(address, byteCount);
    }

    @Override
    public void collect(long address, long byteCount, AddressVisitor visitor) {
        kernel.collect(address, byteCount, visitor);
    }
}
