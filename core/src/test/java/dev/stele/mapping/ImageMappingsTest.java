package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.dirty.DirtyIndex;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On an image file a mapping shows the data view, and its own `force()` puts the bytes into the file.
class ImageMappingsTest extends MappingsContract {
    @TempDir
    Path directory;

    @Override
    Medium create() {
        Path path = directory.resolve("image");
        Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT).close();
        return Media.openImage(path, MediumOptions.DEFAULT);
    }

    @Test
    void forcedBytesAreInTheFile() throws Exception {
        Path path = directory.resolve("forced");
        Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT).close();
        try (Medium medium = Media.openImage(path, MediumOptions.DEFAULT); Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            Mappings mappings = new Mappings(medium, new CountingHolds(), new DirtyIndex(), Mmu.ofKernel(medium));
            FakeFile file = new FakeFile(medium).put(0, 300, 1).put(1, 200, 1);
            MemorySegment mapped = mappings.map(file, 0, 8192, Access.READ_WRITE, TrackingMode.AUTO,
                    arena, () -> { }).segment();
            mapped.set(JAVA_LONG, 4096, 77);
            mapped.force();
            ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
            channel.read(bytes, 200 * 4096L);
            assertEquals(77, bytes.getLong(0));
        }
    }
}
