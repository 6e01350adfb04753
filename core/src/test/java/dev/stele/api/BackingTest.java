package dev.stele.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.PersistentMemory.Caches;
import dev.stele.api.PersistentMemory.Kind;
import dev.stele.cpu.AddressSpace.Region;
import dev.stele.cpu.Granularity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a mapping is taken for, on machines that are not at hand: with persistent memory, with caches that survive,
/// with none.
class BackingTest {
    private static final Region DAX_FILE = file("/mnt/pmem/file", 259, 1, true);
    private static final Region DAX_FILE_WITHOUT_SYNC = file("/mnt/pmem/file", 259, 1, false);
    private static final Region DISK_FILE = file("/home/file", 8, 2, false);
    private static final Region MEMORY_FILE = file("/dev/shm/file", 0, 27, false);
    private static final Region MEMFD = file("/memfd:stele", 0, 1, false);
    private static final Region UNKNOWN_FILE = file("/subvolume/file", 0, 99, false);
    private static final Region DAX_DEVICE = file("/dev/dax0.0", 0, 6, false);
    private static final Region ANONYMOUS = new Region(0, 4096, false, 0, 0, 0, "", false);
    private static final Region PRIVATE_DAX = new Region(0, 4096, false, 259, 1, 9, "/mnt/pmem/file", false);

    @TempDir
    Path directory;
    private Host host;

    private static Region file(String path, int major, int minor, boolean isSync) {
        return new Region(0, 4096, true, major, minor, 9, path, isSync);
    }

    @BeforeEach
    void machine() throws IOException {
        Path mounts = Files.writeString(directory.resolve("mountinfo"), """
                25 24 0:27 / /dev/shm rw,relatime - tmpfs tmpfs rw
                26 24 0:6 / /dev rw,relatime shared:2 - devtmpfs devtmpfs rw
                30 1 259:1 / /mnt/pmem rw,relatime - ext4 /dev/pmem0 rw,dax=always
                31 1 8:2 / / rw,relatime - ext4 /dev/sda2 rw
                """);
        Path region = Files.createDirectories(directory.resolve("sys/devices/ndbus0/region0"));
        Files.createFile(region.resolve("deep_flush"));
        Path device = Files.createDirectories(region.resolve("dax0.0/dax/dax0.0"));
        Path dax = Files.createDirectories(directory.resolve("sys/class/dax"));
        Files.createSymbolicLink(device.resolve("subsystem"), dax);
        Path numbers = Files.createDirectories(directory.resolve("sys/dev/char"));
        Files.createSymbolicLink(numbers.resolve("252:3"), device);
        Path tty = Files.createDirectories(directory.resolve("sys/devices/tty0"));
        Files.createSymbolicLink(tty.resolve("subsystem"), Files.createDirectories(directory.resolve("sys/class/tty")));
        Files.createSymbolicLink(numbers.resolve("4:0"), tty);
        host = new Host(mounts, directory.resolve("sys")) {
            @Override
            String characterDevice(String path) {
                return path.equals("/dev/dax0.0") ? "252:3" : path.equals("/dev/tty0") ? "4:0" : null;
            }
        };
    }

    /// Says of each region of persistent memory how far its power reserve goes.
    private void regions(String... domains) throws IOException {
        Path bus = directory.resolve("sys/bus/nd/devices");
        for (int index = 0; index < domains.length; index++) {
            Path region = Files.createDirectories(bus.resolve("region" + index));
            Files.writeString(region.resolve("persistence_domain"), domains[index] + "\n");
        }
    }

    private Backing of(Region... regions) {
        return Backing.of(List.of(regions), host, true);
    }

    private static void assertIs(Kind kind, Granularity granularity, boolean isPersistent, Backing backing) {
        assertEquals(kind, backing.kind());
        assertEquals(granularity, backing.granularity());
        assertEquals(isPersistent, backing.isPersistent());
    }

