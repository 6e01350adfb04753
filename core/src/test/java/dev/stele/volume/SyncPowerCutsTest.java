package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Attributes;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// P5: what was stored before a sync that returned survives any power cut, through whichever door it was stored and
/// whoever syncs at the same time; and what needs no sync survives what is stored later without one.
class SyncPowerCutsTest {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;
    private static final int PAGE = 4096;

    private final Attributes attributes = new Attributes();

    private interface Looking {
        void at(Volume volume);
    }

    private static PowerCuts<Volume> cuts(Ground ground, Looking looking) {
        return PowerCuts.<Volume>of(ground.medium).seed(5).exhaustiveTo(64).samples(40)
                .check(Ground::open, (volume, image, point) -> looking.at(volume));
    }

    private static byte[] read(Volume volume, String path, int byteCount) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(byteCount, 8);
            long count = volume.read(Ground.at(volume, path), 0, into, 0, byteCount);
            return into.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private long size(Volume volume, String path) {
        volume.attributes(Ground.at(volume, path), attributes);
        return attributes.sizeBytes;
    }

    @Test
    void anAppendSurvivesAMappedStoreIntoIt() {
        try (Ground ground = new Ground(); Arena arena = Arena.ofShared()) {
            ground.create("f");
            ground.append("f", 100);
            ground.append("f", 3000);
            try (PowerCuts<Volume> cuts = cuts(ground, volume -> assertEquals(3100, size(volume, "f")))) {
                MemorySegment mapped = ground.volume.map(ground.at("f"), 0, 3100, MapMode.READ_WRITE, arena);
                cuts.at("mapped");
                mapped.fill((byte) 7);
                cuts.at("stored");
            }
        }
    }

    @Test
    void anAppendSurvivesABufferedWriteIntoIt() {
        try (Ground ground = new Ground()) {
            ground.create("f");
            ground.append("f", 5000);
            try (PowerCuts<Volume> cuts = cuts(ground, volume -> assertEquals(5000, size(volume, "f")))) {
                ground.write("f", 100, 4000);
                cuts.at("written");
                ground.write("f", 3000, 500);
                cuts.at("written again");
            }
        }
    }

    /// J3: what is known of a file in memory may be dropped, but not that a record vouches for its bytes.
    @Test
    void anAppendSurvivesABufferedWriteAlsoWhereTheFileWasForgottenInBetween() {
        try (Ground ground = new Ground(SimMedium.create(16 << 20, Granularity.CACHE_LINE))) {
            ground.create("f");
            ground.append("f", 5000);
            askForMoreInodesThanAreRemembered(ground.volume);
            try (PowerCuts<Volume> cuts = cuts(ground, volume -> assertEquals(5000, size(volume, "f")))) {
                ground.write("f", 100, 4000);
                cuts.at("written");
            }
        }
    }

    /// None of which is in use; the second half has the first forgotten, and what was there before.
    private void askForMoreInodesThanAreRemembered(Volume volume) {
        int asked = 0;
        for (long inode = 16L * 512; asked < 3 * Vnodes.MAX_IDLE / 2; inode++) {
            long free = inode;
            assertThrows(VolumeException.class, () -> volume.attributes(free, attributes));
            asked++;
        }
    }

    @Test
    void whatWasMappedAndSyncedIsThere() {
        try (Ground ground = new Ground(); Arena arena = Arena.ofShared()) {
            ground.create("f");
            ground.append("f", 4 * PAGE);
            MemorySegment mapped = ground.volume.map(ground.at("f"), 0, 4 * PAGE, MapMode.READ_WRITE, arena);
            ground.volume.sync();
            long[] synced = {0};
            try (PowerCuts<Volume> cuts = cuts(ground, volume -> {
                MemorySegment found = MemorySegment.ofArray(read(volume, "f", 4 * PAGE));
                for (int page = 0; page < 4 && synced[0] > 0; page++) {
                    long value = found.get(ValueLayout.JAVA_LONG_UNALIGNED, page * PAGE + 8);
                    assertTrue(value >= synced[0], "page " + page + ": " + value + " after " + synced[0]);
                }
            })) {
                for (int round = 1; round <= 3; round++) {
                    for (int page = 0; page < 4; page++) {
                        mapped.set(WORD, page * PAGE + 8, round);
                    }
                    cuts.at("stored");
                    switch (round) {
                        case 1 -> ground.volume.sync(ground.at("f"), true);
                        case 2 -> ground.volume.syncRange(ground.at("f"), 0, 4 * PAGE);
                        default -> ground.volume.sync();
                    }
                    synced[0] = round;
                    cuts.at("synced");
                }
            }
        }
    }

