package dev.stele.medium;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A page of a real mapping that is a signal at every access (P-2 to P-4): the fault is told in time, also by compiled
/// code, and a store of the whole page goes to the file by a system call.
class UnreadablePagesTest {
    private static final int PAGE = Medium.PAGE_BYTES;
    private static final int COMPILED = 20_000;

    @TempDir
    Path directory;
    private final MemorySegment page = Arena.ofAuto().allocate(PAGE);

    /// As a kernel does that knows the page to be bad.
    private static void takeAway(Medium medium, long at) {
        int nothing = Native.memfd("nothing", 0);
        try {
            Native.map(medium.data().segment().address() + at, PAGE, Native.PROT_READ | Native.PROT_WRITE,
                    Native.MAP_SHARED | Native.MAP_FIXED, nothing, 0);
        } finally {
            Native.close(nothing);
        }
    }

    @Test
    void storesOfTheWholePageReachTheFileAndOthersAreRefused() throws IOException {
        Path path = directory.resolve("image");
        Media.create(path, 1 << 20, MediumOptions.DEFAULT).close();
        try (Medium medium = Media.openImage(path, MediumOptions.DEFAULT)) {
            View data = medium.data();
            for (int i = 0; i < COMPILED; i++) {
                data.put(8 * PAGE, page, 0, PAGE);
                data.putZeros(8 * PAGE, PAGE);
            }
            takeAway(medium, 9 * PAGE);
            assertEquals(-1, medium.firstUnreadable(0, 9 * PAGE));
            assertEquals(9 * PAGE, medium.firstUnreadable(7 * PAGE + 5, 4 * PAGE));
            assertEquals(9 * PAGE + 70, medium.firstUnreadable(9 * PAGE + 70, 1));
            for (int value = 1; value < 50; value++) {
                page.fill((byte) value);
                data.put(9 * PAGE, page, 0, PAGE);
                byte[] expected = new byte[PAGE];
                Arrays.fill(expected, (byte) value);
                assertArrayEquals(expected, inFile(path, 9 * PAGE));
                data.putZeros(9 * PAGE, PAGE);
                assertArrayEquals(new byte[PAGE], inFile(path, 9 * PAGE));
                VolumeException refused = assertThrows(VolumeException.class,
                        () -> data.put(9 * PAGE + 1, page, 0, PAGE - 1));
                assertEquals(Errno.EIO, refused.errno());
            }
            data.put(8 * PAGE, page, 0, PAGE);
            assertEquals(49, data.segment().get(JAVA_BYTE, 8 * PAGE));
        }
    }

    /// Of words and of what is read, too.
    @Test
    void everyVerbTellsInTime() throws IOException {
        Path path = directory.resolve("image");
        Media.create(path, 1 << 20, MediumOptions.DEFAULT).close();
        try (Medium medium = Media.openImage(path, MediumOptions.DEFAULT)) {
            View data = medium.data();
            for (int i = 0; i < COMPILED; i++) {
                verbs(data, 8 * PAGE).forEach(Runnable::run);
            }
            takeAway(medium, 9 * PAGE);
            for (int round = 0; round < 20; round++) {
                for (Runnable verb : verbs(data, 9 * PAGE)) {
                    assertEquals(Errno.EIO, assertThrows(VolumeException.class, verb::run).errno());
                }
            }
        }
    }

    private List<Runnable> verbs(View view, long at) {
        return List.of(() -> view.putLong(at, 1), () -> view.putInt(at, 1), () -> view.setBits(at, 1),
                () -> view.clearBits(at, 1), () -> view.read(at, page, 0, 100));
    }

    private static byte[] inFile(Path path, int at) throws IOException {
        return Arrays.copyOfRange(Files.readAllBytes(path), at, at + PAGE);
    }
}
