package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.stele.api.Stele;
import dev.stele.api.SteleOptions;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.Volume.FileExtent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Buffers of all kinds, and what a channel says it has moved.
class BufferTransferTest {
    private static final int BLOCK_BYTES = 4096;
    private static final int BLOCKS = 64;
    private static final int TIMES = 10_000;
    private static final long INSTANT_BYTES = 24;
    private static final long SPARE_BYTES = 8192;

    private Path directory;
    private Stele pool;
    private Path file;

    @BeforeEach
    void open() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "stele-buffers");
        pool = Stele.create(directory.resolve("pool"), 8L << 20, SteleOptions.DEFAULT.withAsPmem(true));
        file = pool.path("/file");
        byte[] content = new byte[BLOCKS * BLOCK_BYTES];
        for (int i = 0; i < content.length; i++) {
            content[i] = at(i);
        }
        Files.write(file, content);
    }

    private static byte at(int index) {
        return (byte) (index * 31 + index / BLOCK_BYTES);
    }

    @AfterEach
    void close() throws IOException {
        pool.close();
        Files.delete(directory.resolve("pool"));
        Files.delete(directory);
    }

    private FileChannel channel() throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
    }

    @Test
    void positionsAndLimitsOfBuffersUsedInTurn() throws IOException {
        ByteBuffer one = ByteBuffer.allocateDirect(3 * BLOCK_BYTES);
        ByteBuffer slice = one.slice(100, BLOCK_BYTES);
        ByteBuffer other = ByteBuffer.allocateDirect(BLOCK_BYTES);
        try (FileChannel channel = channel()) {
            for (int i = 0; i < BLOCKS - 1; i++) {
                ByteBuffer into = i % 3 == 0 ? one : i % 3 == 1 ? slice : other;
                into.clear().position(i).limit(i + 1000);
                assertEquals(1000, channel.read(into, (long) i * BLOCK_BYTES));
                assertEquals(i + 1000, into.position());
                for (int k = 0; k < 1000; k++) {
                    assertEquals(at(i * BLOCK_BYTES + k), into.get(i + k));
                }
                into.position(i + 10).limit(i + 20);
                assertEquals(10, channel.write(i % 2 == 0 ? into : into.asReadOnlyBuffer(), 5L));
                ByteBuffer back = ByteBuffer.allocate(10);
                assertEquals(10, channel.read(back, 5L));
                assertEquals(into.slice(i + 10, 10), back.flip());
            }
        }
    }

    /// No object for a buffer that is used again. The clock's is there until the compiler does away with it.
    @Test
    void readingAndOverwritingAllocateNothing() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK_BYTES);
        try (FileChannel channel = channel()) {
            read(channel, buffer);
            long allocated = allocatedBytes();
            read(channel, buffer);
            allocated = allocatedBytes() - allocated;
            assertTrue(allocated < SPARE_BYTES, "reading allocated " + allocated);
            overwrite(channel, buffer);
            allocated = allocatedBytes();
            overwrite(channel, buffer);
            allocated = allocatedBytes() - allocated;
            assertTrue(allocated < TIMES * INSTANT_BYTES + SPARE_BYTES, "overwriting allocated " + allocated);
        }
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static void read(FileChannel channel, ByteBuffer buffer) throws IOException {
        for (int i = 0; i < TIMES; i++) {
            channel.read(buffer.clear(), (long) (i % BLOCKS) * BLOCK_BYTES);
        }
    }

    private static void overwrite(FileChannel channel, ByteBuffer buffer) throws IOException {
        for (int i = 0; i < TIMES; i++) {
            channel.write(buffer.clear(), (long) (i % BLOCKS) * BLOCK_BYTES);
        }
    }

    @Test
    @DisplayName("A read gives out what stands before lost bytes, whatever pieces it goes in; the next one fails")
    void lostBytes() throws IOException {
        int lost = 256 << 10;
        SimMedium medium = SimMedium.create(8 << 20);
        try (DaxFileSystem files = DaxFileSystemProvider.installed().format(medium, "lost")) {
            Path path = Files.write(files.getPath("/file"), new byte[2 * lost]);
            FileExtent extent = files.volume().extents((long) Files.getAttribute(path, "unix:ino"), lost, 1).getFirst();
            medium.poison(extent.mediumOffset() + lost - extent.fileOffset(), 1);
            try (FileChannel channel = FileChannel.open(path)) {
                for (ByteBuffer[] targets : List.of(
                        new ByteBuffer[] {ByteBuffer.allocateDirect(2 * lost)},
                        new ByteBuffer[] {ByteBuffer.allocate(2 * lost)},
                        new ByteBuffer[] {ByteBuffer.allocateDirect(lost), ByteBuffer.allocate(10)})) {
                    assertEquals(lost, channel.position(0).read(targets));
                    assertEquals(lost, channel.position());
                    assertEquals(lost, targets[0].position());
                    assertThrows(FileSystemException.class, () -> channel.read(targets));
                }
            }
        }
    }

    @Test
    @DisplayName("A write that there is no room for says how much it wrote, and leaves the rest in the buffer")
    void shortWrites() throws IOException {
        ByteBuffer[] sources = {ByteBuffer.allocateDirect(10 << 20), ByteBuffer.allocate(10 << 20)};
        for (ByteBuffer source : sources) {
            Path big = pool.path("/big");
            try (FileChannel channel = FileChannel.open(big, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                int written = channel.write(source);
                assertTrue(written > 0 && written < source.capacity(), "wrote " + written);
                assertEquals(channel.size(), written);
                assertEquals(written, channel.position());
                assertEquals(written, source.position());
            }
            Files.delete(big);
        }
        ByteBuffer[] gathered = {ByteBuffer.allocate(100), ByteBuffer.allocate(10 << 20)};
        Path big = pool.path("/big");
        try (FileChannel channel = FileChannel.open(big, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long written = channel.write(gathered);
            assertTrue(written > 100 && written < 10 << 20, "wrote " + written);
            assertEquals(channel.size(), written);
            assertEquals(written, channel.position());
            assertEquals(written, 100 + gathered[1].position());
        }
    }
}
