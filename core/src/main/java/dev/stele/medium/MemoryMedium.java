package dev.stele.medium;

import dev.stele.cpu.CacheLines;
import dev.stele.cpu.Native;

/// Volatile memory of this machine: anonymous, or a file on tmpfs or hugetlbfs, which outlives the process but not the
/// power. Of granularity BYTE; run as persistent memory it is of granularity CACHE_LINE with real flushes and drains,
/// which is how numbers are taken where no persistent memory is at hand.
public final class MemoryMedium extends DirectMedium {
    /// null if anonymous
    private final OwnedFile file;
    private final String kind;

    private MemoryMedium(Ground ground, MediumOptions options, OwnedFile file, String kind) {
        super(ground, options, options.asPmem() ? CacheLines.require() : null);
        this.file = file;
        this.kind = kind;
    }

    /// Fresh zeros, which nobody else can open; they go when the medium closes.
    ///
    /// @throws dev.stele.error.VolumeException EINVAL where the size is not a multiple of 4096
    public static MemoryMedium create(long sizeBytes) {
        return create(sizeBytes, MediumOptions.DEFAULT);
    }

    /// Fresh zeros treated as persistent memory is: granularity CACHE_LINE.
    ///
    /// @throws dev.stele.error.VolumeException EOPNOTSUPP where this processor's caches cannot be flushed
    public static MemoryMedium createAsPmem(long sizeBytes) {
        return create(sizeBytes, MediumOptions.DEFAULT.withAsPmem(true));
    }

    static MemoryMedium create(long sizeBytes, MediumOptions options) {
        checkSize(sizeBytes);
        int descriptor = Native.memfd("stele", 0);
        try {
            Native.truncate(descriptor, sizeBytes);
            // memory has no room to make ahead: the kernel gives pages as long as it has any
            Ground ground = new Ground(descriptor, sizeBytes, Native.MAP_SHARED, true, false, PAGE_BYTES);
            return new MemoryMedium(ground, options.withReadOnly(false), null, "memory (anonymous)");
        } catch (RuntimeException failed) {
            Native.close(descriptor);
            throw failed;
        }
    }

    /// A file on tmpfs or hugetlbfs; the medium closes it.
    static MemoryMedium over(OwnedFile file, MediumOptions options, boolean isHuge) {
        long unitBytes = isHuge ? Native.fileSystemBlockBytes(file.descriptor()) : PAGE_BYTES;
        long sizeBytes = file.sizeBytes() & -unitBytes;
        checkSize(sizeBytes);
        Ground ground = new Ground(file.descriptor(), sizeBytes, Native.MAP_SHARED, true, true, unitBytes);
        return new MemoryMedium(ground, options, file, (isHuge ? "hugetlbfs file " : "tmpfs file ") + file.path());
    }

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    String place() {
        return kind;
    }

    @Override
    void closeGround() {
        if (file == null) {
            Native.close(descriptor());
        } else {
            file.close();
        }
    }
}
