package dev.stele.dirty;

import java.util.List;

/// The marks of one file's pages, in a [MarkTree], as single pages or as entries of 2 MiB. Guarded by the lock of its
/// [DirtyIndex].
///
/// A whole aligned 2 MiB that is marked at once is one entry from then on: marked, locked and flushed as a whole (W-5),
/// until it is clean, or the file gives up a part of it.
final class Marks {
    /// pages of an entry of 2 MiB
    static final int HUGE_PAGES = 512;
    private static final int HUGE_LEAVES = HUGE_PAGES / MarkNode.SLOTS;
    private static final int ANY = MarkTree.DIRTY | MarkTree.TO_WRITE | MarkTree.LOCKED;

    private final MarkTree tree = new MarkTree();
    private long dirtyPageCount;

    long dirtyPageCount() {
        return dirtyPageCount;
    }

    MarkTree tree() {
        return tree;
    }

    /// Some lines of a page become dirty.
    void markLines(long page, long mask) {
        long leafIndex = leafOf(page);
        if (tree.reach(leafIndex).isHugeDirty(slotOf(leafIndex))) {
            return;
        }
        Leaf leaf = tree.leaf(leafIndex);
        int slot = (int) page & MarkNode.SLOTS - 1;
        dirtyPageCount += ~leaf.dirty >>> slot & 1;
        leaf.markLines(slot, mask);
        tree.settle(leafIndex);
    }

    /// Whole pages become dirty.
    void markWhole(long page, long end) {
        for (long at = page; at < end; ) {
            boolean isWhole = at % HUGE_PAGES == 0 && end - at >= HUGE_PAGES;
            if (isWhole && markHuge(at)) {
                at += HUGE_PAGES;
            } else {
                markLeaf(leafOf(at), pagesOf(leafOf(at), at, end));
                at = leafOf(at) + 1 << MarkNode.SHIFT;
            }
        }
    }

    /// @return false where a sync holds single pages of it: it goes on by single pages, and so must this (I10)
    private boolean markHuge(long page) {
        long leafIndex = leafOf(page);
        Branch branch = tree.reach(leafIndex);
        int slot = slotOf(leafIndex);
        if (branch.hasLockedPage(slot)) {
            return false;
        }
        dirtyPageCount += HUGE_PAGES - branch.dirtyPages(slot);
        branch.markHuge(slot);
        tree.settle(leafIndex, Branch.eight(slot));
        return true;
    }

    private void markLeaf(long leafIndex, long pages) {
        if (!tree.reach(leafIndex).isHugeDirty(slotOf(leafIndex))) {
            Leaf leaf = tree.leaf(leafIndex);
            dirtyPageCount += Long.bitCount(pages & ~leaf.dirty);
            leaf.markPages(pages);
            tree.settle(leafIndex);
        }
    }

    /// The pages are no longer the file's: no mark is left, and no sync has them.
    void forget(long firstPage, long end, List<Flushing> underWay) {
        for (long leafIndex = next(firstPage, end, ANY); leafIndex >= 0;
                leafIndex = next(leafIndex + 1 << MarkNode.SHIFT, end, ANY)) {
            if (tree.reach(leafIndex).isHuge(slotOf(leafIndex))) {
                long hugeLeaf = hugeOf(leafIndex);
                if (hugeLeaf << MarkNode.SHIFT >= firstPage && (hugeLeaf << MarkNode.SHIFT) + HUGE_PAGES <= end) {
                    forgetHuge(hugeLeaf, underWay);
                    continue;
                }
                split(hugeLeaf, underWay);
            }
            forgetPages(leafIndex, pagesOf(leafIndex, firstPage, end), underWay);
        }
    }

    private void forgetHuge(long hugeLeaf, List<Flushing> underWay) {
        Branch branch = tree.reach(hugeLeaf);
        int slot = slotOf(hugeLeaf);
        dirtyPageCount -= branch.dirtyPages(slot);
        if (branch.isHugeLocked(slot)) {
            underWay.forEach(each -> each.dropHuge(hugeLeaf));
        }
        branch.clearHuge(slot);
        tree.settle(hugeLeaf, Branch.eight(slot));
    }

    private void forgetPages(long leafIndex, long pages, List<Flushing> underWay) {
        tree.reach(leafIndex);
        Leaf leaf = tree.leaf(leafIndex);
        dirtyPageCount -= Long.bitCount(leaf.dirty & pages);
        leaf.clean(pages);
        if ((leaf.locked & pages) != 0) {
            leaf.locked &= ~pages;
            underWay.forEach(each -> each.dropPages(leafIndex, pages));
        }
        tree.settle(leafIndex);
    }

