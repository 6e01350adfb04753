package dev.stele.mapping;

import static dev.stele.mapping.ShownPages.ZEROS;

import dev.stele.cpu.Lifetime;
import dev.stele.dirty.DirtyIndex;
import dev.stele.medium.Medium;

/// Address space that shows a range of a file's blocks until its arena closes. It knows the address but not the
/// segment: a reference to that would keep an automatic arena reachable for ever.
///
/// Everything here is guarded by the lock of the [Mappings] that made it.
final class LiveMapping {
    private final Mmu mmu;
    private final BlockHolds holds;
    private final DirtyIndex dirty;
    private final Access access;
    private final long firstBlock;
    private final ShownPages shown;
    private final Runnable whenClosed;
    private long address;
    private boolean isClosed;
    /// whether the arena has closed
    private boolean isUnmapped;
    /// null until somebody asks
    private Lifetime lifetime;
    /// null until the pages are in place
    private WriteTracker tracker;
    /// whether a harvest has found a store that nobody has asked for yet
    private boolean hasStored;
    /// pages ever marked, those marked again included
    private long marked;

    LiveMapping(Mmu mmu, BlockHolds holds, DirtyIndex dirty, Access access, long firstBlock, ShownPages shown,
            Runnable whenClosed) {
        this.mmu = mmu;
        this.holds = holds;
        this.dirty = dirty;
        this.access = access;
        this.firstBlock = firstBlock;
        this.shown = shown;
        this.whenClosed = whenClosed;
    }

    Access access() {
        return access;
    }

    long firstBlock() {
        return firstBlock;
    }

    /// Number of the file's blocks it covers.
    long blockCount() {
        return shown.pageCount();
    }

    boolean isClosed() {
        return isClosed;
    }

    Runnable whenClosed() {
        return whenClosed;
    }

    boolean covers(long block, long count) {
        return block < firstBlock + shown.pageCount() && firstBlock < block + count;
    }

    /// Puts the pages in place, all of them, over whatever the kernel has at the address.
    void stitch(long at) {
        address = at;
        shown.forEach(0, shown.pageCount(), this::overlay);
    }

    /// Has the pages ready before they are touched. After [#track], which takes huge pages apart, and so away. To the
    /// MMU populating for stores is storing: pages that it watches are made ready for loads, and the first store to one
    /// is a fault in any case.
    ///
    /// @param forStores not where the kernel would take every page for changed, and write it back
    void populate(boolean forStores) {
        boolean isWatched = tracker.tracking().kind() == Tracking.Kind.MMU;
        mmu.populate(address, bytes(shown.pageCount()), forStores && access == Access.READ_WRITE && !isWatched);
    }

    /// From here on stores are noticed. The pages are in place.
    void track(TrackerChoice choice, TrackingMode mode) {
        tracker = choice.choose(mode, access, address, shown.pageCount());
    }

    /// The pages are in place: they are the medium's, in address space shared with all slices, where nobody can tell
    /// through which of them a store came.
    void sliced(long at, TrackerChoice choice) {
        address = at;
        tracker = choice.ofSlice(access);
    }

    Tracking tracking() {
        return tracker.tracking();
    }

    /// Marks dirty the blocks of a range, which it overlaps, that were stored to through these pages.
    ///
    /// @return how many were
    long harvest(long block, long count) {
        long before = marked;
        tracker.harvest(pageOf(block), clippedCount(block, count), this::mark);
        hasStored |= marked > before;
        return marked - before;
    }

    /// Whether something was stored, or may have been, that was harvested since this was last asked; where nobody
    /// harvests, anything may.
    boolean takeStored() {
        boolean taken = hasStored || access == Access.READ_WRITE && tracker != null
                && tracker.tracking().kind() == Tracking.Kind.NONE;
        hasStored = false;
        return taken;
    }

    private void mark(long page, long count) {
        dirty.markPages(firstBlock + page, count);
        marked += count;
    }

    /// Gives up: what was stitched so far goes, and access is a fault until the arena closes. Needs one mapping where
    /// the stitches needed many, so it does not fail for the same reason.
    void unstitch() {
        mmu.showNothing(address, bytes(shown.pageCount()));
    }

    /// The file gives up the blocks of a range: they stay what these pages show, and are held until they no longer are.
    void detach(long block, long count) {
        ShownPages before = new ShownPages(shown.pageCount());
        copyRange(block, count, before);
        before.forEach(pageOf(block), clippedCount(block, count), this::detachRun);
    }

