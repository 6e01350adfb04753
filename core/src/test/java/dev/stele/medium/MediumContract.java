package dev.stele.medium;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every medium promises; each kind inherits it and says how it is made.
abstract class MediumContract {
    static final long SIZE_BYTES = 2L << 20;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private final List<Medium> opened = new ArrayList<>();

    /// A fresh medium of zeros of [#SIZE_BYTES] bytes.
    abstract Medium create() throws Exception;

    /// Whether [Medium#grow] is offered.
    boolean grows() {
        return true;
    }

    final Medium medium() throws Exception {
        Medium medium = create();
        opened.add(medium);
        return medium;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Medium::close);
        opened.forEach(Medium::close);
    }

    @Test
    void startsAsZerosOfTheSizeAskedFor() throws Exception {
        Medium medium = medium();
        assertEquals(SIZE_BYTES, medium.sizeBytes());
        assertEquals(SIZE_BYTES, medium.data().sizeBytes());
        forEachView(medium, view -> {
            MemorySegment zeros = Arena.ofAuto().allocate(SIZE_BYTES);
            assertEquals(-1, shown(view, 0, SIZE_BYTES).mismatch(zeros));
        });
        assertFalse(medium.isReadOnly());
        assertFalse(medium.description().isBlank());
        assertFalse(medium.description().contains("\n"));
    }

    @Test
    void wordsAreLittleEndian() throws Exception {
        Medium medium = medium();
        forEachView(medium, view -> {
            view.putLong(4096, 0x0102030405060708L);
            view.putInt(4104, 0x0a0b0c0d);
            MemorySegment shown = shown(view, 4096, 12);
            assertEquals(8, shown.get(JAVA_BYTE, 0));
            assertEquals(0x0102030405060708L, shown.get(LONG, 0));
            assertEquals(0x0a0b0c0d, shown.get(INT, 8));
            view.flush(4096, 12);
        });
        medium.drain();
    }

    @Test
    void bitsAreSetAndClearedWithoutLosingOthers() throws Exception {
        Medium medium = medium();
        forEachView(medium, view -> {
            view.putLong(8192, 0xF0L);
            view.setBits(8192, 0x0F);
            assertEquals(0xFF, word(view, 8192));
            view.clearBits(8192, 0x81);
            assertEquals(0x7E, word(view, 8192));
        });
    }

    @Test
    void bitsOfManyThreadsMeet() throws Exception {
        Medium medium = medium();
        View view = medium.metadata();
        List<Thread> threads = new ArrayList<>();
        for (int bit = 0; bit < 4; bit++) {
            long mask = 1L << bit;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 10_001; round++) {
                    if (round % 2 == 0) {
                        view.setBits(12288, mask);
                    } else {
                        view.clearBits(12288, mask);
                    }
                }
            }));
        }
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(0xF, view.segment().get(LONG, 12288));
    }

    @Test
    void copiesOfAllAlignmentsAndLengthsTouchNothingElse() throws Exception {
        Medium medium = medium();
        long seed = 42;
        Random random = new Random(seed);
        MemorySegment source = Arena.ofAuto().allocate(8192);
        fillRandom(source, random);
        forEachView(medium, view -> {
            for (int round = 0; round < 2000; round++) {
                long at = 3000 + random.nextInt(3000);
                long byteCount = random.nextInt(round % 10 == 0 ? 4000 : 300);
                long from = random.nextInt(200);
                boolean streams = random.nextBoolean();
                MemorySegment expected = Arena.ofAuto().allocate(16384).copyFrom(shown(view, 0, 16384));
                MemorySegment.copy(source, from, expected, at, byteCount);
                if (streams) {
                    view.stream(at, source, from, byteCount);
                } else {
                    view.put(at, source, from, byteCount);
                    view.flush(at, byteCount);
                }
                assertEquals(-1, shown(view, 0, 16384).mismatch(expected),
                        "seed " + seed + " at " + at + " count " + byteCount + " streams " + streams);
            }
        });
        medium.drain();
    }

    @Test
    void readsOfAllAlignmentsAndLengthsGiveWhatWasStored() throws Exception {
        Medium medium = medium();
        Random random = new Random(44);
        MemorySegment stored = Arena.ofAuto().allocate(16384);
        fillRandom(stored, random);
        forEachView(medium, view -> {
            view.stream(8192, stored, 0, stored.byteSize());
            MemorySegment found = Arena.ofAuto().allocate(8192);
            MemorySegment expected = Arena.ofAuto().allocate(8192);
            for (int round = 0; round < 2000; round++) {
                long at = random.nextInt(4000);
                long byteCount = random.nextInt(round % 10 == 0 ? 4000 : 300);
                long toAt = random.nextInt(200);
                found.fill((byte) 0);
                expected.fill((byte) 0);
                MemorySegment.copy(stored, at, expected, toAt, byteCount);
                view.read(8192 + at, found, toAt, byteCount);
                assertEquals(-1, found.mismatch(expected), "at " + at + " count " + byteCount);
            }
            assertThrows(IndexOutOfBoundsException.class, () -> view.read(SIZE_BYTES - 1, found, 0, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> view.read(-1, found, 0, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> view.read(0, found, 8191, 2));
            assertEquals(SIZE_BYTES, view.sizeBytes());
        });
    }

    @Test
    void zerosOfAllAlignmentsAndLengthsTouchNothingElse() throws Exception {
        Medium medium = medium();
        Random random = new Random(43);
        MemorySegment source = Arena.ofAuto().allocate(16384);
        fillRandom(source, random);
        forEachView(medium, view -> {
            for (int round = 0; round < 1000; round++) {
                long at = 3000 + random.nextInt(3000);
                long byteCount = random.nextInt(round % 10 == 0 ? 4000 : 300);
                view.put(0, source, 0, 16384);
                MemorySegment expected = Arena.ofAuto().allocate(16384).copyFrom(source);
                expected.asSlice(at, byteCount).fill((byte) 0);
                if (round % 2 == 0) {
                    view.streamZeros(at, byteCount);
                } else {
                    view.putZeros(at, byteCount);
                }
                assertEquals(-1, shown(view, 0, 16384).mismatch(expected), "at " + at + " + " + byteCount);
            }
        });
        medium.drain();
    }

    /// C12: a range that is not all there is refused, not cut short.
    @Test
    void refusesWhatLiesOutside() throws Exception {
        Medium medium = medium();
        MemorySegment source = Arena.ofAuto().allocate(64);
        forEachView(medium, view -> {
            assertThrows(IndexOutOfBoundsException.class, () -> view.put(SIZE_BYTES - 32, source, 0, 64));
            assertThrows(IndexOutOfBoundsException.class, () -> view.stream(SIZE_BYTES - 32, source, 0, 64));
            assertThrows(IndexOutOfBoundsException.class, () -> view.stream(0, source, 32, 64));
            assertThrows(IndexOutOfBoundsException.class, () -> view.put(0, source, -1, 8));
            assertThrows(IndexOutOfBoundsException.class, () -> view.streamZeros(-1, 8));
            assertThrows(IndexOutOfBoundsException.class, () -> view.putZeros(SIZE_BYTES, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> view.flush(SIZE_BYTES - 1, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> view.putLong(SIZE_BYTES, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> view.putInt(-4, 1));
            assertThrows(IllegalArgumentException.class, () -> view.putLong(4, 1));
            assertThrows(IllegalArgumentException.class, () -> view.setBits(12, 1));
            assertThrows(IllegalArgumentException.class, () -> view.put(0, MemorySegment.ofArray(new byte[8]), 0, 8));
        });
    }

    @Test
    void countsEveryVerbOfThisThreadExactly() throws Exception {
        Medium medium = medium();
        MemorySegment source = Arena.ofAuto().allocate(4096);
        PersistenceCounters.Snapshot before = medium.counters().ofThisThread();
        View view = medium.metadata();
        view.putInt(0, 1);
        view.putLong(8, 1);
        view.setBits(16, 1);
        view.clearBits(16, 1);
        view.put(100, source, 0, 100);
        view.putZeros(300, 50);
        view.putZeros(300, 0);
        view.stream(4096, source, 0, 4000);
        view.streamZeros(8192, 96);
        view.flush(0, 24);
        view.flush(63, 2);
        view.flush(64, 64);
        view.flush(64, 0);
        medium.data().putInt(20480, 1);
        medium.drain();
        medium.drain();
        PersistenceCounters.Snapshot counted = medium.counters().ofThisThread().since(before);
        // what a window invalidates is its own affair
        assertEquals(new PersistenceCounters.Snapshot(7, 4 + 8 + 8 + 8 + 100 + 50 + 4, 4, 4096, 2,
                medium.data().isDirect() ? 0 : counted.invalidatedLines()), counted);
    }

    @Test
    void flushesMappingsOfItsFileAndCountsThem() throws Exception {
        Medium medium = medium();
        if (!medium.data().isDirect()) {
            VolumeException refused = assertThrows(VolumeException.class, () -> medium.data().segment());
            assertEquals(Errno.EOPNOTSUPP, refused.errno());
            assertEquals(Errno.EOPNOTSUPP, assertThrows(VolumeException.class, medium::requireDirect).errno());
            return;
        }
        medium.requireDirect();
        PersistenceCounters.Snapshot before = medium.counters().ofThisThread();
        MemorySegment slice = medium.data().segment().asSlice(8192, 4096);
        medium.flushMapped(slice, 60, 8);
        medium.flushMapped(slice, 0, 0);
        assertEquals(2, medium.counters().ofThisThread().since(before).flushedLines());
        assertThrows(IndexOutOfBoundsException.class, () -> medium.flushMapped(slice, 4090, 8));
        if (medium.descriptor() >= 0) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment alias = Mapping.map(arena, medium.descriptor(), 8192, 4096,
                        Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED);
                alias.set(JAVA_BYTE, 100, (byte) 9);
                medium.flushMapped(alias, 0, 4096);
                medium.drain();
            }
            assertEquals(66, medium.counters().ofThisThread().since(before).flushedLines());
            assertEquals(9, medium.data().segment().get(JAVA_BYTE, 8292));
        }
    }

    @Test
    void countsOfEndedThreadsAreKept() throws Exception {
        Medium medium = medium();
        for (int round = 0; round < 300; round++) {
            Thread.ofVirtual().start(() -> medium.data().putLong(0, 1)).join();
        }
        assertEquals(300, medium.counters().ofAllThreads().stores());
        assertEquals(0, medium.counters().ofThisThread().stores());
    }

    @Test
    void reservingWithinTheMediumSucceeds() throws Exception {
        Medium medium = medium();
        medium.reserve(0, SIZE_BYTES);
        medium.reserve(4000, 5000);
        medium.data().putLong(4096, 5);
        medium.reserve(0, SIZE_BYTES);
        assertEquals(5, word(medium.data(), 4096));
    }

    @Test
    void growsKeepingWhatWasStored() throws Exception {
        Medium medium = medium();
        if (!grows()) {
            VolumeException refused = assertThrows(VolumeException.class, () -> medium.grow(2 * SIZE_BYTES));
            assertEquals(Errno.EOPNOTSUPP, refused.errno());
            return;
        }
        medium.metadata().putLong(40960, 77);
        medium.data().putLong(81920, 88);
        MemorySegment old = medium.metadata().segment();
        medium.grow(2 * SIZE_BYTES + 4096);
        assertEquals(2 * SIZE_BYTES + 4096, medium.sizeBytes());
        assertNotSame(old, medium.metadata().segment());
        assertEquals(77, medium.metadata().segment().get(LONG, 40960));
        assertEquals(88, word(medium.data(), 81920));
        forEachView(medium, view -> {
            MemorySegment added = shown(view, SIZE_BYTES, SIZE_BYTES + 4096);
            assertEquals(-1, added.mismatch(Arena.ofAuto().allocate(added.byteSize())));
        });
        medium.data().putLong(2 * SIZE_BYTES, 99);
        assertEquals(99, word(medium.data(), 2 * SIZE_BYTES));
        assertEquals(77, old.get(LONG, 40960), "a reader of the old segment need not be stopped");
    }

    @Test
    void refusesToShrinkOrToGrowByPartOfAPage() throws Exception {
        Medium medium = medium();
        if (grows()) {
            for (long size : new long[] {0, 4096, SIZE_BYTES, SIZE_BYTES + 1, -1, Long.MIN_VALUE}) {
                VolumeException refused = assertThrows(VolumeException.class, () -> medium.grow(size));
                assertEquals(Errno.EINVAL, refused.errno());
            }
        }
        assertEquals(SIZE_BYTES, medium.sizeBytes());
    }

    @Test
    void checkpointsAreForPagesOnly() throws Exception {
        Medium medium = medium();
        medium.metadata().putLong(4096, 1);
        if (medium.granularity() == Granularity.PAGE) {
            assertEquals(1, medium.dirtyPageCount());
        } else {
            assertEquals(0, medium.dirtyPageCount());
        }
        medium.beginCheckpoint();
        medium.finishCheckpoint();
        assertEquals(0, medium.dirtyPageCount());
        assertEquals(1, medium.metadata().segment().get(LONG, 4096));
    }

    @Test
    void closedMeansClosed() throws Exception {
        Medium medium = medium();
        MemorySegment segment = medium.metadata().segment();
        MemorySegment source = Arena.ofAuto().allocate(4096);
        medium.close();
        assertThrows(IllegalStateException.class, () -> segment.get(JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, () -> medium.data().read(0, source, 0, 1));
        assertThrows(IllegalStateException.class, () -> medium.metadata().putLong(0, 1));
        assertThrows(IllegalStateException.class, () -> medium.data().stream(0, source, 0, 4096));
        assertThrows(IllegalStateException.class, () -> medium.data().streamZeros(0, 4096));
        assertThrows(IllegalStateException.class, () -> medium.data().put(0, source, 0, 4096));
        if (medium.granularity() == Granularity.CACHE_LINE) {
            assertThrows(IllegalStateException.class, () -> medium.data().flush(0, 4096));
        }
        medium.close();
        assertTrue(medium.description().length() > 0);
    }

    /// What a view shows of a range.
    static MemorySegment shown(View view, long at, long byteCount) {
        MemorySegment bytes = Arena.ofAuto().allocate(byteCount);
        view.read(at, bytes, 0, byteCount);
        return bytes;
    }

    static long word(View view, long at) {
        return shown(view, at, Long.BYTES).get(LONG, 0);
    }

    static void fillRandom(MemorySegment segment, Random random) {
        for (long at = 0; at < segment.byteSize(); at++) {
            segment.set(JAVA_BYTE, at, (byte) random.nextInt(256));
        }
    }

    static void forEachView(Medium medium, Consumer<View> check) {
        check.accept(medium.metadata());
        if (medium.data() != medium.metadata()) {
            check.accept(medium.data());
        }
    }
}
