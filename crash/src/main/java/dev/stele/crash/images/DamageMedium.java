package dev.stele.crash.images;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An image in memory that can be damaged, used, and made whole again at the cost of what was stored to: it knows
/// which of its blocks differ from the whole image. Closing it does nothing, so that the next volume can stand on it.
final class DamageMedium extends Medium {
    private final MemorySegment whole;
    private final MemorySegment bytes;
    private final Granularity granularity;
    private final View view;
    private final View readOnlyView;
    /// A bit for each block stored to.
    private final long[] stored;
    private boolean isReadOnly;
    private long storeCount;

    /// @param whole what it holds and comes back to; its first `sizeBytes`
    DamageMedium(MemorySegment whole, long sizeBytes, Granularity granularity) {
        this.whole = whole.asSlice(0, sizeBytes).asReadOnly();
        this.granularity = granularity;
        this.bytes = Arena.ofAuto().allocate(sizeBytes, Geometry.BLOCK_BYTES).copyFrom(this.whole);
        this.view = new MemoryView(bytes);
        this.readOnlyView = new MemoryView(bytes.asReadOnly());
        this.stored = new long[(int) (Geometry.blocksFor(sizeBytes) + 63 >>> 6)];
    }

    /// Whether it refuses every store from here on.
    void readOnly(boolean refuses) {
        isReadOnly = refuses;
    }

    /// The bytes, to be damaged; say so by [#touched].
    MemorySegment bytes() {
        return bytes;
    }

    /// Bytes that are stored to without a verb.
    void touched(long at, long byteCount) {
        for (long block = Geometry.blockOf(at); block <= Geometry.blockOf(at + byteCount - 1); block++) {
            stored[(int) (block >>> 6)] |= 1L << (block & 63);
        }
    }

    /// Stores by verbs so far, also such as were refused.
    long storeCount() {
        return storeCount;
    }

    /// Makes it whole again.
    void undo() {
        for (int i = 0; i < stored.length; i++) {
            for (long left = stored[i]; left != 0; left &= left - 1) {
                long at = Geometry.at((long) i << 6 | Long.numberOfTrailingZeros(left));
                MemorySegment.copy(whole, at, bytes, at, Geometry.BLOCK_BYTES);
            }
            stored[i] = 0;
        }
    }

    private final class MemoryView extends View {
        MemoryView(MemorySegment segment) {
            super(counters(), segment);
        }

        private MemorySegment target(long at, long byteCount) {
            storeCount++;
            if (segment().isReadOnly()) {
                throw new VolumeException(Errno.EROFS, "the medium is open for reading only");
            }
            touched(at, byteCount);
            return bytes;
        }

        @Override
        protected void storeInt(long at, int value) {
            target(at, Integer.BYTES).set(Layouts.U32, at, value);
        }

        @Override
        protected void storeLong(long at, long value) {
            target(at, Long.BYTES).set(Layouts.U64, at, value);
        }

        @Override
        protected void storeSetBits(long at, long mask) {
            storeLong(at, segment().get(Layouts.U64, at) | mask);
        }

        @Override
        protected void storeClearBits(long at, long mask) {
            storeLong(at, segment().get(Layouts.U64, at) & ~mask);
        }

        @Override
        protected void storeBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
            MemorySegment.copy(source, sourceAt, target(at, byteCount), at, byteCount);
        }

        @Override
        protected void storeZeros(long at, long byteCount) {
            target(at, byteCount).asSlice(at, byteCount).fill((byte) 0);
        }

        @Override
        protected void sendBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
            storeBytes(at, source, sourceAt, byteCount);
        }

        @Override
        protected void sendZeros(long at, long byteCount) {
            storeZeros(at, byteCount);
        }

        @Override
        protected void sendLines(long at, long byteCount) {
        }
    }

    @Override
    public View metadata() {
        return isReadOnly ? readOnlyView : view;
    }

    @Override
    public View data() {
        return metadata();
    }

    @Override
    protected void awaitLines() {
    }

    @Override
    public Granularity granularity() {
        return granularity;
    }

    @Override
    public boolean isDurable() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return isReadOnly;
    }

    @Override
    public String description() {
        return "an image to be damaged, granularity " + granularity;
    }

    @Override
    public void grow(long newSizeBytes) {
        throw new VolumeException(Errno.EOPNOTSUPP, "the image cannot grow");
    }

    @Override
    public void close() {
    }

    static void fill(MemorySegment segment, long at, long byteCount, byte value) {
        segment.asSlice(at, byteCount).fill(value);
    }
}
