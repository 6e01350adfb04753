package dev.stele.nio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Native memory that bytes of heap buffers pass through (N6), as a segment for the volume and a buffer for the caller.
///
/// A platform thread keeps its own, as large as it has needed, to [#KEPT_BYTES]; virtual threads share a few, since
/// there may be a million of them; what is larger is allocated for the one operation.
final class Scratch implements AutoCloseable {
    private static final int SMALLEST_BYTES = 64 << 10;
    private static final int KEPT_BYTES = 1 << 20;
    private static final int SHARED_COUNT = 16;

    private static final ThreadLocal<Scratch> OWN = new ThreadLocal<>();
    private static final BlockingQueue<Scratch> SHARED = new ArrayBlockingQueue<>(SHARED_COUNT);

    private final Arena arena;
    private final MemorySegment segment;
    private final ByteBuffer buffer;

    private Scratch(Arena arena, int byteCount) {
        this.arena = arena;
        this.segment = arena.allocate(byteCount, 64);
        this.buffer = segment.asByteBuffer();
    }

    /// @param byteCount at least this much will be there
    static Scratch take(int byteCount) {
        if (byteCount > KEPT_BYTES) {
            return new Scratch(Arena.ofConfined(), byteCount);
        }
        boolean virtual = Thread.currentThread().isVirtual();
        Scratch kept = virtual ? SHARED.poll() : OWN.get();
        if (kept == null || kept.segment.byteSize() < byteCount) {
            int rounded = Math.max(SMALLEST_BYTES, Integer.highestOneBit(Math.max(1, byteCount - 1)) << 1);
            kept = new Scratch(Arena.ofAuto(), rounded);
            if (!virtual) {
                OWN.set(kept);
            }
        }
        return kept;
    }

    MemorySegment segment() {
        return segment;
    }

    /// The same memory as a buffer from 0 to `byteCount`.
    ByteBuffer buffer(int byteCount) {
        return buffer.limit(byteCount).position(0);
    }

    @Override
    public void close() {
        if (segment.byteSize() > KEPT_BYTES) {
            arena.close();
        } else if (Thread.currentThread().isVirtual()) {
            SHARED.offer(this);
        }
    }
}
