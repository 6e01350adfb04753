package dev.stele.api;

import dev.stele.medium.View;
import dev.stele.medium.sim.SimMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The verbs of [PersistentMemory] on memory of the simulator. Where the segment is the medium's own they are the
/// medium's; through another mapping of the same memory a store is a store, which the medium finds by itself.
final class Simulated {
    private final MemorySegment segment;
    private final SimMedium medium;
    /// Where in the medium's own segment this one starts; negative where it is another mapping.
    private final long base;

    Simulated(MemorySegment segment, SimMedium medium) {
        this.segment = segment;
        this.medium = medium;
        MemorySegment own = medium.data().segment();
        long distance = segment.address() - own.address();
        this.base = distance >= 0 && distance <= own.byteSize() - segment.byteSize() ? distance : -1;
    }

    void flush(long at, long byteCount) {
        medium.flushMapped(segment, at, byteCount);
    }

    void drain() {
        medium.drain();
    }

    void put(long at, MemorySegment from, long fromAt, long byteCount) {
        check(at, byteCount);
        if (base >= 0) {
            view().put(base + at, from, fromAt, byteCount);
        } else {
            MemorySegment.copy(from, fromAt, segment, at, byteCount);
        }
    }

    void stream(long at, MemorySegment from, long fromAt, long byteCount) {
        check(at, byteCount);
        if (base >= 0) {
            view().stream(base + at, from, fromAt, byteCount);
        } else {
            put(at, from, fromAt, byteCount);
            flush(at, byteCount);
        }
    }

    void putFill(long at, long byteCount, byte value) {
        try (Arena arena = Arena.ofConfined()) {
            put(at, arena.allocate(byteCount).fill(value), 0, byteCount);
        }
    }

    void streamFill(long at, long byteCount, byte value) {
        try (Arena arena = Arena.ofConfined()) {
            stream(at, arena.allocate(byteCount).fill(value), 0, byteCount);
        }
    }

    private View view() {
        return medium.data();
    }

    private void check(long at, long byteCount) {
        Objects.checkFromIndexSize(at, byteCount, segment.byteSize());
    }
}
