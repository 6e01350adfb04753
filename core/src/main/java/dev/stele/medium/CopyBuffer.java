package dev.stele.medium;

import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory for the copies of a checkpoint's pages, kept for the next one unless it is big.
final class CopyBuffer {
    private static final long KEPT_BYTES_MAX = 16L << 20;

    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;

    /// Room for that many pages; what is there already stays.
    MemorySegment ofPages(int pageCount) {
        long byteCount = (long) pageCount * Medium.PAGE_BYTES;
        if (byteCount > memory.byteSize()) {
            release();
            memory = Mapping.map(arena, -1, 0, Long.highestOneBit(byteCount) * 2, Native.PROT_READ | Native.PROT_WRITE,
                    Native.MAP_PRIVATE | Native.MAP_ANONYMOUS | Native.MAP_NORESERVE);
        }
        return memory.asSlice(0, byteCount);
    }

    /// Gives back what is too big to keep.
    void trim() {
        if (memory.byteSize() > KEPT_BYTES_MAX) {
            release();
        }
    }

    private void release() {
        memory = MemorySegment.NULL;
        arena.close();
        arena = Arena.ofShared();
    }

    void close() {
        arena.close();
    }
}
