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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
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

    /// Writers store a version into pages of a cache that loses what is not flushed and drained by one thread, and mark
    /// them; whoever syncs must find durable what was stored before, whoever stored it and whoever flushes it.
    @Test
    void everyStoreBeforeASyncIsDurableWhenItReturns() throws Exception {
        long seed = Long.getLong("stele.seed", System.nanoTime());
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
