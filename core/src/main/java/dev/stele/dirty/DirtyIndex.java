package dev.stele.dirty;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Which pages and lines of one file were stored to and are not known to be durable, and the engine that makes them so.
///
/// A page has three marks: DIRTY, TOWRITE (a sync that is under way wants it) and a lock (a sync is flushing it).
/// See the package for the protocol. All methods may be called from any thread; none waits, but [#flush] and [#sync].
public final class DirtyIndex {
    private static final int LINE_SHIFT = 6;
    private static final int PAGE_SHIFT = 12;
    private static final int LINES_PER_PAGE = 64;
    private static final int PAGES_PER_PART = 512;
    private static final int ANY = MarkTree.DIRTY | MarkTree.TO_WRITE | MarkTree.LOCKED;

    private final ReentrantLock lock = new ReentrantLock();
    /// a sync has ended and given its pages back
    private final Condition ended = lock.newCondition();
    /// guarded by lock
    private final MarkTree tree = new MarkTree();
    /// guarded by lock
    private long dirtyPageCount;
    /// syncs under way, that may hold locks; guarded by lock
    private final List<Flushing> underWay = new ArrayList<>();
    /// held around a harvest and the marking of what it yields
    private final ReentrantLock harvestLock = new ReentrantLock();

    /// The lines of a range of bytes have been stored to. Called *after* the stores and before they are reported
    /// done: a sync that starts in between may miss them, and so it may.
    public void mark(long offset, long byteCount) {
        lock.lock();
        try {
            if (byteCount <= 0) {
                return;
            }
            long firstLine = offset >>> LINE_SHIFT;
            long endLine = (offset + byteCount - 1 >>> LINE_SHIFT) + 1;
            long firstPage = firstLine / LINES_PER_PAGE;
            long lastPage = (endLine - 1) / LINES_PER_PAGE;
            int firstSlotLine = (int) (firstLine % LINES_PER_PAGE);
            int endSlotLine = (int) ((endLine - 1) % LINES_PER_PAGE) + 1;
            if (firstPage == lastPage) {
                markLines(firstPage, bits(firstSlotLine, endSlotLine));
                return;
            }
            markLines(firstPage, bits(firstSlotLine, LINES_PER_PAGE));
            markWhole(firstPage + 1, lastPage);
            markLines(lastPage, bits(0, endSlotLine));
        } finally {
            lock.unlock();
        }
    }

    /// Whole pages have been stored to.
    public void markPages(long firstPage, long pageCount) {
        lock.lock();
        try {
            markWhole(firstPage, end(firstPage, pageCount));
        } finally {
            lock.unlock();
        }
    }

    private void markLines(long page, long mask) {
        if (mask == MarkNode.ALL_LINES) {
            markWhole(page, page + 1);
            return;
        }
        long leafIndex = page >>> MarkNode.SHIFT;
        int slot = (int) page & MarkNode.SLOTS - 1;
        MarkNode leaf = tree.reach(leafIndex);
        dirtyPageCount += ~leaf.dirty >>> slot & 1;
        leaf.markLines(slot, mask);
        tree.settle(leafIndex);
    }

    private void markWhole(long page, long end) {
        for (long at = page; at < end; at = nextLeafStart(at)) {
            long leafIndex = at >>> MarkNode.SHIFT;
            long pages = pagesOf(leafIndex, page, end);
            MarkNode leaf = tree.reach(leafIndex);
            dirtyPageCount += Long.bitCount(pages & ~leaf.dirty);
            leaf.markPages(pages);
            tree.settle(leafIndex);
        }
    }

