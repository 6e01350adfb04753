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
    private static final int LINES_PER_PAGE = 64;

    /// not private: tests hold it to have others queue in an order they choose
    final ReentrantLock lock = new ReentrantLock();
    /// a sync has ended and given its pages back
    private final Condition ended = lock.newCondition();
    /// guarded by lock
    private final Marks marks = new Marks();
    /// syncs under way, that may hold locks; guarded by lock
    private final List<Flushing> underWay = new ArrayList<>();
    /// held around a harvest and the marking of what it yields
    private final ReentrantLock harvestLock = new ReentrantLock();

    /// The lines of a range of bytes have been stored to. Called *after* the stores and before they are reported
    /// done: a sync that starts in between may miss them, and so it may.
    public void mark(long offset, long byteCount) {
        lock.lock();
        try {
            if (byteCount > 0) {
                markLines(offset >>> LINE_SHIFT, (offset + byteCount - 1 >>> LINE_SHIFT) + 1);
            }
        } finally {
            lock.unlock();
        }
    }

    private void markLines(long firstLine, long endLine) {
        long page = firstLine / LINES_PER_PAGE;
        long endPage = endLine / LINES_PER_PAGE;
        int headLine = (int) (firstLine % LINES_PER_PAGE);
        int tailLines = (int) (endLine % LINES_PER_PAGE);
        if (page == endPage) {
            marks.markLines(page, bits(headLine, tailLines));
            return;
        }
        if (headLine > 0) {
            marks.markLines(page, bits(headLine, LINES_PER_PAGE));
            page++;
        }
        marks.markWhole(page, endPage);
        if (tailLines > 0) {
            marks.markLines(endPage, bits(0, tailLines));
        }
    }

    /// Whole pages have been stored to.
    public void markPages(long firstPage, long pageCount) {
        lock.lock();
        try {
            marks.markWhole(firstPage, end(firstPage, pageCount));
        } finally {
            lock.unlock();
        }
    }

    /// The file no longer owns the pages: what they held need not become durable, and a sync that has locked them
    /// flushes and restores them no more. The caller holds the inode's lock, so no part is being flushed.
    public void forget(long firstPage, long pageCount) {
        lock.lock();
        try {
            marks.forget(firstPage, end(firstPage, pageCount), underWay);
        } finally {
            lock.unlock();
        }
    }

    /// Whether every store to the range that was marked is durable.
    public boolean isClean(long firstPage, long pageCount) {
        lock.lock();
        try {
            return marks.isClean(firstPage, end(firstPage, pageCount));
        } finally {
            lock.unlock();
        }
    }

    /// Number of pages marked dirty; those being flushed are not among them.
    public long dirtyPageCount() {
        lock.lock();
        try {
            return marks.dirtyPageCount();
        } finally {
            lock.unlock();
        }
    }

    /// Nodes of the tree: see the package for what they take.
    public int nodeCount() {
        lock.lock();
        try {
            return marks.tree().nodeCount();
        } finally {
            lock.unlock();
        }
    }

    /// Nodes that searches for marks have looked at so far.
    long visitCount() {
        lock.lock();
        try {
            return marks.tree().visitCount();
        } finally {
            lock.unlock();
        }
    }

    /// Whether forgetting the index would lose nothing: no page is dirty, none locked.
    public boolean isIdle() {
        lock.lock();
        try {
            return marks.dirtyPageCount() == 0 && underWay.isEmpty();
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
            return marks.copyDirty(page, end, lines);
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
            marks.tag(firstPage, end);
            Flushing flushing = new Flushing(this);
            underWay.add(flushing);
            return flushing;
        } finally {
            lock.unlock();
        }
    }

    private void flushAll(Flushing flushing, long firstPage, long end, Flusher flusher) {
        LineRun run = new LineRun(flusher);
        for (long page = take(flushing, firstPage, end); page >= 0; page = take(flushing, page, end)) {
            long held = flusher.hold();
            try {
                // what the file gave up meanwhile is no longer in it, and now it gives up nothing
                flushing.flushTaken(run);
                run.end();
            } finally {
                flusher.release(held);
            }
        }
        flushing.flushed(run.lineCount());
    }

    /// Locks the next pages wanted, of one part of 2 MiB at most. Pages are locked in ascending order only, and waited
    /// for while only lower ones are held: so two syncs never wait for each other.
    ///
    /// @return page behind those taken, -1 when there are no more
    private long take(Flushing flushing, long from, long end) {
        lock.lock();
        try {
            boolean hasTaken = false;
            long page = from;
            long stop = end;
            while (true) {
                page = marks.nextPage(page, stop);
                if (page < 0) {
                    return hasTaken ? stop : -1;
                }
                if (!marks.isLocked(page)) {
                    page = marks.lock(flushing, page, stop);
                    stop = Math.min(stop, (page - 1 | Marks.HUGE_PAGES - 1) + 1);
                    hasTaken = true;
                } else if (hasTaken) {
                    return page;
                } else {
                    page = awaitPage(flushing, page);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until a locked page is durable as far as the calling sync is concerned: for the one that holds it, and,
    /// if it was dirtied under that lock and another sync was quicker to lock it again, for that one too. Whoever
    /// comes third flushes only what was stored later.
    ///
    /// @return the page itself where the caller is to flush it, else the one behind it
    private long awaitPage(Flushing flushing, long page) {
        long behind = page + 1;
        for (int succeeded = 0; succeeded < 2;) {
            Flushing holder = holderOf(page);
            if (holder == null) {
                return page;
            }
            behind = holder.endOfEntry(page);
            long start = System.nanoTime();
            awaitEnd(holder);
            flushing.waited(System.nanoTime() - start);
            succeeded += holder.hasSucceeded() ? 1 : 0;
        }
        return behind;
    }

    private Flushing holderOf(long page) {
        for (Flushing each : underWay) {
            if (each.holds(page)) {
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
            marks.unlock(flushing, isDurable);
            underWay.remove(flushing);
            flushing.end(isDurable);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Page behind a range; a range may be said to reach to the end of everything.
    private static long end(long firstPage, long pageCount) {
        return pageCount > Long.MAX_VALUE - firstPage ? Long.MAX_VALUE : firstPage + pageCount;
    }

    /// Bits `from` up to, but not with, `to`: one at least.
    private static long bits(int from, int to) {
        return -1L << from & -1L >>> 64 - to;
    }
}
