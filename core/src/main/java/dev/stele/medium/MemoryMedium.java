package dev.stele.medium;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// Volatile memory of this machine.
public final class MemoryMedium extends Medium {
    private final Arena arena = Arena.ofShared();
    private final int descriptor;
    private final ByteView view;

    private MemoryMedium(int descriptor, long sizeBytes) {
        this.descriptor = descriptor;
        this.view = new ByteView(counters(), map(sizeBytes), StoreGuard.NONE);
    }

    /// Fresh zeros, which nobody else can open; they go when the medium closes.
    public static MemoryMedium create(long sizeBytes) {
        if (sizeBytes <= 0 || sizeBytes % PAGE_BYTES != 0) {
            throw new VolumeException(Errno.EINVAL, "size must be a multiple of 4096 bytes: " + sizeBytes);
        }
        int descriptor = Native.memfd("stele", 0);
        try {
            Native.truncate(descriptor, sizeBytes);
            return new MemoryMedium(descriptor, sizeBytes);
        } catch (RuntimeException failed) {
            Native.close(descriptor);
            throw failed;
        }
    }

    private MemorySegment map(long sizeBytes) {
        return Mapping.map(arena, descriptor, 0, sizeBytes, Native.PROT_READ | Native.PROT_WRITE,
                Native.MAP_SHARED | Native.MAP_NORESERVE);
    }

    @Override
    public View metadata() {
        return view;
    }

    @Override
    public View data() {
        return view;
    }

    @Override
    protected void awaitLines() {
        VarHandle.releaseFence();
    }

    @Override
    public Granularity granularity() {
        return Granularity.BYTE;
    }

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public String description() {
        return "memory (memfd), volatile, granularity BYTE";
    }

    @Override
    public void grow(long newSizeBytes) {
        if (newSizeBytes <= sizeBytes() || newSizeBytes % PAGE_BYTES != 0) {
            throw new VolumeException(Errno.EINVAL, "new size must be larger and a multiple of 4096: " + newSizeBytes);
        }
        Native.truncate(descriptor, newSizeBytes);
        view.replaceSegment(map(newSizeBytes));
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            Native.close(descriptor);
        }
    }
}
