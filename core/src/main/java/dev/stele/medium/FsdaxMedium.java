package dev.stele.medium;

import dev.stele.cpu.CacheLines;
import dev.stele.cpu.Native;
import dev.stele.cpu.NativeException;

/// A file on a file system that maps persistent memory directly (ext4 or xfs mounted with `dax`). That it does is
/// proved by mapping with MAP_SYNC, which the kernel grants only where a flushed line of the mapping is durable with
/// the file's own metadata.
final class FsdaxMedium extends DirectMedium {
    private static final int SYNC = Native.MAP_SHARED_VALIDATE | Native.MAP_SYNC;

    private final OwnedFile file;

    private FsdaxMedium(Ground ground, MediumOptions options, OwnedFile file) {
        super(ground, options, CacheLines.require());
        this.file = file;
    }

    /// Whether the file's mappings are durable line by line.
    static boolean isDirect(OwnedFile file) {
        try {
            long address = Native.map(0, PAGE_BYTES, Native.PROT_READ, SYNC, file.descriptor(), 0);
            Native.unmap(address, PAGE_BYTES);
            return true;
        } catch (NativeException refused) {
            return false;
        }
    }

    static FsdaxMedium over(OwnedFile file, MediumOptions options) {
        long sizeBytes = file.sizeBytes() & -PAGE_BYTES;
        checkSize(sizeBytes);
        Ground ground = new Ground(file.descriptor(), sizeBytes, SYNC, true, true, PAGE_BYTES);
        return new FsdaxMedium(ground, options, file);
    }

    @Override
    public boolean isDurable() {
        return true;
    }

    /// The kernel flushes nothing here that is not dirty in its eyes, but tells the memory controllers to empty their
    /// buffers.
    @Override
    public void deepSync() {
        Native.syncData(file.descriptor());
    }

    @Override
    String place() {
        return "fsdax file " + file.path();
    }

    @Override
    void closeGround() {
        file.close();
    }
}
