package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stele.cpu.Native;
import dev.stele.error.VolumeException;
import dev.stele.mapping.MappedRange;
import dev.stele.mapping.Tracking;
import dev.stele.mapping.TrackingMode;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.Name;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What tracking by the MMU saves and what it costs, counted: lines flushed and page faults.
class TrackedSyncsTest {
    private static final long PAGE = 4096;
    private static final long LINES_PER_PAGE = 64;

    private Volume open(long sizeBytes) {
        return open(MemoryMedium.createAsPmem(sizeBytes));
    }

    private static Volume open(Medium medium) {
        Volume.format(medium, new FormatOptions("tracked", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        return Volume.open(medium, new OpenOptions(false, () -> 1, false));
    }

    private static long newFile(Volume volume) {
        return volume.create(volume.root(), Name.of("file"), 0644, 0, 0);
    }

    private static MappedRange map(Volume volume, long file, long pages, Arena arena) {
        return volume.map(file, 0, pages * PAGE, MapMode.READ_WRITE, TrackingMode.AUTO, arena);
    }

    private static long flushedLines(Volume volume, Runnable action) {
        long before = volume.medium().counters().ofAllThreads().flushedLines();
        action.run();
        return volume.medium().counters().ofAllThreads().flushedLines() - before;
    }

    /// P4: the cost does not depend on the size of the mapping, and a second sync flushes nothing.
    @Test
    void aSyncFlushesThePagesStoredToWhateverTheSizeOfTheMapping() {
        try (Volume volume = open(160L << 20); Arena arena = Arena.ofShared()) {
            for (long sizeBytes : new long[] {4L << 20, 128L << 20}) {
                long file = newFile(volume);
                long pages = sizeBytes / PAGE;
                MappedRange range = map(volume, file, pages, arena);
                assertEquals(Tracking.Kind.MMU, range.tracking().kind(), range.tracking().toString());
                assertEquals(0, flushedLines(volume, () -> volume.sync(file, true)));
                for (int round = 1; round <= 2; round++) {
                    for (int i = 0; i < 64; i++) {
                        range.segment().set(JAVA_LONG, pages / 64 * i * PAGE + 8 * i, round);
                    }
                    assertEquals(64 * LINES_PER_PAGE, flushedLines(volume, () -> volume.sync(file, true)));
                    assertEquals(0, flushedLines(volume, () -> volume.sync(file, true)));
                }
                volume.unlink(volume.root(), Name.of("file"));
            }
        }
    }

    /// W-7, A6.
    @Test
    void aSyncOfOnePageFlushesOnePage() {
        try (Volume volume = open(32 << 20); Arena arena = Arena.ofShared()) {
            long file = newFile(volume);
            MemorySegment mapped = map(volume, file, 1024, arena).segment();
            for (int page = 0; page < 1024; page += 8) {
                mapped.set(JAVA_LONG, page * PAGE, 1);
            }
            assertEquals(LINES_PER_PAGE, flushedLines(volume, () -> volume.syncRange(file, 512 * PAGE + 5, 1)));
            assertEquals(0, flushedLines(volume, () -> volume.syncRange(file, 513 * PAGE, 7 * PAGE)));
            assertEquals(127 * LINES_PER_PAGE, flushedLines(volume, () -> volume.sync(file, true)));
        }
    }

    /// D1: direct access means no kernel in between, but for one fault per page and sync, which is what tracking costs.
    @Test
    void storesCauseNoFaultsAfterTheFirstTouchButOnePerPageAfterASync() {
        int pages = 512;
        try (Volume volume = open(32 << 20); Arena arena = Arena.ofShared()) {
            long file = newFile(volume);
            MemorySegment mapped = map(volume, file, pages, arena).segment();
            storeToAll(mapped, pages);
            assertEquals(0, leastFaults(() -> { }, () -> storeToAll(mapped, pages)), "after the first touch");
            assertEquals(pages, leastFaults(() -> volume.sync(file, true), () -> storeToAll(mapped, pages)),
                    "after a sync");
            assertEquals(0, leastFaults(() -> { }, () -> storeToAll(mapped, pages)), "after the first touch again");
        }
    }

    /// D1: nor at the first touch, of a mapping that asks for that.
    @Test
    void populatedPagesAreThereAtOnce() {
        int pages = 512;
        try (Volume volume = open(32 << 20); Arena arena = Arena.ofShared()) {
            long file = newFile(volume);
            MemorySegment[] mapped = new MemorySegment[1];
            assertEquals(0, leastFaults(() -> mapped[0] = volume.map(file, 0, pages * PAGE, MapMode.READ_WRITE, arena,
                    MapOption.UNTRACKED, MapOption.POPULATED), () -> storeToAll(mapped[0], pages)));
            long other = volume.create(volume.root(), Name.of("other"), 0644, 0, 0);
            assertEquals(pages, leastFaults(() -> mapped[0] = volume.map(other, 0, pages * PAGE, MapMode.READ_WRITE,
                    arena, MapOption.TRACKED, MapOption.POPULATED), () -> storeToAll(mapped[0], pages)));
            volume.sync(other, true);
            assertEquals(0, flushedLines(volume, () -> volume.map(other, 0, pages * PAGE, MapMode.READ_WRITE, arena,
                    MapOption.TRACKED, MapOption.POPULATED)));
            assertEquals(0, flushedLines(volume, () -> volume.sync(other, true)), "populating is no store");
            volume.map(other, 0, 2 * pages * PAGE, MapMode.READ_ONLY, arena, MapOption.POPULATED).get(JAVA_LONG, 0);
        }
    }

    /// D1, H-3: also where the volume has huge pages, which watching takes apart.
    @Test
    void loadsFromPopulatedPagesThatAreWatchedNeverFault() throws IOException {
        int pages = 2048;
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "no tmpfs at " + memory);
        Path pool = Files.createTempFile(memory, "stele-test", ".pool");
        Files.delete(pool);
        try (Volume volume = open(Media.create(pool, 32 << 20, MediumOptions.DEFAULT.withAsPmem(true)));
                Arena arena = Arena.ofShared()) {
            long file = newFile(volume);
            volume.allocate(file, 0, pages * PAGE, false);
            MemorySegment[] mapped = new MemorySegment[1];
            assertEquals(0, leastFaults(() -> mapped[0] = volume.map(file, 0, pages * PAGE, MapMode.READ_WRITE, arena,
                    MapOption.TRACKED, MapOption.POPULATED), () -> assertEquals(0, sum(mapped[0], pages))));
        } finally {
            Files.deleteIfExists(pool);
        }
    }

    private static long sum(MemorySegment mapped, int pages) {
        long sum = 0;
        for (int page = 0; page < pages; page++) {
            sum += mapped.get(JAVA_LONG, page * PAGE);
        }
        return sum;
    }

    @Test
    void whereEveryPageCountsStoresNeverFaultAgain() {
        int pages = 512;
        try (Volume volume = open(32 << 20); Arena arena = Arena.ofShared()) {
            long file = newFile(volume);
            MappedRange range = volume.map(file, 0, pages * PAGE, MapMode.READ_WRITE, TrackingMode.PESSIMISTIC, arena);
            storeToAll(range.segment(), pages);
            assertEquals(pages * LINES_PER_PAGE, flushedLines(volume, () -> volume.sync(file, true)));
            assertEquals(0, leastFaults(() -> volume.sync(file, true), () -> storeToAll(range.segment(), pages)));
        }
    }

    private static void storeToAll(MemorySegment mapped, int pages) {
        for (int page = 0; page < pages; page++) {
            mapped.set(JAVA_LONG, page * PAGE, page);
        }
    }

    /// Faults of this thread; the least of a few runs, for the JVM has its own now and then.
    private static long leastFaults(Runnable before, Runnable stores) {
        long least = Long.MAX_VALUE;
        for (int run = 0; run < 5; run++) {
            before.run();
            long faults = Native.minorFaults();
            stores.run();
            least = Math.min(least, Native.minorFaults() - faults);
        }
        return least;
    }

    /// A volume opened to count every page does so, unless a mapping asks for more.
    @Test
    void howStoresAreNoticedIsTheVolumesChoiceAndTheMappings() {
        Medium medium = MemoryMedium.createAsPmem(32 << 20);
        Volume.format(medium, new FormatOptions("tracked", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        OpenOptions options = new OpenOptions(false, () -> 1, false).withTracking(TrackingMode.PESSIMISTIC);
        try (Volume volume = Volume.open(medium, options); Arena arena = Arena.ofShared()) {
            long file = newFile(volume);
            volume.map(file, 0, 1024 * PAGE, MapMode.READ_WRITE, arena);
            assertEquals(1024 * LINES_PER_PAGE, flushedLines(volume, () -> volume.sync(file, true)));
            assertEquals(Tracking.Kind.MMU,
                    volume.map(file, 0, PAGE, MapMode.READ_WRITE, TrackingMode.MMU, arena).tracking().kind());
        }
    }

    @Test
    void anOptionOfTheMappingDecides() {
        try (Volume volume = open(32 << 20); Arena arena = Arena.ofShared()) {
            long file = newFile(volume);
            assertEquals(Tracking.Kind.MMU, volume.tracking().kind());
            assertEquals(Tracking.Kind.PESSIMISTIC, map(volume, file, 1, arena).tracking().kind());
            assertEquals(Tracking.Kind.MMU, volume.map(
                    file, 0, 1, MapMode.READ_WRITE, null, arena, MapOption.TRACKED).tracking().kind());
            assertEquals(Tracking.Kind.PESSIMISTIC, volume.map(
                    file, 0, 1024 * PAGE, MapMode.READ_WRITE, null, arena, MapOption.UNTRACKED).tracking().kind());
            assertEquals(Tracking.Kind.NONE, volume.map(
                    file, 0, 1024 * PAGE, MapMode.READ_ONLY, null, arena, MapOption.TRACKED).tracking().kind());
            assertThrows(VolumeException.class, () -> volume.map(
                    file, 0, 1, MapMode.READ_WRITE, arena, MapOption.TRACKED, MapOption.UNTRACKED));
        }
    }

    /// T-4, P5: what a mapping shows after the file has changed under it is tracked like what it showed before.
    @Test
    void storesAreFoundAfterTheFileHasMovedUnderItsMapping() {
        try (Volume volume = open(64 << 20); Arena arena = Arena.ofShared()) {
            long file = newFile(volume);
            int pages = 1024;
            volume.truncate(file, pages * PAGE);
            MappedRange range = map(volume, file, pages, arena);
            volume.collapseRange(file, 100 * PAGE, 200 * PAGE);
            volume.insertRange(file, 50 * PAGE, 20 * PAGE);
            volume.punchHole(file, 300 * PAGE, 10 * PAGE);
            volume.truncate(file, 400 * PAGE);
            volume.allocate(file, 0, pages * PAGE, false);
            volume.sync(file, false);
            assertEquals(0, flushedLines(volume, () -> volume.sync(file, false)), "nothing is dirty for ever");
            assertEquals(Tracking.Kind.MMU, range.tracking().kind(), range.tracking().toString());
            int stored = 0;
            for (int page = 0; page < pages; page += 7) {
                range.segment().set(JAVA_LONG, page * PAGE, 1000 + page);
                stored++;
            }
            long lines = flushedLines(volume, () -> volume.sync(file, true));
            assertEquals(stored * LINES_PER_PAGE, lines);
            for (int page = 0; page < pages; page += 7) {
                MemorySegment word = arena.allocate(8);
                volume.read(file, page * PAGE, word, 0, 8);
                assertEquals(1000 + page, word.get(JAVA_LONG, 0), "page " + page);
            }
            assertTrue(stored > 100);
        }
    }
}
