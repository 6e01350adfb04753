package dev.stele.medium;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageMediumTest extends MediumContract {
    private static final long PAGE = Medium.PAGE_BYTES;

    @TempDir
    Path directory;
    private int files;

    @Override
    Medium create() throws IOException {
        Path path = directory.resolve("image" + files++);
        allocate(path, SIZE_BYTES);
        return Media.openImage(path, MediumOptions.DEFAULT);
    }

    private static void allocate(Path path, long sizeBytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(sizeBytes);
        }
    }

    private Path path() {
        return directory.resolve("image" + (files - 1));
    }

    private long inFile(long at) throws IOException {
        try (FileChannel channel = FileChannel.open(path())) {
            ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(word, at);
            return word.getLong(0);
        }
    }

    @Test
    void isOfPagesAndDurableOnADisk() throws Exception {
        Medium medium = medium();
        assertEquals(Granularity.PAGE, medium.granularity());
        assertTrue(medium.description().contains("granularity PAGE"));
    }

    @Test
    void metadataReachesTheFileAtACheckpointOnly() throws Exception {
        Medium medium = medium();
        medium.metadata().putLong(40960, 1);
        medium.metadata().putLong(8 * PAGE, 2);
        assertEquals(0, inFile(40960));
        assertEquals(2, medium.dirtyPageCount());
        medium.beginCheckpoint();
        assertEquals(0, medium.dirtyPageCount());
        assertEquals(0, inFile(40960));
        medium.metadata().putLong(40960, 3);
        medium.finishCheckpoint();
        assertEquals(1, inFile(40960), "as it was when the checkpoint began");
        assertEquals(2, inFile(8 * PAGE));
        assertEquals(3, medium.metadata().segment().get(JAVA_LONG, 40960));
        assertEquals(1, medium.dirtyPageCount());
        medium.beginCheckpoint();
        medium.finishCheckpoint();
        assertEquals(3, inFile(40960));
    }

    @Test
    void metadataWithoutACheckpointIsForgottenAtClose() throws Exception {
        Medium medium = medium();
        medium.metadata().putLong(40960, 1);
        medium.close();
        assertEquals(0, inFile(40960));
        assertEquals(SIZE_BYTES, Files.size(path()));
    }

    @Test
    void closingLeavesAFileOfTheVolumesSizeWithoutAHeader() throws Exception {
        Medium medium = medium();
        medium.metadata().putLong(40960, 1);
        medium.beginCheckpoint();
        medium.finishCheckpoint();
        assertTrue(Files.size(path()) > SIZE_BYTES);
        assertTrue(inFile(CheckpointHeader.AT) != 0);
        medium.close();
        assertEquals(SIZE_BYTES, Files.size(path()));
        assertEquals(0, inFile(CheckpointHeader.AT));
        assertEquals(1, inFile(40960));
    }

    @Test
    void openingWhatIsNoVolumeChangesNothing() throws Exception {
        Path path = directory.resolve("letter");
        byte[] letter = new byte[10_001];
        java.util.Arrays.fill(letter, (byte) 'x');
        Files.write(path, letter);
        Media.openImage(path, MediumOptions.DEFAULT).close();
        assertEquals(-1, java.util.Arrays.mismatch(letter, Files.readAllBytes(path)));
    }

    @Test
    void dataIsSharedWithTheFile() throws Exception {
        Medium medium = medium();
        medium.data().putLong(5 * PAGE + 8, 11);
        medium.forceData(5 * PAGE + 8, 8);
        assertEquals(11, inFile(5 * PAGE + 8));
        assertEquals(0, medium.dirtyPageCount());
        try (FileChannel channel = FileChannel.open(medium.mappableFile().orElseThrow(), StandardOpenOption.READ,
                StandardOpenOption.WRITE); Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 5 * PAGE, PAGE, arena);
            assertEquals(11, mapped.get(JAVA_LONG, 8));
            mapped.set(JAVA_LONG, 16, 12);
            mapped.force();
        }
        assertEquals(12, medium.data().segment().get(JAVA_LONG, 5 * PAGE + 16));
        assertEquals(12, medium.metadata().segment().get(JAVA_LONG, 5 * PAGE + 16), "until stored to");
    }

    @Test
    void theHeadersOwnPageIsNeverWrittenByACheckpoint() throws Exception {
        Medium medium = medium();
        medium.metadata().putLong(CheckpointHeader.AT, 5);
        medium.metadata().putLong(40960, 1);
        assertEquals(1, medium.dirtyPageCount());
        medium.beginCheckpoint();
        medium.finishCheckpoint();
        assertTrue(inFile(CheckpointHeader.AT) != 5);
    }

    @Test
    void aStoreThatIsRefusedMarksNothingBehindTheEnd() throws Exception {
        Medium medium = medium();
        assertThrows(IndexOutOfBoundsException.class, () -> medium.metadata().putLong(SIZE_BYTES, 1));
        assertEquals(0, medium.dirtyPageCount());
    }

    @Test
    void manyCheckpointsReuseTheirSpace() throws Exception {
        Medium medium = medium();
        long largest = 0;
        for (int round = 1; round <= 50; round++) {
            for (long page = 16; page < 16 + 40; page++) {
                medium.metadata().putLong(page * PAGE, round);
            }
            medium.beginCheckpoint();
            medium.finishCheckpoint();
            largest = Math.max(largest, Files.size(path()));
        }
        assertTrue(largest <= SIZE_BYTES + 2 * CheckpointHeader.areaBytes(40), "grew to " + largest);
    }

    /// More pages than the medium keeps private copies of: those are given back, and the file shows the same.
    @Test
    void givesBackPrivateCopiesWithoutLosingWhatTheySaid() throws Exception {
        Path path = directory.resolve("image" + files++);
        allocate(path, 256L << 20);
        try (Medium medium = Media.openImage(path, MediumOptions.DEFAULT)) {
            long pages = 17_000;
            for (long page = 3; page < pages; page++) {
                medium.metadata().putLong(page * PAGE, page);
            }
            medium.beginCheckpoint();
            medium.finishCheckpoint();
            medium.metadata().putLong(5 * PAGE, -5);
            medium.metadata().putLong(900 * PAGE + 8, -9);
            medium.beginCheckpoint();
            medium.metadata().putLong(7 * PAGE, -7);
            for (long page = 3; page < pages; page++) {
                long expected = page == 5 ? -5 : page == 7 ? -7 : page;
                assertEquals(expected, medium.metadata().segment().get(JAVA_LONG, page * PAGE));
            }
            medium.finishCheckpoint();
            medium.beginCheckpoint();
            medium.finishCheckpoint();
        }
        assertEquals(-5, inFile(5 * PAGE));
        assertEquals(-7, inFile(7 * PAGE));
        assertEquals(-9, inFile(900 * PAGE + 8));
        assertEquals(16_999, inFile(16_999 * PAGE));
    }

    @Test
    void readersShareAndNeitherWriteNorMeetAWriter() throws Exception {
        Medium writer = medium();
        writer.metadata().putLong(40960, 1);
        writer.beginCheckpoint();
        writer.finishCheckpoint();
        MediumOptions reading = MediumOptions.DEFAULT.withReadOnly(true);
        VolumeException refused = assertThrows(VolumeException.class, () -> Media.openImage(path(), reading));
        assertEquals(Errno.EBUSY, refused.errno());
        writer.close();
        try (Medium first = Media.openImage(path(), reading); Medium second = Media.openImage(path(), reading)) {
            assertTrue(first.isReadOnly());
            assertTrue(first.canOverlay());
            assertEquals(1, second.metadata().segment().get(JAVA_LONG, 40960));
            assertEquals(Errno.EROFS,
                    assertThrows(VolumeException.class, () -> first.data().putLong(40960, 2)).errno());
            assertEquals(Errno.EROFS, assertThrows(VolumeException.class, () -> first.grow(SIZE_BYTES * 2)).errno());
            first.metadata().putLong(40960, 2);
            assertEquals(2, first.metadata().segment().get(JAVA_LONG, 40960));
            assertEquals(0, first.dirtyPageCount());
            first.beginCheckpoint();
            first.finishCheckpoint();
            assertEquals(1, second.metadata().segment().get(JAVA_LONG, 40960));
            assertThrows(VolumeException.class, () -> Media.openImage(path(), MediumOptions.DEFAULT));
        }
        assertEquals(1, inFile(40960));
    }

    /// What a reader finds unfinished it finishes in its memory only.
    @Test
    void readingReplaysWithoutWriting() throws Exception {
        Medium medium = medium();
        medium.metadata().putLong(40960, 1);
        medium.beginCheckpoint();
        medium.finishCheckpoint();
        byte[] image = Files.readAllBytes(path());
        medium.close();
        // as if the power had failed before the pages were written in place
        image[40960] = 77;
        Path cut = Files.write(directory.resolve("cut"), image);
        try (Medium reader = Media.openImage(cut, MediumOptions.DEFAULT.withReadOnly(true))) {
            assertEquals(SIZE_BYTES, reader.sizeBytes());
            assertEquals(1, reader.metadata().segment().get(JAVA_LONG, 40960));
        }
        assertEquals(-1, java.util.Arrays.mismatch(image, Files.readAllBytes(cut)));
        try (Medium writer = Media.openImage(cut, MediumOptions.DEFAULT)) {
            assertEquals(1, writer.metadata().segment().get(JAVA_LONG, 40960));
        }
        assertEquals(1, Files.readAllBytes(cut)[40960]);
    }

    /// C16, I-3, P-2, P-3: what the medium cannot show is a failure of the access, not the end of the JVM.
    @Test
    void anImageThatShrinksIsAnErrorNotASignal() throws Exception {
        Medium medium = medium();
        medium.metadata().putLong(40960, 1);
        medium.data().putLong(SIZE_BYTES / 2, 1);
        try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
            channel.truncate(PAGE * 4);
        }
        for (long at = SIZE_BYTES / 2; at < SIZE_BYTES; at += 64 * PAGE) {
            assertFails(medium.data(), at);
            assertFails(medium.metadata(), at);
        }
        for (Runnable step : List.<Runnable>of(medium::beginCheckpoint, medium::finishCheckpoint)) {
            VolumeException refused = assertThrows(VolumeException.class, step::run);
            assertEquals(Errno.EIO, refused.errno());
            assertTrue(refused.getMessage().contains("shrank"));
        }
        assertTrue(medium.dirtyPageCount() > 0);
    }

    private static void assertFails(View view, long at) {
        MemorySegment source = Arena.ofAuto().allocate(PAGE);
        for (Runnable store : List.<Runnable>of(() -> view.putLong(at, 1), () -> view.putInt(at, 1),
                () -> view.setBits(at, 1), () -> view.clearBits(at, 1), () -> view.put(at, source, 0, PAGE),
                () -> view.stream(at, source, 0, PAGE), () -> view.streamZeros(at, PAGE),
                () -> view.putZeros(at, PAGE))) {
            VolumeException failed = assertThrows(VolumeException.class, store::run);
            assertEquals(Errno.EIO, failed.errno());
        }
    }

    @Test
    void terabytesAreSparse() throws Exception {
        Path path = directory.resolve("image" + files++);
        long sizeBytes = 4L << 40;
        allocate(path, sizeBytes);
        try (Medium medium = Media.openImage(path, MediumOptions.DEFAULT)) {
            assertEquals(sizeBytes, medium.sizeBytes());
            medium.metadata().putLong(sizeBytes - 8, 1);
            medium.data().putLong(sizeBytes / 2, 2);
            medium.beginCheckpoint();
            medium.finishCheckpoint();
        }
        assertEquals(1, inFile(sizeBytes - 8));
        assertEquals(2, inFile(sizeBytes / 2));
        int descriptor = Native.open(path, Native.O_RDONLY);
        try {
            assertTrue(Native.status(descriptor).allocatedBytes() < 16L << 20);
        } finally {
            Native.close(descriptor);
        }
    }

    @Test
    void growsWithUnsavedMetadataAndSavesItLater() throws Exception {
        Medium medium = medium();
        medium.metadata().putLong(40960, 1);
        medium.beginCheckpoint();
        medium.finishCheckpoint();
        medium.metadata().putLong(9 * PAGE, 4);
        medium.grow(2 * SIZE_BYTES);
        assertEquals(1, medium.dirtyPageCount());
        assertEquals(0, inFile(9 * PAGE));
        medium.metadata().putLong(2 * SIZE_BYTES - 8, 5);
        medium.beginCheckpoint();
        medium.finishCheckpoint();
        medium.close();
        assertEquals(1, inFile(40960));
        assertEquals(4, inFile(9 * PAGE));
        assertEquals(5, inFile(2 * SIZE_BYTES - 8));
        assertEquals(2 * SIZE_BYTES, Files.size(path()));
    }

    @Test
    void threadsMarkTheirPagesWithoutALock() throws Exception {
        DirtyPages dirty = new DirtyPages(1L << 30, 2);
        List<Thread> threads = new ArrayList<>();
        for (int index = 0; index < 4; index++) {
            int first = index;
            threads.add(Thread.ofPlatform().start(() -> {
                for (long page = first; page < 40_000; page += 3) {
                    dirty.beforeStore(page * PAGE + 100, 5000);
                }
            }));
        }
        for (Thread each : threads) {
            each.join();
        }
        long[] pages = dirty.list();
        assertEquals(40_000, pages.length, "0 to 40000 without page 2");
        assertEquals(pages.length, dirty.count());
        for (int each = 0; each < pages.length; each++) {
            assertEquals(each < 2 ? each : each + 1, pages[each]);
        }
        assertTrue(dirty.contains(39_999));
        assertFalse(dirty.contains(2));
        dirty.clear();
        assertEquals(0, dirty.count());
        assertEquals(0, dirty.list().length);
    }
}
