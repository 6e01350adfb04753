package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFilesOnImageTest extends MappedFilesContract {
    @TempDir
    Path directory;
    private int images;

    @Override
    Medium create() {
        Path path = directory.resolve("image" + images++);
        Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT).close();
        return Media.openImage(path, MediumOptions.DEFAULT);
    }

    /// Bytes in the inode, a block, and a hole; nothing on the medium can change.
    @Test
    @DisplayName("D10, F-8, D6: all of a read-only volume is mapped, private stores included, and nothing changes")
    void aReadOnlyVolumeIsMapped() throws IOException {
        long inline = newFile();
        write(inline, 8, 7);
        long file = newFile(2);
        truncate(file, 4 * PAGE);
        volume.close();
        byte[] before = Files.readAllBytes(directory.resolve("image0"));
        medium = Media.openImage(directory.resolve("image0"), MediumOptions.DEFAULT.withReadOnly(true));
        volume = Volume.open(medium, new OpenOptions(true, System::nanoTime, false));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mine = volume.map(inline, 8, 100, Volume.MapMode.PRIVATE, arena);
            MemorySegment reader = volume.map(inline, 0, 100, Volume.MapMode.READ_ONLY, arena);
            MemorySegment blocks = volume.map(file, 0, 4 * PAGE, Volume.MapMode.PRIVATE, arena);
            assertEquals(7, mine.get(JAVA_LONG, 0));
            assertTrue(mine.isMapped() && reader.isMapped());
            mine.set(JAVA_LONG, 0, 8);
            assertEquals(7, reader.get(JAVA_LONG, 8));
            assertEquals(7, read(inline, 8));
            assertThrows(IllegalArgumentException.class, () -> reader.set(JAVA_LONG, 0, 1));
            assertEquals(2, blocks.get(JAVA_LONG, PAGE));
            blocks.set(JAVA_LONG, PAGE, 3);
            blocks.set(JAVA_LONG, 3 * PAGE, 4);
            assertEquals(2, read(file, PAGE));
            assertEquals(0, read(file, 3 * PAGE));
            VolumeException refused = assertThrows(VolumeException.class,
                    () -> volume.map(inline, 0, 8, Volume.MapMode.READ_WRITE, arena));
            assertEquals(Errno.EROFS, refused.errno());
        }
        volume.close();
        assertArrayEquals(before, Files.readAllBytes(directory.resolve("image0")));
    }

    @Test
    void whatWasStoredIsThereAfterOpeningAgain() {
        long file = newFile(3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = volume.map(file, 0, 3 * PAGE, Volume.MapMode.READ_WRITE, arena);
            mapped.set(JAVA_LONG, 2 * PAGE, 40);
            volume.sync(file, false);
            mapped.set(JAVA_LONG, PAGE, 41);
            mapped.force();
        }
        volume.close();
        medium = Media.openImage(directory.resolve("image0"), MediumOptions.DEFAULT);
        volume = Volume.open(medium, new OpenOptions(false, System::nanoTime, false));
        assertEquals(40, read(file, 2 * PAGE));
        assertEquals(41, read(file, PAGE));
    }
}
