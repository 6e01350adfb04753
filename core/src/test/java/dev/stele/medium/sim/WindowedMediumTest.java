package dev.stele.medium.sim;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.PersistenceCounters.Snapshot;
import dev.stele.medium.sim.Aperture.Step;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A window that slides: what it takes to see the truth through it, and that nothing less does.
class WindowedMediumTest {
    private static final long SIZE_BYTES = 1 << 16;
    private static final int WINDOW_BYTES = 8192;
    private static final long SEED = Long.getLong("stele.seed", 1);

    private final Arena arena = Arena.ofShared();
    private SimMedium ground;

    @BeforeEach
    void open() {
        ground = SimMedium.create(SIZE_BYTES);
    }

    @AfterEach
    void close() {
        arena.close();
        ground.close();
    }

    private static Set<Step> allBut(Step missing) {
        Set<Step> steps = EnumSet.allOf(Step.class);
        steps.remove(missing);
        return steps;
    }

    private WindowedMedium windowed(Set<Step> steps) {
        return WindowedMedium.over(ground, WINDOW_BYTES, SEED, steps);
    }

    private MemorySegment bytes(int byteCount, int value) {
        return arena.allocate(byteCount, 64).fill((byte) value);
    }

    private byte at(Medium medium, long at) {
        MemorySegment one = arena.allocate(1);
        medium.data().read(at, one, 0, 1);
        return one.get(JAVA_BYTE, 0);
    }

    @Test
    @DisplayName("E1, E2: after sliding, lines that were cached before show what is there now")
    void seesWhatIsUnderTheWindow() {
        try (WindowedMedium medium = windowed(EnumSet.allOf(Step.class))) {
            medium.data().stream(0, bytes(WINDOW_BYTES, 1), 0, WINDOW_BYTES);
            medium.data().stream(WINDOW_BYTES, bytes(WINDOW_BYTES, 2), 0, WINDOW_BYTES);
            for (int line = 0; line < WINDOW_BYTES; line += 64) {
                assertEquals(1, at(medium, line));
                assertEquals(2, at(medium, WINDOW_BYTES + line));
            }
        }
    }

    @Test
    @DisplayName("E1, E2: without invalidation the window shows stale lines, so the model can tell")
    void withoutInvalidationLinesAreStale() {
        try (WindowedMedium medium = windowed(allBut(Step.INVALIDATE))) {
            medium.data().stream(0, bytes(WINDOW_BYTES, 1), 0, WINDOW_BYTES);
            ground.data().stream(WINDOW_BYTES, bytes(WINDOW_BYTES, 2), 0, WINDOW_BYTES);
            int stale = 0;
            for (int line = 0; line < WINDOW_BYTES; line += 64) {
                assertEquals(1, at(medium, line));
                stale += at(medium, WINDOW_BYTES + line) == 1 ? 1 : 0;
            }
            assertTrue(stale > 100, stale + " stale lines");
        }
    }

    @Test
    @DisplayName("E5: sliding writes back and invalidates, two primitives, each seen by itself")
    void slidingInvalidatesTheWholeWindowAndWritesBackTheDirtyLines() {
        try (WindowedMedium medium = windowed(EnumSet.allOf(Step.class))) {
            at(medium, 0);
            medium.data().put(100, bytes(10, 5), 0, 10);
            Snapshot before = medium.counters().ofThisThread();
            Snapshot beforeGround = ground.counters().ofThisThread();
            at(medium, 3 * WINDOW_BYTES);
            assertEquals(new Snapshot(0, 0, 0, 0, 0, WINDOW_BYTES / 64),
                    medium.counters().ofThisThread().since(before));
            assertEquals(new Snapshot(0, 0, 0, 64, 1, 0), ground.counters().ofThisThread().since(beforeGround));
            // within the window nothing is invalidated, and nothing is written back
            at(medium, 3 * WINDOW_BYTES + 4000);
            medium.data().put(3 * WINDOW_BYTES, bytes(10, 5), 0, 10);
            assertEquals(WINDOW_BYTES / 64, medium.counters().ofThisThread().since(before).invalidatedLines());
            assertEquals(64, ground.counters().ofThisThread().since(beforeGround).streamedBytes());
        }
    }

