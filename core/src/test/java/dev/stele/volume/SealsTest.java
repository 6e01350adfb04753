package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Media;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.node.AttributeChange;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.RenameMode;
import dev.stele.volume.Volume.XattrMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sealed files, what "daxfile" wanted (B1, B2): where their bytes stand is durable and does not change, so that a
/// store that is flushed and drained needs nobody's sync.
class SealsTest {
    private static final int PAGE = 4096;

    private static void assertRefused(Errno expected, String what, Runnable operation) {
        assertEquals(expected, assertThrows(VolumeException.class, operation::run, what).errno(), what);
    }

    /// Pages 0, 3, 4 and half of 7 are written, the others holes or allocated and unwritten.
    private static long sparse(Ground ground, String path) {
        long file = ground.create(path);
        ground.write(path, 0, PAGE);
        ground.write(path, 3 * PAGE, 2 * PAGE);
        ground.volume.allocate(file, 5 * PAGE, PAGE, false);
        ground.write(path, 7 * PAGE, PAGE / 2);
        return file;
    }

    @Test
    @DisplayName("B1: whatever would move, take or add a block of a sealed file is ETXTBSY, and changes nothing")
    void nothingMovesABlock() {
        try (Ground ground = new Ground(); Arena arena = Arena.ofConfined()) {
            Volume volume = ground.volume;
            long file = sparse(ground, "f");
            ground.create("other");
            ground.write("other", 0, 3 * PAGE);
            volume.seal(file, true);
            long size = 7 * PAGE + PAGE / 2;
            var extents = volume.extents(file, 0, Long.MAX_VALUE);
            byte[] before = content(volume, file);
            MemorySegment bytes = arena.allocate(2 * PAGE, 8);
            Map<String, Runnable> forbidden = new LinkedHashMap<>();
            for (Durability each : Durability.values()) {
                forbidden.put("write across the end, " + each,
                        () -> volume.write(file, size - 50, bytes.fill((byte) 9), 0, 333, each));
            }
            forbidden.put("cut", () -> volume.truncate(file, PAGE));
            forbidden.put("extend", () -> volume.truncate(file, 100 * PAGE));
            forbidden.put("set size", () -> volume.setAttributes(file, new AttributeChange().sizeBytes(0)));
            forbidden.put("punch", () -> volume.punchHole(file, PAGE, PAGE));
            forbidden.put("zero", () -> volume.zeroRange(file, PAGE, PAGE, true));
            forbidden.put("collapse", () -> volume.collapseRange(file, 0, PAGE));
            forbidden.put("insert", () -> volume.insertRange(file, 0, PAGE));
            forbidden.put("allocate", () -> volume.allocate(file, size, PAGE, true));
            forbidden.put("append", () -> volume.append(file, bytes, 0, 8, Durability.DEFERRED));
            forbidden.put("write behind the end", () -> volume.write(file, size, bytes, 0, 8, Durability.DSYNC));
            forbidden.put("write atomically", () -> volume.write(file, PAGE, bytes, 0, PAGE, Durability.ATOMIC));
            forbidden.put("copy a hole into it", () -> {
                volume.punchHole(ground.at("other"), 0, PAGE);
                volume.copyRange(ground.at("other"), 0, file, 0, PAGE);
            });
            forbidden.put("map behind the end", () -> volume.map(file, size, PAGE, MapMode.READ_WRITE, arena));
            forbidden.forEach((what, operation) -> assertRefused(Errno.ETXTBSY, what, operation));
            assertEquals(extents, volume.extents(file, 0, Long.MAX_VALUE));
            org.junit.jupiter.api.Assertions.assertArrayEquals(before, content(volume, file));
        }
    }

    @Test
    @DisplayName("B1, B2: stores, writes in place and names go on")
    void everythingElseGoesOn() {
        try (Ground ground = new Ground(); Arena arena = Arena.ofConfined()) {
            Volume volume = ground.volume;
            long file = sparse(ground, "f");
            volume.seal(file, true);
            volume.seal(file, true);
            var extents = volume.extents(file, 0, Long.MAX_VALUE);
            MemorySegment word = arena.allocate(JAVA_LONG);
            for (Durability each : new Durability[] {Durability.DEFERRED, Durability.DSYNC, Durability.SYNC}) {
                word.set(JAVA_LONG, 0, 70 + each.ordinal());
                volume.write(file, 2 * PAGE - 4, word, 0, 8, each);
            }
            MemorySegment mapped = volume.map(file, 0, 8 * PAGE, MapMode.READ_WRITE, arena);
            for (int page = 0; page < 8; page++) {
                mapped.set(JAVA_LONG, page * PAGE, 100 + page);
            }
            assertEquals(3 * PAGE, volume.copyRange(file, 0, file, 4 * PAGE, 3 * PAGE));
            assertEquals(102, mapped.get(JAVA_LONG, 6 * PAGE));
            volume.setAttributes(file, new AttributeChange().permissions(0600));
            volume.setXattr(file, Name.of("user.x"), new byte[1], XattrMode.SET);
            volume.link(file, volume.root(), Name.of("g"));
            ground.rename("g", "h", RenameMode.REPLACE);
            ground.unlink("f");
            volume.sync(file, false);
            assertEquals(extents, volume.extents(file, 0, Long.MAX_VALUE));
            ground.unlink("h");
        }
    }

