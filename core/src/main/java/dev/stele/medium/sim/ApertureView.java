package dev.stele.medium.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The verbs on a windowed medium: into the mirror, where structures are read, and through the window.
final class ApertureView extends View {
    private static final VarHandle INT =
            ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG =
            ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private final WindowedMedium medium;
    private final Aperture aperture;

    /// The view that reads through the window.
    ApertureView(WindowedMedium medium, Aperture aperture, long sizeBytes) {
        super(medium.counters(), sizeBytes);
        this.medium = medium;
        this.aperture = aperture;
    }

    /// The view that is read in the mirror.
    ApertureView(WindowedMedium medium, Aperture aperture, MemorySegment mirror) {
        super(medium.counters(), mirror);
        this.medium = medium;
        this.aperture = aperture;
    }

    void grown(MemorySegment largerMirror) {
        if (isDirect()) {
            replaceSegment(largerMirror);
        } else {
            replaceSize(largerMirror.byteSize());
        }
    }

    @Override
    protected void loadBytes(long at, MemorySegment to, long toAt, long byteCount) {
        if (isDirect()) {
            super.loadBytes(at, to, toAt, byteCount);
        } else if (byteCount > 0) {
            medium.requireOpen();
            aperture.read(at, to, toAt, byteCount);
        }
    }

    @Override
    protected void storeInt(long at, int value) {
        MemorySegment mirror = medium.mirror();
        INT.set(mirror, at, value);
        aperture.store(at, mirror, at, Integer.BYTES, false);
    }

    @Override
    protected void storeLong(long at, long value) {
        MemorySegment mirror = medium.mirror();
        LONG.set(mirror, at, value);
        aperture.store(at, mirror, at, Long.BYTES, false);
    }

    /// Whoever comes last copies the word with the bits of all: the window is used by one thread at a time.
    @Override
    protected void storeSetBits(long at, long mask) {
        MemorySegment mirror = medium.mirror();
        long before = (long) LONG.getAndBitwiseOr(mirror, at, mask);
        aperture.store(at, mirror, at, Long.BYTES, false);
    }

    @Override
    protected void storeClearBits(long at, long mask) {
        MemorySegment mirror = medium.mirror();
        long before = (long) LONG.getAndBitwiseAnd(mirror, at, ~mask);
        aperture.store(at, mirror, at, Long.BYTES, false);
    }

    @Override
    protected void storeBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
        MemorySegment.copy(source, sourceAt, medium.mirror(), at, byteCount);
        aperture.store(at, source, sourceAt, byteCount, false);
    }

    @Override
    protected void storeZeros(long at, long byteCount) {
        medium.mirror().asSlice(at, byteCount).fill((byte) 0);
        aperture.zero(at, byteCount, false);
    }

    @Override
    protected void sendBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
        MemorySegment.copy(source, sourceAt, medium.mirror(), at, byteCount);
        aperture.store(at, source, sourceAt, byteCount, true);
    }

    @Override
    protected void sendZeros(long at, long byteCount) {
        medium.mirror().asSlice(at, byteCount).fill((byte) 0);
        aperture.zero(at, byteCount, true);
    }

    @Override
    protected void sendLines(long at, long byteCount) {
        medium.requireOpen();
        aperture.flush(at, byteCount);
    }
}
