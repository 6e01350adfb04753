package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.nio.mapmode.ExtendedMapMode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ExtendedMapMode` of the module `jdk.nio.mapmode`, through a `FileChannel`.
class SyncMapModeTest {
    private static final Set<StandardOpenOption> READ_WRITE =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private interface Use {
        void of(FileSystem files, Path file) throws IOException;
    }

    private static void onVolume(Path directory, boolean asPmem, Use use) throws IOException {
        Path pool = directory.resolve("pool");
        try (FileSystem files = DaxFileSystemProvider.installed()
                .newFileSystem(pool, Map.of("create", true, "size", "8M", "asPmem", asPmem))) {
            use.of(files, files.getPath("/file"));
        } finally {
            Files.deleteIfExists(pool);
        }
    }

    /// A directory on tmpfs, which can be run as persistent memory.
    private static void onMemory(Use use) throws IOException {
        Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "stele-sync");
        try {
            onVolume(directory, true, use);
        } finally {
            Files.delete(directory);
        }
    }

    @Test
    @DisplayName("S-1: both forms of map, to read and to write, where lines can be flushed")
    void maps() throws IOException {
        onMemory((files, file) -> {
            try (FileChannel channel = FileChannel.open(file, READ_WRITE); Arena arena = Arena.ofConfined()) {
                MappedByteBuffer buffer = channel.map(ExtendedMapMode.READ_WRITE_SYNC, 100, 10_000);
                assertEquals(10_100, channel.size());
                buffer.putLong(8, 42);
                buffer.force();
                MemorySegment segment = channel.map(ExtendedMapMode.READ_WRITE_SYNC, 4096, 4096, arena);
                assertTrue(segment.isMapped());
                segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
                segment.force();
                MemorySegment reader = channel.map(ExtendedMapMode.READ_ONLY_SYNC, 0, 8192, arena);
                assertTrue(reader.isReadOnly());
                assertEquals(42, reader.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(buffer.order()), 108));
                assertEquals(7, reader.get(ValueLayout.JAVA_BYTE, 4096));
                assertEquals(0, channel.map(ExtendedMapMode.READ_WRITE_SYNC, 0, 0).capacity());
            }
            try (FileChannel reader = FileChannel.open(file, StandardOpenOption.READ)) {
                assertEquals(10_100, reader.map(ExtendedMapMode.READ_ONLY_SYNC, 0, 10_100).capacity());
                assertThrows(NonWritableChannelException.class,
                        () -> reader.map(ExtendedMapMode.READ_WRITE_SYNC, 0, 1));
            }
        });
    }

    /// As the JDK's own channel on a file that is on no DAX mount.
    @Test
    @DisplayName("B9, P10: an IOException on an image file, which is not extended for it")
    void isRefused(@TempDir Path directory) throws IOException {
        onVolume(directory, false, (files, file) -> {
            try (FileChannel channel = FileChannel.open(file, READ_WRITE); Arena arena = Arena.ofConfined()) {
                for (MapMode mode : List.of(ExtendedMapMode.READ_WRITE_SYNC, ExtendedMapMode.READ_ONLY_SYNC)) {
                    String reason = assertThrows(FileSystemException.class, () -> channel.map(mode, 0, 4096))
                            .getReason();
                    assertTrue(reason.startsWith("Operation not supported"), reason);
                    assertThrows(FileSystemException.class, () -> channel.map(mode, 0, 4096, arena));
                }
                assertEquals(0, channel.size());
                assertEquals(1, channel.map(MapMode.READ_WRITE, 0, 1).capacity());
            }
        });
    }
}
