package dev.stele.dirty;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Which pages and lines of one file were stored to and are not known to be durable, and the engine that makes them so.
///
/// A page has three marks: DIRTY, TOWRITE (a sync that is under way wants it) and a lock (a sync is flushing it).
/// See the package for the protocol. All methods may be called from any thread; none waits, but [#sync].
public final class DirtyIndex {
    private static final int LINE_SHIFT = 6;
    private static final int PAGE_SHIFT = 12;
    private static final int LINES_PER_PAGE = 64;

    private final ReentrantLock lock = new ReentrantLock();
    /// a sync has ended and given its pages back
    private final Condition ended = lock.newCondition();
    /// guarded by lock
    private final MarkTree tree = new MarkTree();
    /// guarded by lock
    private long dirtyPageCount;
    /// syncs under way, that may hold locks; guarded by lock
    private final List<Batch> batches = new ArrayList<>();
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

    /// The file no longer owns the pages: what they held need not become durable. The caller holds the inode's lock, so
    /// that no sync is under way.
    public void forget(long firstPage, long pageCount) {
        lock.lock();
        try {
            long end = end(firstPage, pageCount);
            for (long leafIndex = next(firstPage, end, MarkTree.DIRTY | MarkTree.TO_WRITE); leafIndex >= 0;
                    leafIndex = next(leafIndex + 1 << MarkNode.SHIFT, end, MarkTree.DIRTY | MarkTree.TO_WRITE)) {
                long pages = pagesOf(leafIndex, firstPage, end);
                MarkNode leaf = tree.reach(leafIndex);
                dirtyPageCount -= Long.bitCount(leaf.dirty & pages);
                leaf.clean(pages);
                leaf.toWrite &= ~pages;
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

    /// Makes durable every store to the range that happened before the call, whoever made it: also those that another
    /// sync is flushing right now, for which it waits. Drains once if it flushed anything.
    ///
    /// The caller holds the inode's lock, shared, throughout; so blocks neither move nor go.
    ///
    /// @return number of pages flushed
    public long sync(long firstPage, long pageCount, Harvester harvester, Flusher flusher) {
        long end = end(firstPage, pageCount);
        if (harvester != Harvester.NONE) {
            harvestLock.lock();
            try {
                harvester.harvest(firstPage, pageCount, this);
            } finally {
                harvestLock.unlock();
            }
        }
        Batch batch = begin(firstPage, end);
        boolean succeeded = false;
        try {
            flushAll(batch, firstPage, end, flusher);
            if (batch.size() > 0) {
                // before the locks go: another sync that finds the pages clean relies on it
                flusher.drain();
            }
            succeeded = true;
            return batch.pageCount();
        } finally {
            finish(batch, succeeded);
        }
    }

    /// Copies DIRTY to TOWRITE, so that pages dirtied from now on are the next sync's and this one ends.
    private Batch begin(long firstPage, long end) {
        lock.lock();
        try {
            for (long leafIndex = next(firstPage, end, MarkTree.DIRTY); leafIndex >= 0;
                    leafIndex = next(leafIndex + 1 << MarkNode.SHIFT, end, MarkTree.DIRTY)) {
                MarkNode leaf = tree.reach(leafIndex);
                leaf.toWrite |= leaf.dirty & pagesOf(leafIndex, firstPage, end);
                tree.settle(leafIndex);
            }
            Batch batch = new Batch();
            batches.add(batch);
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void flushAll(Batch batch, long firstPage, long end, Flusher flusher) {
        LineRun run = new LineRun(flusher);
        for (long page = take(batch, firstPage, end); page >= 0; page = take(batch, page, end)) {
            int last = batch.size() - 1;
            long pages = batch.pages(last);
            for (long left = pages; left != 0; left &= left - 1) {
                int slot = Long.numberOfTrailingZeros(left);
                run.add((batch.leaf(last) << MarkNode.SHIFT) + slot, batch.linesOf(last, slot));
            }
        }
        run.end();
    }

    /// Locks the next pages wanted, some or all of one leaf, and takes their marks. Pages are locked in ascending order
    /// only, and waited for while only lower ones are held: so two syncs never wait for each other.
    ///
    /// @return page behind those taken, -1 when there are no more
    private long take(Batch batch, long from, long end) {
        lock.lock();
        try {
            long page = from;
            while (true) {
                long leafIndex = next(page, end, MarkTree.TO_WRITE | MarkTree.LOCKED);
                if (leafIndex < 0) {
                    return -1;
                }
                MarkNode leaf = tree.reach(leafIndex);
                long range = pagesOf(leafIndex, Math.max(page, from), end);
                long locked = leaf.locked & range;
                long wanted = leaf.toWrite & range;
                if (locked != 0 && (wanted == 0 || lowest(locked) <= lowest(wanted))) {
                    page = awaitPage((leafIndex << MarkNode.SHIFT) + lowest(locked));
                } else if (wanted != 0) {
                    long pages = locked == 0 ? wanted : wanted & Long.lowestOneBit(locked) - 1;
                    lock(batch, leafIndex, leaf, pages);
                    return (leafIndex << MarkNode.SHIFT) + MarkNode.SLOTS - Long.numberOfLeadingZeros(pages);
                } else {
                    page = leafIndex + 1 << MarkNode.SHIFT;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void lock(Batch batch, long leafIndex, MarkNode leaf, long pages) {
        batch.add(leafIndex, pages, leaf.lines == null ? null : leaf.lines.clone());
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
    private long awaitPage(long page) {
        for (int succeeded = 0; succeeded < 2;) {
            Batch holder = holderOf(page);
            if (holder == null) {
                return page;
            }
            awaitEnd(holder);
            succeeded += holder.hasSucceeded() ? 1 : 0;
        }
        return page + 1;
    }

    private Batch holderOf(long page) {
        for (Batch each : batches) {
            if (each.holds(page >>> MarkNode.SHIFT, (int) page & MarkNode.SLOTS - 1)) {
                return each;
            }
        }
        return null;
    }

    /// Deaf to interrupts, as fsync is.
    private void awaitEnd(Batch holder) {
        while (!holder.isDone()) {
            ended.awaitUninterruptibly();
        }
    }

    /// Unlocks. After a failure the pages are dirty as before, and wanted: whoever waits for them must try itself.
    private void finish(Batch batch, boolean succeeded) {
        lock.lock();
        try {
            for (int i = 0; i < batch.size(); i++) {
                long leafIndex = batch.leaf(i);
                MarkNode leaf = tree.reach(leafIndex);
                long pages = batch.pages(i);
                leaf.locked &= ~pages;
                if (!succeeded) {
                    restore(leaf, batch, i);
                }
                tree.settle(leafIndex);
            }
            batches.remove(batch);
            batch.done(succeeded);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void restore(MarkNode leaf, Batch batch, int i) {
        long pages = batch.pages(i);
        dirtyPageCount += Long.bitCount(pages & ~leaf.dirty);
        for (long left = pages; left != 0; left &= left - 1) {
            int slot = Long.numberOfTrailingZeros(left);
            long lines = batch.linesOf(i, slot);
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