    @Test
    @DisplayName("B1: sealing fills holes for all mappings; unsealing is EBUSY while any mapping lives")
    void mappingsAndSeals() {
        try (Ground ground = new Ground()) {
            Volume volume = ground.volume;
            long file = sparse(ground, "f");
            for (MapMode mode : MapMode.values()) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment mapped = volume.map(file, 0, 8 * PAGE, mode, arena);
                    volume.seal(file, true);
                    if (mode != MapMode.PRIVATE) {
                        ground.write("f", PAGE, PAGE, Durability.DSYNC);
                        assertTrue(mapped.get(JAVA_LONG, PAGE) != 0, "a hole that was filled is seen");
                    }
                    assertRefused(Errno.EBUSY, mode.name(), () -> volume.seal(file, false));
                }
                volume.seal(file, false);
                volume.punchHole(file, PAGE, PAGE);
            }
        }
    }

    @Test
    @DisplayName("B1, P9: a seal that does not fit leaves the file as it was")
    void aSealThatDoesNotFit() {
        try (Ground ground = new Ground()) {
            long file = ground.create("f");
            ground.volume.truncate(file, 4 * Ground.SIZE_BYTES);
            long free = ground.volume.statistics().freeBlocks();
            assertRefused(Errno.ENOSPC, "seal", () -> ground.volume.seal(file, true));
            assertEquals(free, ground.volume.statistics().freeBlocks());
            ground.volume.truncate(file, 0);
            ground.volume.seal(file, true);
            assertRefused(Errno.ETXTBSY, "append to the sealed empty file", () -> ground.append("f", 1));
        }
    }

    @Test
    @DisplayName("B1: a store into every page, flushed and drained but never synced, is there after any power cut")
    void storesIntoEveryPageLast() {
        try (Ground ground = new Ground(); Arena arena = Arena.ofConfined()) {
            long file = sparse(ground, "f");
            int[] persisted = {0};
            boolean[] sealed = {false};
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(ground.medium).seed(2).exhaustiveTo(64).samples(20)
                    .check(Ground::open, (volume, image, point) -> look(volume, sealed[0], persisted[0]))) {
                ground.volume.seal(file, true);
                sealed[0] = true;
                cuts.at("sealed");
                MemorySegment mapped = ground.volume.map(file, 0, 8 * PAGE, MapMode.READ_WRITE, arena);
                for (int page = 0; page < 8; page++) {
                    mapped.set(JAVA_LONG, page * PAGE + 64, 1000 + page);
                    ground.medium.persistMapped(mapped, page * PAGE + 64, 8);
                    persisted[0] = page + 1;
                    cuts.at("persisted");
                }
            }
        }
    }

    private static void look(Volume volume, boolean sealed, int pages) {
        long file = Ground.at(volume, "f");
        byte[] found = content(volume, file);
        MemorySegment words = MemorySegment.ofArray(found);
        for (int page = 0; page < pages; page++) {
            assertEquals(1000 + page, words.get(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, page * PAGE + 64));
        }
        if (sealed) {
            assertRefused(Errno.ETXTBSY, "cut", () -> volume.truncate(file, 0));
            assertEquals(8, volume.extents(file, 0, Long.MAX_VALUE).stream()
                    .filter(each -> !each.unwritten()).mapToLong(each -> each.byteCount() / PAGE).sum());
        }
    }

    private static byte[] content(Volume volume, long file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(8 * PAGE, 8);
            volume.read(file, 0, into, 0, 8 * PAGE);
            return into.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        }
    }

    /// The image as it is on the disk at that moment, without any sync.
    @Test
    @DisplayName("B1: a seal is durable when it returns, also on an image file, and outlives opening")
    void survivesReopening(@TempDir Path directory) throws IOException {
        Path image = directory.resolve("image");
        Path copy = directory.resolve("copy");
        Media.create(image, 8 << 20, MediumOptions.DEFAULT).close();
        var medium = Media.openImage(image, MediumOptions.DEFAULT);
        Volume.format(medium, new FormatOptions("seals", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        try (Volume volume = Volume.open(medium, new OpenOptions(false, System::nanoTime, false))) {
            long file = volume.create(volume.root(), Name.of("f"), 0644, 0, 0);
            volume.truncate(file, 5 * PAGE);
            volume.seal(file, true);
            Files.copy(image, copy);
            assertSealed(copy, file);
        }
        assertSealed(image, file(image));
    }

    private static long file(Path image) {
        try (Volume volume = open(image)) {
            return volume.lookup(volume.root(), Name.of("f"));
        }
    }

    private static Volume open(Path image) {
        return Volume.open(Media.openImage(image, MediumOptions.DEFAULT),
                new OpenOptions(false, System::nanoTime, false));
    }

    private static void assertSealed(Path image, long file) {
        try (Volume volume = open(image)) {
            assertRefused(Errno.ETXTBSY, "cut", () -> volume.truncate(file, 0));
            assertEquals(5 * PAGE, volume.extents(file, 0, Long.MAX_VALUE).stream()
                    .filter(each -> !each.unwritten()).mapToLong(Volume.FileExtent::byteCount).sum());
            volume.seal(file, false);
            volume.truncate(file, 0);
        }
    }
}
