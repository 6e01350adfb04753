package dev.stele.mapping;

import dev.stele.cpu.Granularity;
import dev.stele.medium.Medium;

/// Which tracker a mapping gets.
public final class TrackerChoice {
    /// From how many pages on the MMU is asked. Measured on memory run as persistent memory: flushing a page that is
    /// clean costs 45 ns; asking costs 4 µs, 2 ns for each page, and a fault of 0.85 µs at the next store to each page
    /// found dirty. With one dirty page the two are even at about 100 pages; at 512, with twenty.
    static final long WATCHED_PAGES_MIN = 128;

    private final Medium medium;
    private final Mmu mmu;

    public TrackerChoice(Medium medium, Mmu mmu) {
        this.medium = medium;
        this.mmu = mmu;
    }

    /// Begins tracking, before anybody can store to the pages; they are in place.
    WriteTracker choose(TrackingMode mode, Access access, long address, long pageCount) {
        Tracking decided = decide(mode, access, pageCount);
        return switch (decided.kind()) {
            case NONE -> new NoTracker(decided);
            case PESSIMISTIC -> new PessimisticTracker(decided);
            case MMU -> MmuTracker.watch(mmu, address, pageCount, decided.reason());
        };
    }

    /// For pages in address space that all slices share: nobody can tell through which of them a store came.
    WriteTracker ofSlice(Access access) {
        Tracking decided = decide(TrackingMode.PESSIMISTIC, access, 0);
        return decided.kind() == Tracking.Kind.NONE ? new NoTracker(decided)
                : new PessimisticTracker(pessimistic("a slice has no pages of its own to watch"));
    }

    /// What a large writable mapping gets where nothing refuses its pages.
    public Tracking ofLargeMappings(TrackingMode mode) {
        return decide(mode, Access.READ_WRITE, WATCHED_PAGES_MIN);
    }

    private Tracking decide(TrackingMode mode, Access access, long pageCount) {
        if (access != Access.READ_WRITE) {
            return none(access == Access.PRIVATE ? "its stores never reach the file" : "it is read-only");
        }
        return switch (medium.granularity()) {
            case BYTE -> none("on this medium a store is as durable as it will ever be");
            case PAGE -> none("the operating system knows what to write back");
            case CACHE_LINE -> decideOnLines(mode, pageCount);
        };
    }

    private Tracking decideOnLines(TrackingMode mode, long pageCount) {
        if (mode == TrackingMode.PESSIMISTIC) {
            return pessimistic("asked for");
        }
        if (mode == TrackingMode.AUTO && pageCount < WATCHED_PAGES_MIN) {
            return pessimistic("below " + WATCHED_PAGES_MIN + " pages flushing all costs less than asking");
        }
        String blindness = blindness();
        if (blindness != null) {
            return pessimistic(blindness);
        }
        return new Tracking(Tracking.Kind.MMU, mode == TrackingMode.MMU ? "asked for"
                : "from " + WATCHED_PAGES_MIN + " pages on asking costs less than flushing all");
    }

    /// Why no mapping can be tracked by the MMU; null where it can.
    private String blindness() {
        if (medium.mappingUnitBytes() > Medium.PAGE_BYTES) {
            return "pages of " + medium.mappingUnitBytes() + " bytes are not watched";
        }
        return mmu.blindness();
    }

    private static Tracking none(String reason) {
        return new Tracking(Tracking.Kind.NONE, reason);
    }

    private static Tracking pessimistic(String reason) {
        return new Tracking(Tracking.Kind.PESSIMISTIC, reason);
    }
}
