package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sync mappings: all metadata to find the range is durable when the segment is handed out, so that flush and drain by
/// the program are enough. Counted, and with the power cut.
class SyncMappingsTest {
    private static final int PAGE = 4096;

    private static MemorySegment map(Ground ground, String path, long offset, long byteCount, Arena arena) {
        return ground.volume.map(ground.at(path), offset, byteCount, MapMode.READ_WRITE, arena, MapOption.SYNC);
    }

    /// What mapping a range costs in bytes of records, and in drains.
    private record Cost(long loggedBytes, long drains) {
        static final Cost NOTHING = new Cost(0, 0);

        static Cost ofMapping(Ground ground, String path, long offset, long byteCount) {
            long logged = ground.volume.loggedBytes();
            long drains = ground.medium.counters().ofThisThread().drains();
            try (Arena arena = Arena.ofConfined()) {
                map(ground, path, offset, byteCount, arena);
                return new Cost(ground.volume.loggedBytes() - logged,
                        ground.medium.counters().ofThisThread().drains() - drains);
            }
        }
    }

    @Test
    @DisplayName("B3, S-4: N hole pages cost one record and the drain of their zeros; a second mapping nothing")
    void holesAreFilledByOneRecord() {
        try (Ground ground = new Ground()) {
            for (String each : List.of("one", "many", "scattered")) {
                ground.create(each);
                ground.volume.truncate(ground.at(each), 64 * PAGE);
            }
            Cost one = Cost.ofMapping(ground, "one", 3 * PAGE + 5, 7);
            assertEquals(2, one.drains);
            assertEquals(one, Cost.ofMapping(ground, "many", PAGE, 60 * PAGE));
            for (int page = 0; page < 20; page += 2) {
                ground.write("scattered", page * PAGE, 1, Durability.DSYNC);
            }
            assertEquals(2, Cost.ofMapping(ground, "scattered", 0, 20 * PAGE).drains);
            assertEquals(Cost.NOTHING, Cost.ofMapping(ground, "one", 3 * PAGE, PAGE));
            assertEquals(Cost.NOTHING, Cost.ofMapping(ground, "many", 5 * PAGE, 10 * PAGE));
            assertEquals(Cost.NOTHING, Cost.ofMapping(ground, "scattered", 0, 20 * PAGE));
        }
    }

    @Test
    @DisplayName("B3, S-3, S-5: what is allocated, written and committed costs nothing, unwritten one record")
    void whatIsThereCostsNothing() {
        try (Ground ground = new Ground()) {
            ground.create("f");
            ground.volume.allocate(ground.at("f"), 0, 32 * PAGE, false);
            assertEquals(2, Cost.ofMapping(ground, "f", 0, 8 * PAGE).drains);
            // more than a record vouches for with a checksum
            ground.write("f", 8 * PAGE, 24 * PAGE);
            assertEquals(Cost.NOTHING, Cost.ofMapping(ground, "f", 0, 32 * PAGE));
        }
    }

    /// The sync of a fault concerns metadata only.
    @Test
    @DisplayName("B6: making a sync mapping flushes no data that others have dirtied")
    void mappingFlushesNoData() {
        try (Ground ground = new Ground()) {
            ground.create("f");
            ground.write("f", 0, 8 * PAGE);
            ground.volume.truncate(ground.at("f"), 64 * PAGE);
            ground.volume.sync();
            ground.write("f", 128, 64);
            long at = ground.volume.extents(ground.at("f"), 0, PAGE).getFirst().mediumOffset() + 128;
            long stored = ground.medium.data().segment().get(JAVA_LONG, at);
            assertNotEquals(stored, ground.medium.durableBytes().get(JAVA_LONG, at));
            try (Arena arena = Arena.ofConfined()) {
                map(ground, "f", 0, 64 * PAGE, arena);
                assertNotEquals(stored, ground.medium.durableBytes().get(JAVA_LONG, at));
            }
            ground.volume.sync(ground.at("f"), true);
            assertEquals(stored, ground.medium.durableBytes().get(JAVA_LONG, at));
        }
    }

    @Test
    @DisplayName("S-2, S-7: what a program flushed and drained is found after any power cut, and no sync was called")
    void persistedStoresAreFound() {
        for (Granularity granularity : List.of(Granularity.CACHE_LINE, Granularity.BYTE)) {
            SimMedium medium = SimMedium.create(Ground.SIZE_BYTES, granularity);
            try (Ground ground = new Ground(medium); Arena arena = Arena.ofConfined()) {
                ground.create("f");
                ground.write("f", 0, 100);
                ground.volume.truncate(ground.at("f"), 8 * PAGE);
                long[] persisted = {-1};
                try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(medium).seed(3).exhaustiveTo(64).samples(20)
                        .check(Ground::open, (volume, image, point) -> look(volume, persisted[0]))) {
                    MemorySegment mapped = map(ground, "f", 0, 8 * PAGE, arena);
                    cuts.at("mapped");
                    for (int page = 0; page < 8; page++) {
                        mapped.set(JAVA_LONG, page * PAGE + 128, 1000 + page);
                        medium.persistMapped(mapped, page * PAGE + 128, 8);
                        persisted[0] = page;
                        cuts.at("persisted");
                    }
                }
            }
        }
    }

    private static void look(Volume volume, long lastPage) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(8 * PAGE, 8);
            long file = Ground.at(volume, "f");
            assertEquals(8 * PAGE, volume.read(file, 0, found, 0, 8 * PAGE));
            for (int page = 0; page < 8; page++) {
                long value = found.get(JAVA_LONG, page * PAGE + 128);
                assertTrue(page > lastPage ? value == 0 || value == 1000 + page : value == 1000 + page,
                        "page " + page + ": " + value);
                assertEquals(0, found.get(JAVA_LONG, page * PAGE + 256), "nobody stored there");
            }
        }
    }

    /// The kernel tells the same of ext4 without DAX and of tmpfs.
    @Test
    @DisplayName("B9, S-1, X-6, E6, P10: refused where no flush makes a store durable, and with a private mapping")
    void refusedWhereItWouldBeInVain(@TempDir Path directory) {
        Path image = directory.resolve("image");
        Media.create(image, 8 << 20, MediumOptions.DEFAULT).close();
        assertRefused(Media.openImage(image, MediumOptions.DEFAULT), Errno.EOPNOTSUPP);
        assertRefused(MemoryMedium.create(8 << 20), Errno.EOPNOTSUPP);
        assertRefused(SimMedium.create(8 << 20), null);
        assertRefused(SimMedium.create(8 << 20, Granularity.BYTE), null);
    }

    /// @param expected null where it is no refusal
    private static void assertRefused(Medium medium, Errno expected) {
        Volume.format(medium, new FormatOptions("sync", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        try (Volume volume = Volume.open(medium, new OpenOptions(false, System::nanoTime, false));
                Arena arena = Arena.ofConfined()) {
            long file = volume.create(volume.root(), dev.stele.node.Name.of("f"), 0644, 0, 0);
            for (MapMode mode : List.of(MapMode.READ_WRITE, MapMode.READ_ONLY)) {
                if (expected == null) {
                    volume.map(file, 0, PAGE, mode, arena, MapOption.SYNC);
                } else {
                    assertEquals(expected, assertThrows(VolumeException.class,
                            () -> volume.map(file, 0, PAGE, mode, arena, MapOption.SYNC)).errno());
                }
            }
            assertEquals(Errno.EINVAL, assertThrows(VolumeException.class,
                    () -> volume.map(file, 0, PAGE, MapMode.PRIVATE, arena, MapOption.SYNC)).errno());
        }
    }
}
