package dev.stele.mapping;

import dev.stele.cpu.Granularity;
import dev.stele.medium.Medium;

/// Which tracker a mapping gets.
final class TrackerChoice {
    /// From how many pages on the MMU is asked. Measured on memory run as persistent memory: flushing a page that is
    /// clean costs 45 ns; asking costs 4 µs, 2 ns for each page, and a fault of 0.85 µs at the next store to each page
    /// found dirty. With one dirty page the two are even at about 100 pages; at 512, with twenty.
    static final long WATCHED_PAGES_MIN = 128;

    private final Medium medium;
    private final Mmu mmu;

    TrackerChoice(Medium medium, Mmu mmu) {
        this.medium = medium;
        this.mmu = mmu;
    }

    /// Begins tracking, before anybody can store to the pages; they are in place.
    WriteTracker choose(TrackingMode mode, Access access, long address, long pageCount) {
        if (access != Access.READ_WRITE) {
            return new NoTracker(access == Access.PRIVATE ? "its stores never reach the file" : "it is read-only");
        }
        return switch (medium.granularity()) {
            case BYTE -> new NoTracker("on this medium a store is as durable as it will ever be");
            case PAGE -> new NoTracker("the operating system knows what to write back");
            case CACHE_LINE -> ofLines(mode, address, pageCount);
        };
    }

    private WriteTracker ofLines(TrackingMode mode, long address, long pageCount) {
        if (mode == TrackingMode.PESSIMISTIC) {
            return new PessimisticTracker("asked for");
        }
        if (mode == TrackingMode.AUTO && pageCount < WATCHED_PAGES_MIN) {
            return new PessimisticTracker("flushing " + pageCount + " pages costs less than asking which");
        }
        String blindness = blindness();
        if (blindness != null) {
            return new PessimisticTracker(blindness);
        }
        return MmuTracker.watch(mmu, address, pageCount, mode == TrackingMode.MMU ? "asked for"
                : "asking costs less than flushing " + pageCount + " pages");
    }

    /// Why no mapping can be tracked by the MMU; null where it can.
    private String blindness() {
        if (medium.mappingUnitBytes() > Medium.PAGE_BYTES) {
            return "of pages of " + medium.mappingUnitBytes() + " bytes the kernel is not known to tell";
        }
        return mmu.blindness();
    }
}
