package dev.stele.dax;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import com.sun.nio.file.ExtendedOpenOption;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// D11, A5: what reading costs besides the bytes themselves, counted: no memory and no copy in between (P3). Beside it
/// what the JDK's channel costs on a file of a disk, to show that the counts would see it.
class NoPageCacheTest {
    private static final int SIZE_BYTES = 32 << 20;
    private static final int BUFFER_BYTES = 1 << 20;

    /// Memory of this process, a page that is mapped more than once counted once.
    private static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps_rollup"))) {
            if (line.startsWith("Pss:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new IOException("the kernel does not tell");
    }

    private static Volume newVolume() {
        MemoryMedium medium = MemoryMedium.create(2 * SIZE_BYTES);
        Volume.format(medium, new FormatOptions("cache", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        return Volume.open(medium, new OpenOptions(false, System::nanoTime, false));
    }

    @Test
    void readingByCallOrByMappingGrowsNeitherHeapNorMemory() throws IOException {
        try (Volume volume = newVolume(); Arena arena = Arena.ofConfined()) {
            long file = volume.create(volume.root(), Name.of("f"), 0644, 0, 0);
            MemorySegment buffer = arena.allocate(BUFFER_BYTES, 4096).fill((byte) 1);
            for (long at = 0; at < SIZE_BYTES; at += BUFFER_BYTES) {
                volume.write(file, at, buffer, 0, BUFFER_BYTES, Durability.DEFERRED);
            }
            MemorySegment mapped = volume.map(file, 0, SIZE_BYTES, MapMode.READ_ONLY, arena);
            read(volume, file, buffer, BUFFER_BYTES);
            sum(mapped, BUFFER_BYTES);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long memory = residentBytes();
            long heap = threads.getCurrentThreadAllocatedBytes();
            read(volume, file, buffer, SIZE_BYTES);
            assertEquals(SIZE_BYTES / 8 * 0x0101010101010101L, sum(mapped, SIZE_BYTES));
            heap = threads.getCurrentThreadAllocatedBytes() - heap;
            memory = residentBytes() - memory;
            assertTrue(heap < 64 << 10, heap + " bytes of heap");
            assertTrue(memory < SIZE_BYTES / 4, memory + " bytes of memory");
        }
    }

    private static void read(Volume volume, long file, MemorySegment buffer, long byteCount) {
        for (long at = 0; at < byteCount; at += BUFFER_BYTES) {
            assertEquals(BUFFER_BYTES, volume.read(file, at, buffer, 0, BUFFER_BYTES));
        }
    }

    private static long sum(MemorySegment mapped, long byteCount) {
        long sum = 0;
        for (long at = 0; at < byteCount; at += 8) {
            sum += mapped.get(JAVA_LONG, at);
        }
        return sum;
    }

    /// The same bytes on a disk, past the page cache at first, are all in it once the JDK's channel has read them.
    @Test
    void theJdksChannelFillsThePageCache() throws IOException {
        Path disk = Files.createTempFile(Path.of("target"), "page-cache", ".bin");
        try (Arena arena = Arena.ofConfined()) {
            assumeTrue(writePastTheCache(disk, arena), "no file system here that can be written past its cache");
            try (FileChannel channel = FileChannel.open(disk)) {
                MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE_BYTES, arena);
                long before = cachedPages(mapped);
                ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
                while (channel.read(buffer.clear()) > 0) {
                    assertEquals(BUFFER_BYTES, buffer.position());
                }
                long grown = (cachedPages(mapped) - before) * 4096;
                assertTrue(grown > SIZE_BYTES / 2, "the page cache grew by " + grown);
            }
        } finally {
            Files.delete(disk);
        }
    }

    private static boolean writePastTheCache(Path disk, Arena arena) throws IOException {
        try (FileChannel direct = FileChannel.open(disk, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
            ByteBuffer buffer = arena.allocate(BUFFER_BYTES, 4096).fill((byte) 1).asByteBuffer();
            for (int at = 0; at < SIZE_BYTES; at += BUFFER_BYTES) {
                direct.write(buffer.clear(), at);
            }
            return !Files.getFileStore(disk).type().equals("tmpfs");
        } catch (IOException | UnsupportedOperationException refused) {
            return false;
        }
    }

    private static long cachedPages(MemorySegment mapped) {
        long pages = 0;
        for (long at = 0; at < mapped.byteSize(); at += 4096) {
            pages += mapped.asSlice(at, 4096).isLoaded() ? 1 : 0;
        }
        return pages;
    }
}
