package dev.stele.mapping;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/// A range of a file, mapped.
public final class MappedRange {
    private final MemorySegment segment;
    private final Supplier<Tracking> tracking;

    MappedRange(MemorySegment segment, Supplier<Tracking> tracking) {
        this.segment = segment;
        this.tracking = tracking;
    }

    /// The same, for reading.
    public MappedRange asReadOnly() {
        return new MappedRange(segment.asReadOnly(), tracking);
    }

    /// The bytes.
    public MemorySegment segment() {
        return segment;
    }

    /// How stores to the segment are noticed, at the moment.
    public Tracking tracking() {
        return tracking.get();
    }
}
