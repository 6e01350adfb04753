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
import org.junit.jupiter.api.Test;

class DirtyIndexTest {
    private static final int PAGES = 400;
    private static final int LINES = PAGES * 64;

    private final DirtyIndex index = new DirtyIndex();

    private RecordingFlusher sync(long firstPage, long pageCount) {
        RecordingFlusher flusher = new RecordingFlusher();
        index.sync(firstPage, pageCount, Harvester.NONE, flusher);
        return flusher;
    }

    @Test
    void agreesWithASetOfLines() {
        long seed = Long.getLong("stele.seed", System.nanoTime());
        Random random = new Random(seed);
        BitSet dirty = new BitSet();
        for (int step = 0; step < 20_000; step++) {
            int page = random.nextInt(PAGES);
            int count = 1 + random.nextInt(random.nextBoolean() ? 3 : PAGES - page);
            count = Math.min(count, PAGES - page);
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3, 4 -> markBytes(dirty, random);
                case 5 -> {
                    index.markPages(page, count);
                    dirty.set(page * 64, (page + count) * 64);
                }
                case 6 -> {
                    index.forget(page, count);
                    dirty.clear(page * 64, (page + count) * 64);
                }
                case 7 -> {
                    BitSet expected = dirty.get(0, LINES);
                    expected.clear(0, page * 64);
                    expected.clear((page + count) * 64, LINES);
                    RecordingFlusher flushed = sync(page, count);
                    assertEquals(expected, flushed.lines, "seed " + seed + " step " + step);
                    assertEquals(expected.isEmpty() ? 0 : 1, flushed.drains);
                    dirty.clear(page * 64, (page + count) * 64);
                }
                default -> {
                    assertEquals(dirty.get(page * 64, (page + count) * 64).isEmpty(), index.isClean(page, count),
                            "seed " + seed + " step " + step);
                    assertEquals(pages(dirty), index.dirtyPageCount(), "seed " + seed + " step " + step);
                }
            }
        }
    }

    private void markBytes(BitSet dirty, Random random) {
        int offset = random.nextInt(LINES * 64);
        int byteCount = 1 + random.nextInt(Math.min(LINES * 64 - offset, random.nextBoolean() ? 200 : 20_000));
        index.mark(offset, byteCount);
        dirty.set(offset / 64, (offset + byteCount - 1) / 64 + 1);
    }

    private static long pages(BitSet lines) {
        return lines.stream().map(line -> line / 64).distinct().count();
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
    void memoryFollowsTheDirtyPagesAndGoesWithThem() {
        int nodesBefore = index.nodeCount();
        index.markPages(0, 1 << 18);
        assertTrue(index.nodeCount() <= (1 << 18) / 64 * 65 / 64 + 8, "nodes for 1 GiB: " + index.nodeCount());
        index.sync(0, 1 << 18, Harvester.NONE, new RecordingFlusher());
        assertTrue(index.nodeCount() <= nodesBefore + 8, "nodes when clean: " + index.nodeCount());
    }

    @Test
    void aDirtyGigabyteTakesAtMostTwoBytesForEachPage() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        new DirtyIndex().markPages(0, 1 << 12);
        long before = threads.getCurrentThreadAllocatedBytes();
        index.markPages(0, 1 << 18);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 2L << 18, "allocated " + allocated);
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
}
