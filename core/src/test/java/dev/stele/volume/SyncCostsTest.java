package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.mapping.Tracking;
import dev.stele.medium.MemoryMedium;
import dev.stele.volume.SyncCosts.Cost;
import dev.stele.volume.SyncCosts.Setting;
import dev.stele.volume.SyncCosts.Way;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// P4, counted: the lines that a sync flushes in each case that `stele strategies` shows, each way. No times.
class SyncCostsTest {
    private static final long PAGE_LINES = 64;
    private static final long FILE_BYTES = SyncCosts.FILE_BYTES_MIN;
    private static final long FILE_LINES = FILE_BYTES / 64;
    private static final long SEED = Long.getLong("stele.seed", 7);
    private static final Setting SETTING = new Setting(FILE_BYTES, 2, SEED, MemoryMedium::createAsPmem);

    private static final Map<SyncCase, Map<Way, Cost>> COSTS = new EnumMap<>(SyncCase.class);
    /// Whether the kernel can say which pages were stored to. Where it cannot, a mapped file is flushed whole.
    private static boolean isTracked;

    @BeforeAll
    static void measure() {
        System.out.println("-Dstele.seed=" + SEED);
        for (SyncCase each : SyncCase.values()) {
            Map<Way, Cost> ofCase = new EnumMap<>(Way.class);
            for (Way way : Way.values()) {
                ofCase.put(way, SyncCosts.measure(each, way, SETTING));
            }
            COSTS.put(each, ofCase);
        }
        isTracked = COSTS.get(SyncCase.ONE_PAGE).get(Way.FILE).tracking().kind() == Tracking.Kind.MMU;
    }

    private static long lines(SyncCase measured, Way way) {
        return COSTS.get(measured).get(way).lines();
    }

    /// Lines of so many pages of the mapped file, or of all where nobody knows which.
    private static long pages(long count) {
        return isTracked ? count * PAGE_LINES : FILE_LINES;
    }

    private static void assertLines(SyncCase measured, long immediate, long volume, long file) {
        assertAll(measured.title(),
                () -> assertEquals(immediate, lines(measured, Way.IMMEDIATE), "IMMEDIATE"),
                () -> assertEquals(volume, lines(measured, Way.VOLUME), "VOLUME"),
                () -> assertEquals(file, lines(measured, Way.FILE), "FILE"),
                () -> assertEquals(FILE_LINES, lines(measured, Way.EVERYTHING), "EVERYTHING"));
    }

    @Test
    @DisplayName("P4: one dirty page of a large file is flushed, and no other")
    void onePage() {
        assertLines(SyncCase.ONE_PAGE, pages(1), pages(1), pages(1));
    }

    @Test
    @DisplayName("P4: a second sync flushes nothing; a list that is never cleaned flushes all of it again")
    void nothingNew() {
        long nothing = isTracked ? 0 : FILE_LINES;
        assertLines(SyncCase.NOTHING_NEW, nothing, pages(1), nothing);
    }

    @Test
    @DisplayName("P4: another file's dirt does not matter, except to a list of the whole medium")
    void otherFileDirty() {
        assertLines(SyncCase.OTHER_FILE_DIRTY, pages(1), FILE_LINES + pages(1), pages(1));
    }

    @Test
    @DisplayName("P4: the 64th sync of a growing set costs what is new, with a list all 64")
    void growing() {
        assertLines(SyncCase.GROWING, pages(1), pages(SyncWork.PAGES_SPREAD), pages(1));
    }

    @Test
    @DisplayName("P4: msync of a page flushes that page, though a thousand are dirty")
    void msyncOnePage() {
        assertLines(SyncCase.MSYNC_ONE_PAGE, PAGE_LINES, pages(1001), PAGE_LINES);
    }

    @Test
    @DisplayName("P4: of small writes single lines are known")
    void smallRandomWrites() {
        assertLines(SyncCase.SMALL_RANDOM_WRITES, 1000, 1000, 1000);
    }

    @Test
    @DisplayName("P4: of small stores through a mapping their pages are known")
    void smallRandomStores() {
        assertLines(SyncCase.SMALL_RANDOM_STORES, pages(1000), pages(1000), pages(1000));
    }

    @Test
    @DisplayName("P4: pages far from each other are flushed, and nothing between them")
    void sparse() {
        assertLines(SyncCase.SPARSE, pages(64), pages(64), pages(64));
    }

    @Test
    void theSizeOfTheFileDoesNotMatter() {
        Setting larger = SETTING.withFileBytes(4 * FILE_BYTES);
        Cost small = COSTS.get(SyncCase.SPARSE).get(Way.FILE);
        Cost large = SyncCosts.measure(SyncCase.SPARSE, Way.FILE, larger);
        assertEquals(isTracked ? small.lines() : 4 * FILE_LINES, large.lines());
        assertEquals(4 * FILE_LINES, SyncCosts.measure(SyncCase.SPARSE, Way.EVERYTHING, larger).lines());
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> SETTING.withFileBytes(FILE_BYTES - 4096));
        assertThrows(IllegalArgumentException.class, () -> SETTING.withFileBytes(FILE_BYTES + 1));
        assertThrows(IllegalArgumentException.class,
                () -> new Setting(FILE_BYTES, 0, SEED, MemoryMedium::createAsPmem));
        assertTrue(SyncCosts.memoryBytes(FILE_BYTES) > 2 * FILE_BYTES);
    }
}
