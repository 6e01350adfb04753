package dev.stele.dirty;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// A [DirtyIndex] in use, over pages of which only versions are kept: what was stored, marked, and is durable. Its
/// answers are true as long as the index keeps its word, whatever the threads do.
///
/// The lock stands for that of the inode. Page 512 is in another 2 MiB than the first two.
final class IndexInUse {
    /// That of C7: pages are given back before their flush has arrived (I2). For threads that nobody switches, so long
    /// before that another one will come in between.
    enum Mistake { NONE, UNLOCKS_BEFORE_DRAINING, UNLOCKS_LONG_BEFORE_DRAINING }

    private static final int[] PAGES = {0, 1, 512};

    private final DirtyIndex index = new DirtyIndex();
    private final ReentrantReadWriteLock inode = new ReentrantReadWriteLock();
    private final AtomicLongArray stored = new AtomicLongArray(PAGES.length);
    private final AtomicLongArray marked = new AtomicLongArray(PAGES.length);
    private final AtomicLongArray durable = new AtomicLongArray(PAGES.length);
    private final AtomicIntegerArray givenUp = new AtomicIntegerArray(PAGES.length);
    private final Mistake mistake;

    /// All pages are dirty.
    IndexInUse(Mistake mistake) {
        this.mistake = mistake;
        for (int i = 0; i < PAGES.length; i++) {
            store(i);
        }
    }

    void store(int i) {
        long version = stored.incrementAndGet(i);
        index.mark(PAGES[i] * 4096L, 64);
        marked.accumulateAndGet(i, version, Math::max);
    }

    /// Through a mapping of 2 MiB, which reports all of it.
    void storeHuge() {
        long first = stored.incrementAndGet(0);
        long second = stored.incrementAndGet(1);
        index.markPages(0, Marks.HUGE_PAGES);
        marked.accumulateAndGet(0, first, Math::max);
        marked.accumulateAndGet(1, second, Math::max);
    }

    /// The file gives the page up: what was stored to it need not become durable.
    void forget(int i) {
        inode.writeLock().lock();
        try {
            // Which stores the index forgets is known only afterwards: until then nobody waits for any of them.
            givenUp.incrementAndGet(i);
            index.forget(PAGES[i], 1);
            durable.accumulateAndGet(i, stored.get(i), Math::max);
            givenUp.decrementAndGet(i);
        } finally {
            inode.writeLock().unlock();
        }
    }

    /// In this order: a page found clean because it was given up is one still, or its stores are accounted for.
    private boolean isDurable(int i, long version) {
        return givenUp.get(i) > 0 || durable.get(i) >= version;
    }

    /// @return whether everything stored before is durable (P5)
    boolean sync(int first, int count) {
        long[] before = new long[PAGES.length];
        for (int i = first; i < first + count; i++) {
            before[i] = marked.get(i);
        }
        VersionFlusher flusher = new VersionFlusher();
        int firstPage = PAGES[first];
        Flushing flushing = index.flush(
                firstPage, PAGES[first + count - 1] + 1 - firstPage, Harvester.NONE, flusher);
        if (mistake != Mistake.NONE) {
            flushing.done(true);
        }
        if (mistake == Mistake.UNLOCKS_LONG_BEFORE_DRAINING) {
            LockSupport.parkNanos(50_000);
        }
        flusher.drain();
        flushing.done(true);
        boolean isDurable = true;
        for (int i = first; i < first + count; i++) {
            isDurable &= isDurable(i, before[i]);
        }
        return isDurable;
    }

    /// @return whether it is true that a clean page is durable
    boolean isCleanOnlyIfDurable(int i) {
        long version = marked.get(i);
        return !index.isClean(PAGES[i], 1) || isDurable(i, version);
    }

    private final class VersionFlusher implements Flusher {
        private final long[] flushed = new long[PAGES.length];

        @Override
        public long hold() {
            inode.readLock().lock();
            return 0;
        }

        @Override
        public void release(long held) {
            inode.readLock().unlock();
        }

        @Override
        public void flush(long offset, long byteCount) {
            for (int i = 0; i < PAGES.length; i++) {
                long at = PAGES[i] * 4096L;
                if (offset < at + 4096 && at < offset + byteCount) {
                    flushed[i] = stored.get(i);
                }
            }
        }

        @Override
        public void drain() {
            for (int i = 0; i < PAGES.length; i++) {
                long version = flushed[i];
                durable.accumulateAndGet(i, version, Math::max);
            }
        }
    }
}
