package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
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