    /// An entry of 2 MiB becomes single pages, with its marks.
    private void split(long hugeLeaf, List<Flushing> underWay) {
        Branch branch = tree.reach(hugeLeaf);
        int slot = slotOf(hugeLeaf);
        for (int i = 0; i < HUGE_LEAVES; i++) {
            tree.leaf(hugeLeaf + i);
        }
        if (branch.isHugeLocked(slot)) {
            underWay.forEach(each -> each.splitHuge(hugeLeaf));
        }
        branch.splitHuge(slot);
        tree.settle(hugeLeaf, Branch.eight(slot));
    }

    /// Whether no page of the range is dirty or being flushed.
    boolean isClean(long firstPage, long end) {
        int unclean = MarkTree.DIRTY | MarkTree.LOCKED;
        for (long leafIndex = next(firstPage, end, unclean); leafIndex >= 0;
                leafIndex = next(leafIndex + 1 << MarkNode.SHIFT, end, unclean)) {
            Branch branch = tree.reach(leafIndex);
            Leaf leaf = branch.leaf(slotOf(leafIndex));
            if (branch.isHuge(slotOf(leafIndex))
                    || ((leaf.dirty | leaf.locked) & pagesOf(leafIndex, firstPage, end)) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Copies DIRTY to TOWRITE.
    void tag(long firstPage, long end) {
        long page = firstPage;
        for (long leafIndex = next(page, end, MarkTree.DIRTY); leafIndex >= 0;
                leafIndex = next(page, end, MarkTree.DIRTY)) {
            Branch branch = tree.reach(leafIndex);
            int slot = slotOf(leafIndex);
            if (branch.isHugeDirty(slot)) {
                branch.tagHuge(slotOf(hugeOf(leafIndex)));
                tree.settle(leafIndex, Branch.eight(slotOf(hugeOf(leafIndex))));
                page = (hugeOf(leafIndex) << MarkNode.SHIFT) + HUGE_PAGES;
            } else {
                Leaf leaf = branch.leaf(slot);
                leaf.toWrite |= leaf.dirty & pagesOf(leafIndex, firstPage, end);
                tree.settle(leafIndex);
                page = leafIndex + 1 << MarkNode.SHIFT;
            }
        }
    }

    /// The first page of the range that is to be written, or locked, alone or with its 2 MiB; -1 for none.
    long nextPage(long firstPage, long end) {
        int marks = MarkTree.TO_WRITE | MarkTree.LOCKED;
        for (long leafIndex = next(firstPage, end, marks); leafIndex >= 0;
                leafIndex = next(leafIndex + 1 << MarkNode.SHIFT, end, marks)) {
            Branch branch = tree.reach(leafIndex);
            int slot = slotOf(leafIndex);
            if (branch.isHugeToWrite(slot) || branch.isHugeLocked(slot)) {
                return Math.max(firstPage, leafIndex << MarkNode.SHIFT);
            }
            Leaf leaf = branch.leaf(slot);
            long pages = (leaf.toWrite | leaf.locked) & pagesOf(leafIndex, firstPage, end);
            if (pages != 0) {
                return (leafIndex << MarkNode.SHIFT) + Long.numberOfTrailingZeros(pages);
            }
        }
        return -1;
    }

    boolean isLocked(long page) {
        long leafIndex = leafOf(page);
        Branch branch = tree.reach(leafIndex);
        Leaf leaf = branch.leaf(slotOf(leafIndex));
        return branch.isHugeLocked(slotOf(leafIndex))
                || leaf != null && (leaf.locked >>> page & 1) != 0;
    }

    /// Locks a page that is to be written, with its 2 MiB if that is one entry, else with those of its leaf behind it
    /// up to the first locked one; takes their marks.
    ///
    /// @return page behind those locked
    long lock(Flushing flushing, long page, long end) {
        long leafIndex = leafOf(page);
        Branch branch = tree.reach(leafIndex);
        if (branch.isHugeToWrite(slotOf(leafIndex))) {
            return lockHuge(flushing, hugeOf(leafIndex), branch);
        }
        Leaf leaf = branch.leaf(slotOf(leafIndex));
        long range = pagesOf(leafIndex, page, end);
        long obstacles = leaf.locked & range;
        long pages = leaf.toWrite & range & (obstacles == 0 ? -1 : Long.lowestOneBit(obstacles) - 1);
        flushing.addPages(leafIndex, pages, leaf.partial(pages), leaf.copyLines(pages));
        dirtyPageCount -= Long.bitCount(leaf.dirty & pages);
        leaf.clean(pages);
        leaf.locked |= pages;
        tree.settle(leafIndex);
        return (leafIndex << MarkNode.SHIFT) + MarkNode.SLOTS - Long.numberOfLeadingZeros(pages);
    }

    private long lockHuge(Flushing flushing, long hugeLeaf, Branch branch) {
        flushing.addHuge(hugeLeaf);
        dirtyPageCount -= HUGE_PAGES;
        branch.lockHuge(slotOf(hugeLeaf));
        tree.settle(hugeLeaf, Branch.eight(slotOf(hugeLeaf)));
        return (hugeLeaf << MarkNode.SHIFT) + HUGE_PAGES;
    }

    /// Gives back what a sync holds: clean, or dirty and wanted as it was.
    void unlock(Flushing flushing, boolean isDurable) {
        for (int i = 0; i < flushing.size(); i++) {
            if (flushing.isHuge(i)) {
                unlockHuge(flushing.leaf(i), isDurable);
            } else {
                unlockPages(flushing, i, isDurable);
            }
        }
    }

    private void unlockHuge(long hugeLeaf, boolean isDurable) {
        Branch branch = tree.reach(hugeLeaf);
        int slot = slotOf(hugeLeaf);
        branch.unlockHuge(slot);
        if (!isDurable) {
            dirtyPageCount += HUGE_PAGES - branch.dirtyPages(slot);
            branch.markHuge(slot);
            branch.tagHuge(slot);
        }
        tree.settle(hugeLeaf, Branch.eight(slot));
    }

    private void unlockPages(Flushing flushing, int i, boolean isDurable) {
        long leafIndex = flushing.leaf(i);
        long pages = flushing.pages(i);
        if (pages == 0) {
            return;
        }
        tree.reach(leafIndex);
        Leaf leaf = tree.leaf(leafIndex);
        leaf.locked &= ~pages;
        if (!isDurable) {
            dirtyPageCount += Long.bitCount(pages & ~leaf.dirty);
            for (long left = pages; left != 0; left &= left - 1) {
                int slot = Long.numberOfTrailingZeros(left);
                leaf.markLines(slot, flushing.linesOf(i, slot));
            }
            leaf.toWrite |= pages;
        }
        tree.settle(leafIndex);
    }

    /// Copies the dirty lines of the pages of a leaf.
    ///
    /// @return the first leaf of the range with any, -1 for none
    long copyDirty(long firstPage, long end, long[] lines) {
        long leafIndex = next(firstPage, end, MarkTree.DIRTY);
        if (leafIndex < 0) {
            return -1;
        }
        Branch branch = tree.reach(leafIndex);
        Leaf leaf = branch.leaf(slotOf(leafIndex));
        boolean isHuge = branch.isHugeDirty(slotOf(leafIndex));
        long dirty = (isHuge ? -1 : leaf.dirty) & pagesOf(leafIndex, firstPage, end);
        for (int slot = 0; slot < MarkNode.SLOTS; slot++) {
            lines[slot] = (dirty >>> slot & 1) == 0 ? 0 : isHuge ? Leaf.ALL_LINES : leaf.linesOf(slot);
        }
        return leafIndex;
    }

    /// Next leaf with a mark that overlaps pages `page` to `end`, -1 for none.
    private long next(long page, long end, int marks) {
        if (page >= end) {
            return -1;
        }
        long leafIndex = tree.next(leafOf(page), marks);
        return leafIndex >= 0 && leafIndex << MarkNode.SHIFT < end ? leafIndex : -1;
    }

    private static long leafOf(long page) {
        return page >>> MarkNode.SHIFT;
    }

    private static int slotOf(long leafIndex) {
        return MarkTree.slot(leafIndex, 0);
    }

    /// First leaf of the 2 MiB that a leaf is part of.
    private static long hugeOf(long leafIndex) {
        return leafIndex & -HUGE_LEAVES;
    }

    /// Bits of the pages of a leaf that are in a range: one at least.
    private static long pagesOf(long leafIndex, long page, long end) {
        long base = leafIndex << MarkNode.SHIFT;
        int from = (int) Math.max(0, page - base);
        int to = (int) Math.min(MarkNode.SLOTS, end - base);
        return -1L << from & -1L >>> MarkNode.SLOTS - to;
    }
}
