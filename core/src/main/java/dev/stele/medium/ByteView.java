package dev.stele.medium;

import java.lang.foreign.MemorySegment;

/// A view of bytes for whose sake no cache line need be sent: volatile memory, or pages that only the operating system
/// can make durable.
final class ByteView extends WordView {
    ByteView(PersistenceCounters counters, MemorySegment segment, StoreGuard guard) {
        super(counters, segment, guard);
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