    @Test
    void whatWasStoredBeforeASlideIsDurableAndWhatWasFlushedToo() {
        try (WindowedMedium medium = windowed(EnumSet.allOf(Step.class))) {
            medium.data().put(10, bytes(10, 5), 0, 10);
            assertEquals(0, ground.durableBytes().get(JAVA_BYTE, 10));
            at(medium, WINDOW_BYTES);
            assertEquals(5, ground.durableBytes().get(JAVA_BYTE, 10));
            medium.metadata().put(WINDOW_BYTES, bytes(10, 6), 0, 10);
            assertEquals(0, ground.durableBytes().get(JAVA_BYTE, WINDOW_BYTES));
            medium.metadata().flush(WINDOW_BYTES, 1);
            medium.drain();
            assertEquals(6, ground.durableBytes().get(JAVA_BYTE, WINDOW_BYTES));
            assertEquals(0, ground.undurableLineCount());
        }
    }

    @Test
    void withoutWritingBackStoresLandWhereTheWindowSlidTo() {
        try (WindowedMedium medium = windowed(allBut(Step.WRITE_BACK))) {
            at(medium, 0);
            medium.data().put(64, bytes(10, 5), 0, 10);
            assertEquals(5, at(medium, WINDOW_BYTES + 64), "the next window has it");
            assertNotEquals(5, at(medium, 64));
        }
    }

    @Test
    void withoutAFenceWhatWasStoredMayBeLost() {
        try (WindowedMedium medium = windowed(allBut(Step.FENCE))) {
            medium.data().put(64, bytes(10, 5), 0, 10);
            medium.data().flush(64, 10);
            medium.drain();
            assertEquals(0, ground.durableBytes().get(JAVA_BYTE, 64));
        }
    }

    @Test
    void withoutTheStatusNobodyHearsOfALoss() {
        try (WindowedMedium medium = windowed(allBut(Step.CHECK_STATUS))) {
            medium.device().failStores(1);
            medium.data().stream(64, bytes(10, 5), 0, 10);
            medium.drain();
            at(medium, WINDOW_BYTES);
            assertEquals(0, at(medium, 64));
        }
    }

    @Test
    void aLossIsToldToWhoeverWaitsAndReadingGoesOn() {
        try (WindowedMedium medium = windowed(EnumSet.allOf(Step.class))) {
            medium.data().stream(3 * WINDOW_BYTES, bytes(10, 7), 0, 10);
            medium.device().failStores(1);
            medium.data().put(64, bytes(10, 5), 0, 10);
            assertEquals(7, at(medium, 3 * WINDOW_BYTES), "the slide that lost it was for somebody else");
            VolumeException told = assertThrows(VolumeException.class, medium::drain);
            assertEquals(Errno.EIO, told.errno());
            assertThrows(VolumeException.class, () -> medium.data().stream(0, bytes(10, 5), 0, 10));
            assertEquals(7, at(medium, 3 * WINDOW_BYTES));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 192, 4096, 8192, 65536})
    void randomStoresAndReadsOfAnyWindow(int windowBytes) {
        SplittableRandom random = new SplittableRandom(SEED);
        MemorySegment expected = arena.allocate(SIZE_BYTES);
        MemorySegment found = arena.allocate(20_000);
        try (WindowedMedium medium = WindowedMedium.over(ground, windowBytes, SEED, EnumSet.allOf(Step.class))) {
            for (int round = 0; round < 1000; round++) {
                int byteCount = random.nextInt(round % 20 == 0 ? 20_000 : 300);
                long at = random.nextLong(SIZE_BYTES - byteCount);
                switch (random.nextInt(5)) {
                    case 0 -> {
                        medium.data().put(at, bytes(20_000, round), 0, byteCount);
                        expected.asSlice(at, byteCount).fill((byte) round);
                    }
                    case 1 -> {
                        medium.metadata().stream(at, bytes(20_000, round), 0, byteCount);
                        expected.asSlice(at, byteCount).fill((byte) round);
                    }
                    case 2 -> {
                        medium.data().streamZeros(at, byteCount);
                        expected.asSlice(at, byteCount).fill((byte) 0);
                    }
                    case 3 -> medium.data().flush(at, byteCount);
                    default -> {
                        medium.data().read(at, found, 0, byteCount);
                        assertEquals(-1, MemorySegment.mismatch(found, 0, byteCount, expected, at, at + byteCount),
                                "seed " + SEED + " round " + round);
                    }
                }
            }
            assertEquals(-1, medium.metadata().segment().mismatch(expected), "the mirror, seed " + SEED);
            medium.data().flush(0, SIZE_BYTES);
            medium.drain();
            assertEquals(-1, ground.durableBytes().mismatch(expected), "the device, seed " + SEED);
        }
    }

