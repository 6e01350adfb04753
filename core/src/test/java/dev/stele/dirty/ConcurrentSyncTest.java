package dev.stele.dirty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ConcurrentSyncTest {
    private static final int PAGES = 96;

    private final DirtyIndex index = new DirtyIndex();

    /// Blocks in `drain` until told to go on.
    private static class SlowFlusher extends RecordingFlusher {
        final CountDownLatch draining = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public void drain() {
            super.drain();
            draining.countDown();
            await(goOn);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Thread syncInBackground(Flusher flusher, long firstPage, long pageCount, AtomicBoolean returned) {
        return Thread.ofPlatform().start(() -> {
            index.sync(firstPage, pageCount, Harvester.NONE, flusher);
            returned.set(true);
        });
    }

    /// C7: neither of two syncs of a page may return before the flush of either has been drained.
    @Test
    void aSyncWaitsForAnothersFlush() throws Exception {
        index.markPages(7, 1);
        SlowFlusher slow = new SlowFlusher();
        AtomicBoolean first = new AtomicBoolean();
        AtomicBoolean second = new AtomicBoolean();
        Thread one = syncInBackground(slow, 0, PAGES, first);
        await(slow.draining);
        Thread two = syncInBackground(new RecordingFlusher(), 7, 1, second);
        two.join(50);
        assertFalse(second.get(), "returned before the page was durable");
        slow.goOn.countDown();
        one.join();
        two.join();
        assertTrue(first.get() && second.get());
    }

    @Test
    void aSyncOfOtherPagesDoesNotWait() {
        index.markPages(7, 1);
        index.markPages(8, 1);
        RecordingFlusher other = new RecordingFlusher();
        index.sync(7, 1, Harvester.NONE, new RecordingFlusher() {
            @Override
            public void drain() {
                index.sync(8, 1, Harvester.NONE, other);
            }
        });
        assertEquals(64, other.lines.cardinality());
    }

    @Test
    void whoWaitedForAFailureFlushesItself() throws Exception {
        index.mark(7 * 4096, 64);
        SlowFlusher failing = new SlowFlusher() {
            @Override
            public void drain() {
                super.drain();
                throw new VolumeException(Errno.EIO);
            }
        };
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread one = Thread.ofPlatform().start(() -> thrown.set(assertThrows(VolumeException.class,
                () -> index.sync(0, PAGES, Harvester.NONE, failing))));
        await(failing.draining);
        RecordingFlusher good = new RecordingFlusher();
        AtomicBoolean returned = new AtomicBoolean();
        Thread two = syncInBackground(good, 0, PAGES, returned);
        while (two.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        failing.goOn.countDown();
        one.join();
        two.join();
        assertEquals(VolumeException.class, thrown.get().getClass());
        assertEquals(1, good.lines.cardinality());
        assertTrue(index.isClean(0, PAGES));
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    /// C7: who waits for each kind of page that another sync holds, and finds it durable.
    @Test
    void pagesAndEntriesAreWaitedFor() throws Exception {
        index.markPages(7, 1);
        Flushing single = index.flush(7, 1, Harvester.NONE, new RecordingFlusher());
        index.markPages(8, 1);
        index.markPages(70, 1);
        index.markPages(Marks.HUGE_PAGES, 2 * Marks.HUGE_PAGES);
        Flushing held = index.flush(8, 3 * Marks.HUGE_PAGES, Harvester.NONE, new RecordingFlusher());
        List<Thread> waiting = new ArrayList<>();
        List<RecordingFlusher> flushers = new ArrayList<>();
        for (long page : new long[] {8, 70, Marks.HUGE_PAGES + 5, 3 * Marks.HUGE_PAGES - 1}) {
            flushers.add(new RecordingFlusher());
            waiting.add(syncInBackground(flushers.getLast(), page, 1, new AtomicBoolean()));
        }
        waiting.forEach(ConcurrentSyncTest::awaitWaiting);
        held.done(true);
        for (Thread each : waiting) {
            each.join();
        }
        assertEquals(0, flushers.stream().mapToInt(each -> each.flushes + each.drains).sum(), "all was durable");
        assertFalse(index.isClean(7, 1));
        single.done(true);
        assertTrue(index.isIdle());
    }

    /// I4: pages are taken up to one that another sync holds, and flushed before it is waited for.
    @Test
    void aSyncFlushesWhatItHasBeforeItWaits() throws Exception {
        index.markPages(8, 1);
        Flushing held = index.flush(8, 1, Harvester.NONE, new RecordingFlusher());
        index.markPages(7, 3);
        RecordingFlusher flusher = new RecordingFlusher();
        Thread sync = syncInBackground(flusher, 0, PAGES, new AtomicBoolean());
        awaitWaiting(sync);
        assertEquals(7 * 64, flusher.lines.nextSetBit(0));
        assertEquals(64, flusher.lines.cardinality(), "page 7, not 8 and what is behind it");
        held.done(true);
        sync.join();
        assertEquals(3 * 64, flusher.lines.cardinality(), "8 was stored to while it was held");
        assertEquals(1, flusher.drains);
        assertTrue(index.isClean(0, PAGES));
    }

    /// I4: a page is waited for twice at most: the second holder flushed what was stored before.
    @Test
    void whoWaitedTwiceForAPageDoesNotFlushIt() throws Exception {
        index.markPages(7, 1);
        Flushing first = index.flush(7, 1, Harvester.NONE, new RecordingFlusher());
        index.markPages(7, 1);
        RecordingFlusher none = new RecordingFlusher();
        Thread waiting = syncInBackground(none, 7, 1, new AtomicBoolean());
        awaitWaiting(waiting);
        CountDownLatch tagged = new CountDownLatch(1);
        CountDownLatch takes = new CountDownLatch(1);
        SlowFlusher slow = new SlowFlusher() {
            @Override
            public void release(long held) {
                tagged.countDown();
                ConcurrentSyncTest.await(takes);
            }
        };
        Thread second = syncInBackground(slow, 7, 1, new AtomicBoolean());
        await(tagged);
        Thread ends = new Thread(() -> first.done(true));
        index.lock.lock();
        try {
            // The first ends, then the second locks the page, and only then can the one that waited look again.
            ends.start();
            awaitQueued(ends);
            takes.countDown();
            awaitQueued(second);
        } finally {
            index.lock.unlock();
        }
        await(slow.draining);
        while (index.lock.hasQueuedThread(waiting) || waiting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        slow.goOn.countDown();
        ends.join();
        second.join();
        waiting.join();
        assertEquals(64, slow.lines.cardinality());
        assertEquals(0, none.flushes);
        assertTrue(index.isIdle());
    }

    private void awaitQueued(Thread thread) {
        while (!index.lock.hasQueuedThread(thread)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void anInterruptDoesNotCutASyncShort() throws Exception {
        index.markPages(7, 1);
        SlowFlusher slow = new SlowFlusher();
        Thread one = syncInBackground(slow, 0, PAGES, new AtomicBoolean());
        await(slow.draining);
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread two = Thread.ofPlatform().start(() -> {
            index.sync(0, PAGES, Harvester.NONE, new RecordingFlusher());
            interrupted.set(Thread.interrupted());
        });
        two.interrupt();
        two.join(50);
        assertTrue(two.isAlive());
        slow.goOn.countDown();
        one.join();
        two.join();
        assertTrue(interrupted.get());
    }

    @Test
    @DisplayName("C2: a writer that never stops does not keep a sync from ending")
    void anEndlessWriterDoesNotKeepASyncFromEnding() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        index.markPages(0, 2 * Marks.HUGE_PAGES);
        Thread writer = Thread.ofPlatform().start(() -> {
            for (long page = 0; !stop.get(); page = (page + 7) % (4 * Marks.HUGE_PAGES)) {
                index.mark(page * 4096, 64);
                if (page % 11 == 0) {
                    index.markPages(page / Marks.HUGE_PAGES * Marks.HUGE_PAGES, Marks.HUGE_PAGES);
                }
            }
        });
        try {
            for (int i = 0; i < 50; i++) {
                // what is dirty when it begins, and nothing twice: RecordingFlusher would notice
                long pages = index.sync(0, Long.MAX_VALUE, Harvester.NONE, new RecordingFlusher());
                assertTrue(pages <= 4 * Marks.HUGE_PAGES, "flushed " + pages);
            }
        } finally {
            stop.set(true);
            writer.join();
        }
    }

    @Test
    @DisplayName("C6, C7: overlapping syncs, entries of 2 MiB, a file that is cut: all end, and lose nothing")
    void overlappingSyncsOfEntriesEnd() throws Exception {
        long seed = Long.getLong("stele.seed", 20_261_121);
        ReentrantReadWriteLock inode = new ReentrantReadWriteLock();
        int chunks = 3;
        AtomicLongArray stored = new AtomicLongArray(chunks);
        AtomicLongArray marked = new AtomicLongArray(chunks);
        AtomicLongArray durable = new AtomicLongArray(chunks);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 5; t++) {
            Random random = new Random(seed + t);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 2000 && failure.get() == null; i++) {
                        int chunk = random.nextInt(chunks);
                        long base = (long) chunk * Marks.HUGE_PAGES;
                        switch (random.nextInt(5)) {
                            case 0 -> store(stored, marked, chunk, () -> index.markPages(base, Marks.HUGE_PAGES));
                            case 1, 2 -> store(stored, marked, chunk, () -> index.mark(base * 4096, 64));
                            case 3 -> cut(inode, base + random.nextInt(Marks.HUGE_PAGES - 1) + 1);
                            default -> {
                                boolean fails = random.nextInt(9) == 0;
                                long before = marked.get(chunk);
                                Flusher flusher = new ChunkFlusher(inode, stored, durable, fails);
                                if (syncs(base, 1 + random.nextInt(2000), flusher)) {
                                    assertTrue(durable.get(chunk) >= before, "2 MiB number " + chunk);
                                } else {
                                    assertTrue(fails);
                                }
                            }
                        }
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        for (Thread each : threads) {
            each.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("seed " + seed, failure.get());
        }
        index.sync(0, Long.MAX_VALUE, Harvester.NONE, new RecordingFlusher());
        assertTrue(index.isIdle() && index.isClean(0, Long.MAX_VALUE), "seed " + seed);
    }

    private boolean syncs(long firstPage, long pageCount, Flusher flusher) {
        try {
            index.sync(firstPage, pageCount, Harvester.NONE, flusher);
            return true;
        } catch (VolumeException failed) {
            return false;
        }
    }

    private static void store(AtomicLongArray stored, AtomicLongArray marked, int chunk, Runnable mark) {
        long version = stored.incrementAndGet(chunk);
        mark.run();
        marked.accumulateAndGet(chunk, version, Math::max);
    }

    /// Never the first page of 2 MiB, whose version is what counts.
    private void cut(ReentrantReadWriteLock inode, long page) {
        inode.writeLock().lock();
        try {
            index.forget(page, Marks.HUGE_PAGES - page % Marks.HUGE_PAGES);
        } finally {
            inode.writeLock().unlock();
        }
    }

    /// Knows the version of the first page of each 2 MiB.
    private static final class ChunkFlusher implements Flusher {
        private final ReentrantReadWriteLock inode;
        private final AtomicLongArray stored;
        private final AtomicLongArray durable;
        private final boolean fails;
        private final long[] flushed;

        ChunkFlusher(ReentrantReadWriteLock inode, AtomicLongArray stored, AtomicLongArray durable, boolean fails) {
            this.inode = inode;
            this.stored = stored;
            this.durable = durable;
            this.fails = fails;
            this.flushed = new long[stored.length()];
        }

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
            for (int chunk = 0; chunk < flushed.length; chunk++) {
                long at = (long) chunk * Marks.HUGE_PAGES * 4096;
                if (offset <= at && at < offset + byteCount) {
                    flushed[chunk] = stored.get(chunk);
                }
            }
            Thread.yield();
        }

        @Override
        public void drain() {
            if (fails) {
                throw new VolumeException(Errno.EIO);
            }
            for (int chunk = 0; chunk < flushed.length; chunk++) {
                long version = flushed[chunk];
                durable.accumulateAndGet(chunk, version, Math::max);
            }
        }
    }

    /// Writers store a version into pages of a cache that loses what is not flushed and drained by one thread, and mark
    /// them; whoever syncs must find durable what was stored before, whoever stored it and whoever flushes it.
    @Test
    void everyStoreBeforeASyncIsDurableWhenItReturns() throws Exception {
        long seed = Long.getLong("stele.seed", 20_261_121);
        int rounds = Integer.getInteger("stele.rounds", 4000);
        Cache cache = new Cache();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
            Random random = new Random(seed + t);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < rounds && failure.get() == null; i++) {
                        cache.storeOrSync(random);
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        for (Thread each : threads) {
            each.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("seed " + seed, failure.get());
        }
        index.sync(0, PAGES, Harvester.NONE, cache.flusher());
        assertTrue(index.isClean(0, PAGES));
        assertEquals(0, index.dirtyPageCount());
    }

    private final class Cache {
        final AtomicLongArray stored = new AtomicLongArray(PAGES);
        /// versions whose store has been reported to the index
        final AtomicLongArray marked = new AtomicLongArray(PAGES);
        final AtomicLongArray durable = new AtomicLongArray(PAGES);

        void storeOrSync(Random random) {
            int page = random.nextInt(PAGES);
            if (random.nextInt(3) > 0) {
                store(page, random.nextBoolean());
            } else {
                sync(page, random.nextBoolean() ? 1 : random.nextInt(PAGES - page) + 1);
            }
        }

        private void store(int page, boolean wholePage) {
            long version = stored.incrementAndGet(page);
            if (wholePage) {
                index.markPages(page, 1);
            } else {
                index.mark(page * 4096L + 128, 64);
            }
            marked.accumulateAndGet(page, version, Math::max);
        }

        private void sync(int page, int count) {
            long[] before = new long[PAGES];
            for (int i = page; i < page + count; i++) {
                before[i] = marked.get(i);
            }
            index.sync(page, count, Harvester.NONE, flusher());
            for (int i = page; i < page + count; i++) {
                assertTrue(durable.get(i) >= before[i], "page " + i);
            }
        }

        Flusher flusher() {
            long[] flushed = new long[PAGES];
            return new Flusher() {
                @Override
                public void flush(long offset, long byteCount) {
                    for (int page = (int) (offset / 4096); page <= (offset + byteCount - 1) / 4096; page++) {
                        flushed[page] = stored.get(page);
                        Thread.yield();
                    }
                }

                @Override
                public void drain() {
                    for (int page = 0; page < PAGES; page++) {
                        long version = flushed[page];
                        durable.accumulateAndGet(page, version, Math::max);
                    }
                }
            };
        }
    }
}