    private void detachRun(long page, long target, long count) {
        if (ShownPages.isAttached(target)) {
            holds.hold(ShownPages.block(target), count);
            shown.set(page, count, ShownPages.detached(target));
        }
    }

    /// Shows the file as it is now. A private mapping keeps what it has, for there is no telling which of its pages it
    /// has stored to.
    void refresh(long block, long count, BlockMap blocks) {
        ShownPages wanted = new ShownPages(shown.pageCount());
        long page = pageOf(block);
        long pages = clippedCount(block, count);
        blocks.forEachWritten(firstBlock + page, pages,
                (fileBlock, mediumBlock, n) -> wanted.set(fileBlock - firstBlock, n, mediumBlock));
        ShownPages before = new ShownPages(shown.pageCount());
        copyRange(block, count, before);
        wanted.forEach(page, pages, (at, wantedTarget, n) -> before.forEach(at, n, (from, shownTarget, m) ->
                refreshRun(from, shownTarget, wantedTarget == ZEROS ? ZEROS : wantedTarget + (from - at), m)));
    }

    private void refreshRun(long page, long now, long wanted, long count) {
        if (now == wanted) {
            return;
        }
        if (ShownPages.isDetached(now) && ShownPages.block(now) == wanted) {
            shown.set(page, count, wanted);
            holds.release(wanted, count);
        } else if (access == Access.PRIVATE) {
            detachRun(page, now, count);
        } else if (wanted != ZEROS || ShownPages.isAttached(now)) {
            replace(page, now, wanted, count);
        }
    }

    /// Shows zeros where there are blocks the file has given up.
    void clear(long block, long count) {
        ShownPages before = new ShownPages(shown.pageCount());
        copyRange(block, count, before);
        before.forEach(pageOf(block), clippedCount(block, count), (page, target, n) -> {
            if (ShownPages.isDetached(target)) {
                replace(page, target, ZEROS, n);
            }
        });
    }

    /// The order matters: only when no page shows the old blocks any more may they be used again.
    private void replace(long page, long now, long wanted, long count) {
        overlay(page, wanted, count);
        shown.set(page, count, wanted);
        tracker.replaced(page, count, this::mark);
        if (ShownPages.isDetached(now)) {
            holds.release(ShownPages.block(now), count);
        }
    }

    /// Of the pages, from now until the arena closes.
    Lifetime lifetime() {
        if (isUnmapped) {
            throw new IllegalStateException("Already closed");
        }
        if (lifetime == null) {
            lifetime = new Lifetime();
        }
        return lifetime;
    }

    /// The arena is closing, and the pages are still there: nobody touches them from here on.
    void endLifetime() {
        isUnmapped = true;
        if (lifetime != null) {
            lifetime.end();
        }
    }

    /// The arena is closing: nobody reads or stores through the pages from here on.
    void close() {
        isClosed = true;
        releaseDetached();
    }

    /// The volume is going: the pages show zeros from here on, and belong to nobody.
    void revoke() {
        overlay(0, ZEROS, shown.pageCount());
        isClosed = true;
        releaseDetached();
    }

    private void releaseDetached() {
        shown.forEach(0, shown.pageCount(), (page, target, count) -> {
            if (ShownPages.isDetached(target)) {
                holds.release(ShownPages.block(target), count);
            }
        });
    }

    private void copyRange(long block, long count, ShownPages into) {
        shown.forEach(pageOf(block), clippedCount(block, count), (page, target, n) -> into.set(page, n, target));
    }

    /// Replaces pages at one stroke: a thread that reads them meanwhile sees the old or the new, never a fault.
    private void overlay(long page, long target, long count) {
        if (target == ZEROS) {
            mmu.showZeros(address + bytes(page), bytes(count), access);
        } else {
            mmu.showMedium(address + bytes(page), bytes(count), access, bytes(ShownPages.block(target)));
        }
    }

    private long pageOf(long block) {
        return Math.max(0, block - firstBlock);
    }

    /// Number of this mapping's pages in a range of blocks that overlaps it.
    private long clippedCount(long block, long count) {
        return Math.min(block + count, firstBlock + shown.pageCount()) - Math.max(block, firstBlock);
    }

    private static long bytes(long pages) {
        return pages * Medium.PAGE_BYTES;
    }
}
