package dev.stele.medium;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which kind of medium a path becomes, who may have it, and what is said where it cannot be.
class MediaTest {
    private static final long SIZE_BYTES = 1L << 20;
    private static final Path MEMORY = Path.of("/dev/shm");

    @TempDir
    Path directory;
    private Path inMemory;

    private Path tmpfs() throws IOException {
        assumeTrue(Files.isWritable(MEMORY), "no tmpfs at " + MEMORY);
        inMemory = Files.createTempDirectory(MEMORY, "stele-test");
        return inMemory;
    }

    @AfterEach
    void clean() throws IOException {
        if (inMemory != null) {
            try (var files = Files.list(inMemory)) {
                for (Path each : files.toList()) {
                    Files.delete(each);
                }
            }
            Files.delete(inMemory);
        }
    }

    private static VolumeException refused(Errno errno, Runnable attempt) {
        VolumeException refused = assertThrows(VolumeException.class, attempt::run);
        assertEquals(errno, refused.errno(), refused.getMessage());
        assertFalse(refused.getMessage().contains("\n"));
        return refused;
    }

    @Test
    void aFileOnTmpfsIsMemory() throws Exception {
        Path path = tmpfs().resolve("pool");
        try (Medium medium = Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT)) {
            assertEquals(Granularity.BYTE, medium.granularity());
            assertFalse(medium.isDurable());
            assertTrue(medium.description().startsWith("tmpfs file " + path + ", volatile, granularity BYTE"));
            medium.metadata().putLong(4096, 7);
        }
        MediumOptions asPmem = MediumOptions.DEFAULT.withAsPmem(true);
        try (Medium medium = Media.open(path, asPmem)) {
            assertEquals(Granularity.CACHE_LINE, medium.granularity());
            assertEquals(7, medium.metadata().segment().get(JAVA_LONG, 4096));
            medium.reserve(0, SIZE_BYTES);
            medium.grow(3 * SIZE_BYTES);
            medium.data().streamZeros(0, 3 * SIZE_BYTES);
            medium.drain();
        }
        assertEquals(3 * SIZE_BYTES, Files.size(path));
        try (Medium medium = Media.open(path, MediumOptions.DEFAULT.withReadOnly(true))) {
            assertTrue(medium.canOverlay());
            medium.metadata().putLong(4096, 9);
            refused(Errno.EROFS, () -> medium.data().putLong(4096, 9));
            assertEquals(0, medium.data().segment().get(JAVA_LONG, 4096));
        }
    }

    @Test
    void aFileOnADiskIsAnImage() throws Exception {
        Path path = directory.resolve("pool");
        assumeTrue(!Files.getFileStore(directory).type().equals("tmpfs"), "the test directory is in memory");
        try (Medium medium = Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT)) {
            assertEquals(Granularity.PAGE, medium.granularity());
            assertTrue(medium.isDurable());
            assertTrue(medium.description().startsWith("image file " + path + ", durable, granularity PAGE"));
        }
        refused(Errno.EINVAL, () -> Media.open(path, MediumOptions.DEFAULT.withAsPmem(true)));
        Media.open(path, MediumOptions.DEFAULT.withPrefault(true)).close();
    }

    @Test
    void hugePagesAreMemory() throws Exception {
        Path mount = hugetlbfs();
        assumeTrue(mount != null, "no hugetlbfs is mounted, or no huge page is free");
        Path path = mount.resolve("stele-test-" + ProcessHandle.current().pid());
        try (Medium medium = Media.create(path, 4L << 20, MediumOptions.DEFAULT)) {
            assertTrue(medium.description().startsWith("hugetlbfs file"));
            assertEquals(2L << 20, medium.mappingUnitBytes());
            medium.data().putLong(0, 1);
            medium.reserve(0, 4L << 20);
            medium.grow(6L << 20);
            assertEquals(1, medium.data().segment().get(JAVA_LONG, 0));
            assertTrue(refused(Errno.EINVAL, () -> medium.grow((6L << 20) + 4096)).getMessage().contains("2097152"));
        } finally {
            Files.delete(path);
        }
    }

    private static Path hugetlbfs() throws IOException {
        if (Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .noneMatch(line -> line.matches("HugePages_Free:\\s+([3-9]|\\d\\d+)"))) {
            return null;
        }
        for (String line : Files.readAllLines(Path.of("/proc/mounts"))) {
            String[] words = line.split(" ");
            if (words[2].equals("hugetlbfs") && words[3].contains("pagesize=2M")
                    && Files.isWritable(Path.of(words[1]))) {
                return Path.of(words[1]);
            }
        }
        return null;
    }

    @Test
    void sizesThatCannotBeAreRefusedAndLeaveNoFile() {
        Path path = directory.resolve("pool");
        for (long size : new long[] {0, -1, 4096, SIZE_BYTES - 4096, SIZE_BYTES + 1, SIZE_BYTES + 512}) {
            refused(Errno.EINVAL, () -> Media.create(path, size, MediumOptions.DEFAULT));
        }
        // more than any file system of this machine holds in one file
        assertThrows(VolumeException.class, () -> Media.create(path, Long.MAX_VALUE & -4096, MediumOptions.DEFAULT));
        assertFalse(Files.exists(path));
    }

    @Test
    void whatIsInTheWayIsNamed() throws Exception {
        Path path = Files.write(directory.resolve("small"), new byte[100]);
        assertTrue(refused(Errno.EINVAL, () -> Media.open(path, MediumOptions.DEFAULT)).getMessage()
                .contains("100 bytes is too small"));
        refused(Errno.EEXIST, () -> Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT));
        assertEquals(100, Files.size(path));
        refused(Errno.ENOENT, () -> Media.open(directory.resolve("none"), MediumOptions.DEFAULT));
        refused(Errno.ENOENT, () -> Media.create(directory.resolve("none/pool"), SIZE_BYTES, MediumOptions.DEFAULT));
        refused(Errno.EISDIR, () -> Media.open(directory, MediumOptions.DEFAULT));
        refused(Errno.EISDIR, () -> Media.open(directory, MediumOptions.DEFAULT.withReadOnly(true)));
        refused(Errno.EISDIR, () -> Media.openImage(directory, MediumOptions.DEFAULT.withReadOnly(true)));
        assertTrue(refused(Errno.EOPNOTSUPP, () -> Media.open(Path.of("/dev/zero"), MediumOptions.DEFAULT)).getMessage()
                .contains("kind mem"));
    }

    @Test
    void anEmptyPipeDoesNotBlock() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        refused(Errno.EOPNOTSUPP, () -> Media.open(pipe, MediumOptions.DEFAULT));
        refused(Errno.EOPNOTSUPP, () -> Media.open(pipe, MediumOptions.DEFAULT.withReadOnly(true)));
    }

    @Test
    void aSecondOpeningInThisProcessIsRefused() throws Exception {
        Path path = directory.resolve("pool");
        try (Medium medium = Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT)) {
            VolumeException refused = refused(Errno.EBUSY, () -> Media.open(path, MediumOptions.DEFAULT));
            assertEquals("already open by this process (" + ProcessHandle.current().pid() + "): close it there first",
                    refused.getMessage());
            // opening and closing the file by other means takes nothing from the lock
            FileChannel.open(path, StandardOpenOption.WRITE).close();
            refused(Errno.EBUSY, () -> Media.open(path, MediumOptions.DEFAULT));
            assertNotNull(medium.description());
        }
        Media.open(path, MediumOptions.DEFAULT).close();
    }

    /// A mapping of the caller's keeps the file alive, not the lock.
    @Test
    void aMappingThatOutlivesTheMediumDoesNotHoldTheLock() throws Exception {
        Path path = directory.resolve("pool");
        try (Arena arena = Arena.ofConfined()) {
            Medium medium = Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT);
            MemorySegment mapped = Mapping.map(
                    arena, medium.descriptor(), 4096, 4096, Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED);
            medium.close();
            mapped.set(JAVA_LONG, 0, 1);
            try (Medium again = Media.open(path, MediumOptions.DEFAULT)) {
                assertEquals(1, again.data().segment().get(JAVA_LONG, 4096));
            }
        }
    }

    /// Opens the image it is given, says so, and waits to be killed.
    static final class Holder {
        public static void main(String[] args) throws Exception {
            Medium medium = Media.open(Path.of(args[0]), MediumOptions.DEFAULT);
            medium.metadata().putLong(40960, 1);
            medium.beginCheckpoint();
            medium.finishCheckpoint();
            medium.metadata().putLong(40960, 2);
            System.out.println("open");
            Thread.sleep(60_000);
        }
    }

    /// D5: another process, a child too, cannot open what this one has open.
    @Test
    void anotherProcessIsNamedAndLeavesNothingBehindWhenKilled() throws Exception {
        Path path = directory.resolve("pool");
        Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT).close();
        Process holder = new ProcessBuilder(List.of(System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                Holder.class.getName(), path.toString())).redirectErrorStream(true).start();
        try (BufferedReader output = holder.inputReader()) {
            assertEquals("open", output.readLine());
            for (boolean readOnly : new boolean[] {false, true}) {
                String message = refused(Errno.EBUSY,
                        () -> Media.open(path, MediumOptions.DEFAULT.withReadOnly(readOnly))).getMessage();
                assertTrue(message.startsWith("already open by process " + holder.pid() + " ("), message);
                assertTrue(message.contains("java"), message);
            }
        } finally {
            holder.destroyForcibly().waitFor();
        }
        try (Medium medium = Media.openImage(path, MediumOptions.DEFAULT)) {
            assertEquals(SIZE_BYTES, medium.sizeBytes());
            assertEquals(1, medium.metadata().segment().get(JAVA_LONG, 40960));
        }
        try (var files = Files.list(directory)) {
            assertEquals(List.of(path), files.toList());
        }
    }

    @Test
    void theKernelsListOfLocksIsRead() {
        List<String> lines = List.of(
                "1: POSIX  ADVISORY  READ  11 fd:00:77 0 EOF",
                "2: FLOCK  ADVISORY  WRITE 22 00:2a:77 0 EOF",
                "2: -> FLOCK  ADVISORY  WRITE 33 fd:00:77 0 EOF",
                "3: FLOCK  ADVISORY  WRITE 44 fd:01:77 0 EOF",
                "4: FLOCK  ADVISORY  READ  55 fd:10:78 0 EOF",
                "not a lock");
        Native.FileStatus file = new Native.FileStatus(0x8000, 77, 0, 0, 0, 0, 0xfd, 1);
        assertEquals(44, LockOwner.find(lines, file, true));
        assertEquals(22, LockOwner.find(lines, file, false));
        assertEquals(0, LockOwner.find(lines, new Native.FileStatus(0x8000, 78, 0, 0, 0, 0, 0xfd, 1), true));
    }

    /// `/dev/dax` by its description in sysfs; the mapping itself needs the hardware.
    @Test
    void aDaxDeviceIsDescribedBySysfs() throws Exception {
        Path device = Files.createDirectories(directory.resolve("sys/dev/char/252:5"));
        Path dax = Files.createDirectories(directory.resolve("sys/bus/dax"));
        Files.createSymbolicLink(device.resolve("subsystem"), dax);
        Files.writeString(device.resolve("size"), "1073741824\n");
        DevdaxMedium.Device plain = DevdaxMedium.Device.read(directory.resolve("sys"), 252, 5);
        assertEquals(new DevdaxMedium.Device(1L << 30, 2L << 20), plain);
        Files.writeString(device.resolve("align"), "0x1000\n");
        Files.writeString(device.resolve("size"), Long.toString((1L << 30) + 5000));
        DevdaxMedium.Device small = DevdaxMedium.Device.read(directory.resolve("sys"), 252, 5);
        assertEquals((1L << 30) + 4096, small.usableBytes());
        for (String size : new String[] {"many", "", "-4096", "100"}) {
            Files.writeString(device.resolve("size"), size);
            refused(Errno.EOPNOTSUPP,
                    () -> DevdaxMedium.Device.read(directory.resolve("sys"), 252, 5).usableBytes());
        }
        refused(Errno.EOPNOTSUPP, () -> DevdaxMedium.Device.read(directory.resolve("sys"), 252, 6));
    }

    /// W-9. A device lies in a region, which has the file if it can be asked; others lie in none.
    @Test
    void aDaxDevicesRegionIsFoundForADeepFlush() throws Exception {
        Path sysfs = directory.resolve("sys").toAbsolutePath();
        Path device = Files.createDirectories(sysfs.resolve("devices/ndbus0/region7/dax7.0/dax/dax7.0"));
        Path other = Files.createDirectories(sysfs.resolve("devices/platform/hmem.0/dax1.0"));
        Path numbers = Files.createDirectories(sysfs.resolve("dev/char"));
        Files.createSymbolicLink(numbers.resolve("252:5"), device);
        Files.createSymbolicLink(numbers.resolve("252:6"), other);
        assertNull(DevdaxMedium.Device.deepFlush(sysfs, 252, 5), "the region has no such file");
        Path deepFlush = Files.writeString(sysfs.resolve("devices/ndbus0/region7/deep_flush"), "");
        assertEquals(deepFlush.toRealPath(), DevdaxMedium.Device.deepFlush(sysfs, 252, 5));
        assertNull(DevdaxMedium.Device.deepFlush(sysfs, 252, 6), "in no region");
        assertNull(DevdaxMedium.Device.deepFlush(sysfs, 252, 9), "no device");
    }

    /// B9, S-1.
    @Test
    void mapSyncIsRefusedWhereTheFileIsNotDirect() throws Exception {
        Path path = directory.resolve("pool");
        Files.write(path, new byte[8192]);
        OwnedFile file = OwnedFile.open(path, false);
        assertFalse(FsdaxMedium.isDirect(file));
        file.close();
    }
}
