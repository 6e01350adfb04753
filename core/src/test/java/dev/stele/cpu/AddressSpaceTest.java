package dev.stele.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.AddressSpace.Region;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressSpaceTest {
    private static final String LIST = """
            7f0000000000-7f0000002000 rw-s 00000000 103:02 4711                      /mnt/pmem/a file (deleted)
            Size:                  8 kB
            VmFlags: rd wr sh mr mw me ms sf mm hg\s
            7f0000002000-7f0000004000 rw-s 00002000 103:02 4711                      /mnt/pmem/a file
            Size:                  8 kB
            VmFlags: rd wr sh mr mw me ms mm hg\s
            7f0000006000-7f0000007000 rw-p 00000000 00:00 0\s
            VmFlags: rd wr mr mw me ac sd\s
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            """;

    private static List<Region> parse(long from, long to) {
        return AddressSpace.parse(LIST.lines().iterator(), from, to);
    }

    @Test
    void readsWhatTheKernelWrites() {
        Region first = new Region(0x7f0000000000L, 0x7f0000002000L, true, 0x103, 2, 4711, "/mnt/pmem/a file", true);
        assertEquals(List.of(first), parse(0x7f0000000000L, 0x7f0000000001L));
        assertEquals(List.of(first), parse(0x7f0000001fffL, 0x7f0000002000L));
        Region second = new Region(0x7f0000002000L, 0x7f0000004000L, true, 0x103, 2, 4711, "/mnt/pmem/a file", false);
        assertEquals(List.of(first, second), parse(0x7f0000001000L, 0x7f0000002001L));
        assertEquals(List.of(second), parse(0x7f0000002000L, 0x7f0000006000L));
        assertEquals(List.of(), parse(0x7f0000004000L, 0x7f0000006000L));
        Region anonymous = new Region(0x7f0000006000L, 0x7f0000007000L, false, 0, 0, 0, "", false);
        assertEquals(List.of(anonymous), parse(0x7f0000006000L, 0x7f0000006000L));
        assertEquals("[vsyscall]", parse(0xffffffffff600800L, 0xffffffffff600801L).getFirst().path());
    }

    @Test
    void findsAMappedFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("a file");
        try (Arena arena = Arena.ofConfined(); FileChannel channel = FileChannel.open(file,
                StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 1 << 16, arena);
            List<Region> regions = AddressSpace.under(mapped.asSlice(5000, 9000));
            assertEquals(1, regions.size());
            assertTrue(regions.getFirst().isShared());
            assertFalse(regions.getFirst().isSync());
            assertEquals(file.toRealPath().toString(), regions.getFirst().path());
            assertTrue(regions.getFirst().inode() != 0);
        }
    }

    @Test
    void memoryOfAnArenaIsNoFile() {
        try (Arena arena = Arena.ofConfined()) {
            for (Region each : AddressSpace.under(arena.allocate(1 << 20))) {
                assertEquals(0, each.inode());
                assertFalse(each.isShared());
            }
        }
    }

    @Test
    void whatIsNotMappedIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reserved = Mapping.reserve(arena, 3 * 4096);
            Native.unmap(reserved.address() + 4096, 4096);
            VolumeException refused = assertThrows(VolumeException.class, () -> AddressSpace.under(reserved));
            assertEquals(Errno.EINVAL, refused.errno());
            // what the arena unmaps is its own again
            Native.map(reserved.address() + 4096, 4096, Native.PROT_NONE,
                    Native.MAP_PRIVATE | Native.MAP_ANONYMOUS | Native.MAP_FIXED, -1, 0);
        }
    }
}
