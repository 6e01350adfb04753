package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.mapping.Mmu;
import dev.stele.mapping.MmuOfTests;
import dev.stele.mapping.Tracking;
import dev.stele.mapping.TrackingMode;
import dev.stele.medium.Medium;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// P5 from end to end, on the machine's own MMU: threads store through two mappings in finite bursts, others sync the
/// file, a page of it, and the volume meanwhile; at rest, after one sync more, everything stored is durable. With the
/// MMU asked in a wrong order it is not, which shows that this would see it. `-Dstele.rounds` makes it long.
class TrackedBurstsTest {
    private static final int ROUNDS = Integer.getInteger("stele.rounds", 200);
    private static final int PATIENCE = Math.max(ROUNDS, 5000);
    private static final long PAGE = 4096;
    private static final int PAGES = 128;
    private static final int WRITERS = 3;
    private static final int SYNCERS = 2;

    private final long seed = Long.getLong("stele.seed", 20_261_121);

    @Test
    void noStoreIsLost() throws Exception {
        SimMedium medium = medium();
        assertEquals(0, lostPages(medium, Mmu.ofKernel(medium), ROUNDS), "seed " + seed);
    }

    /// C8: a page that is stored to after it was looked at, and then protected, is found by nobody.
    @Test
    void protectingMoreThanWasFoundLosesStores() throws Exception {
        SimMedium medium = medium();
        assertTrue(lostPages(medium, new LookingTwice(medium), PATIENCE) > 0, "seed " + seed);
    }

    private static SimMedium medium() {
        return SimMedium.create(4 << 20);
    }

    /// Tells what the *first* of two collections found, and drops what the second found.
    private static final class LookingTwice extends MmuOfTests {
        LookingTwice(SimMedium medium) {
            super(medium);
        }

        @Override
        public void collect(long address, long byteCount, AddressVisitor visitor) {
            super.collect(address, byteCount, visitor);
            // where processors are few and busy, nobody might come between by chance
            Thread.yield();
            super.collect(address, byteCount, (lostAddress, lostBytes) -> { });
        }
    }

    /// Stops at the first loss.
    private int lostPages(SimMedium medium, Mmu mmu, int rounds) throws Exception {
        Volume.format(medium, new FormatOptions("bursts", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        OpenOptions options = new OpenOptions(false, () -> 1, false).withMmu(mmu).withTracking(TrackingMode.MMU);
        try (Volume volume = Volume.open(medium, options); Arena arena = Arena.ofShared()) {
            long file = volume.create(volume.root(), Name.of("file"), 0644, 0, 0);
            assertEquals(Tracking.Kind.MMU, volume.tracking().kind(), volume.tracking().toString());
            List<MemorySegment> views = List.of(volume.map(file, 0, PAGES * PAGE, MapMode.READ_WRITE, arena),
                    volume.map(file, 0, PAGES * PAGE, MapMode.READ_WRITE, arena));
            return new Burst(medium, volume, file, views).lostPages(rounds);
        }
    }

    private final class Burst {
        private final SimMedium medium;
        private final Volume volume;
        private final long file;
        private final List<MemorySegment> views;
        private final CyclicBarrier barrier = new CyclicBarrier(WRITERS + SYNCERS + 1);
        private final AtomicInteger storing = new AtomicInteger();
        private final AtomicInteger syncing = new AtomicInteger();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private boolean isOver;

        Burst(SimMedium medium, Volume volume, long file, List<MemorySegment> views) {
            this.medium = medium;
            this.volume = volume;
            this.file = file;
            this.views = views;
        }

        int lostPages(int rounds) throws Exception {
            SplittableRandom random = new SplittableRandom(seed);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < WRITERS + SYNCERS; i++) {
                int index = i;
                SplittableRandom own = random.split();
                threads.add(Thread.ofPlatform().start(() -> repeat(() -> {
                    if (index < WRITERS) {
                        store(index, own);
                        storing.decrementAndGet();
                    } else {
                        sync(own);
                        syncing.decrementAndGet();
                    }
                })));
            }
            int lost = 0;
            for (int round = 0; round < rounds && lost == 0; round++) {
                storing.set(WRITERS);
                syncing.set(SYNCERS);
                barrier.await();
                while (syncing.get() > 0) {
                    Thread.onSpinWait();
                    Thread.yield();
                }
                volume.sync(file, true);
                lost = undurablePages();
            }
            isOver = true;
            barrier.await();
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(null, failure.get());
            return lost;
        }

        private void repeat(Runnable part) {
            try {
                for (barrier.await(); !isOver; barrier.await()) {
                    try {
                        part.run();
                    } catch (Throwable t) {
                        failure.set(t);
                        storing.set(0);
                        syncing.set(0);
                    }
                }
            } catch (Exception impossible) {
                throw new AssertionError(impossible);
            }
        }

        private void store(int writer, SplittableRandom own) {
            int first = own.nextInt(PAGES);
            for (int i = 0; i < PAGES; i++) {
                MemorySegment view = views.get(own.nextInt(views.size()));
                long at = (first + i) % PAGES * PAGE + writer * 512L;
                long value = own.nextLong();
                for (int word = 0; word < 16; word++) {
                    view.set(JAVA_LONG, at + word * 32L, value + word);
                }
            }
        }

        private void sync(SplittableRandom own) {
            while (storing.get() > 0) {
                switch (own.nextInt(4)) {
                    case 0 -> volume.sync();
                    case 1 -> volume.syncRange(file, own.nextInt(PAGES) * PAGE, PAGE);
                    default -> volume.sync(file, true);
                }
            }
        }

        private int undurablePages() {
            int lost = 0;
            for (Volume.FileExtent extent : volume.extents(file, 0, PAGES * PAGE)) {
                for (long at = 0; at < extent.byteCount(); at += PAGE) {
                    MemorySegment stored = views.getFirst().asSlice(extent.fileOffset() + at, PAGE);
                    MemorySegment durable = medium.durableBytes().asSlice(extent.mediumOffset() + at, PAGE);
                    lost += stored.mismatch(durable) >= 0 ? 1 : 0;
                }
            }
            return lost;
        }
    }
}
