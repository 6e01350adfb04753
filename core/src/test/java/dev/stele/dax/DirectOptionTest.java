package dev.stele.dax;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.nio.file.ExtendedOpenOption;
import dev.stele.api.Stele;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// I-1: every access is direct; asking for it changes nothing, and asks nothing of offsets, lengths and buffers.
class DirectOptionTest {
    @Test
    void directAsksForNoAlignment(@TempDir Path directory) throws IOException {
        byte[] bytes = new byte[10_001];
        Arrays.fill(bytes, (byte) 7);
        try (Stele stele = Stele.create(directory.resolve("pool"), 16 << 20);
                FileChannel channel = FileChannel.open(stele.path("/f"), StandardOpenOption.CREATE,
                        StandardOpenOption.READ, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
            assertEquals(bytes.length, channel.write(ByteBuffer.wrap(bytes), 13));
            ByteBuffer read = ByteBuffer.allocate(bytes.length);
            assertEquals(bytes.length, channel.read(read, 13));
            assertArrayEquals(bytes, read.array());
            assertEquals(13 + bytes.length, channel.size());
        }
    }
}
