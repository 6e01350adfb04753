package dev.stele.nio;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/// The memory of the direct buffer that a thread uses again and again, as a segment that is made once. Neither is kept
/// from the collector: the buffer's memory may be large, and the thread may live long.
final class BufferMemory {
    private static final ThreadLocal<BufferMemory> OWN = ThreadLocal.withInitial(BufferMemory::new);

    private WeakReference<ByteBuffer> buffer = new WeakReference<>(null);
    private WeakReference<MemorySegment> memory = new WeakReference<>(null);

    private BufferMemory() {
    }

    /// All of a direct buffer's memory, from its beginning to its capacity, whatever its position and limit.
    static MemorySegment of(ByteBuffer direct) {
        // There may be a million virtual threads, which live for an operation or two.
        return Thread.currentThread().isVirtual() ? whole(direct) : OWN.get().find(direct);
    }

    private MemorySegment find(ByteBuffer direct) {
        MemorySegment known = buffer.refersTo(direct) ? memory.get() : null;
        if (known == null) {
            known = whole(direct);
            memory = new WeakReference<>(known);
            buffer = new WeakReference<>(direct);
        }
        return known;
    }

    private static MemorySegment whole(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct.duplicate().clear());
    }
}
