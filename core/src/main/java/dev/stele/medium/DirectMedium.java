package dev.stele.medium;

import dev.stele.cpu.CacheLines;
import dev.stele.cpu.Granularity;
import dev.stele.cpu.Lifetime;
import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.cpu.NativeException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;

/// A medium whose bytes are the memory that is mapped: one view serves metadata and data.
///
/// Opened for reading only it has two: a shared one that refuses stores, and for metadata a private one, whose stores
/// stay in this process, so that recovery can be played without touching the medium.
abstract class DirectMedium extends Medium {
    /// Where the bytes come from.
    ///
    /// @param descriptor owned by the medium
    /// @param sharedFlags `MAP_…` of the shared mapping
    /// @param canBePrivate whether the device can be mapped copy-on-write
    /// @param isSparse whether room must be made before a store
    /// @param unitBytes mappings begin and end at multiples of it
    record Ground(int descriptor, long sizeBytes, int sharedFlags, boolean canBePrivate, boolean isSparse,
            long unitBytes) {
    }

    private static final int READ_WRITE = Native.PROT_READ | Native.PROT_WRITE;

    private final Arena arena = Arena.ofShared();
    private final Ground ground;
    private final MediumOptions options;
    /// null where stores need no flush
    private final CacheLines lines;
    /// the same for memory that may be unmapped meanwhile
    private final CacheLines held;
    /// Whether the kernel is asked to make huge pages of the small ones of which a chunk of room consists: tmpfs has
    /// small ones alone unless it was mounted otherwise, persistent memory, as which it is run, has huge ones.
    private final boolean joinsPages;
    /// null where room need not be made
    private final Reservation reservation;
    private final WordView data;
    private final WordView metadata;

    /// @param lines null for granularity BYTE
    DirectMedium(Ground ground, MediumOptions options, CacheLines lines) {
        this.ground = ground;
        this.options = options;
        this.lines = lines;
        this.held = lines == null ? null : lines.held();
        this.joinsPages = lines != null && (ground.sharedFlags & Native.MAP_SYNC) == 0;
        this.reservation = ground.isSparse && !options.readOnly()
                ? new Reservation(this::allocate, ground.sizeBytes) : null;
        try {
            StoreGuard guard = reservation == null ? StoreGuard.NONE : reservation;
            MemorySegment shared = mapShared(ground.sizeBytes);
            this.data = lines == null
                    ? new ByteView(counters(), shared, guard) : new LineView(counters(), shared, guard, lines);
            if ((ground.sharedFlags & Native.MAP_SYNC) != 0 && ground.isSparse && !options.readOnly()) {
                // The kernel's own write path clears what it knows to be bad (P-4).
                data.replacesBy((at, content) -> {
                    Native.write(ground.descriptor, content, at);
                    Native.syncData(ground.descriptor);
                });
            }
            this.metadata = options.readOnly() && ground.canBePrivate
                    ? new ByteView(counters(), mapPrivate(ground.sizeBytes), StoreGuard.NONE) : data;
        } catch (RuntimeException failed) {
            arena.close();
            throw failed;
        }
    }

    private MemorySegment mapShared(long sizeBytes) {
        int flags = ground.sharedFlags | Native.MAP_NORESERVE | (options.prefault() ? Native.MAP_POPULATE : 0);
        MemorySegment mapped = Mapping.mapAligned(arena, ground.descriptor, sizeBytes,
                Math.max(Mapping.HUGE_PAGE_BYTES, ground.unitBytes),
                options.readOnly() ? Native.PROT_READ : READ_WRITE, flags);
        Mapping.advise(mapped.address(), mapped.byteSize(), Native.MADV_HUGEPAGE);
        return mapped;
    }

    private MemorySegment mapPrivate(long sizeBytes) {
        return Mapping.map(arena, ground.descriptor, 0, sizeBytes, READ_WRITE,
                Native.MAP_PRIVATE | Native.MAP_NORESERVE);
    }

