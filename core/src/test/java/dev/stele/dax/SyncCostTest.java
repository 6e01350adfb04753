package dev.stele.dax;

import static dev.stele.dax.Pool.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.RenameMode;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// What a sync flushes and what it leaves alone, counted in cache lines and drains (P4).
class SyncCostTest {
    private static final int LINES_PER_PAGE = 64;

    /// A4: the lines that were stored to, each once, and so in proportion to them.
    @Test
    void flushingCostsTheDirtyLinesAndNothingElse() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 200);
            for (int pages = 1; pages <= 128; pages *= 2) {
                pool.write(file, 0, pages * (int) PAGE, 9, Durability.DEFERRED);
                if (pages * PAGE <= 64 << 10) {
                    assertEquals(pages * LINES_PER_PAGE, pool.flushedLines(() -> pool.volume.sync(file, true)));
                }
            }
            for (int lines = 1; lines <= 64; lines *= 2) {
                for (int i = 0; i < lines; i++) {
                    pool.writeLong(file, i * (PAGE + 128), i);
                }
                assertEquals(lines, pool.flushedLines(() -> pool.volume.sync(file, true)));
            }
        }
    }

    /// A6, W-7: a small range after much else was stored costs the small range.
    @Test
    void aRangeIsFlushedAloneAfterAStreamOfOtherStores() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 100);
            for (int page = 0; page < 100; page++) {
                pool.write(file, page * PAGE, (int) PAGE, page, Durability.DEFERRED);
            }
            assertEquals(LINES_PER_PAGE, pool.flushedLines(() -> pool.volume.syncRange(file, 70 * PAGE + 5, 1)));
            assertEquals(99 * LINES_PER_PAGE, pool.flushedLines(() -> pool.volume.sync(file, true)));
        }
    }

    /// C15: any number of flushes, one drain.
    @Test
    void manyFlushesAreWaitedForOnce() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 100);
            for (int page = 0; page < 100; page += 3) {
                pool.writeLong(file, page * PAGE, page);
            }
            long drains = pool.counted().drains();
            assertEquals(34, pool.flushedLines(() -> pool.volume.sync(file, true)));
            assertEquals(1, pool.counted().drains() - drains);
        }
    }

    /// W-1: nothing but a sync flushes what was stored to files; not what happens beside it, nor time.
    @Test
    void nobodyFlushesButASync() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 10);
            pool.writeLong(file, 0, 7);
            long other = pool.volume.create(pool.volume.root(), Name.of("g"), 0644, 0, 0);
            assertEquals(0, pool.flushedLines(() -> {
                pool.write(other, 0, 5 * (int) PAGE, 8, Durability.SYNC);
                pool.volume.truncate(other, PAGE);
                pool.volume.rename(pool.volume.root(), Name.of("g"), pool.volume.root(), Name.of("h"),
                        RenameMode.REPLACE);
                pool.volume.unlink(pool.volume.root(), Name.of("h"));
            }));
            assertEquals(1, pool.flushedLines(() -> pool.volume.sync(file, true)));
        }
    }

    /// W-2: a file that nobody stored to, empty or not, costs a sync no line.
    @Test
    void aCleanFileCostsNothing() {
        try (Pool pool = new Pool()) {
            long empty = pool.volume.create(pool.volume.root(), Name.of("empty"), 0644, 0, 0);
            long file = pool.file("f", 10);
            assertEquals(0, pool.flushedLines(() -> pool.volume.sync(empty, false)));
            assertEquals(0, pool.flushedLines(() -> pool.volume.sync(file, false)));
            assertEquals(0, pool.flushedLines(() -> pool.volume.syncRange(file, 0, Long.MAX_VALUE)));
        }
    }

    /// F-5, F-6: a mapping that only reads, of a hole, of allocated blocks and of bytes, allocates nothing and makes
    /// nothing dirty.
    @Test
    void readingThroughAMappingCostsNoSpaceAndNoFlush() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 10);
            pool.volume.truncate(file, 30 * PAGE);
            pool.volume.allocate(file, 20 * PAGE, 10 * PAGE, false);
            long owned = pool.volume.extents(file, 0, 30 * PAGE).stream().mapToLong(each -> each.byteCount()).sum();
            MemorySegment mapped = pool.map(file, 0, 30, MapMode.READ_ONLY);
            for (long page = 0; page < 30; page++) {
                assertEquals(page < 10 ? page + 1 : 0, mapped.get(JAVA_LONG, page * PAGE));
            }
            assertEquals(0, pool.flushedLines(() -> pool.volume.sync(file, true)));
            assertEquals(owned, pool.volume.extents(file, 0, 30 * PAGE).stream()
                    .mapToLong(each -> each.byteCount()).sum());
            assertTrue(pool.volume.extents(file, 20 * PAGE, 10 * PAGE).getFirst().unwritten());
        }
    }

    /// F-8: what is stored to a private mapping is nobody's dirt.
    @Test
    void privateStoresAreNotFlushed() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 10);
            pool.map(file, 0, 10, MapMode.PRIVATE).fill((byte) 9);
            assertEquals(0, pool.flushedLines(() -> pool.volume.sync(file, true)));
            assertEquals(4, pool.readLong(file, 3 * PAGE));
        }
    }

    /// B6: what a writable mapping needs, blocks and the metadata to find them, is made durable without flushing
    /// what the file has dirty elsewhere.
    @Test
    void mappingAHoleFlushesNoneOfTheFilesDirtyLines() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 10);
            pool.volume.truncate(file, 20 * PAGE);
            pool.write(file, 0, 10 * (int) PAGE, 3, Durability.DEFERRED);
            long streamed = pool.counted().streamedBytes();
            assertEquals(0, pool.flushedLines(() -> pool.map(file, 10, 10, MapMode.READ_WRITE)));
            long zeros = pool.counted().streamedBytes() - streamed;
            assertTrue(zeros >= 10 * PAGE && zeros < 11 * PAGE, "zeros and one small record: " + zeros);
            assertTrue(pool.flushedLines(() -> pool.volume.sync(file, true)) >= 10 * LINES_PER_PAGE);
        }
    }

    /// W-8, E10: where caches persist a sync of stores through any door flushes nothing, and they are durable.
    @Test
    void persistentCachesNeedNoFlush() {
        try (Pool pool = new Pool(Granularity.BYTE)) {
            long file = pool.file("f", 10);
            pool.writeLong(file, 5 * PAGE, 50);
            pool.map(file, 0, 10, MapMode.READ_WRITE).set(JAVA_LONG, 6 * PAGE, 60);
            assertEquals(0, pool.flushedLines(() -> pool.volume.sync(file, true)));
            assertEquals(0, pool.flushedLines(() -> pool.volume.sync()));
            assertEquals(50, pool.durable(file, 5 * PAGE));
            try (var cuts = pool.cuts(volume ->
                    assertEquals(60, Pool.readLong(volume, Pool.find(volume, "f"), 6 * PAGE)))) {
                cuts.at("synced");
            }
        }
    }
}
