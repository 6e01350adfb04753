package dev.stele.mapping;

/// Takes every page for stored to whenever it is asked. This is what the kernel's own DAX did first: right without
/// knowing anything, and the cheapest for a few pages.
record PessimisticTracker(Tracking tracking) implements WriteTracker {
    PessimisticTracker(String reason) {
        this(new Tracking(Tracking.Kind.PESSIMISTIC, reason));
    }

    @Override
    public void harvest(long page, long count, Mappings.RangeVisitor visitor) {
        visitor.range(page, count);
    }

    /// The next harvest counts them anyway.
    @Override
    public void replaced(long page, long count, Mappings.RangeVisitor visitor) {
    }
}
