package dev.stele.mapping;

import dev.stele.cpu.Lifetime;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/// A range of a file, mapped.
public final class MappedRange {
    private final MemorySegment segment;
    private final Supplier<Tracking> tracking;
    private final Supplier<Lifetime> lifetime;

    MappedRange(MemorySegment segment, Supplier<Tracking> tracking, Supplier<Lifetime> lifetime) {
        this.segment = segment;
        this.tracking = tracking;
        this.lifetime = lifetime;
    }

    /// The same, for reading.
    public MappedRange asReadOnly() {
        return new MappedRange(segment.asReadOnly(), tracking, lifetime);
    }

    /// The bytes.
    public MemorySegment segment() {
        return segment;
    }

    /// Ends before the bytes are unmapped; the same one every time.
    ///
    /// @throws IllegalStateException where they are already
    public Lifetime lifetime() {
        return lifetime.get();
    }

    /// How stores to the segment are noticed, at the moment.
    public Tracking tracking() {
        return tracking.get();
    }
}
