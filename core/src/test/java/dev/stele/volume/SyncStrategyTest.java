package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.VolumeException;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a sync costs and keeps under each strategy.
class SyncStrategyTest {
    private static final int PAGE = 4096;
    private static final int FILE_PAGES = 40;

    private static Volume format(SimMedium medium, SyncStrategy strategy) {
        Volume.format(medium, new FormatOptions("", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        long[] clock = {1};
        return Volume.open(medium, new OpenOptions(false, () -> clock[0]++, false).withStrategy(strategy));
    }

    /// A file of bytes that are durable and may be overwritten in place.
    private static long file(Volume volume, String name) {
        long inode = volume.create(volume.root(), Name.of(name), 0644, 0, 0);
        store(volume, inode, 0, FILE_PAGES * PAGE, 1, Durability.SYNC);
        volume.write(inode, 0, Ground.nativeBytes(64, 1), 0, 64, Durability.SYNC);
        return inode;
    }

    private static void store(Volume volume, long inode, long offset, int byteCount, long seed, Durability how) {
        assertEquals(byteCount, volume.write(inode, offset, Ground.nativeBytes(byteCount, seed), 0, byteCount, how));
    }

    private static void dirtyPages(Volume volume, long inode, int first, int count) {
        for (int page = first; page < first + count; page++) {
            store(volume, inode, (long) page * PAGE, PAGE, page, Durability.DEFERRED);
        }
    }

    @Test
    @DisplayName("A2: one page of one of two dirty files costs 64 lines, then none")
    void aFilesSyncFlushesItsOwn() {
        try (Volume volume = format(SimMedium.create(8 << 20), SyncStrategy.FILE)) {
            long one = file(volume, "one");
            long other = file(volume, "other");
            dirtyPages(volume, one, 3, 1);
            dirtyPages(volume, other, 0, 20);
            assertEquals(64, volume.syncRange(one, 3 * PAGE, PAGE).lines());
            assertEquals(0, volume.syncRange(one, 3 * PAGE, PAGE).lines());
            assertEquals(0, volume.sync(one, true).drains());
            assertEquals(20 * 64, volume.sync(other, true).lines());
        }
    }

    @Test
    @DisplayName("A2, C10: a list for the medium is flushed whole by any sync, and again by the next")
    void aListForTheMediumIsNeverDone() {
        try (Volume volume = format(SimMedium.create(8 << 20), SyncStrategy.VOLUME)) {
            long one = file(volume, "one");
            long other = file(volume, "other");
            dirtyPages(volume, one, 3, 1);
            dirtyPages(volume, other, 0, 20);
            assertEquals(21 * 64, volume.syncRange(one, 3 * PAGE, PAGE).lines());
            assertEquals(21 * 64, volume.syncRange(one, 3 * PAGE, PAGE).lines());
            dirtyPages(volume, other, 20, 1);
            assertEquals(22 * 64, volume.syncRange(one, 30 * PAGE, PAGE).lines());
        }
    }

    @Test
    @DisplayName("A1: what is flushed at once leaves nothing to a sync; each write has its drain")
    void anImmediateWriteIsDurableWhenItReturns() {
        SimMedium medium = SimMedium.create(8 << 20);
        try (Volume volume = format(medium, SyncStrategy.IMMEDIATE)) {
            long one = file(volume, "one");
            int logged = medium.undurableLineCount();
            var before = medium.counters().ofThisThread();
            dirtyPages(volume, one, 3, 2);
            var cost = medium.counters().ofThisThread().since(before);
            assertEquals(2 * 64, cost.flushedLines());
            assertEquals(2, cost.drains());
            assertEquals(logged, medium.undurableLineCount(), "words that the log has, and nothing else");
            assertEquals(0, volume.sync(one, true).lines());
        }
    }

    @Test
    @DisplayName("W-6: an immediate write that could not flush what it stored leaves that to the next sync")
    void anImmediateWriteThatFailed() {
        SimMedium medium = SimMedium.create(8 << 20);
        try (Volume volume = format(medium, SyncStrategy.IMMEDIATE)) {
            long one = file(volume, "one");
            medium.settle();
            medium.failAfter(1, false);
            assertThrows(VolumeException.class, () -> dirtyPages(volume, one, 3, 1));
            assertEquals(64, medium.undurableLineCount());
            assertEquals(64, volume.sync(one, true).lines());
            assertEquals(0, medium.undurableLineCount());
        }
    }

    @ParameterizedTest
    @EnumSource(SyncStrategy.class)
    @DisplayName("C15, W-9: fsync, fdatasync, msync and the volume's sync drain once each")
    void oneDrainEach(SyncStrategy strategy) {
        SimMedium medium = SimMedium.create(8 << 20);
        try (Volume volume = format(medium, strategy)) {
            List<Long> files = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                files.add(file(volume, "file " + i));
            }
            long one = files.getFirst();
            dirtyPages(volume, one, 1, 5);
            assertEquals(1, drains(medium, () -> volume.sync(one, false)), "fsync, with the time of the write");
            boolean isDone = strategy == SyncStrategy.IMMEDIATE;
            dirtyPages(volume, one, 1, 5);
            assertEquals(isDone ? 0 : 1, drains(medium, () -> volume.sync(one, true)), "fdatasync");
            dirtyPages(volume, one, 1, 5);
            assertEquals(isDone ? 0 : 1, drains(medium, () -> volume.syncRange(one, PAGE, PAGE)), "msync");
            for (long each : files) {
                dirtyPages(volume, each, 2, 2);
            }
            assertEquals(1, drains(medium, volume::sync), "sync of twelve files and their times");
        }
    }

    private static long drains(SimMedium medium, Runnable sync) {
        var before = medium.counters().ofThisThread();
        sync.run();
        return medium.counters().ofThisThread().since(before).drains();
    }

    @Test
    @DisplayName("A3: on any trace, the files' own indexes flush at most what a list for the medium flushes")
    void neverMoreLinesThanTheList() {
        long seed = Long.getLong("stele.seed", 20_261_121);
        for (int round = 0; round < Integer.getInteger("stele.rounds", 12); round++) {
            long[] byFile = trace(SyncStrategy.FILE, seed + round);
            long[] byVolume = trace(SyncStrategy.VOLUME, seed + round);
            assertEquals(byFile.length, byVolume.length);
            for (int i = 0; i < byFile.length; i++) {
                assertTrue(byFile[i] <= byVolume[i],
                        "seed " + (seed + round) + ", sync " + i + ": " + byFile[i] + " > " + byVolume[i]);
            }
            assertTrue(Arrays.stream(byFile).sum() > 0, "seed " + (seed + round) + " flushes nothing");
        }
    }

    /// @return lines flushed by each sync of a random trace
    private static long[] trace(SyncStrategy strategy, long seed) {
        Random random = new Random(seed);
        List<Long> lines = new ArrayList<>();
        try (Volume volume = format(SimMedium.create(8 << 20), strategy); Arena arena = Arena.ofShared()) {
            long[] files = {file(volume, "a"), file(volume, "b"), file(volume, "c")};
            MemorySegment mapped = volume.map(files[2], PAGE, 3 * PAGE, MapMode.READ_WRITE, arena);
            for (int step = 0; step < 120; step++) {
                long file = files[random.nextInt(files.length)];
                int page = random.nextInt(FILE_PAGES - 5);
                switch (random.nextInt(12)) {
                    case 0 -> lines.add(volume.sync(file, random.nextBoolean()).lines());
                    case 1 -> lines.add(volume.syncRange(file, page * PAGE, 4 * PAGE).lines());
                    case 2 -> lines.add(volume.sync().lines());
                    case 3 -> volume.punchHole(files[0], page * PAGE, 2 * PAGE);
                    case 4 -> volume.insertRange(files[1], page * PAGE, PAGE);
                    case 5 -> mapped.set(ValueLayout.JAVA_BYTE, random.nextInt(3 * PAGE), (byte) step);
                    default -> store(volume, file, page * PAGE + random.nextInt(PAGE),
                            1 + random.nextInt(3 * PAGE), step, Durability.DEFERRED);
                }
            }
        }
        return lines.stream().mapToLong(each -> each).toArray();
    }

    @ParameterizedTest
    @EnumSource(SyncStrategy.class)
    @DisplayName("P5: under every strategy, whoever stored, through whichever door, and whoever syncs")
    void whatWasStoredBeforeASyncIsDurable(SyncStrategy strategy) throws Exception {
        long seed = Long.getLong("stele.seed", 20_261_121);
        Random random = new Random(seed);
        SimMedium medium = SimMedium.create(2 << 20);
        try (Volume volume = format(medium, strategy); Arena arena = Arena.ofShared();
                ExecutorService somebodyElse = Executors.newSingleThreadExecutor()) {
            long[] files = {file(volume, "a"), file(volume, "b")};
            byte[][] expected = {read(volume, files[0]), read(volume, files[1])};
            MemorySegment mapped = volume.map(files[1], 0, 4 * PAGE, MapMode.READ_WRITE, arena);
            for (int round = 0; round < 60; round++) {
                for (int i = 0; i < 4; i++) {
                    by(random.nextBoolean() ? somebodyElse : null,
                            () -> storeSomewhere(volume, files, mapped, expected, random));
                }
                int which = random.nextInt(2);
                boolean isAll = random.nextInt(4) == 0;
                by(random.nextBoolean() ? somebodyElse : null, isAll ? volume::sync : () -> volume.sync(
                        files[which], random.nextBoolean()));
                try (SimMedium left = afterPowerCut(medium); Volume found = Ground.open(left)) {
                    for (int i = 0; i < 2; i++) {
                        if (isAll || i == which) {
                            assertArrayEquals(expected[i], read(found, files[i]), "seed " + seed + " round " + round);
                        }
                    }
                }
            }
        }
    }

    private static void storeSomewhere(
            Volume volume, long[] files, MemorySegment mapped, byte[][] expected, Random random) {
        byte value = (byte) random.nextInt();
        int which = random.nextInt(3);
        if (which == 2) {
            int at = random.nextInt(4 * PAGE);
            mapped.set(ValueLayout.JAVA_BYTE, at, value);
            expected[1][at] = value;
            return;
        }
        int at = random.nextInt(FILE_PAGES * PAGE - 9000);
        int count = 1 + random.nextInt(9000);
        MemorySegment bytes = Arena.ofAuto().allocate(count).fill(value);
        volume.write(files[which], at, bytes, 0, count, Durability.DEFERRED);
        Arrays.fill(expected[which], at, at + count, value);
    }

    private static void by(ExecutorService somebody, Runnable action) throws Exception {
        if (somebody == null) {
            action.run();
            return;
        }
        Future<?> done = somebody.submit(action);
        done.get();
    }

    private static SimMedium afterPowerCut(SimMedium medium) {
        SimMedium left = SimMedium.create(medium.sizeBytes());
        MemorySegment.copy(medium.durableBytes(), 0, left.metadata().segment(), 0, medium.sizeBytes());
        left.settle();
        return left;
    }

    private static byte[] read(Volume volume, long inode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(FILE_PAGES * PAGE);
            assertEquals(into.byteSize(), volume.read(inode, 0, into, 0, into.byteSize()));
            return into.toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