    @Test
    void onlyWhatTheKernelVouchesForIsPersistent() {
        assertIs(Kind.DAX_FILE, Granularity.CACHE_LINE, true, of(DAX_FILE));
        assertIs(Kind.DAX_DEVICE, Granularity.CACHE_LINE, true, of(DAX_DEVICE));
        assertIs(Kind.FILE, Granularity.PAGE, false, of(DAX_FILE_WITHOUT_SYNC));
        assertIs(Kind.FILE, Granularity.PAGE, false, of(DISK_FILE));
        assertIs(Kind.FILE, Granularity.PAGE, false, of(UNKNOWN_FILE));
        assertIs(Kind.FILE, Granularity.PAGE, false, of(file("/dev/tty0", 0, 99, false)));
    }

    @Test
    void memoryIsVolatileHoweverItIsMapped() {
        for (Region each : List.of(MEMORY_FILE, MEMFD, ANONYMOUS, PRIVATE_DAX)) {
            assertIs(Kind.VOLATILE, Granularity.BYTE, false, of(each));
        }
        assertTrue(of(PRIVATE_DAX).place().contains("private copy of /mnt/pmem/file"));
    }

    @Test
    @DisplayName("E6: where caches cannot be flushed nothing is called persistent, and a DAX device is refused")
    void withoutATierNothingIsPersistent() {
        assertIs(Kind.DAX_FILE, Granularity.PAGE, false, Backing.of(List.of(DAX_FILE), host, false));
        assertIs(Kind.FILE, Granularity.PAGE, false, Backing.of(List.of(DISK_FILE), host, false));
        UnsupportedOperationException refused = assertThrows(UnsupportedOperationException.class,
                () -> Backing.of(List.of(DAX_DEVICE), host, false));
        assertTrue(refused.getMessage().contains("/dev/dax0.0"), refused.getMessage());
    }

    @Test
    void persistentCachesNeedNoFlush() throws IOException {
        assertEquals(Caches.UNKNOWN, host.caches());
        regions("cpu_cache", "cpu_cache");
        assertEquals(Caches.PERSISTENT, host.caches());
        assertIs(Kind.DAX_FILE, Granularity.BYTE, true, of(DAX_FILE));
        assertIs(Kind.DAX_DEVICE, Granularity.BYTE, true, Backing.of(List.of(DAX_DEVICE), host, false));
        assertIs(Kind.FILE, Granularity.PAGE, false, of(DISK_FILE));
    }

    @Test
    void oneRegionWhoseCachesAreLostIsEnough() throws IOException {
        regions("cpu_cache", "memory_controller");
        assertEquals(Caches.VOLATILE, host.caches());
        assertIs(Kind.DAX_FILE, Granularity.CACHE_LINE, true, of(DAX_FILE));
    }

    @Test
    void aDeviceHasADeepFlush() {
        assertEquals("region0", of(DAX_DEVICE).deepFlush().getParent().getFileName().toString());
        assertNull(of(DAX_FILE).deepFlush());
    }

    @Test
    void aStitchedMappingIsOneAsLongAsItIsOfOneKind() {
        assertIs(Kind.DAX_FILE, Granularity.CACHE_LINE, true, of(DAX_FILE, DAX_FILE));
        UnsupportedOperationException refused =
                assertThrows(UnsupportedOperationException.class, () -> of(DAX_FILE, ANONYMOUS));
        assertEquals("the segment lies partly on the DAX file /mnt/pmem/file and partly on anonymous memory: "
                + "take one for each", refused.getMessage());
        // one mapping that may be flushed by the line beside one of the same file that may not
        assertThrows(UnsupportedOperationException.class, () -> of(DAX_FILE, DAX_FILE_WITHOUT_SYNC));
    }

    @Test
    void theHostThatIsThereIsRead() {
        assertFalse(Host.THIS.isMemory(-1, -1, "/nowhere"));
        assertNull(Host.THIS.daxDevice("/dev/null"));
        assertEquals("1:3", Host.THIS.characterDevice("/dev/null"));
        assertNull(Host.THIS.characterDevice("/"));
        assertNull(Host.THIS.characterDevice("/no such file"));
    }
}
