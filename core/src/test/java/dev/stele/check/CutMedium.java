package dev.stele.check;

import dev.stele.cpu.Granularity;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Memory that fails for good after a number of stores, as a power cut would.
final class CutMedium extends Medium {
    static final class Cut extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Arena arena = Arena.ofShared();
    private final MemoryView view;
    long storesLeft = Long.MAX_VALUE;

    CutMedium(MemorySegment content) {
        view = new MemoryView(arena.allocate(content.byteSize(), 4096).copyFrom(content));
    }

    private void store() {
        if (storesLeft-- <= 0) {
            throw new Cut();
        }
    }

    private final class MemoryView extends View {
        MemoryView(MemorySegment segment) {
            super(counters(), segment);
        }

        @Override
        protected void storeInt(long at, int value) {
            store();
            segment().set(ValueLayout.JAVA_INT, at, value);
        }

        @Override
        protected void storeLong(long at, long value) {
            store();
            segment().set(ValueLayout.JAVA_LONG, at, value);
        }

        @Override
        protected void storeSetBits(long at, long mask) {
            storeLong(at, segment().get(ValueLayout.JAVA_LONG, at) | mask);
        }

        @Override
        protected void storeClearBits(long at, long mask) {
            storeLong(at, segment().get(ValueLayout.JAVA_LONG, at) & ~mask);
        }

        @Override
        protected void storeBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
            // Half of it arrives where the power goes in the middle.
            long part = storesLeft == 0 ? byteCount / 2 & -8 : byteCount;
            MemorySegment.copy(source, sourceAt, segment(), at, part);
            store();
        }

        @Override
        protected void storeZeros(long at, long byteCount) {
            store();
            segment().asSlice(at, byteCount).fill((byte) 0);
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
        return view;
    }

    @Override
    public View data() {
        return view;
    }

    @Override
    protected void awaitLines() {
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
    public String description() {
        return "memory that is cut after a number of stores";
    }

    @Override
    public void grow(long newSizeBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        arena.close();
    }
}
