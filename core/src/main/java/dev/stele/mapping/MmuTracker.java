package dev.stele.mapping;

import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;

/// Asks the memory management unit which pages were stored to.
///
/// The pages of the mapping are watched from before it is handed out, so a page is never taken for clean because
/// nothing is known of it. When anything goes wrong (pages replaced behind our back, moved with mremap(2), a kernel
/// that fails), what was known may be lost: from then on this is a [PessimisticTracker].
final class MmuTracker implements WriteTracker {
    private final Mmu mmu;
    private final long address;
    private final Tracking whileWatching;
    /// null while the unit has never failed
    private PessimisticTracker instead;

    private MmuTracker(Mmu mmu, long address, String reason) {
        this.mmu = mmu;
        this.address = address;
        this.whileWatching = new Tracking(Tracking.Kind.MMU, reason);
    }

    /// @param reason why it was chosen
    static WriteTracker watch(Mmu mmu, long address, long pageCount, String reason) {
        MmuTracker tracker = new MmuTracker(mmu, address, reason);
        try {
            mmu.watch(address, bytes(pageCount));
            return tracker;
        } catch (VolumeException refused) {
            return new PessimisticTracker("its pages cannot be watched: " + refused.getMessage());
        }
    }

    @Override
    public void harvest(long page, long count, Mappings.RangeVisitor visitor) {
        if (instead == null) {
            try {
                mmu.collect(address + bytes(page), bytes(count),
                        (at, byteCount) -> visitor.range(pageOf(at), byteCount / Medium.PAGE_BYTES));
                return;
            } catch (VolumeException lost) {
                giveUp(lost);
            } catch (RuntimeException | Error unmarked) {
                // what the visitor was given has not arrived, and the unit has forgotten it
                giveUp(unmarked);
                throw unmarked;
            }
        }
        instead.harvest(page, count, visitor);
    }

    /// Watches the new pages, and only then has them marked: a store that came before they were watched is found by
    /// the mark, and a later one by the unit. The other way round, a sync between the two would clean the mark.
    @Override
    public void replaced(long page, long count, Mappings.RangeVisitor visitor) {
        if (instead == null) {
            try {
                mmu.watch(address + bytes(page), bytes(count));
            } catch (VolumeException refused) {
                giveUp(refused);
            }
        }
        visitor.range(page, count);
    }

    private void giveUp(Throwable cause) {
        instead = new PessimisticTracker("its pages are no longer watched: " + cause.getMessage());
    }

    @Override
    public Tracking tracking() {
        return instead == null ? whileWatching : instead.tracking();
    }

    private long pageOf(long at) {
        return (at - address) / Medium.PAGE_BYTES;
    }

    private static long bytes(long pages) {
        return pages * Medium.PAGE_BYTES;
    }
}
