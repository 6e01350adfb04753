package dev.stele.mapping;

/// For a mapping whose stores need no flush: there is none to the file, or the kernel sees to them, or nothing is
/// volatile.
record NoTracker(Tracking tracking) implements WriteTracker {
    @Override
    public void harvest(long page, long count, Mappings.RangeVisitor visitor) {
    }

    @Override
    public void replaced(long page, long count, Mappings.RangeVisitor visitor) {
    }
}