    /// The file no longer owns the pages: what they held need not become durable, and a sync that has locked them
    /// flushes and restores them no more. The caller holds the inode's lock, so no part is being flushed.
    public void forget(long firstPage, long pageCount) {
        lock.lock();
        try {
            long end = end(firstPage, pageCount);
            for (long leafIndex = next(firstPage, end, ANY); leafIndex >= 0;
                    leafIndex = next(leafIndex + 1 << MarkNode.SHIFT, end, ANY)) {
                long pages = pagesOf(leafIndex, firstPage, end);
                MarkNode leaf = tree.reach(leafIndex);
                dirtyPageCount -= Long.bitCount(leaf.dirty & pages);
                leaf.clean(pages);
                leaf.toWrite &= ~pages;
                if ((leaf.locked & pages) != 0) {
                    leaf.locked &= ~pages;
                    for (Flushing each : underWay) {
                        each.drop(leafIndex, pages);
                    }
                }
                tree.settle(leafIndex);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether every store to the range that was marked is durable.
    public boolean isClean(long firstPage, long pageCount) {
        lock.lock();
        try {
            long end = end(firstPage, pageCount);
            int unclean = MarkTree.DIRTY | MarkTree.LOCKED;
            for (long leafIndex = next(firstPage, end, unclean); leafIndex >= 0;
                    leafIndex = next(leafIndex + 1 << MarkNode.SHIFT, end, unclean)) {
                MarkNode leaf = tree.reach(leafIndex);
                if (((leaf.dirty | leaf.locked) & pagesOf(leafIndex, firstPage, end)) != 0) {
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Number of pages marked dirty; those being flushed are not among them.
    public long dirtyPageCount() {
        lock.lock();
        try {
            return dirtyPageCount;
        } finally {
            lock.unlock();
        }
    }

    /// Nodes of the tree, 64 pages to a leaf: a leaf takes about 56 bytes while only whole pages of it are dirty and
    /// 584 with single lines; an inner node about 328.
    public int nodeCount() {
        lock.lock();
        try {
            return tree.nodeCount();
        } finally {
            lock.unlock();
        }
    }

    /// Whether forgetting the index would lose nothing: no page is dirty, none locked.
    public boolean isIdle() {
        lock.lock();
        try {
            return dirtyPageCount == 0 && underWay.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Makes durable every store to the range that happened before the call: [#flush], and one drain if it flushed
    /// anything.
    ///
    /// @return number of pages flushed
    public long sync(long firstPage, long pageCount, Harvester harvester, Flusher flusher) {
        Flushing flushing = flush(firstPage, pageCount, harvester, flusher);
        boolean isDurable = false;
        try {
            if (!flushing.isEmpty()) {
                flusher.drain();
            }
            isDurable = true;
            return flushing.pageCount();
        } finally {
            flushing.done(isDurable);
        }
    }

    /// Locks and flushes every page of the range with stores that happened before the call, whoever made them, and
    /// waits for those that another sync is flushing right now. The caller drains, with the flushes of other files if
    /// it likes, and then calls [Flushing#done]: until then the pages are locked. It holds no inode's lock.
    ///
    /// Who flushes several files begins with the one of the lowest inode number: files are locked in that order.
    public Flushing flush(long firstPage, long pageCount, Harvester harvester, Flusher flusher) {
        long end = end(firstPage, pageCount);
        Flushing flushing = begin(firstPage, pageCount, harvester, flusher);
        boolean isFlushed = false;
        try {
            flushAll(flushing, firstPage, end, flusher);
            isFlushed = true;
            return flushing;
        } finally {
            if (!isFlushed) {
                flushing.done(false);
            }
        }
    }

    /// Flushes every dirty line of the range and leaves it dirty, for whoever never cleans. No page is locked: each
    /// such sync flushes everything itself, and so waits for nobody.
    ///
    /// @return number of lines flushed
    public long flushKept(long firstPage, long pageCount, Flusher flusher) {
        long end = end(firstPage, pageCount);
        LineRun run = new LineRun(flusher);
        long[] lines = new long[MarkNode.SLOTS];
        for (long leafIndex = copyDirty(firstPage, end, lines); leafIndex >= 0;
                leafIndex = copyDirty(leafIndex + 1 << MarkNode.SHIFT, end, lines)) {
            for (int slot = 0; slot < MarkNode.SLOTS; slot++) {
                run.add((leafIndex << MarkNode.SHIFT) + slot, lines[slot]);
            }
        }
        run.end();
        return run.lineCount();
    }

    private long copyDirty(long page, long end, long[] lines) {
        lock.lock();
        try {
            long leafIndex = next(page, end, MarkTree.DIRTY);
            if (leafIndex >= 0) {
                MarkNode leaf = tree.reach(leafIndex);
                long dirty = leaf.dirty & pagesOf(leafIndex, page, end);
                for (int slot = 0; slot < MarkNode.SLOTS; slot++) {
                    lines[slot] = (dirty >>> slot & 1) == 0 ? 0 : leaf.linesOf(slot);
                }
            }
            return leafIndex;
        } finally {
            lock.unlock();
        }
    }

    /// Harvests, then copies DIRTY to TOWRITE: pages dirtied from now on are the next sync's, and so this one ends. The
    /// blocks are held: what a mapping shows must not move between a store and the mark at its place.
    private Flushing begin(long firstPage, long pageCount, Harvester harvester, Flusher flusher) {
        long held = flusher.hold();
        try {
            if (harvester != Harvester.NONE) {
                harvestLock.lock();
                try {
                    harvester.harvest(firstPage, pageCount, this);
                } finally {
                    harvestLock.unlock();
                }
            }
            return tag(firstPage, end(firstPage, pageCount));
        } finally {
            flusher.release(held);
        }
    }

    private Flushing tag(long firstPage, long end) {
        lock.lock();
        try {
            for (long leafIndex = next(firstPage, end, MarkTree.DIRTY); leafIndex >= 0;
                    leafIndex = next(leafIndex + 1 << MarkNode.SHIFT, end, MarkTree.DIRTY)) {
                MarkNode leaf = tree.reach(leafIndex);
                leaf.toWrite |= leaf.dirty & pagesOf(leafIndex, firstPage, end);
                tree.settle(leafIndex);
            }
            Flushing flushing = new Flushing(this);
            underWay.add(flushing);
            return flushing;
        } finally {
            lock.unlock();
        }
    }

    private void flushAll(Flushing flushing, long firstPage, long end, Flusher flusher) {
        LineRun run = new LineRun(flusher);
        int flushedCount = 0;
        for (long page = take(flushing, firstPage, end); page >= 0; page = take(flushing, page, end)) {
            long held = flusher.hold();
            try {
                // what the file gave up meanwhile is no longer in it, and now it gives up nothing
                for (; flushedCount < flushing.size(); flushedCount++) {
                    flushTaken(flushing, flushedCount, run);
                }
                run.end();
            } finally {
                flusher.release(held);
            }
        }
        flushing.flushed(run.lineCount());
    }

    private static void flushTaken(Flushing flushing, int i, LineRun run) {
        for (long left = flushing.pages(i); left != 0; left &= left - 1) {
            int slot = Long.numberOfTrailingZeros(left);
            run.add((flushing.leaf(i) << MarkNode.SHIFT) + slot, flushing.linesOf(i, slot));
        }
    }

    /// Locks the next pages wanted, of one part of 2 MiB at most. Pages are locked in ascending order only, and waited
    /// for while only lower ones are held: so two syncs never wait for each other.
    ///
    /// @return page behind those taken, -1 when there are no more
    private long take(Flushing flushing, long from, long end) {
        lock.lock();
        try {
            int sizeBefore = flushing.size();
            long page = from;
            long stop = end;
            while (true) {
                boolean hasTaken = flushing.size() > sizeBefore;
                long leafIndex = next(page, stop, MarkTree.TO_WRITE | MarkTree.LOCKED);
                if (leafIndex < 0) {
                    return hasTaken ? page : -1;
                }
                MarkNode leaf = tree.reach(leafIndex);
                long range = pagesOf(leafIndex, page, stop);
                long locked = leaf.locked & range;
                long wanted = leaf.toWrite & range;
                if (locked != 0 && (wanted == 0 || lowest(locked) <= lowest(wanted))) {
                    if (hasTaken) {
                        return page;
                    }
                    page = awaitPage(flushing, (leafIndex << MarkNode.SHIFT) + lowest(locked));
                } else if (wanted != 0) {
                    long pages = locked == 0 ? wanted : wanted & Long.lowestOneBit(locked) - 1;
                    lock(flushing, leafIndex, leaf, pages);
                    page = (leafIndex << MarkNode.SHIFT) + MarkNode.SLOTS - Long.numberOfLeadingZeros(pages);
                    stop = Math.min(stop, (page - 1 | PAGES_PER_PART - 1) + 1);
                } else {
                    page = leafIndex + 1 << MarkNode.SHIFT;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void lock(Flushing flushing, long leafIndex, MarkNode leaf, long pages) {
        flushing.add(leafIndex, pages, leaf.lines == null ? null : leaf.lines.clone());
        dirtyPageCount -= Long.bitCount(leaf.dirty & pages);
        leaf.toWrite &= ~pages;
        leaf.locked |= pages;
        leaf.clean(pages);
        tree.settle(leafIndex);
    }

    /// Waits until a locked page is durable as far as the calling sync is concerned: for the one that holds it, and,
    /// if it was dirtied under that lock and another sync was quicker to lock it again, for that one too. Whoever
    /// comes third flushes only what was stored later.
    ///
    /// @return the page itself where the caller is to flush it, else the one behind it
    private long awaitPage(Flushing flushing, long page) {
        for (int succeeded = 0; succeeded < 2;) {
            Flushing holder = holderOf(page);
            if (holder == null) {
                return page;
            }
            long start = System.nanoTime();
            awaitEnd(holder);
            flushing.waited(System.nanoTime() - start);
            succeeded += holder.hasSucceeded() ? 1 : 0;
        }
        return page + 1;
    }

    private Flushing holderOf(long page) {
        for (Flushing each : underWay) {
            if (each.holds(page >>> MarkNode.SHIFT, (int) page & MarkNode.SLOTS - 1)) {
                return each;
            }
        }
        return null;
    }

    /// Deaf to interrupts, as fsync is.
    private void awaitEnd(Flushing holder) {
        while (!holder.isDone()) {
            ended.awaitUninterruptibly();
        }
    }

    /// Unlocks. After a failure the pages are dirty as before, and wanted: whoever waits for them must try itself.
    void finish(Flushing flushing, boolean isDurable) {
        lock.lock();
        try {
            if (flushing.isDone()) {
                return;
            }
            for (int i = 0; i < flushing.size(); i++) {
                long leafIndex = flushing.leaf(i);
                MarkNode leaf = tree.reach(leafIndex);
                leaf.locked &= ~flushing.pages(i);
                if (!isDurable) {
                    restore(leaf, flushing, i);
                }
                tree.settle(leafIndex);
            }
            underWay.remove(flushing);
            flushing.end(isDurable);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void restore(MarkNode leaf, Flushing flushing, int i) {
        long pages = flushing.pages(i);
        dirtyPageCount += Long.bitCount(pages & ~leaf.dirty);
        for (long left = pages; left != 0; left &= left - 1) {
            int slot = Long.numberOfTrailingZeros(left);
            long lines = flushing.linesOf(i, slot);
            if (lines == MarkNode.ALL_LINES) {
                leaf.markPages(1L << slot);
            } else {
                leaf.markLines(slot, lines);
            }
        }
        leaf.toWrite |= pages;
    }

    /// Next leaf with a mark that overlaps pages `page` to `end`, -1 for none.
    private long next(long page, long end, int marks) {
        if (page >= end) {
            return -1;
        }
        long leafIndex = tree.next(page >>> MarkNode.SHIFT, marks);
        return leafIndex >= 0 && leafIndex << MarkNode.SHIFT < end ? leafIndex : -1;
    }

    /// Page behind a range; a range may be said to reach to the end of everything.
    private static long end(long firstPage, long pageCount) {
        return pageCount > Long.MAX_VALUE - firstPage ? Long.MAX_VALUE : firstPage + pageCount;
    }

    private static long nextLeafStart(long page) {
        return (page >>> MarkNode.SHIFT) + 1 << MarkNode.SHIFT;
    }

    /// The pages of a leaf that lie in a range, as bits.
    private static long pagesOf(long leafIndex, long page, long end) {
        long base = leafIndex << MarkNode.SHIFT;
        return bits((int) Math.max(0, page - base), (int) Math.min(MarkNode.SLOTS, end - base));
    }

    /// Bits `from` up to, but not with, `to`; none where there is no such bit.
    private static long bits(int from, int to) {
        return from >= to ? 0 : -1L << from & -1L >>> 64 - to;
    }

    private static int lowest(long bits) {
        return Long.numberOfTrailingZeros(bits);
    }
}