    private void allocate(long at, long byteCount) {
        try {
            Native.allocate(ground.descriptor, 0, at, byteCount);
        } catch (NativeException e) {
            throw OwnedFile.full(e);
        }
        if (joinsPages) {
            joinPages(data.segment(), at, byteCount);
        }
    }

    /// @param shown may be of before the medium grew
    private static void joinPages(MemorySegment shown, long at, long byteCount) {
        if (byteCount == Mapping.HUGE_PAGE_BYTES && at + byteCount <= shown.byteSize()) {
            Mapping.advise(shown.address() + at, byteCount, Native.MADV_COLLAPSE);
        }
    }

    /// Closes what holds the descriptor.
    abstract void closeGround();

    /// What stands in front of granularity and durability, such as `memory (anonymous)`.
    abstract String place();

    @Override
    public final View metadata() {
        return metadata;
    }

    @Override
    public final View data() {
        return data;
    }

    @Override
    protected final void awaitLines() {
        if (lines == null) {
            VarHandle.releaseFence();
        } else {
            lines.drain();
        }
    }

    @Override
    protected final void sendMapped(MemorySegment mapped, long at, long byteCount) {
        if (lines != null) {
            held.flush(mapped, at, byteCount);
        }
    }

    @Override
    public final void persistMappedWhile(Lifetime lifetime, MemorySegment mapped, long at, long byteCount) {
        if (lines == null || byteCount == 0) {
            super.persistMapped(mapped, at, byteCount);
        } else {
            lines.persist(lifetime, mapped, at, byteCount);
            counters().persisted(View.lineCount(mapped.address() + at, byteCount));
        }
    }

    @Override
    public final void copyPersistMappedWhile(
            Lifetime lifetime, MemorySegment mapped, long at, MemorySegment from, long fromAt, long byteCount) {
        if (lines == null || byteCount == 0) {
            super.copyPersistMappedWhile(lifetime, mapped, at, from, fromAt, byteCount);
        } else {
            lines.copyPersist(lifetime, mapped, at, from, fromAt, byteCount);
            counters().streamedAndDrained(byteCount);
        }
    }

    @Override
    public final Granularity granularity() {
        return lines == null ? Granularity.BYTE : Granularity.CACHE_LINE;
    }

    @Override
    public final boolean isReadOnly() {
        return options.readOnly();
    }

    @Override
    public final int descriptor() {
        return ground.descriptor;
    }

    @Override
    public final int sharedFlags() {
        return ground.sharedFlags;
    }

    @Override
    public final long mappingUnitBytes() {
        return ground.unitBytes;
    }

    @Override
    public Optional<Path> mappableFile() {
        return Optional.of(Path.of("/proc/self/fd/" + ground.descriptor));
    }

    @Override
    public final String description() {
        return place() + (isDurable() ? ", durable" : ", volatile") + ", granularity " + granularity()
                + (lines == null ? "" : ", flushed by " + CacheLines.report())
                + (options.readOnly() ? ", read-only" : "");
    }

    @Override
    public final void reserve(long at, long byteCount) {
        if (reservation != null && byteCount > 0) {
            reservation.beforeStore(at, byteCount);
        }
    }

    @Override
    public synchronized void grow(long newSizeBytes) {
        checkGrowth(newSizeBytes);
        if (newSizeBytes % ground.unitBytes != 0) {
            throw new VolumeException(Errno.EINVAL, "the new size must be a multiple of the huge page of "
                    + ground.unitBytes + " bytes, not " + newSizeBytes);
        }
        Native.truncate(ground.descriptor, newSizeBytes);
        MemorySegment larger = mapShared(newSizeBytes);
        if (reservation != null) {
            reservation.grow(newSizeBytes);
        }
        data.replaceSegment(larger);
    }

    @Override
    public final synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            closeGround();
        }
    }

    /// @throws VolumeException EINVAL
    static void checkSize(long sizeBytes) {
        if (sizeBytes <= 0 || sizeBytes % PAGE_BYTES != 0) {
            throw new VolumeException(Errno.EINVAL, "a size must be a multiple of 4096 bytes, not " + sizeBytes);
        }
    }
}