    @Test
    void manyThreadsShareTheWindow() throws InterruptedException {
        try (WindowedMedium medium = windowed(EnumSet.allOf(Step.class))) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                long from = t * SIZE_BYTES / 4;
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        useAlone(medium, from, SIZE_BYTES / 4);
                    } catch (Throwable failure) {
                        synchronized (failures) {
                            failures.add(failure);
                        }
                    }
                }));
            }
            for (Thread each : threads) {
                each.join();
            }
            assertEquals(List.of(), failures);
            assertEquals(0, ground.undurableLineCount());
        }
    }

    /// One thread's own part of a device whose window all share.
    private static void useAlone(WindowedMedium medium, long from, long byteCount) {
        SplittableRandom random = new SplittableRandom(SEED + from);
        try (Arena mine = Arena.ofConfined()) {
            MemorySegment bytes = mine.allocate(100);
            MemorySegment found = mine.allocate(100);
            for (int round = 0; round < 300; round++) {
                long at = from + random.nextLong(byteCount - 100);
                bytes.fill((byte) round);
                if (round % 2 == 0) {
                    medium.data().put(at, bytes, 0, 100);
                    medium.data().flush(at, 100);
                } else {
                    medium.data().stream(at, bytes, 0, 100);
                }
                medium.data().read(at, found, 0, 100);
                assertEquals(-1, found.mismatch(bytes));
            }
            medium.drain();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("each step of sliding is needed: random use finds what is lost or stale without it")
    void eachStepIsNeeded(Step missing) {
        assertTrue(isWhole(EnumSet.allOf(Step.class), false));
        boolean onlyALossTells = missing == Step.CHECK_STATUS;
        assertTrue(!isWhole(allBut(missing), onlyALossTells), "nothing was wrong without " + missing);
    }

    /// Whether what is read is what was stored, what is drained is durable, and every loss is told.
    private static boolean isWhole(Set<Step> steps, boolean loses) {
        SplittableRandom random = new SplittableRandom(SEED);
        try (SimMedium ground = SimMedium.create(SIZE_BYTES); Arena arena = Arena.ofConfined();
                WindowedMedium medium = WindowedMedium.over(ground, WINDOW_BYTES, SEED, steps)) {
            MemorySegment expected = arena.allocate(SIZE_BYTES);
            MemorySegment bytes = arena.allocate(300);
            for (int round = 0; round < 200; round++) {
                long at = random.nextLong(SIZE_BYTES - 300);
                bytes.fill((byte) round);
                expected.asSlice(at, 300).copyFrom(bytes);
                medium.data().put(at, bytes, 0, 300);
                if (loses && round == 100) {
                    medium.device().failStores(1);
                }
            }
            medium.data().flush(0, SIZE_BYTES);
            medium.drain();
            MemorySegment found = arena.allocate(SIZE_BYTES);
            medium.data().read(0, found, 0, SIZE_BYTES);
            return found.mismatch(expected) < 0 && ground.durableBytes().mismatch(expected) < 0;
        } catch (VolumeException told) {
            return loses && told.errno() == Errno.EIO;
        }
    }
}
