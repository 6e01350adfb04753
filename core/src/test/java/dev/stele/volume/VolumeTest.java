package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VolumeTest {
    private static final long SIZE_BYTES = 64 << 20;
    private final AtomicLong clock = new AtomicLong(1_000_000_000L);
    private Medium medium;
    Volume volume;
    private long freeAfterFormat;
    private final Arena arena = Arena.ofShared();

    /// Zeros to make the volume on.
    Medium create(long sizeBytes) {
        return MemoryMedium.createAsPmem(sizeBytes);
    }

    @BeforeEach
    void open() {
        medium = create(SIZE_BYTES);
        Volume.format(medium, new FormatOptions("test", new UUID(1, 2), 3, 4, 0, 1000, 1000, 1));
        volume = Volume.open(medium, new OpenOptions(false, clock::incrementAndGet, false));
        freeAfterFormat = volume.statistics().freeBlocks();
    }

    @AfterEach
    void close() {
        volume.close();
        arena.close();
    }

    private MemorySegment bytes(int count, int seed) {
        MemorySegment s = arena.allocate(count, 8);
        for (int i = 0; i < count; i++) {
            s.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + seed));
        }
        return s;
    }

    private byte[] read(long inode, long offset, int count) {
        MemorySegment s = arena.allocate(count);
        long n = volume.read(inode, offset, s, 0, count);
        return s.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
    }

    private Attributes stat(long inode) {
        Attributes a = new Attributes();
        volume.attributes(inode, a);
        return a;
    }

    private long drains() {
        return medium.counters().ofThisThread().drains();
    }

    @Test
    void createWriteReadUnlink() {
        long f = volume.create(volume.root(), Name.of("a"), 0644, 1, 2);
        assertEquals(f, volume.lookup(volume.root(), Name.of("a")));
        MemorySegment data = bytes(10_000, 7);
        assertEquals(10_000, volume.write(f, 0, data, 0, 10_000, Volume.Durability.DEFERRED));
        assertArrayEquals(data.toArray(ValueLayout.JAVA_BYTE), read(f, 0, 20_000));
        assertEquals(10_000, stat(f).sizeBytes);
        volume.unlink(volume.root(), Name.of("a"));
        assertEquals(0, volume.lookup(volume.root(), Name.of("a")));
        assertEquals(freeAfterFormat, volume.statistics().freeBlocks());
    }

    @Test
    void thousandsOfNames() {
        int count = 5_000;
        for (int i = 0; i < count; i++) {
            volume.create(volume.root(), Name.of("file-" + i), 0644, 1, 2);
        }
        Set<String> seen = new HashSet<>();
        List<Long> cookies = new ArrayList<>();
        volume.readDirectory(volume.root(), 0, (name, inode, type, cookie) -> {
            assertTrue(seen.add(name.toString()));
            cookies.add(cookie);
            return true;
        });
        assertEquals(count, seen.size());
        for (int i = 0; i < count; i++) {
            assertTrue(volume.lookup(volume.root(), Name.of("file-" + i)) != 0, "file-" + i);
        }
        for (int i = 0; i < count; i++) {
            volume.unlink(volume.root(), Name.of("file-" + i));
        }
        assertEquals(freeAfterFormat, volume.statistics().freeBlocks());
        assertEquals(0, stat(volume.root()).sizeBytes);
    }

    @Test
    void oneDrainPerOperation() {
        long root = volume.root();
        Name a = Name.of("a");
        long before = drains();
        long f = volume.create(root, a, 0644, 1, 2);
        assertEquals(1, drains() - before);
        before = drains();
        long d = volume.mkdir(root, Name.of("d"), 0755, 1, 2);
        assertEquals(1, drains() - before);
        before = drains();
        volume.rename(root, a, d, Name.of("b"), Volume.RenameMode.REPLACE);
        assertEquals(1, drains() - before);
        before = drains();
        volume.append(f, bytes(4096, 1), 0, 4096, Volume.Durability.DEFERRED);
        assertEquals(1, drains() - before);
        before = drains();
        volume.append(f, bytes(100, 1), 0, 100, Volume.Durability.DEFERRED);
        assertEquals(1, drains() - before);
        before = drains();
        volume.append(f, bytes(100, 1), 0, 100, Volume.Durability.DEFERRED);
        assertEquals(1, drains() - before);
        before = drains();
        volume.truncate(f, 50);
        assertEquals(1, drains() - before);
        before = drains();
        volume.setXattr(f, Name.of("user.x"), new byte[100], Volume.XattrMode.SET);
        assertEquals(1, drains() - before);
        before = drains();
        volume.unlink(d, Name.of("b"));
        assertEquals(1, drains() - before);
        before = drains();
        volume.rmdir(root, Name.of("d"));
        assertEquals(1, drains() - before);
    }

    @Test
    void renameInOneDirectoryAndReplace() {
        long root = volume.root();
        long a = volume.create(root, Name.of("a"), 0644, 1, 2);
        long b = volume.create(root, Name.of("b"), 0644, 1, 2);
        volume.rename(root, Name.of("a"), root, Name.of("c"), Volume.RenameMode.NOREPLACE);
        assertEquals(a, volume.lookup(root, Name.of("c")));
        assertEquals(0, volume.lookup(root, Name.of("a")));
        volume.rename(root, Name.of("c"), root, Name.of("b"), Volume.RenameMode.REPLACE);
        assertEquals(a, volume.lookup(root, Name.of("b")));
        assertThrows(VolumeException.class, () -> stat(b));
        assertEquals(Errno.ENOENT, assertThrows(VolumeException.class, () -> volume.rename(
                root, Name.of("x"), root, Name.of("y"), Volume.RenameMode.REPLACE)).errno());
    }

    @Test
    void holesTruncateAndGrow() {
        long f = volume.create(volume.root(), Name.of("a"), 0644, 1, 2);
        volume.write(f, 1 << 20, bytes(10, 3), 0, 10, Volume.Durability.DEFERRED);
        assertEquals((1 << 20) + 10, stat(f).sizeBytes);
        assertArrayEquals(new byte[4096], read(f, 0, 4096));
        assertEquals(1 << 20, volume.seekData(f, 0));
        volume.truncate(f, (1 << 20) + 5);
        volume.truncate(f, (1 << 20) + 10);
        byte[] tail = read(f, 1 << 20, 10);
        assertArrayEquals(bytes(10, 3).asSlice(0, 5).toArray(ValueLayout.JAVA_BYTE), java.util.Arrays.copyOf(tail, 5));
        assertArrayEquals(new byte[5], java.util.Arrays.copyOfRange(tail, 5, 10));
        volume.allocate(f, 0, 64 << 10, true);
        assertArrayEquals(new byte[4096], read(f, 0, 4096));
        volume.punchHole(f, 0, 2 << 20);
        assertEquals(-1, volume.seekData(f, 0));
    }

    @Test
    void reopenFindsEverything() {
        long f = volume.create(volume.root(), Name.of("a"), 0644, 1, 2);
        volume.write(f, 0, bytes(5000, 1), 0, 5000, Volume.Durability.DSYNC);
        volume.setAttributes(f, new AttributeChange().permissions(0600).modifyTimeNanos(42));
        assertEquals(0600, stat(f).permissions());
        assertEquals(42, stat(f).modifyTimeNanos);
    }

    @Test
    void openUnlinkedFileLivesUntilUnpinned() {
        long f = volume.create(volume.root(), Name.of("a"), 0644, 1, 2);
        volume.write(f, 0, bytes(5000, 1), 0, 5000, Volume.Durability.DEFERRED);
        volume.pin(f);
        volume.unlink(volume.root(), Name.of("a"));
        assertEquals(5000, read(f, 0, 9000).length);
        volume.unpin(f);
        assertEquals(Errno.ESTALE, assertThrows(VolumeException.class, () -> stat(f)).errno());
        assertEquals(freeAfterFormat, volume.statistics().freeBlocks());
    }

    /// Who has a number but no pin may come when its file, and the block that its inode stood in, are gone.
    @Test
    void aNumberIsStaleWhateverStandsInItsPlaceByThen() {
        long[] numbers = new long[20];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = volume.create(volume.root(), Name.of("f" + i), 0644, 1, 2);
        }
        for (int i = 1; i < numbers.length; i++) {
            volume.unlink(volume.root(), Name.of("f" + i));
        }
        long free = volume.statistics().freeBlocks();
        MemorySegment bytes = bytes(4096, 7);
        for (long i = 0; i < free - 10; i++) {
            volume.write(numbers[0], i * 4096, bytes, 0, 4096, Volume.Durability.DEFERRED);
        }
        for (int i = 1; i < numbers.length; i++) {
            long gone = numbers[i];
            assertEquals(Errno.ESTALE, assertThrows(VolumeException.class, () -> stat(gone)).errno());
            assertEquals(Errno.ESTALE, assertThrows(VolumeException.class, () -> volume.pin(gone)).errno());
        }
        assertNull(volume.damage());
    }
}
