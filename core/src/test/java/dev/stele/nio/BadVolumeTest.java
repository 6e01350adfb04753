package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Superblock;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.View;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Volumes that cannot be opened, and volumes in which something is damaged: the exception names the volume or the file
/// and says what is wrong, and what is whole can be read.
class BadVolumeTest {
    private static final long SIZE_BYTES = 4L << 20;

    @TempDir
    private Path temporary;
    private Path pool;

    @BeforeEach
    void create() throws IOException {
        pool = temporary.resolve("pool.stele");
        URI uri = URI.create("dax://" + DaxUri.location(pool.toAbsolutePath()));
        try (FileSystem fileSystem = FileSystems.newFileSystem(uri, Map.of("create", true, "size", SIZE_BYTES))) {
            Files.writeString(fileSystem.getPath("/file"), "content");
            Files.write(fileSystem.getPath("/other"), new byte[10_000]);
        }
    }

    private FileSystemException refused(Errno errno, String reason) throws IOException {
        byte[] before = Files.readAllBytes(pool);
        FileSystemException e = assertThrows(FileSystemException.class, () -> FileSystems.newFileSystem(pool));
        assertEquals(pool.toString(), e.getFile());
        assertEquals(errno, ((VolumeException) e.getCause()).errno());
        assertTrue(e.getReason().contains(reason), e.getReason());
        assertTrue(Arrays.equals(before, Files.readAllBytes(pool)), "a refused volume was changed");
        return e;
    }

    private void put(long at, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(pool, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }

    private static byte[] garbage(int count) {
        byte[] garbage = new byte[count];
        Arrays.fill(garbage, (byte) 0xA5);
        return garbage;
    }

    @Test
    void cutShort() throws IOException {
        try (FileChannel channel = FileChannel.open(pool, StandardOpenOption.WRITE)) {
            channel.truncate(SIZE_BYTES / 2);
        }
        refused(Errno.EUCLEAN, "the volume has");
    }

    @Test
    void oneSuperblockIsEnough() throws IOException {
        put(0, garbage(512));
        try (FileSystem fileSystem = FileSystems.newFileSystem(pool)) {
            assertEquals("content", Files.readString(fileSystem.getPath("/file")));
        }
    }

    @Test
    void bothSuperblocksDamaged() throws IOException {
        put(16, garbage(100));
        put(Geometry.at(Geometry.SUPERBLOCK_COPY) + 16, garbage(100));
        assertInstanceOf(CorruptionException.class, refused(Errno.EUCLEAN, "superblock").getCause());
    }

    @Test
    void anUnknownFeature() throws IOException {
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(pool, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 2 * Geometry.BLOCK_BYTES, arena);
            Superblock.Contents was = Superblock.decode(mapped, 0);
            Superblock.Contents newer = new Superblock.Contents(was.geometry(), was.rootInode(),
                    was.createTimeNanos(), 0, 0, 1 << 30, was.label(), was.uuid(), was.hashKey0(), was.hashKey1());
            Superblock.encode(newer, mapped, 0);
            Superblock.encode(newer, mapped, Geometry.at(Geometry.SUPERBLOCK_COPY));
        }
        refused(Errno.EOPNOTSUPP, "features this version does not know");
    }

    @Test
    void openElsewhere() throws IOException {
        try (Medium owner = Media.open(pool, MediumOptions.DEFAULT)) {
            assertFalse(owner.isReadOnly());
            refused(Errno.EBUSY, "" + ProcessHandle.current().pid());
        }
        FileSystems.newFileSystem(pool).close();
    }

    @Test
    void anImageThatShrinksWhileItIsOpen() throws IOException {
        FileSystem fileSystem = FileSystems.newFileSystem(pool);
        Path big = fileSystem.getPath("/big");
        Files.write(big, new byte[2 << 20]);
        ByteBuffer buffer = ByteBuffer.allocate(2 << 20);
        FileChannel channel = FileChannel.open(big);
        FileChannel other = FileChannel.open(big);
        try (FileChannel image = FileChannel.open(pool, StandardOpenOption.WRITE)) {
            image.truncate(64 << 10);
            FileSystemException e = assertThrows(FileSystemException.class, () -> channel.read(buffer, 0));
            assertEquals("/big", e.getFile());
            assertEquals(Errno.EIO, ((VolumeException) e.getCause()).errno());
            assertThrows(IOException.class, () -> Files.readAllBytes(big));
        }
        try {
            fileSystem.close();
        } catch (IOException e) {
            // What could not be written back is told; either way it is closed.
            assertInstanceOf(VolumeException.class, e.getCause() instanceof IOException cause ? cause.getCause()
                    : e.getCause());
        }
        assertFalse(fileSystem.isOpen());
        assertFalse(channel.isOpen());
        assertFalse(other.isOpen());
    }

    @Test
    void aDamagedFileIsNamedAndTheRestCanBeRead() throws IOException {
        long inode;
        try (DaxFileSystem fileSystem = (DaxFileSystem) FileSystems.newFileSystem(pool)) {
            inode = (long) Files.getAttribute(fileSystem.getPath("/file"), "unix:ino");
        }
        try (DaxFileSystem fileSystem = (DaxFileSystem) FileSystems.newFileSystem(pool)) {
            View view = fileSystem.volume().medium().metadata();
            view.putLong(Inode.at(inode) + 64, 0xA5A5A5A5A5A5A5A5L);
            Path file = fileSystem.getPath("/file");
            FileSystemException e = assertThrows(FileSystemException.class, () -> Files.readString(file));
            assertEquals("/file", e.getFile());
            CorruptionException damage = assertInstanceOf(CorruptionException.class, e.getCause());
            assertTrue(e.getReason().contains(damage.struct()), e.getReason());
            assertTrue(fileSystem.isReadOnly());
            assertEquals(10_000, Files.readAllBytes(fileSystem.getPath("/other")).length);
            assertThrows(ReadOnlyFileSystemException.class, () -> Files.delete(fileSystem.getPath("/other")));
        }
    }
}
