package dev.stele.volume;

import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
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
    /// null until bytes of the medium are looked at
    private MemorySegment block;

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

    /// Adds a piece of the medium, by way of a copy: machine code must not meet memory that cannot be read (P7).
    void add(View view, long at, long byteCount) {
        for (long done = 0; done < byteCount; done += Geometry.BLOCK_BYTES) {
            long part = Math.min(byteCount - done, Geometry.BLOCK_BYTES);
            view.read(at + done, block(), 0, part);
            add(block, 0, part);
        }
    }

    /// Streams a piece of the medium to where else it shall stand, by way of a copy as [#add(View, long, long)] does.
    void move(View view, long at, long fromAt, long byteCount) {
        for (long done = 0; done < byteCount; done += Geometry.BLOCK_BYTES) {
            long part = Math.min(byteCount - done, Geometry.BLOCK_BYTES);
            view.read(fromAt + done, block(), 0, part);
            view.stream(at + done, block, 0, part);
        }
    }

    private MemorySegment block() {
        if (block == null) {
            block = Arena.ofAuto().allocate(Geometry.BLOCK_BYTES, Medium.LINE_BYTES);
        }
        return block;
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
