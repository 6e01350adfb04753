package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.mapping.TrackingMode;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.node.Attributes;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Mapped files and the power: nothing is lost through whichever door it came, and no space with it.
class MappedPowerCutsTest {
    private static final int PAGE = 4096;
    private static final long AT = 2 * PAGE + 192;

    /// A way by which a word gets into the file.
    private enum Door { PLAIN_MAPPING, SYNC_MAPPING, WRITE, ATOMIC_WRITE }

    /// A way by which it is to become durable.
    private enum Sync { BY_SELF, BY_ANOTHER_THREAD, OF_THE_RANGE, OF_THE_VOLUME }

    /// B7, B8, B11: however one program makes its stores durable, a plain sync by another covers them all; and the
    /// other way round.
    @TestFactory
    List<DynamicTest> nothingIsLostThroughAnyDoor() {
        List<DynamicTest> cells = new ArrayList<>();
        for (Door door : Door.values()) {
            for (Sync sync : Sync.values()) {
                for (TrackingMode tracking : List.of(TrackingMode.PESSIMISTIC, TrackingMode.MMU)) {
                    cells.add(DynamicTest.dynamicTest("B11: " + door + " x " + sync + ", tracked " + tracking,
                            () -> cell(door, sync, tracking)));
                }
            }
        }
        return cells;
    }

