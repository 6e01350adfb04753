package dev.stele.dax;

import dev.stele.dax.TracedMedium.Kind;
import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;

/// The verbs of a [TracedMedium].
final class TracedView extends View {
    private final TracedMedium medium;
    private final View sim;
    private final boolean isData;

    TracedView(TracedMedium medium, View sim, boolean isData) {
        super(medium.counters(), sim.segment());
        this.medium = medium;
        this.sim = sim;
        this.isData = isData;
    }

    private void tell(Kind kind, long at, long byteCount) {
        medium.watcher.verb(kind, isData, at, byteCount);
    }

    @Override
    protected void storeInt(long at, int value) {
        tell(Kind.STORE, at, Integer.BYTES);
        sim.putInt(at, value);
    }

    @Override
    protected void storeLong(long at, long value) {
        tell(Kind.STORE, at, Long.BYTES);
        sim.putLong(at, value);
    }

    @Override
    protected void storeSetBits(long at, long mask) {
        tell(Kind.STORE, at, Long.BYTES);
        sim.setBits(at, mask);
    }

    @Override
    protected void storeClearBits(long at, long mask) {
        tell(Kind.STORE, at, Long.BYTES);
        sim.clearBits(at, mask);
    }

    @Override
    protected void storeBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
        tell(Kind.STORE, at, byteCount);
        sim.put(at, source, sourceAt, byteCount);
    }

    @Override
    protected void storeZeros(long at, long byteCount) {
        tell(Kind.STORE, at, byteCount);
        sim.putZeros(at, byteCount);
    }

    @Override
    protected void sendBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
        tell(Kind.STREAM, at, byteCount);
        sim.stream(at, source, sourceAt, byteCount);
    }

    @Override
    protected void sendZeros(long at, long byteCount) {
        tell(Kind.STREAM, at, byteCount);
        sim.streamZeros(at, byteCount);
    }

    @Override
    protected void sendLines(long at, long byteCount) {
        tell(Kind.FLUSH, at, byteCount);
        if (isData) {
            medium.flushedDataLines.addAndGet(lineCount(at, byteCount));
        }
        sim.flush(at, byteCount);
    }
}
