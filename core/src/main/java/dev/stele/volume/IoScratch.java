package dev.stele.volume;

import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// What a thread needs at hand for reading and writing, so that it need not allocate.
final class IoScratch {
    /// Zeros to take checksums of.
    static final MemorySegment ZEROS = Arena.global().allocate(Geometry.BLOCK_BYTES, 64).asReadOnly();

    private static final ThreadLocal<IoScratch> OF_THREAD = ThreadLocal.withInitial(IoScratch::new);

    final Extent extent = new Extent();
    private final CRC32C crc = new CRC32C();

    private IoScratch() {
    }

    static IoScratch get() {
        return OF_THREAD.get();
    }

    /// Starts a checksum of pieces.
    IoScratch restart() {
        crc.reset();
        return this;
    }

    /// Adds a piece of native memory, at most 1 GiB.
    void add(MemorySegment segment, long at, long byteCount) {
        if (byteCount > 0) {
            crc.update(segment.asSlice(at, byteCount).asByteBuffer());
        }
    }

    void addZeros(long byteCount) {
        for (long left = byteCount; left > 0; left -= Geometry.BLOCK_BYTES) {
            add(ZEROS, 0, Math.min(left, Geometry.BLOCK_BYTES));
        }
    }

    int sum() {
        return (int) crc.getValue();
    }
}
