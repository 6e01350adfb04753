package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Mappings of files of a volume, on every kind of medium that can be mapped: the same tests on direct media, volatile
/// (E10) and persistent, and on the page cache's (D12, D13). Numbers are those of the rules in docs/dax.md.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class MappedFilesContract {
    static final long SIZE_BYTES = 16L << 20;
    static final long PAGE = 4096;

    final Arena memory = Arena.ofShared();
    private final AtomicLong clock = new AtomicLong(1_000_000_000L);
    private final MemorySegment word = memory.allocate(8);
    private int names;
    Medium medium;
    Volume volume;
    private long freeAtFirst;

    abstract Medium create() throws Exception;

    @BeforeEach
    void open() throws Exception {
        medium = create();
        Volume.format(medium, new FormatOptions("mapped", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        volume = Volume.open(medium, new OpenOptions(false, clock::incrementAndGet, false));
        freeAtFirst = volume.statistics().freeBlocks();
    }

    @AfterEach
    void close() {
        volume.close();
        memory.close();
    }

    long newFile() {
        return volume.create(volume.root(), Name.of("file" + names++), 0644, 0, 0);
    }

    /// A file whose every page starts with a word of its own.
    long newFile(int pages) {
        long file = newFile();
        for (int page = 0; page < pages; page++) {
            write(file, page * PAGE, page + 1);
        }
        truncate(file, pages * PAGE);
        return file;
    }

    void write(long file, long offset, long value) {
        word.set(JAVA_LONG, 0, value);
        assertEquals(8, volume.write(file, offset, word, 0, 8, Durability.DEFERRED));
    }

    long read(long file, long offset) {
        MemorySegment into = memory.allocate(8);
        volume.read(file, offset, into, 0, 8);
        return into.get(JAVA_LONG, 0);
    }

    void truncate(long file, long size) {
        volume.truncate(file, size);
    }

    long free() {
        volume.sync();
        return volume.statistics().freeBlocks();
    }

    /// Every page of the mapping, which starts at offset 0, shows what reading the file yields.
    void assertAgrees(long file, MemorySegment mapped, long byteCount, String when) {
        MemorySegment content = memory.allocate(byteCount);
        assertEquals(byteCount, volume.read(file, 0, content, 0, byteCount), when);
        assertEquals(-1, content.mismatch(mapped.asSlice(0, byteCount)), when);
    }

    /// D2.
    @Test
    void storesAndWritesAreTheSameBytes() {
        long file = newFile();
        try (Arena arena = Arena.ofConfined()) {
            truncate(file, 10 * PAGE);
            MemorySegment mapped = volume.map(file, 0, 10 * PAGE, MapMode.READ_WRITE, arena);
            assertTrue(mapped.isMapped());
            mapped.set(JAVA_LONG, 3 * PAGE, 5);
            assertEquals(5, read(file, 3 * PAGE));
            write(file, 9 * PAGE + 8, 6);
            assertEquals(6, mapped.get(JAVA_LONG, 9 * PAGE + 8));
            volume.sync(file, false);
            assertEquals(5, read(file, 3 * PAGE));
        }
    }

    @Test
    void anInlineFileIsMappedAllTheSame() {
        for (MapMode mode : MapMode.values()) {
            long file = newFile();
            write(file, 0, 7);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment mapped = volume.map(file, 0, 8, mode, arena);
                assertEquals(7, mapped.get(JAVA_LONG, 0));
                write(file, 0, 8);
                assertEquals(8, mapped.get(JAVA_LONG, 0), mode.name());
            }
        }
    }

    /// D6, D7.
    @Test
    void aHoleOwnsNothingUntilItIsFilledAndIsFilledForAll() {
        long file = newFile();
        truncate(file, 200 * PAGE);
        long before = free();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = volume.map(file, 0, 200 * PAGE, MapMode.READ_ONLY, arena);
            MemorySegment two = volume.map(file, 3 * PAGE, 10 * PAGE, MapMode.READ_ONLY, arena);
            long sum = 0;
            for (long offset = 0; offset < 200 * PAGE; offset += 8) {
                sum |= one.get(JAVA_LONG, offset);
            }
            assertEquals(0, sum);
            assertEquals(before, free());
            write(file, 5 * PAGE, 1);
            assertEquals(1, one.get(JAVA_LONG, 5 * PAGE));
            assertEquals(1, two.get(JAVA_LONG, 2 * PAGE));
            MemorySegment writer = volume.map(file, 4 * PAGE, 5 * PAGE, MapMode.READ_WRITE, arena);
            writer.set(JAVA_LONG, 2 * PAGE, 2);
            assertEquals(2, one.get(JAVA_LONG, 6 * PAGE));
            assertEquals(2, two.get(JAVA_LONG, 3 * PAGE));
            volume.allocate(file, 100 * PAGE, 4 * PAGE, false);
            write(file, 102 * PAGE, 3);
            assertEquals(3, one.get(JAVA_LONG, 102 * PAGE));
        }
    }

    /// D7.
    @Test
    void copyingIntoAHoleIsSeen() {
        long source = newFile(4);
        long file = newFile();
        truncate(file, 4 * PAGE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = volume.map(file, 0, 4 * PAGE, MapMode.READ_ONLY, arena);
            assertEquals(2 * PAGE, volume.copyRange(source, PAGE, file, PAGE, 2 * PAGE));
            assertAgrees(file, mapped, 4 * PAGE, "copied");
            assertEquals(3, mapped.get(JAVA_LONG, 2 * PAGE));
        }
    }

    /// P8, T-1, T-2, E11: the space of blocks that a mapping shows is not used again while it does, and comes back when
    /// it ends.
    @Test
    void blocksGivenUpUnderAMappingAreNotUsedAgainUntilItEnds() {
        long file = newFile(64);
        long free = free();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = volume.map(file, 0, 64 * PAGE, MapMode.READ_ONLY, arena);
            volume.punchHole(file, 10 * PAGE, 20 * PAGE);
            assertEquals(0, read(file, 12 * PAGE));
            truncate(file, 40 * PAGE);
            fillTheVolume();
            for (long page = 0; page < 64; page++) {
                assertEquals(page + 1, mapped.get(JAVA_LONG, page * PAGE), "page " + page);
            }
        }
        emptyTheVolume();
        assertEquals(free + 44, free());
    }

    private void fillTheVolume() {
        long hog = volume.create(volume.root(), Name.of("hog"), 0644, 0, 0);
        MemorySegment junk = memory.allocate(16 * PAGE).fill((byte) 0x5A);
        try {
            while (true) {
                volume.append(hog, junk, 0, junk.byteSize(), Durability.DEFERRED);
            }
        } catch (VolumeException full) {
            assertEquals(Errno.ENOSPC, full.errno());
        }
    }

    private void emptyTheVolume() {
        volume.unlink(volume.root(), Name.of("hog"));
        volume.sync();
    }

    /// T-9.
    @Test
    void anUnlinkedFileLivesUntilItsMappingEnds() {
        long file = newFile(8);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mapped = volume.map(file, 0, 8 * PAGE, MapMode.READ_WRITE, arena);
            volume.unlink(volume.root(), Name.of("file0"));
            fillTheVolume();
            for (long page = 0; page < 8; page++) {
                assertEquals(page + 1, mapped.get(JAVA_LONG, page * PAGE));
            }
            mapped.set(JAVA_LONG, 0, 9);
            volume.sync(file, false);
        }
        emptyTheVolume();
        assertEquals(freeAtFirst, free(), 1);
    }

    @Test
    void aFileRenamedOverLivesUntilItsMappingEnds() {
        long file = newFile(8);
        newFile(3);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mapped = volume.map(file, 0, 8 * PAGE, MapMode.READ_WRITE, arena);
            volume.rename(volume.root(), Name.of("file1"), volume.root(), Name.of("file0"),
                    Volume.RenameMode.REPLACE);
            fillTheVolume();
            for (long page = 0; page < 8; page++) {
                assertEquals(page + 1, mapped.get(JAVA_LONG, page * PAGE));
            }
        }
        emptyTheVolume();
        assertEquals(freeAtFirst - 3, free(), 1);
    }

    @Test
    void collapsingAndInsertingMoveWhatMappingsShow() {
        long file = newFile(16);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = volume.map(file, 0, 16 * PAGE, MapMode.READ_WRITE, arena);
            volume.collapseRange(file, 2 * PAGE, 5 * PAGE);
            assertAgrees(file, mapped, 11 * PAGE, "collapsed");
            mapped.set(JAVA_LONG, 3 * PAGE, 77);
            assertEquals(77, read(file, 3 * PAGE));
            volume.insertRange(file, PAGE, 4 * PAGE);
            assertAgrees(file, mapped, 15 * PAGE, "inserted");
            for (long page = 0; page < 15; page++) {
                mapped.set(JAVA_LONG, page * PAGE, 1000 + page);
                assertEquals(1000 + page, read(file, page * PAGE), "page " + page);
            }
        }
    }

    /// T-4.
    @Test
    void zeroedRangesAreZeroInMappingsAndTakeStores() {
        long file = newFile(16);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = volume.map(file, 0, 16 * PAGE, MapMode.READ_WRITE, arena);
            MemorySegment reader = volume.map(file, 0, 16 * PAGE, MapMode.READ_ONLY, arena);
            volume.zeroRange(file, 3 * PAGE + 100, 7 * PAGE, false);
            assertAgrees(file, mapped, 16 * PAGE, "zeroed");
            assertAgrees(file, reader, 16 * PAGE, "zeroed");
            assertEquals(0, reader.get(JAVA_LONG, 5 * PAGE));
            mapped.set(JAVA_LONG, 6 * PAGE, 4);
            assertEquals(4, read(file, 6 * PAGE));
            assertEquals(4, reader.get(JAVA_LONG, 6 * PAGE));
        }
    }

    /// T-4, D8: what was cut off and grows again is new, and the old mapping's stores reach it.
    @Test
    void aFileThatGrowsAgainIsTheSameForItsOldMapping() {
        for (int how = 0; how < 3; how++) {
            long file = newFile(8);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment mapped = volume.map(file, 0, 8 * PAGE, MapMode.READ_WRITE, arena);
                MemorySegment reader = volume.map(file, 0, 8 * PAGE, MapMode.READ_ONLY, arena);
                truncate(file, 3 * PAGE);
                mapped.set(JAVA_LONG, 6 * PAGE, 99);
                grow(file, how);
                assertAgrees(file, mapped, 8 * PAGE, "grown by way " + how);
                assertAgrees(file, reader, 8 * PAGE, "grown by way " + how);
                mapped.set(JAVA_LONG, 5 * PAGE, 6);
                assertEquals(6, read(file, 5 * PAGE), "grown by way " + how);
            }
        }
    }

    private void grow(long file, int how) {
        switch (how) {
            case 0 -> truncate(file, 8 * PAGE);
            case 1 -> volume.allocate(file, 3 * PAGE, 5 * PAGE, false);
            default -> write(file, 8 * PAGE - 8, 0);
        }
    }

    @Test
    @DisplayName("D8, D9: what was stored behind the end of file reads as zeros however the file grows")
    void storesBehindTheEndOfFileNeverBecomePartOfIt() {
        for (int how = 0; how < 8; how++) {
            for (boolean synced : new boolean[] {false, true}) {
                long file = newFile(1);
                truncate(file, 100);
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment mapped = volume.map(file, 0, PAGE, MapMode.READ_WRITE, arena);
                    mapped.set(JAVA_BYTE, 99, (byte) 1);
                    mapped.set(JAVA_LONG, 2000, 5);
                    mapped.set(JAVA_LONG, PAGE - 8, 6);
                    if (synced) {
                        volume.sync(file, false);
                    }
                    growOverTail(file, how, arena);
                    String way = "grown by way " + how + (synced ? " after a sync" : "");
                    assertEquals(0, read(file, 2000), way);
                    assertEquals(0, mapped.get(JAVA_LONG, 2000), way);
                    assertEquals(1, mapped.get(JAVA_BYTE, 99), way);
                    truncate(file, 3 * PAGE);
                    assertEquals(0, read(file, PAGE - 8), way + ", and then over all of the page");
                }
            }
        }
    }

    private void growOverTail(long file, int how, Arena arena) {
        switch (how) {
            case 0 -> truncate(file, 3000);
            case 1 -> volume.allocate(file, 0, 3000, false);
            case 2 -> write(file, 2992, 0);
            case 3 -> volume.copyRange(newFile(1), 0, file, 2500, 500);
            case 4 -> volume.append(file, arena.allocate(2900), 0, 2900, Durability.DEFERRED);
            case 5 -> volume.write(file, 2992, arena.allocate(8), 0, 8, Durability.ATOMIC);
            case 6 -> volume.zeroRange(file, 50, 2950, false);
            default -> {
                truncate(file, 3000);
                MemorySegment later = volume.map(file, 1000, 3000, MapMode.READ_WRITE, arena);
                assertEquals(0, later.get(JAVA_LONG, 1000));
            }
        }
        // zeroing from the middle on has taken this with it
        if (how == 6) {
            volume.write(file, 99, arena.allocate(1).fill((byte) 1), 0, 1, Durability.DEFERRED);
        }
    }

    @Test
    @DisplayName("D2: overlapping mappings, reads, writes and appends are the same bytes at once, each way")
    void everyDoorShowsTheSameBytes() {
        long file = newFile(8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = volume.map(file, 0, 9 * PAGE, MapMode.READ_WRITE, arena);
            MemorySegment two = volume.map(file, 2 * PAGE + 8, 5 * PAGE, MapMode.READ_WRITE, arena);
            MemorySegment reader = volume.map(file, 8, 9 * PAGE - 8, MapMode.READ_ONLY, arena);
            for (long offset = 3 * PAGE; offset < 6 * PAGE; offset += 1000) {
                one.set(JAVA_LONG, offset, offset + 1);
                assertEveryDoor(file, offset, offset + 1, one, two, reader);
                two.set(JAVA_LONG, offset - 2 * PAGE - 8, offset + 2);
                assertEveryDoor(file, offset, offset + 2, one, two, reader);
                write(file, offset, offset + 3);
                assertEveryDoor(file, offset, offset + 3, one, two, reader);
            }
            word.set(JAVA_LONG, 0, 77);
            assertEquals(8 * PAGE, volume.append(file, word, 0, 8, Durability.DEFERRED));
            assertEquals(77, one.get(JAVA_LONG, 8 * PAGE));
            assertEquals(77, reader.get(JAVA_LONG, 8 * PAGE - 8));
        }
    }

    private void assertEveryDoor(
            long file, long offset, long value, MemorySegment one, MemorySegment two, MemorySegment reader) {
        assertEquals(value, read(file, offset));
        assertEquals(value, one.get(JAVA_LONG, offset));
        assertEquals(value, two.get(JAVA_LONG, offset - 2 * PAGE - 8));
        assertEquals(value, reader.get(JAVA_LONG, offset - 8));
    }

    /// Also where a huge page of zeros could be in the way (generic/428).
    @Test
    @DisplayName("D7, H-2: a hole that is filled is seen in every live mapping when the call that fills it returns")
    void filledHolesAreSeenAtOnce() {
        long huge = 2L << 20;
        long file = newFile();
        truncate(file, 4 * huge);
        long before = volume.statistics().freeBlocks();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = volume.map(file, 0, 4 * huge, MapMode.READ_ONLY, arena);
            MemorySegment two = volume.map(file, huge, 2 * huge, MapMode.READ_ONLY, arena);
            for (long offset = huge; offset < 3 * huge; offset += PAGE) {
                assertEquals(0, one.get(JAVA_LONG, offset) | two.get(JAVA_LONG, offset - huge));
            }
            assertEquals(before, volume.statistics().freeBlocks());
            for (int how = 0; how < 7; how++) {
                long offset = (how & 1) == 0 ? huge + 16L * how * PAGE : 2 * huge + 16L * how * PAGE;
                fill(file, offset, how, 500 + how, arena);
                assertEquals(500 + how, one.get(JAVA_LONG, offset), "filled by way " + how);
                assertEquals(500 + how, two.get(JAVA_LONG, offset - huge), "filled by way " + how);
                assertEquals(0, one.get(JAVA_LONG, offset + 8 * PAGE));
            }
        }
    }

    private void fill(long file, long offset, int how, long value, Arena arena) {
        word.set(JAVA_LONG, 0, value);
        switch (how) {
            case 0, 1, 2, 3 -> volume.write(file, offset, word, 0, 8, Durability.values()[how]);
            case 4 -> volume.map(file, offset, 8, MapMode.READ_WRITE, arena).set(JAVA_LONG, 0, value);
            case 5 -> {
                volume.allocate(file, offset, PAGE, true);
                write(file, offset, value);
            }
            default -> {
                long source = newFile();
                write(source, 0, value);
                volume.copyRange(source, 0, file, offset, 8);
            }
        }
    }

    @Test
    @DisplayName("D1: any offset and length, beyond 2 GiB")
    void moreThanTwoGiB() {
        long file = newFile();
        long size = 5L << 30;
        truncate(file, size + 100);
        write(file, size - 3, 41);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reader = volume.map(file, 13, size + 87, MapMode.READ_ONLY, arena);
            assertEquals(size + 87, reader.byteSize());
            assertEquals(41, reader.get(JAVA_LONG_UNALIGNED, size - 3 - 13));
            MemorySegment window = volume.map(file, (3L << 30) + 5, 3 * PAGE, MapMode.READ_WRITE, arena);
            window.set(JAVA_LONG_UNALIGNED, 2 * PAGE, 42);
            assertEquals(42, reader.get(JAVA_LONG_UNALIGNED, (3L << 30) + 5 + 2 * PAGE - 13));
            assertEquals(42, read(file, (3L << 30) + 5 + 2 * PAGE));
            MemorySegment mine = volume.map(file, 0, size, MapMode.PRIVATE, arena);
            mine.set(JAVA_LONG, 4L << 30, 43);
            assertEquals(0, read(file, 4L << 30));
        }
    }

    @Test
    void atomicWritesAreSeenWhole() {
        long file = newFile(8);
        MemorySegment new8 = memory.allocate(2 * PAGE).fill((byte) 9);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = volume.map(file, 0, 8 * PAGE, MapMode.READ_WRITE, arena);
            volume.write(file, 2 * PAGE + 10, new8, 0, 2 * PAGE, Durability.ATOMIC);
            assertAgrees(file, mapped, 8 * PAGE, "written");
            mapped.set(JAVA_LONG, 3 * PAGE, 8);
            assertEquals(8, read(file, 3 * PAGE));
        }
        assertEquals(freeAtFirst - 8, free(), 1);
    }

    /// I-7.
    @Test
    void aMappingIsTheBufferOfItsOwnFilesInputAndOutput() {
        long file = newFile(8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = volume.map(file, 0, 8 * PAGE, MapMode.READ_WRITE, arena);
            volume.write(file, 4 * PAGE, mapped, PAGE, 2 * PAGE, Durability.DEFERRED);
            assertEquals(2, read(file, 4 * PAGE));
            assertEquals(3, mapped.get(JAVA_LONG, 5 * PAGE));
            volume.read(file, 0, mapped, 6 * PAGE, 2 * PAGE);
            assertEquals(1, read(file, 6 * PAGE));
            assertEquals(8 * PAGE, volume.append(file, mapped, 0, 8 * PAGE, Durability.DEFERRED));
            assertEquals(3, read(file, 13 * PAGE));
        }
    }

    /// What bytes arrive is nobody's business but that they are the file's, as with the kernel; all of them are the old
    /// ones where the write goes to new blocks.
    @Test
    @DisplayName("I-7: a mapping is the buffer of its own file's input and output where the two overlap")
    void aMappingIsTheBufferOfWhatItShows() {
        long file = newFile(8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = volume.map(file, 0, 8 * PAGE, MapMode.READ_WRITE, arena);
            assertEquals(3 * PAGE, volume.write(file, 2 * PAGE, mapped, PAGE, 3 * PAGE, Durability.ATOMIC));
            for (int page = 0; page < 8; page++) {
                assertEquals(page < 2 || page > 4 ? page + 1 : page, mapped.get(JAVA_LONG, page * PAGE));
            }
            volume.write(file, 4 * PAGE, mapped, 3 * PAGE, 2 * PAGE, Durability.DEFERRED);
            volume.read(file, 5 * PAGE, mapped, 6 * PAGE, 2 * PAGE);
            volume.write(file, 0, mapped, 0, 8 * PAGE, Durability.DSYNC);
            for (int page = 0; page < 8; page++) {
                long value = read(file, page * PAGE);
                assertTrue(value >= 1 && value <= 8, "page " + page + " has " + value);
                assertEquals(0, read(file, page * PAGE + 8));
            }
        }
    }

    @Test
    @DisplayName("D10: a private page that was not stored to follows the file")
    void privatePagesFollowTheFileUntilTheyAreStoredTo() {
        long file = newFile(4);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mine = volume.map(file, 0, 4 * PAGE, MapMode.PRIVATE, arena);
            mine.set(JAVA_LONG, PAGE, 50);
            write(file, PAGE, 60);
            write(file, 2 * PAGE, 61);
            assertEquals(50, mine.get(JAVA_LONG, PAGE));
            assertEquals(61, mine.get(JAVA_LONG, 2 * PAGE));
        }
    }

    /// D10, F-8.
    @Test
    void privateStoresReachNoFile() {
        long file = newFile(4);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mine = volume.map(file, 0, 4 * PAGE, MapMode.PRIVATE, arena);
            mine.set(JAVA_LONG, PAGE, 50);
            volume.sync(file, false);
            assertEquals(2, read(file, PAGE));
            truncate(file, 0);
            assertEquals(50, mine.get(JAVA_LONG, PAGE));
            assertEquals(3, mine.get(JAVA_LONG, 2 * PAGE));
        }
    }

    @Test
    void nothingAtAllCanBeMapped() {
        long file = newFile();
        for (MapMode mode : MapMode.values()) {
            try (Arena arena = Arena.ofConfined()) {
                assertEquals(0, volume.map(file, 0, 0, mode, arena).byteSize());
            }
        }
        volume.unlink(volume.root(), Name.of("file0"));
        assertEquals(freeAtFirst, free(), 1);
    }

    /// P9, F-10: refused when it is mapped, and nothing is left of the attempt but what a second one will use.
    @Test
    void aMappingThatDoesNotFitIsRefused() {
        long file = newFile();
        truncate(file, 4 * SIZE_BYTES);
        try (Arena arena = Arena.ofConfined()) {
            VolumeException full = assertThrows(VolumeException.class,
                    () -> volume.map(file, 0, 4 * SIZE_BYTES, MapMode.READ_WRITE, arena));
            assertEquals(Errno.ENOSPC, full.errno());
        }
        volume.unlink(volume.root(), Name.of("file0"));
        assertEquals(freeAtFirst, free(), 1);
    }

    /// B1, B2.
    @Test
    void sealedFilesAreNotUnsealedWhileMapped() {
        long file = newFile(2);
        volume.seal(file, true);
        try (Arena arena = Arena.ofConfined()) {
            volume.map(file, 0, 2 * PAGE, MapMode.READ_WRITE, arena).set(JAVA_LONG, 0, 5);
            for (Runnable forbidden : new Runnable[] {() -> truncate(file, 0), () -> volume.seal(file, false),
                    () -> volume.punchHole(file, 0, PAGE), () -> volume.collapseRange(file, 0, PAGE)}) {
                VolumeException refused = assertThrows(VolumeException.class, forbidden::run);
                assertTrue(refused.errno() == Errno.ETXTBSY || refused.errno() == Errno.EBUSY, "" + refused.errno());
            }
            assertEquals(5, read(file, 0));
        }
        volume.seal(file, false);
        truncate(file, 0);
    }

    @Test
    void mappingsAndTheFileAgreeAfterRandomChanges() {
        long seed = Long.getLong("stele.seed", 20_261_121);
        int rounds = Integer.getInteger("stele.rounds", 6);
        for (int round = 0; round < rounds; round++) {
            try (Arena scratch = Arena.ofConfined()) {
                long file = newFile();
                new MappedFileModel(volume, file, new Random(seed + round), scratch)
                        .run(150, "seed " + seed + " round " + round);
                volume.unlink(volume.root(), Name.of("file" + round));
            }
        }
        assertEquals(freeAtFirst, free(), 1);
    }

    /// F-1, T-8: locks of a sync, of a mapping that ends, of one that begins and of changes never wait for each other
    /// in a circle, and closing an arena while others sync is safe.
    @Test
    void everythingAtOnceEndsWell() throws Exception {
        long seed = Long.getLong("stele.seed", 20_261_121);
        long file = newFile(16);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
            int kind = t;
            Random random = new Random(seed + t);
            threads.add(Thread.ofPlatform().start(() -> {
                try (Arena scratch = Arena.ofConfined()) {
                    for (int i = 0; i < 300 && failure.get() == null; i++) {
                        oneOfMany(kind, file, random, scratch);
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        for (Thread each : threads) {
            each.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("seed " + seed, failure.get());
        }
        volume.unlink(volume.root(), Name.of("file0"));
        assertEquals(freeAtFirst, free(), 1);
    }

    private void oneOfMany(int kind, long file, Random random, Arena scratch) {
        long page = random.nextInt(12);
        switch (kind) {
            case 0, 1 -> {
                try (Arena arena = random.nextBoolean() ? Arena.ofShared() : Arena.ofConfined()) {
                    MemorySegment mapped = volume.map(file, page * PAGE, 4 * PAGE, MapMode.READ_WRITE, arena);
                    mapped.set(JAVA_LONG, 0, random.nextLong());
                    mapped.set(JAVA_LONG, 3 * PAGE, random.nextLong());
                }
            }
            case 2 -> volume.sync(file, random.nextBoolean());
            case 3 -> volume.syncRange(file, page * PAGE, 2 * PAGE);
            case 4 -> volume.write(file, page * PAGE, scratch.allocate(5000), 0, 5000,
                    Durability.values()[random.nextInt(4)]);
            default -> {
                switch (random.nextInt(4)) {
                    case 0 -> volume.truncate(file, page * PAGE);
                    case 1 -> volume.truncate(file, 16 * PAGE);
                    case 2 -> volume.punchHole(file, page * PAGE, 3 * PAGE);
                    default -> volume.sync();
                }
            }
        }
    }

    /// C16.
    @Test
    void closingTheVolumeUnderMappingsHarmsNobody() throws Exception {
        long file = newFile(8);
        long other = newFile(8);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mapped = volume.map(file, 0, 8 * PAGE, MapMode.READ_WRITE, arena);
            MemorySegment reader = volume.map(other, 0, 8 * PAGE, MapMode.READ_ONLY, arena);
            truncate(other, 0);
            volume.close();
            assertTrue(mapped.get(JAVA_LONG, PAGE) == 0 || mapped.get(JAVA_LONG, PAGE) == 2);
            assertTrue(reader.get(JAVA_LONG, PAGE) == 0 || reader.get(JAVA_LONG, PAGE) == 2);
            mapped.set(JAVA_LONG, PAGE, 3);
            mapped.force();
        }
    }

    /// An arena that closes at the same moment as the volume must not wait for ever, least of all in the JVM's one
    /// cleaner.
    @Test
    void anArenaClosesWhileTheVolumeDoes() throws Exception {
        for (int round = 0; round < 20; round++) {
            long file = newFile(2);
            Arena[] arenas = new Arena[20];
            for (int i = 0; i < arenas.length; i++) {
                arenas[i] = Arena.ofShared();
                volume.map(file, 0, PAGE, MapMode.READ_ONLY, arenas[i]);
            }
            Thread closer = Thread.ofPlatform().daemon().start(() -> {
                for (Arena each : arenas) {
                    each.close();
                }
            });
            volume.close();
            closer.join(120_000);
            assertTrue(!closer.isAlive(), "an arena hangs in its close");
            open();
        }
    }

    @Test
    void sizeAndSpaceAreWhatTheyWere() {
        long file = newFile(5);
        truncate(file, 5 * PAGE - 100);
        try (Arena arena = Arena.ofConfined()) {
            volume.map(file, 0, 5 * PAGE - 100, MapMode.READ_WRITE, arena);
            Attributes attributes = new Attributes();
            volume.attributes(file, attributes);
            assertEquals(5 * PAGE - 100, attributes.sizeBytes);
        }
        volume.setAttributes(file, new AttributeChange().sizeBytes(0));
        volume.unlink(volume.root(), Name.of("file0"));
        assertEquals(freeAtFirst, free(), 1);
    }
}
