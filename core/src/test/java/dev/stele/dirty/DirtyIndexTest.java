package dev.stele.dirty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DirtyIndexTest {
    private static final int PAGES = 400;

    private final DirtyIndex index = new DirtyIndex();

    private RecordingFlusher sync(long firstPage, long pageCount) {
        RecordingFlusher flusher = new RecordingFlusher();
        index.sync(firstPage, pageCount, Harvester.NONE, flusher);
        return flusher;
    }

    /// C1, C2, C3, C6: whatever is marked, tagged, locked, split, forgotten and given back, in whatever order.
    @Test
    void agreesWithSetsOfLines() {
        long seed = Long.getLong("stele.seed", 20_261_121);
        for (int round = 0; round < Integer.getInteger("stele.rounds", 6); round++) {
            new RandomMarks(seed + round).run(800);
        }
    }

    private static final class RandomMarks {
        private final DirtyIndex index = new DirtyIndex();
        private final DirtyModel model = new DirtyModel();
        private final List<Flushing> held = new ArrayList<>();
        private final Random random;
        private final String context;

        RandomMarks(long seed) {
            random = new Random(seed);
            context = "seed " + seed;
        }

        void run(int steps) {
            for (int step = 0; step < steps; step++) {
                step();
                int page = random.nextInt(DirtyModel.PAGES - 600);
                int count = 1 + random.nextInt(600);
                assertEquals(model.isClean(page, count), index.isClean(page, count), context + " step " + step);
                if (step % 16 == 0) {
                    assertEquals(model.dirtyPageCount(), index.dirtyPageCount(), context + " step " + step);
                }
            }
            while (!held.isEmpty()) {
                done(0, true);
            }
            RecordingFlusher last = new RecordingFlusher();
            BitSet expected = model.flush(0, DirtyModel.PAGES).lines;
            index.sync(0, Long.MAX_VALUE, Harvester.NONE, last);
            assertSame(expected, last.lines);
            assertTrue(index.isIdle() && index.isClean(0, Long.MAX_VALUE), context);
            assertTrue(index.nodeCount() <= 8, context + " leaves " + index.nodeCount() + " nodes");
        }

        private void step() {
            int page = random.nextInt(DirtyModel.PAGES - 10);
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> {
                    int offset = random.nextInt((DirtyModel.PAGES - 8) * 4096);
                    int byteCount = 1 + random.nextInt(random.nextBoolean() ? 200 : 30_000);
                    index.mark(offset, byteCount);
                    model.markLines(offset / 64, (offset + byteCount - 1) / 64 + 1);
                }
                case 4, 5 -> {
                    int first = random.nextInt(5) * 512 - (random.nextInt(4) == 0 ? 1 : 0);
                    markPages(Math.max(0, first), 512 + random.nextInt(3) - 1);
                }
                case 6 -> markPages(page, 1 + random.nextInt(10));
                case 7 -> {
                    int first = random.nextBoolean() ? page / 512 * 512 : page;
                    int count = Math.min(random.nextBoolean() ? 512 : 5, DirtyModel.PAGES - first);
                    index.forget(first, count);
                    model.forget(first, count);
                }
                case 8 -> {
                    if (!held.isEmpty()) {
                        done(random.nextInt(held.size()), random.nextBoolean());
                    }
                }
                default -> flush(page, 1 + random.nextInt(random.nextBoolean() ? 10 : DirtyModel.PAGES - page));
            }
        }

        private void markPages(int page, int count) {
            index.markPages(page, count);
            model.markLines(page * 64, (page + count) * 64);
        }

        private void flush(int page, int count) {
            if (held.size() < 3 && !model.isHeld(page, count)) {
                RecordingFlusher flusher = new RecordingFlusher();
                BitSet expected = (BitSet) model.flush(page, count).lines.clone();
                held.add(index.flush(page, count, Harvester.NONE, flusher));
                assertSame(expected, flusher.lines);
            }
        }

        private void assertSame(BitSet expected, BitSet flushed) {
            BitSet differing = (BitSet) expected.clone();
            differing.xor(flushed);
            assertEquals(-1, differing.nextSetBit(0), () -> context + ": " + differing.cardinality()
                    + " lines flushed that should not be or the other way round");
        }

        private void done(int which, boolean isDurable) {
            held.remove(which).done(isDurable);
            model.done(model.held.get(which), isDurable);
        }
    }

    @Test
    void markingNothingMarksNothing() {
        index.mark(100, 0);
        assertTrue(index.isClean(0, Long.MAX_VALUE));
        assertEquals(0, sync(0, Long.MAX_VALUE).drains);
    }

    @Test
    void pagesAtTheFarEndOfTheLargestFile() {
        long lastPage = (1L << 51) - 1;
        index.markPages(lastPage, 1);
        index.markPages(5, 1);
        List<Long> offsets = new ArrayList<>();
        assertEquals(2, index.sync(0, Long.MAX_VALUE, Harvester.NONE, new Flusher() {
            @Override
            public void flush(long offset, long byteCount) {
                offsets.add(offset);
            }

            @Override
            public void drain() {
            }
        }));
        assertEquals(List.of(5 * 4096L, lastPage * 4096), offsets);
        assertTrue(index.isClean(0, Long.MAX_VALUE));
    }

    @Test
    void linesThatFollowOneAnotherAreOneFlush() {
        index.mark(4096 - 100, 300);
        index.markPages(1, 70);
        assertEquals(1, sync(0, PAGES).flushes);
    }

    @Test
    void aSecondSyncFlushesNothing() {
        index.mark(0, 100_000);
        assertTrue(sync(0, PAGES).flushes > 0);
        RecordingFlusher second = sync(0, PAGES);
        assertEquals(0, second.flushes);
        assertEquals(0, second.drains);
    }

    @Test
    void aFailedSyncLeavesEverythingDirty() {
        index.mark(64, 64);
        index.markPages(70, 2);
        Flusher failing = new RecordingFlusher() {
            @Override
            public void flush(long offset, long byteCount) {
                super.flush(offset, byteCount);
                if (offset >= 4096) {
                    throw new VolumeException(Errno.EIO);
                }
            }
        };
        assertThrows(VolumeException.class, () -> index.sync(0, PAGES, Harvester.NONE, failing));
        assertEquals(3, index.dirtyPageCount());
        RecordingFlusher again = sync(0, PAGES);
        assertEquals(1 + 2 * 64, again.lines.cardinality());
        assertTrue(again.lines.get(1));
    }

    @Test
    void aPageDirtiedWhileItIsFlushedStaysDirty() {
        index.markPages(3, 1);
        index.sync(0, PAGES, Harvester.NONE, new RecordingFlusher() {
            @Override
            public void flush(long offset, long byteCount) {
                super.flush(offset, byteCount);
                index.mark(3 * 4096, 1);
                index.markPages(4, 1);
            }
        });
        assertEquals(2, index.dirtyPageCount());
        RecordingFlusher next = sync(0, PAGES);
        assertEquals(65, next.lines.cardinality());
    }

    @Test
    void aPageBeingFlushedIsNotClean() {
        index.markPages(3, 1);
        index.sync(0, PAGES, Harvester.NONE, new RecordingFlusher() {
            @Override
            public void drain() {
                assertFalse(index.isClean(3, 1));
                assertTrue(index.isClean(4, 1));
            }
        });
        assertTrue(index.isClean(3, 1));
    }

    @Test
    void whatAHarvestYieldsIsFlushed() {
        RecordingFlusher flusher = new RecordingFlusher();
        long pages = index.sync(10, 5, (firstPage, pageCount, into) -> into.markPages(firstPage + 1, 2), flusher);
        assertEquals(2, pages);
        assertEquals(BitSet.valueOf(new long[] {}), sync(0, PAGES).lines);
        assertEquals(128, flusher.lines.cardinality());
    }

    @Test
    @DisplayName("C3: pages that become one entry of 2 MiB hand over DIRTY and TOWRITE")
    void pagesHandTheirMarksToTheEntry() {
        index.mark(5 * 4096, 64);
        Flusher upgrading = new RecordingFlusher() {
            @Override
            public void release(long held) {
                // after DIRTY was copied to TOWRITE, before the page is taken
                if (flushes == 0) {
                    index.markPages(0, 512);
                }
            }
        };
        index.sync(0, 10, Harvester.NONE, upgrading);
        assertEquals(512 * 64, ((RecordingFlusher) upgrading).lines.cardinality());
        assertTrue(index.isClean(0, 512));
    }

    @Test
    @DisplayName("C3, the other way: a store to a page of a dirty entry, or of one being flushed, is not lost")
    void aStoreInsideAnEntry() {
        index.markPages(512, 512);
        index.mark(600 * 4096, 64);
        assertEquals(512, index.dirtyPageCount());
        RecordingFlusher first = new RecordingFlusher() {
            @Override
            public void drain() {
                super.drain();
                index.mark(600 * 4096, 64);
                assertFalse(index.isClean(601, 1), "is being flushed");
            }
        };
        assertEquals(512, index.sync(0, PAGES * 4, Harvester.NONE, first));
        assertEquals(1, index.dirtyPageCount());
        assertTrue(index.isClean(601, 1));
        assertEquals(1, sync(0, PAGES * 4).lines.cardinality());
    }

    @Test
    @DisplayName("W-5: a sync that starts in the middle of an entry flushes all of it, and no other")
    void aRangeInsideAnEntryIsAligned() {
        index.markPages(0, 1024);
        RecordingFlusher flusher = sync(600, 1);
        assertEquals(512 * 64, flusher.lines.nextSetBit(0));
        assertEquals(512 * 64, flusher.lines.cardinality());
        assertFalse(index.isClean(0, 512));
        assertTrue(index.isClean(512, 512));
    }

    @Test
    @DisplayName("C6: a file that gives up a part of an entry keeps the rest dirty")
    void aPartThatIsForgottenSplitsTheEntry() {
        index.markPages(0, 512);
        index.forget(100, 412);
        assertEquals(100, index.dirtyPageCount());
        assertEquals(100 * 64, sync(0, 512).lines.cardinality());
    }

    @Test
    @DisplayName("C6: what the file gives up between two parts of a sync is flushed no more, nor dirty after a failure")
    void whatIsForgottenDuringASyncIsNotFlushed() {
        index.markPages(0, 512);
        index.markPages(1000, 100);
        RecordingFlusher flusher = new RecordingFlusher() {
            private int holds;

            @Override
            public long hold() {
                if (++holds == 3) {
                    // the second part has been locked
                    index.forget(1010, 10);
                    index.forget(500, 12);
                }
                return 0;
            }
        };
        Flushing flushing = index.flush(0, 2000, Harvester.NONE, flusher);
        assertEquals((512 + 90) * 64, flusher.lines.cardinality());
        flushing.done(false);
        assertEquals(500 + 90, index.dirtyPageCount());
    }

    @Test
    @DisplayName("C11: blocks are held for one part of 2 MiB at a time, and not while draining")
    void blocksAreHeldPartByPart() {
        index.markPages(3, 10 * 512);
        int[] held = {0, 0, 0};
        index.sync(0, 20_000, Harvester.NONE, new RecordingFlusher() {
            private long inPart;

            @Override
            public long hold() {
                held[0]++;
                held[1]++;
                inPart = 0;
                return 7;
            }

            @Override
            public void release(long stamp) {
                assertEquals(7, stamp);
                held[0]--;
            }

            @Override
            public void flush(long offset, long byteCount) {
                super.flush(offset, byteCount);
                assertEquals(1, held[0]);
                inPart += byteCount;
                assertTrue(inPart <= 2 << 20, "a part of " + inPart);
            }

            @Override
            public void drain() {
                assertEquals(0, held[0]);
                held[2]++;
            }
        });
        assertEquals(1 + 11, held[1], "the harvest and eleven parts");
        assertEquals(1, held[2]);
    }

    @Test
    @DisplayName("C1: the next marked page is found by looking at two nodes of each level at most")
    void findingIsLogarithmic() {
        Random random = new Random(5);
        for (int i = 0; i < 4000; i++) {
            index.markPages(random.nextLong(1L << 30), 1);
        }
        long levels = 5;
        for (int i = 0; i < 1000; i++) {
            long before = index.visitCount();
            index.isClean(random.nextLong(1L << 30), 1L << 29);
            assertTrue(index.visitCount() - before <= 2 * levels, "looked at " + (index.visitCount() - before));
        }
        long before = index.visitCount();
        long pages = index.sync(0, Long.MAX_VALUE, Harvester.NONE, new RecordingOffsets());
        // tagged, found, found to be free, locked: a few searches for each page
        assertTrue(index.visitCount() - before <= 3 * 2 * levels * (pages + 1), "looked at "
                + (index.visitCount() - before) + " for " + pages);
    }

    private static final class RecordingOffsets implements Flusher {
        @Override
        public void flush(long offset, long byteCount) {
            assertEquals(0, offset % 4096);
        }

        @Override
        public void drain() {
        }
    }

    @Test
    @DisplayName("C5: a clean gigabyte takes nothing: nodes go with the marks")
    void memoryGoesWithTheDirtyPages() {
        for (int page = 0; page < 1 << 18; page += 3) {
            index.markPages(page, 1);
        }
        assertTrue(index.nodeCount() > 4096);
        index.sync(0, 1 << 18, Harvester.NONE, new RecordingFlusher());
        assertTrue(index.nodeCount() <= 6, "nodes when clean: " + index.nodeCount());
        index.markPages(0, 1 << 18);
        assertTrue(index.nodeCount() <= 64 + 6, "nodes for a gigabyte of entries: " + index.nodeCount());
        index.forget(0, 1 << 18);
        assertTrue(index.nodeCount() <= 6, "nodes when forgotten: " + index.nodeCount());
    }

    /// What is allocated is no less than what is kept.
    private static long bytesPerPage(long pages, Consumer<DirtyIndex> marking) {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        marking.accept(new DirtyIndex());
        DirtyIndex index = new DirtyIndex();
        long before = threads.getCurrentThreadAllocatedBytes();
        marking.accept(index);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(pages, index.dirtyPageCount());
        return allocated / pages;
    }

    @Test
    @DisplayName("The memory of dirty pages is what the package says")
    void memoryOfDirtyPages() {
        int gigabyte = 1 << 18;
        assertEquals(0, bytesPerPage(gigabyte, index -> index.markPages(0, gigabyte)));
        assertTrue(bytesPerPage(gigabyte / 2, index -> {
            for (int page = 0; page < gigabyte; page += 2) {
                index.markPages(page, 1);
            }
        }) <= 2, "every second page");
        assertTrue(bytesPerPage(gigabyte, index -> {
            for (int page = 0; page < gigabyte; page++) {
                index.mark(page * 4096L, 64);
            }
        }) <= 20, "a line of every page");
        assertTrue(bytesPerPage(gigabyte / 512, index -> {
            for (int page = 0; page < gigabyte; page += 512) {
                index.mark(page * 4096L, 64);
            }
        }) <= 140, "a line of every 2 MiB");
        assertTrue(bytesPerPage(64, index -> {
            for (long page = 0; page < 64L << 24; page += 1 << 24) {
                index.mark(page * 4096, 64);
            }
        }) <= 1500, "a line of every 64 GiB");
    }

    @Test
    void markingAndSyncingTheSamePageAllocatesNoNodes() {
        index.mark(5 * 4096 + 64, 64);
        sync(0, PAGES);
        int nodes = index.nodeCount();
        for (int i = 0; i < 100; i++) {
            index.mark(5 * 4096 + 64, 64);
            assertEquals(nodes, index.nodeCount());
            assertEquals(1, sync(0, PAGES).lines.cardinality());
        }
    }

    @Test
    void anIndexIsIdleWhereNothingIsDirtyOrBeingFlushed() {
        assertTrue(index.isIdle());
        index.markPages(3, 1);
        assertFalse(index.isIdle(), "dirty");
        Flushing flushing = index.flush(0, PAGES, Harvester.NONE, new RecordingFlusher());
        assertEquals(0, index.dirtyPageCount());
        assertFalse(index.isIdle(), "its page is locked (I9)");
        flushing.done(true);
        assertTrue(index.isIdle());
    }

    @Test
    void givingPagesBackAgainIsNothing() {
        index.mark(4096, 64);
        Flushing flushing = index.flush(0, PAGES, Harvester.NONE, new RecordingFlusher());
        assertEquals(1, flushing.lineCount());
        assertEquals(0, flushing.waitedNanos(), "nobody was waited for");
        flushing.done(true);
        flushing.done(false);
        assertTrue(index.isClean(0, PAGES), "a sync ends once");
        assertEquals(0, sync(0, PAGES).flushes);
    }

    @Test
    void aRangeMayReachToTheEndOfEverything() {
        index.markPages(3, 1);
        assertFalse(index.isClean(3, Long.MAX_VALUE));
        assertTrue(index.isClean(4, Long.MAX_VALUE));
        assertTrue(index.isClean(1L << 40, 1), "behind all that was ever marked");
        index.forget(1, Long.MAX_VALUE);
        assertTrue(index.isClean(0, Long.MAX_VALUE));
    }

    @Test
    void emptyNodesGoWithTheirBranch() {
        long far = 1L << 20;
        index.markPages(0, 1);
        sync(0, 1);
        int kept = index.nodeCount();
        assertTrue(kept <= 4, kept + " nodes, kept for the next stores to the same pages");
        // Far away, so that there are more nodes than are kept; then a second leaf beside the first comes and goes.
        index.markPages(far, 1);
        int withFar = index.nodeCount();
        index.markPages(MarkNode.SLOTS, 1);
        sync(MarkNode.SLOTS, 1);
        assertEquals(withFar - kept - 1, index.nodeCount(), "the branch, both its leaves and the node above are gone");
        assertFalse(index.isClean(far, 1));
        assertTrue(index.isClean(0, far));
    }

    /// C10: a sync that never cleans flushes every dirty line of its range, each time, and changes no mark.
    @Test
    void whatIsFlushedKeptStaysDirty() {
        index.mark(4096 + 64, 128);
        index.markPages(70, 2);
        index.markPages(512, 512);
        index.mark(5000 * 4096L, 1);
        for (int round = 0; round < 2; round++) {
            RecordingFlusher flusher = new RecordingFlusher();
            assertEquals(2 + 2 * 64 + 512 * 64 + 1, index.flushKept(0, Long.MAX_VALUE, flusher));
            assertEquals(2 + 2 * 64 + 512 * 64 + 1, flusher.lines.cardinality());
            assertTrue(flusher.lines.get(64 + 1, 64 + 3).cardinality() == 2 && flusher.lines.get(5000 * 64));
            assertEquals(0, flusher.drains);
        }
        RecordingFlusher part = new RecordingFlusher();
        assertEquals(64 + 3 * 64, index.flushKept(71, 444, part), "one page, and three of the 2 MiB");
        assertEquals(71 * 64, part.lines.nextSetBit(0));
        assertEquals(0, index.flushKept(2, 60, new RecordingFlusher()));
        assertEquals(0, index.flushKept(10, 0, new RecordingFlusher()));
        assertEquals(1 + 2 + 512 + 1, index.dirtyPageCount());
        assertEquals(2 + 2 * 64 + 512 * 64 + 1, sync(0, Long.MAX_VALUE).lines.cardinality());
    }

    /// I7: a sync that lost its pages to the file has nothing to do with an entry of 2 MiB that came in their place.
    @Test
    void whatWasGivenUpTwiceIsMarkedByNobody() {
        for (boolean whole : new boolean[] {true, false}) {
            index.markPages(0, 1);
            Flushing first = index.flush(0, 1, Harvester.NONE, new RecordingFlusher());
            index.forget(0, 1);
            index.markPages(0, Marks.HUGE_PAGES);
            Flushing second = index.flush(0, Marks.HUGE_PAGES, Harvester.NONE, new RecordingFlusher());
            index.forget(0, whole ? Marks.HUGE_PAGES : 100);
            first.done(false);
            second.done(false);
            assertEquals(whole ? 0 : Marks.HUGE_PAGES - 100, index.dirtyPageCount());
            assertTrue(index.isClean(0, 100));
            sync(0, Marks.HUGE_PAGES);
            assertTrue(index.isIdle());
        }
    }

    /// C6, I7: the file gives up a part of 2 MiB that a sync has taken and not flushed yet.
    @Test
    void anEntryMayBeCutBetweenItsLockAndItsFlush() {
        index.markPages(0, 1);
        index.markPages(Marks.HUGE_PAGES, Marks.HUGE_PAGES);
        RecordingFlusher flusher = new RecordingFlusher() {
            private int holds;

            @Override
            public long hold() {
                // The first is that of the harvest, before anything is locked.
                if (++holds == 2) {
                    index.forget(Marks.HUGE_PAGES + 100, Marks.HUGE_PAGES);
                }
                return 0;
            }
        };
        Flushing flushing = index.flush(0, 1, Harvester.NONE, new RecordingFlusher());
        index.sync(Marks.HUGE_PAGES, Marks.HUGE_PAGES, Harvester.NONE, flusher);
        assertEquals(100 * 64, flusher.lines.cardinality());
        flushing.done(true);
        assertTrue(index.isIdle());
    }

    @Test
    void aPageStoredToLineByLineIsWholeInTheEnd() {
        for (int page = 0; page < 20; page++) {
            index.mark(page * 4096L, 32 * 64);
        }
        index.mark(3 * 4096L + 32 * 64, 32 * 64);
        assertEquals(19 * 32 + 64, sync(0, PAGES).lines.cardinality());
        index.mark(5 * 4096L, 64);
        assertEquals(1, sync(0, PAGES).lines.cardinality(), "nothing is left of what was dirty before");
    }
}