    private static void cell(Door door, Sync sync, TrackingMode tracking) throws InterruptedException {
        try (Ground ground = new Ground(); Arena arena = Arena.ofShared()) {
            long file = ground.create("f");
            ground.write("f", 0, 4 * PAGE);
            MemorySegment bystander = map(ground, file, tracking, arena, MapOption.SYNC);
            MemorySegment mapped = switch (door) {
                case PLAIN_MAPPING -> map(ground, file, tracking, arena);
                case SYNC_MAPPING -> map(ground, file, tracking, arena, MapOption.SYNC);
                case WRITE, ATOMIC_WRITE -> null;
            };
            bystander.set(JAVA_LONG, AT, 0);
            ground.volume.sync();
            long[] stored = {0};
            long[] synced = {0};
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(ground.medium).seed(11).exhaustiveTo(16).samples(8)
                    .check(Ground::open, (volume, image, point) -> look(volume, stored[0], synced[0]))) {
                for (long round = 1; round <= 2; round++) {
                    stored[0] = round;
                    store(ground, file, door, mapped, round);
                    bystander.set(JAVA_LONG, 3 * PAGE, round);
                    ground.medium.persistMapped(bystander, 3 * PAGE, 8);
                    cuts.at("stored");
                    sync(ground, file, sync);
                    synced[0] = round;
                    cuts.at("synced");
                }
            }
        }
    }

    private static MemorySegment map(
            Ground ground, long file, TrackingMode tracking, Arena arena, MapOption... options) {
        return ground.volume.map(file, 0, 4 * PAGE, MapMode.READ_WRITE, tracking, arena, options).segment();
    }

    private static void store(Ground ground, long file, Door door, MemorySegment mapped, long value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocate(JAVA_LONG);
            word.set(JAVA_LONG, 0, value);
            switch (door) {
                case PLAIN_MAPPING, SYNC_MAPPING -> mapped.set(JAVA_LONG, AT, value);
                case WRITE -> ground.volume.write(file, AT, word, 0, 8, Durability.DEFERRED);
                case ATOMIC_WRITE -> ground.volume.write(file, AT, word, 0, 8, Durability.ATOMIC);
            }
        }
    }

    private static void sync(Ground ground, long file, Sync how) throws InterruptedException {
        switch (how) {
            case BY_SELF -> ground.volume.sync(file, true);
            case BY_ANOTHER_THREAD -> {
                Throwable[] failure = new Throwable[1];
                Thread other = Thread.ofPlatform().start(() -> {
                    try {
                        ground.volume.sync(file, true);
                    } catch (RuntimeException | Error e) {
                        failure[0] = e;
                    }
                });
                other.join();
                assertEquals(null, failure[0]);
            }
            case OF_THE_RANGE -> ground.volume.syncRange(file, AT, 8);
            case OF_THE_VOLUME -> ground.volume.sync();
        }
    }

    private static void look(Volume volume, long stored, long synced) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocate(JAVA_LONG);
            assertEquals(8, volume.read(Ground.at(volume, "f"), AT, word, 0, 8));
            long value = word.get(JAVA_LONG, 0);
            assertTrue(value == synced || value == stored, value + " after " + synced + " of " + stored);
            volume.read(Ground.at(volume, "f"), 3 * PAGE, word, 0, 8);
            assertTrue(synced == 0 || word.get(JAVA_LONG, 0) >= synced, "the bystander persisted " + synced);
        }
    }

    @Test
    @DisplayName("P8, T-1: space given up under a live mapping comes back when it closes, and after a power cut")
    void spaceComesBack() {
        for (int how = 0; how < 4; how++) {
            try (Ground ground = new Ground()) {
                Arena arena = Arena.ofShared();
                ground.create("f");
                ground.create("other");
                ground.write("other", 0, 10);
                ground.write("f", 0, 6 * PAGE);
                ground.volume.sync();
                long free = ground.volume.statistics().freeBlocks();
                long given = how < 2 ? 6 : 3;
                boolean[] returned = {false};
                try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(ground.medium).seed(4).exhaustiveTo(64).samples(20)
                        .check(Ground::open, (volume, image, point) -> {
                            long now = volume.statistics().freeBlocks();
                            assertTrue(returned[0] ? now >= free + given : now >= free,
                                    now + " free blocks after a cut, of " + free + " and " + given + " given up");
                        })) {
                    MemorySegment mapped =
                            ground.volume.map(ground.at("f"), 0, 6 * PAGE, MapMode.READ_WRITE, arena);
                    long first = mapped.get(JAVA_LONG, 3 * PAGE);
                    giveUp(ground, how);
                    returned[0] = true;
                    cuts.at("given up");
                    assertEquals(first, mapped.get(JAVA_LONG, 3 * PAGE), "the mapping keeps what it showed");
                    mapped.set(JAVA_LONG, 3 * PAGE, 9);
                    cuts.at("stored to what is nobody's");
                    arena.close();
                    ground.volume.sync();
                    cuts.at("closed");
                }
                assertTrue(ground.volume.statistics().freeBlocks() >= free + given, "way " + how);
            }
        }
    }

    private static void giveUp(Ground ground, int how) {
        switch (how) {
            case 0 -> ground.unlink("f");
            case 1 -> ground.rename("other", "f");
            case 2 -> ground.volume.truncate(ground.at("f"), 3 * PAGE);
            default -> ground.volume.punchHole(ground.at("f"), 3 * PAGE, 3 * PAGE);
        }
    }

    @Test
    @DisplayName("P8, B11: what a power cut left of a write behind the end of a mapped file is never shown")
    void writesBehindTheEndOfAMappedFile() {
        try (Ground ground = new Ground(); Arena arena = Arena.ofShared()) {
            long file = ground.create("f");
            ground.write("f", 0, 9000);
            map(ground, file, TrackingMode.PESSIMISTIC, arena);
            ground.volume.truncate(file, 4500);
            boolean[] written = new boolean[1];
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(ground.medium).seed(13).exhaustiveTo(64).samples(30)
                    .check(Ground::open, (volume, image, point) -> growsWithZeros(volume, written[0]))) {
                ground.write("f", 8950, 333, Durability.DSYNC);
                written[0] = true;
                cuts.at("written");
            }
        }
    }

    private static void growsWithZeros(Volume volume, boolean written) {
        try (Arena arena = Arena.ofConfined()) {
            long file = Ground.at(volume, "f");
            Attributes attributes = new Attributes();
            volume.attributes(file, attributes);
            long size = attributes.sizeBytes;
            assertTrue(size == 9283 || size == 4500 && !written, "the file has " + size + " bytes");
            volume.map(file, 0, PAGE, MapMode.READ_WRITE, TrackingMode.PESSIMISTIC, arena);
            volume.truncate(file, 12_000);
            volume.allocate(file, 0, 20_000, false);
            MemorySegment bytes = arena.allocate(20_000, 8);
            assertEquals(20_000, volume.read(file, 0, bytes, 0, 20_000));
            for (long at = size; at < 20_000; at++) {
                assertEquals(0, bytes.get(ValueLayout.JAVA_BYTE, at), "byte " + at + " behind " + size);
            }
        }
    }
}
