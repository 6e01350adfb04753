package dev.stele.medium;

import dev.stele.cpu.CacheLines;
import java.lang.foreign.MemorySegment;

/// A view of bytes that become durable, or are treated as if, line by line.
final class LineView extends WordView {
    private final CacheLines lines;

    LineView(PersistenceCounters counters, MemorySegment segment, StoreGuard guard, CacheLines lines) {
        super(counters, segment, guard);
        this.lines = lines;
    }

    @Override
    protected void sendBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
        lines.copy(guarded(at, byteCount), at, source, sourceAt, byteCount);
    }

    @Override
    protected void sendZeros(long at, long byteCount) {
        lines.zero(guarded(at, byteCount), at, byteCount);
    }

    @Override
    protected void sendLines(long at, long byteCount) {
        lines.flush(segment(), at, byteCount);
    }
}
