package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.dirty.DirtyIndex;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What mappings promise on every medium that has a file.
abstract class MappingsContract {
    static final long SIZE_BYTES = 16L << 20;
    private static final long PAGE = Medium.PAGE_BYTES;
    private static final Runnable NOTHING = () -> { };

    private final CountingHolds holds = new CountingHolds();
    private final DirtyIndex dirty = new DirtyIndex();
    private Medium medium;
    private FakeFile file;
    private Mappings mappings;

    abstract Medium create() throws Exception;

    @BeforeEach
    void open() throws Exception {
        medium = create();
        file = new FakeFile(medium);
        mappings = new Mappings(medium, holds, dirty, Mmu.ofKernel(medium));
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, mappings.count());
        assertEquals(Map.of(), holds.held());
        medium.close();
    }

    private MemorySegment map(Access access, long offset, long byteCount, Arena arena) {
        return mappings.map(file, offset, byteCount, access, TrackingMode.AUTO, arena, NOTHING).segment();
    }

    private void scatter() {
        file.put(0, 20, 3).put(3, 11, 1).put(4, 700, 4);
        for (long block = 0; block < 8; block++) {
            file.writeLong(block * PAGE, 100 + block);
        }
    }

    @Test
    void aContiguousRangeShowsTheMedium() {
        file.put(0, 50, 8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_WRITE, 0, 8 * PAGE, arena);
            mapped.set(JAVA_LONG, 5 * PAGE, 42);
            assertEquals(42, medium.data().segment().get(JAVA_LONG, 55 * PAGE));
            medium.data().putLong(57 * PAGE + 8, 43);
            assertEquals(43, mapped.get(JAVA_LONG, 7 * PAGE + 8));
        }
    }

    @Test
    void aScatteredRangeIsOneSegment() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_WRITE, 0, 8 * PAGE, arena);
            for (long block = 0; block < 8; block++) {
                assertEquals(100 + block, mapped.get(JAVA_LONG, block * PAGE));
            }
            mapped.asSlice(PAGE, 5 * PAGE).fill((byte) 7);
            for (long offset = PAGE; offset < 6 * PAGE; offset += 8) {
                assertEquals(0x0707070707070707L, file.readLong(offset));
            }
        }
    }

    @Test
    void offsetsAndLengthsNeedNotBePages() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_WRITE, 3 * PAGE - 5, PAGE + 11, arena);
            assertEquals(PAGE + 11, mapped.byteSize());
            assertTrue(mapped.isMapped());
            mapped.set(JAVA_BYTE, 4, (byte) 1);
            assertEquals(1, medium.data().segment().get(JAVA_BYTE, 23 * PAGE - 1));
            assertEquals(103, mapped.get(ValueLayout.JAVA_LONG_UNALIGNED, 5));
            assertThrows(IndexOutOfBoundsException.class, () -> mapped.get(JAVA_BYTE, PAGE + 11));
            mapped.force();
            MappedByteBuffer buffer = assertInstanceOf(MappedByteBuffer.class, mapped.asByteBuffer());
            buffer.put(4, (byte) 2);
            buffer.force();
            assertEquals(2, medium.data().segment().get(JAVA_BYTE, 23 * PAGE - 1));
        }
    }

    @Test
    void theSegmentIsTrulyMapped() {
        scatter();
        file.put(10, 900, 1);
        for (Access access : Access.values()) {
            try (Arena arena = Arena.ofConfined()) {
                long byteCount = access == Access.READ_WRITE ? 8 * PAGE : 11 * PAGE;
                MemorySegment mapped = map(access, 0, byteCount, arena);
                assertTrue(mapped.isMapped(), access.name());
                assertEquals(access == Access.READ_ONLY, mapped.isReadOnly());
                mapped.load();
                mapped.isLoaded();
                mapped.force();
                mapped.asSlice(100, PAGE).force();
                mapped.unload();
                assertInstanceOf(MappedByteBuffer.class, mapped.asByteBuffer()).force();
                assertEquals(107, mapped.get(JAVA_LONG, 7 * PAGE));
            }
        }
    }

    @Test
    void nothingAtAllCanBeMapped() {
        AtomicInteger ended = new AtomicInteger();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = mappings.map(file, 77, 0, Access.READ_ONLY, TrackingMode.AUTO, arena,
                    ended::incrementAndGet).segment();
            assertEquals(0, mapped.byteSize());
            assertTrue(mapped.isMapped());
            assertEquals(0, ended.get(), "the caller may hold locks that the end of a mapping takes");
        }
        assertEquals(1, ended.get());
    }

    @Test
    void aReadOnlySegmentCannotBeStoredTo() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_ONLY, 0, 8 * PAGE, arena);
            assertThrows(IllegalArgumentException.class, () -> mapped.set(JAVA_BYTE, 0, (byte) 1));
        }
    }

    @Test
    void overlappingMappingsAgreeWithEachOtherAndTheFile() {
        scatter();
        long seed = Long.getLong("stele.seed", 20_261_121);
        Random random = new Random(seed);
        try (Arena arena = Arena.ofShared()) {
            List<MemorySegment> all = new ArrayList<>();
            List<Long> offsets = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                long offset = random.nextInt(4) * PAGE;
                all.add(map(i % 2 == 0 ? Access.READ_WRITE : Access.READ_ONLY, offset, 8 * PAGE - offset, arena));
                offsets.add(offset);
            }
            for (int step = 0; step < 2000; step++) {
                int writer = random.nextInt(3) * 2;
                long offset = Math.max(offsets.get(writer), random.nextInt((int) (8 * PAGE) / 8) * 8L);
                all.get(writer).set(JAVA_LONG, offset - offsets.get(writer), step);
                assertEquals(step, file.readLong(offset));
                for (int reader = 0; reader < 6; reader++) {
                    if (offset >= offsets.get(reader)) {
                        assertEquals(step, all.get(reader).get(JAVA_LONG, offset - offsets.get(reader)),
                                "seed " + seed);
                    }
                }
            }
        }
    }

    @Test
    void storesToAPrivateMappingStayThere() {
        scatter();
        file.remove(3, 1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mine = map(Access.PRIVATE, 0, 8 * PAGE, arena);
            assertEquals(101, mine.get(JAVA_LONG, PAGE));
            mine.set(JAVA_LONG, PAGE, 5);
            mine.set(JAVA_LONG, 3 * PAGE, 6);
            assertEquals(101, file.readLong(PAGE));
            assertEquals(5, mine.get(JAVA_LONG, PAGE));
            assertEquals(6, mine.get(JAVA_LONG, 3 * PAGE));
        }
    }

    @Test
    void aHoleShowsZerosUntilItIsFilled() {
        file.put(0, 30, 1).put(9, 40, 1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment first = map(Access.READ_ONLY, 0, 10 * PAGE, arena);
            MemorySegment second = map(Access.READ_ONLY, 4 * PAGE, 3 * PAGE, arena);
            for (long offset = PAGE; offset < 9 * PAGE; offset += 8) {
                assertEquals(0, first.get(JAVA_LONG, offset));
            }
            file.put(5, 60, 2);
            file.writeLong(5 * PAGE, 1);
            file.writeLong(6 * PAGE + 16, 2);
            mappings.filled(5, 60, 2);
            assertEquals(1, first.get(JAVA_LONG, 5 * PAGE));
            assertEquals(2, first.get(JAVA_LONG, 6 * PAGE + 16));
            assertEquals(1, second.get(JAVA_LONG, PAGE));
            assertEquals(2, second.get(JAVA_LONG, 2 * PAGE + 16));
            assertEquals(0, first.get(JAVA_LONG, 4 * PAGE));
            assertEquals(0, first.get(JAVA_LONG, 7 * PAGE));
            assertTrue(first.isMapped());
            first.force();
        }
    }

    /// D7, T-8: nobody meets a page that is not there.
    @Test
    void readersOfAHoleNeverFaultWhileItIsFilled() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            int pages = 256;
            MemorySegment mapped = map(Access.READ_ONLY, 0, pages * PAGE, arena);
            AtomicBoolean stop = new AtomicBoolean();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    while (!stop.get()) {
                        for (long page = 0; page < pages; page++) {
                            long value = mapped.get(JAVA_LONG, page * PAGE);
                            assertTrue(value == 0 || value == page + 1, "foreign data " + value);
                        }
                    }
                } catch (Throwable t) {
                    failure.set(t);
                }
            });
            for (long page = pages - 1; page >= 0; page--) {
                file.put(page, 100 + page * 3, 1);
                file.writeLong(page * PAGE, page + 1);
                mappings.filled(page, 100 + page * 3, 1);
                assertEquals(page + 1, mapped.get(JAVA_LONG, page * PAGE));
            }
            stop.set(true);
            reader.join();
            assertEquals(null, failure.get());
        }
    }

    @Test
    void blocksAFileGivesUpStayWithTheMappingUntilItCloses() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = map(Access.READ_WRITE, 0, 8 * PAGE, arena);
            MemorySegment two = map(Access.READ_ONLY, 2 * PAGE, 4 * PAGE, arena);
            mappings.detach(3, 3);
            file.remove(3, 3);
            mappings.refresh(3, 3, file);
            assertEquals(Map.of(11L, 2, 700L, 2, 701L, 2), holds.held());
            assertEquals(103, one.get(JAVA_LONG, 3 * PAGE));
            one.set(JAVA_LONG, 4 * PAGE, 9);
            assertEquals(9, two.get(JAVA_LONG, 2 * PAGE));
            assertEquals(0, file.readLong(4 * PAGE));
            mappings.detach(3, 3);
            assertEquals(Map.of(11L, 2, 700L, 2, 701L, 2), holds.held());
        }
        assertEquals(Map.of(), holds.held());
    }

    @Test
    void aRangeThatGrowsAgainShowsTheNewBlocks() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_WRITE, 0, 8 * PAGE, arena);
            mappings.detach(2, 6);
            file.remove(2, 6);
            file.put(4, 800, 2);
            file.writeLong(4 * PAGE, 1);
            mappings.filled(4, 800, 2);
            assertEquals(1, mapped.get(JAVA_LONG, 4 * PAGE));
            mapped.set(JAVA_LONG, 5 * PAGE, 2);
            assertEquals(2, file.readLong(5 * PAGE));
            assertEquals(Map.of(22L, 1, 11L, 1, 702L, 1, 703L, 1), holds.held());
        }
    }

    @Test
    void aHoleTheFileGrowsOverIsZeroAgain() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reader = map(Access.READ_ONLY, 0, 8 * PAGE, arena);
            MemorySegment mine = map(Access.PRIVATE, 0, 8 * PAGE, arena);
            mappings.detach(2, 6);
            file.remove(2, 6);
            mappings.clear(4, 100);
            assertEquals(103, reader.get(JAVA_LONG, 3 * PAGE));
            assertEquals(0, reader.get(JAVA_LONG, 4 * PAGE));
            assertEquals(105, mine.get(JAVA_LONG, 5 * PAGE));
            assertEquals(Map.of(22L, 2, 11L, 2, 700L, 1, 701L, 1, 702L, 1, 703L, 1), holds.held());
        }
    }

    @Test
    void anOperationThatFailsGivesTheBlocksBack() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_WRITE, 0, 8 * PAGE, arena);
            mappings.detach(0, 8);
            assertEquals(8, holds.held().size());
            mappings.refresh(0, 8, file);
            assertEquals(Map.of(), holds.held());
            mapped.set(JAVA_LONG, 6 * PAGE, 4);
            assertEquals(4, file.readLong(6 * PAGE));
        }
    }

    @Test
    void anAtomicWriteSwapsBlocksUnderTheMapping() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_ONLY, 0, 8 * PAGE, arena);
            MemorySegment mine = map(Access.PRIVATE, 0, 8 * PAGE, arena);
            mine.set(JAVA_LONG, 8, 3);
            mappings.detach(0, 2);
            file.put(0, 500, 2);
            file.writeLong(0, 77);
            mappings.refresh(0, 2, file);
            assertEquals(77, mapped.get(JAVA_LONG, 0));
            assertEquals(3, mine.get(JAVA_LONG, 8));
            assertEquals(Map.of(20L, 1, 21L, 1), holds.held());
        }
    }

    @Test
    void collapsingMovesWhatAMappingShows() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_WRITE, 0, 8 * PAGE, arena);
            mappings.detach(1, 2);
            file.remove(1, 2);
            for (long block = 3; block < 8; block++) {
                file.put(block - 2, file.blockOf(block), 1);
            }
            file.remove(6, 2);
            mappings.refresh(1, 7, file);
            for (long block = 0; block < 8; block++) {
                assertEquals(file.readLong(block * PAGE), mapped.get(JAVA_LONG, block * PAGE), "block " + block);
            }
            mapped.set(JAVA_LONG, 7 * PAGE, 1);
            assertEquals(107, file.readLong(5 * PAGE));
            assertEquals(Map.of(), holds.held());
        }
    }

    @Test
    void aPrivateMappingHoldsBlocksThatMove() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mine = map(Access.PRIVATE, 4 * PAGE, PAGE, arena);
            file.remove(4, 1).put(5, 700, 1);
            mappings.refresh(4, 2, file);
            assertEquals(Map.of(700L, 1), holds.held());
            assertEquals(104, mine.get(JAVA_LONG, 0));
        }
    }

    @Test
    void saysWhatIsMapped() {
        file.put(10, 100, 20);
        assertTrue(mappings.isEmpty());
        try (Arena arena = Arena.ofConfined()) {
            map(Access.READ_WRITE, 12 * PAGE, 4 * PAGE, arena);
            map(Access.READ_ONLY, 18 * PAGE, PAGE, arena);
            map(Access.READ_WRITE, 15 * PAGE + 1, 1, arena);
            assertEquals(3, mappings.count());
            assertTrue(mappings.isMapped(18, 1));
            assertFalse(mappings.isMappedWritable(18, 1));
            assertFalse(mappings.isMapped(16, 2));
            assertTrue(mappings.isMappedWritable(0, 13));
            List<String> ranges = new ArrayList<>();
            mappings.forEachWritable(14, 100, (block, count) -> ranges.add(block + "+" + count));
            assertEquals(List.of("14+2", "15+1"), ranges);
        }
        assertFalse(mappings.isMapped(0, Long.MAX_VALUE));
    }

    @Test
    void aConfinedASharedAndAnAutomaticArenaEndMappings() throws Exception {
        scatter();
        AtomicInteger ended = new AtomicInteger();
        for (Arena arena : List.of(Arena.ofConfined(), Arena.ofShared())) {
            mappings.map(file, 0, 8 * PAGE, Access.READ_WRITE, TrackingMode.AUTO, arena, ended::incrementAndGet);
            arena.close();
            assertEquals(0, mappings.count());
        }
        mappings.map(file, 0, 8 * PAGE, Access.READ_WRITE, TrackingMode.AUTO, Arena.ofAuto(), ended::incrementAndGet);
        for (int i = 0; i < 10_000 && mappings.count() > 0; i++) {
            System.gc();
            Thread.sleep(10);
        }
        for (int i = 0; i < 10_000 && ended.get() < 3; i++) {
            Thread.sleep(10);
        }
        assertEquals(3, ended.get());
    }

    @Test
    void aClosedArenaMapsNothing() {
        scatter();
        Arena arena = Arena.ofShared();
        arena.close();
        assertThrows(IllegalStateException.class, () -> map(Access.READ_ONLY, 0, PAGE, arena));
        assertEquals(0, mappings.count());
    }

    @Test
    void anotherThreadsConfinedArenaMapsNothing() throws Exception {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread.ofPlatform().start(() -> {
                try {
                    map(Access.READ_ONLY, 0, PAGE, arena);
                } catch (Throwable t) {
                    thrown.set(t);
                }
            }).join();
            assertInstanceOf(WrongThreadException.class, thrown.get());
        }
    }

    /// Closing and filling race on the same addresses; a fill that came after the unmapping would cover memory of the
    /// JVM's own, or leave a mapping behind.
    @Test
    void closingRacesWithFilling() throws Exception {
        int rounds = Integer.getInteger("stele.rounds", 300);
        long before = mappedRanges();
        for (int round = 0; round < rounds; round++) {
            file.remove(0, 64);
            Arena arena = Arena.ofShared();
            map(Access.READ_ONLY, 0, 64 * PAGE, arena);
            Thread filler = Thread.ofPlatform().start(() -> {
                for (long page = 0; page < 64; page++) {
                    mappings.filled(page, 200 + 2 * page, 1);
                }
            });
            Thread.onSpinWait();
            arena.close();
            filler.join();
        }
        assertTrue(mappedRanges() < before + 40, before + " ranges grew to " + mappedRanges());
    }

    @Test
    void closingWhileAnotherThreadReadsEndsItsReadsWithAnException() throws Exception {
        scatter();
        for (int round = 0; round < 30; round++) {
            Arena arena = Arena.ofShared();
            MemorySegment mapped = map(Access.READ_ONLY, 0, 8 * PAGE, arena);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            AtomicBoolean started = new AtomicBoolean();
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        for (long block = 0; block < 8; block++) {
                            assertEquals(100 + block, mapped.get(JAVA_LONG, block * PAGE));
                        }
                        started.set(true);
                    }
                } catch (Throwable t) {
                    thrown.set(t);
                }
            });
            while (!started.get()) {
                Thread.onSpinWait();
            }
            arena.close();
            reader.join();
            assertInstanceOf(IllegalStateException.class, thrown.get());
        }
    }

    @Test
    void tenThousandMappingsLeaveNothingBehind() throws Exception {
        scatter();
        map(Access.READ_WRITE, 0, 8 * PAGE, Arena.ofAuto());
        for (int i = 0; i < 10_000 && mappings.count() > 0; i++) {
            System.gc();
            Thread.sleep(10);
        }
        long rangesBefore = mappedRanges();
        long filesBefore = openFiles();
        for (int i = 0; i < 10_000; i++) {
            try (Arena arena = Arena.ofConfined()) {
                map(i % 2 == 0 ? Access.READ_WRITE : Access.READ_ONLY, i % 3 * PAGE, 5 * PAGE, arena);
            }
        }
        assertTrue(mappedRanges() < rangesBefore + 40, rangesBefore + " ranges grew to " + mappedRanges());
        assertTrue(openFiles() < filesBefore + 5, filesBefore + " files grew to " + openFiles());
    }

    @Test
    void moreThanTwoGiBOfHoles() {
        long size = 3L << 30;
        file.put(0, 64, 1).put(size / PAGE - 1, 65, 1);
        file.writeLong(size - 8, 5);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_ONLY, 0, size, arena);
            assertEquals(size, mapped.byteSize());
            assertTrue(mapped.isMapped());
            assertEquals(5, mapped.get(JAVA_LONG, size - 8));
            assertEquals(0, mapped.get(JAVA_LONG, size / 2));
            file.put(size / 2 / PAGE, 66, 1);
            file.writeLong(size / 2, 6);
            mappings.filled(size / 2 / PAGE, 66, 1);
            assertEquals(6, mapped.get(JAVA_LONG, size / 2));
        }
    }

    /// D6.
    @Test
    void readingAHoleOwnsNoMemory() throws Exception {
        long size = 1L << 30;
        long before = residentBytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_ONLY, 0, size, arena);
            long sum = 0;
            for (long offset = 0; offset < size; offset += PAGE) {
                sum += mapped.get(JAVA_BYTE, offset);
            }
            assertEquals(0, sum);
            assertTrue(residentBytes() - before < 256L << 20, "reading zeros took " + (residentBytes() - before));
        }
    }

    /// H-1, H-5.
    @Test
    void addressesAgreeWithTheMediumModuloAHugePage() {
        file.put(3, 600, 1500);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_WRITE, 10 * PAGE, 1400 * PAGE, arena);
            assertEquals(607 * PAGE % (2 << 20), mapped.address() % (2 << 20));
            mapped.set(JAVA_LONG, 1399 * PAGE, 8);
            assertEquals(8, file.readLong(1409 * PAGE));
        }
    }

    @Test
    void anInterruptedThreadMapsAllTheSame() throws Exception {
        scatter();
        Thread.currentThread().interrupt();
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(100, map(Access.READ_ONLY, 0, PAGE, arena).get(JAVA_LONG, 0));
            assertTrue(Thread.interrupted());
        }
        interruptsDuringMappingHurtNobody();
    }

    private void interruptsDuringMappingHurtNobody() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Runnable mapping = () -> {
            try {
                for (int i = 0; i < 2000; i++) {
                    try (Arena arena = Arena.ofConfined()) {
                        assertEquals(100, map(Access.READ_ONLY, 0, PAGE, arena).get(JAVA_LONG, 0));
                    }
                }
            } catch (Throwable t) {
                failure.set(t);
            }
        };
        Thread one = Thread.ofPlatform().start(mapping);
        Thread two = Thread.ofPlatform().start(mapping);
        while (one.isAlive()) {
            one.interrupt();
            Thread.sleep(0, 50_000);
        }
        two.join();
        assertEquals(null, failure.get());
    }

    @Test
    void revokingLeavesZeros() {
        scatter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = map(Access.READ_WRITE, 0, 8 * PAGE, arena);
            mappings.detach(0, 1);
            mappings.revoke();
            assertEquals(0, mapped.get(JAVA_LONG, 0));
            mapped.set(JAVA_LONG, PAGE, 1);
            assertEquals(101, file.readLong(PAGE));
            assertEquals(Map.of(), holds.held());
        }
    }

    private static long mappedRanges() throws Exception {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.count();
        }
    }

    private static long openFiles() throws Exception {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static long residentBytes() throws Exception {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE;
    }
}