    @Test
    void aRangeIsSyncedByItself() {
        try (Ground ground = new Ground(); Arena arena = Arena.ofShared()) {
            ground.create("f");
            ground.append("f", 2 * PAGE);
            MemorySegment mapped = ground.volume.map(ground.at("f"), 0, 2 * PAGE, MapMode.READ_WRITE, arena);
            ground.volume.sync();
            mapped.set(WORD, 0, 1);
            mapped.set(WORD, PAGE, 1);
            ground.volume.syncRange(ground.at("f"), PAGE, PAGE);
            long[] most = {0};
            try (PowerCuts<Volume> cuts = cuts(ground, volume -> {
                MemorySegment found = MemorySegment.ofArray(read(volume, "f", 2 * PAGE));
                assertEquals(1, found.get(ValueLayout.JAVA_LONG_UNALIGNED, PAGE));
                most[0] = Math.max(most[0], Math.abs(found.get(ValueLayout.JAVA_LONG_UNALIGNED, 0)));
            })) {
                cuts.at("synced");
            }
            assertTrue(most[0] > 1, "the other page need not be there");
        }
    }

    @Test
    void whatWasWrittenAndSyncedIsThere() {
        try (Ground ground = new Ground()) {
            ground.create("f");
            ground.append("f", 3 * PAGE);
            ground.create("g");
            ground.append("g", 3 * PAGE);
            ground.volume.sync();
            ground.write("g", 1000, 5000);
            ground.write("f", 1000, 5000);
            byte[] written = read(ground.volume, "f", 3 * PAGE);
            ground.volume.sync(ground.at("f"), true);
            try (PowerCuts<Volume> cuts = cuts(ground, volume ->
                    org.junit.jupiter.api.Assertions.assertArrayEquals(written, read(volume, "f", 3 * PAGE)))) {
                cuts.at("synced");
                ground.write("f", 1000, 5000);
                ground.volume.sync(ground.at("g"), false);
                cuts.at("the other synced");
            }
        }
    }

    @Test
    void aWriteWithDsyncNeedsNoSync() {
        try (Ground ground = new Ground()) {
            ground.create("f");
            ground.append("f", 3 * PAGE);
            ground.volume.sync();
            ground.write("f", 700, 9000, Durability.DSYNC);
            byte[] written = read(ground.volume, "f", 3 * PAGE);
            try (PowerCuts<Volume> cuts = cuts(ground, volume ->
                    org.junit.jupiter.api.Assertions.assertArrayEquals(written, read(volume, "f", 3 * PAGE)))) {
                cuts.at("written");
            }
        }
    }

    @Test
    void noSyncReturnsBeforeWhatOthersFlushedHasArrived() throws Exception {
        try (Ground ground = new Ground(SimMedium.create(Ground.SIZE_BYTES)); Arena arena = Arena.ofShared()) {
            ground.create("f");
            ground.append("f", 8 * PAGE);
            long inode = ground.at("f");
            MemorySegment mapped = ground.volume.map(inode, 0, 8 * PAGE, MapMode.READ_WRITE, arena);
            ground.volume.sync();
            long mediumOffset = ground.volume.extents(inode, 0, 8 * PAGE).getFirst().mediumOffset();
            assertEquals(1, ground.volume.extents(inode, 0, 8 * PAGE).size());
            AtomicReference<Throwable> failure = new AtomicReference<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int me = t;
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        storeAndSync(ground, inode, mapped, mediumOffset, me);
                    } catch (Throwable failed) {
                        failure.compareAndSet(null, failed);
                    }
                }));
            }
            for (Thread each : threads) {
                each.join();
            }
            if (failure.get() != null) {
                throw new AssertionError(failure.get());
            }
        }
    }

    /// Words of its own in pages that all share: half by mapping, half by write; every sync covers its own.
    private static void storeAndSync(Ground ground, long inode, MemorySegment mapped, long mediumOffset, int me) {
        MemorySegment word = Arena.ofAuto().allocate(8, 8);
        for (long round = 1; round <= 300; round++) {
            long at = round % 8 * PAGE + me * 8L + (round & 1) * 512;
            if ((round & 2) == 0) {
                mapped.set(WORD, at, round);
            } else {
                word.set(WORD, 0, round);
                ground.volume.write(inode, at, word, 0, 8, Durability.DEFERRED);
            }
            if (round % 3 == 0) {
                ground.volume.syncRange(inode, at, 8);
            } else if (round % 31 == 0) {
                ground.volume.sync();
            } else {
                ground.volume.sync(inode, true);
            }
            long durable = ground.medium.durableBytes().get(WORD, mediumOffset + at);
            assertEquals(round, durable, "thread " + me + " at " + at);
        }
    }
}
