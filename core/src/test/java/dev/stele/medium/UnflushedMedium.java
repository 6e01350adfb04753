package dev.stele.medium;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;

/// Volatile memory that passes for memory whose lines must be flushed, and to which a flush does nothing: as a RAM disk
/// behind a kernel's DAX.
public final class UnflushedMedium extends Medium {
    private final Arena arena = Arena.ofShared();
    private final int descriptor;
    private final ByteView view;

    public UnflushedMedium(long sizeBytes) {
        this.descriptor = Native.memfd("stele-unflushed", 0);
        Native.truncate(descriptor, sizeBytes);
        this.view = new ByteView(counters(), Mapping.map(arena, descriptor, 0, sizeBytes,
                Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED), StoreGuard.NONE);
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
        return Granularity.CACHE_LINE;
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
        return "memory to which a flush does nothing";
    }

    @Override
    public void grow(long newSizeBytes) {
        throw new VolumeException(Errno.EOPNOTSUPP);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            Native.close(descriptor);
        }
    }
}
