package dev.stele.api;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.stele.api.PersistentMemory.Kind;
import dev.stele.api.PersistentMemory.Way;
import dev.stele.cpu.CacheLines;
import dev.stele.cpu.Granularity;
import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.medium.PersistenceCounters.Snapshot;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The PMEM API (E4), for memory of Stele's and any other.
class PersistentMemoryTest {
    @TempDir
    Path directory;
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void release() {
        arena.close();
    }

    private MemorySegment map(Path file, FileChannel.MapMode mode, long sizeBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return channel.map(mode, 0, sizeBytes, arena);
        }
    }

    /// Ordinary memory, treated as persistent memory is.
    private PersistentMemory lines(long sizeBytes) {
        return PersistentMemory.of(arena.allocate(sizeBytes, 4096), Granularity.CACHE_LINE);
    }

    @Test
    void memoryOfAnArenaIsVolatileAndSaysSo() {
        PersistentMemory memory = PersistentMemory.of(arena.allocate(100));
        assertEquals(Kind.VOLATILE, memory.kind());
        assertEquals(Granularity.BYTE, memory.granularity());
        assertFalse(memory.isPersistent());
        assertEquals("anonymous memory, not persistent, granularity BYTE", memory.toString());
        memory.persist(0, 100);
        UnsupportedOperationException refused =
                assertThrows(UnsupportedOperationException.class, () -> memory.deepPersist(0, 100));
        assertTrue(refused.getMessage().contains("volatile"), refused.getMessage());
    }

    @Test
    void aFileInMemoryIsVolatileAndAPrivateMappingToo() throws IOException {
        Path shm = Path.of("/dev/shm/persistent-memory-test-" + ProcessHandle.current().pid());
        try {
            assertEquals(Kind.VOLATILE, PersistentMemory.of(map(shm, FileChannel.MapMode.READ_WRITE, 8192)).kind());
        } finally {
            Files.deleteIfExists(shm);
        }
        Path file = Files.write(directory.resolve("file"), new byte[8192]);
        PersistentMemory copy = PersistentMemory.of(map(file, FileChannel.MapMode.PRIVATE, 8192));
        assertEquals(Kind.VOLATILE, copy.kind());
        assertFalse(copy.isPersistent());
    }

    @Test
    void aFileOnADiskIsMadeDurableByTheKernel() throws IOException {
        MemorySegment mapped = map(directory.resolve("file"), FileChannel.MapMode.READ_WRITE, 1 << 16);
        PersistentMemory memory = PersistentMemory.of(mapped);
        assumeTrue(memory.kind() == Kind.FILE, "temporary files are in memory here");
        assertEquals(Granularity.PAGE, memory.granularity());
        assertFalse(memory.isPersistent());
        mapped.set(JAVA_LONG, 5 * 4096, 7);
        mapped.set(JAVA_LONG, 9 * 4096, 7);
        assertEquals(2, dirtyPages(mapped));
        memory.persist(5 * 4096 + 1, 2);
        assertEquals(1, dirtyPages(mapped), "the range's page, and no other");
        memory.deepPersist(0, mapped.byteSize());
        assertEquals(0, dirtyPages(mapped));
        memory.copyPersist(100, mapped, 5 * 4096, 8);
        assertEquals(7, mapped.get(JAVA_LONG.withByteAlignment(1), 100));
        assertEquals(0, dirtyPages(mapped));
    }

    /// Pages stored to since the kernel last wrote them, of a mapping that is one to the kernel.
    private static long dirtyPages(MemorySegment mapped) throws IOException {
        String start = Long.toHexString(mapped.address()) + "-";
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        int at = 0;
        while (!lines.get(at).startsWith(start)) {
            at++;
        }
        long kibibytes = 0;
        for (String line : lines.subList(at, Math.min(lines.size(), at + 20))) {
            if (line.startsWith("Private_Dirty:") || line.startsWith("Shared_Dirty:")) {
                kibibytes += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return kibibytes / 4;
    }

    @Test
    void whatCannotBeDurableIsRefused() {
        MemorySegment heap = MemorySegment.ofArray(new byte[64]);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> PersistentMemory.of(heap))
                .getMessage().contains("heap"));
        MemorySegment readOnly = arena.allocate(64).asReadOnly();
        assertTrue(assertThrows(IllegalArgumentException.class, () -> PersistentMemory.of(readOnly))
                .getMessage().contains("read-only"));
        assertThrows(IllegalArgumentException.class, () -> PersistentMemory.of(MemorySegment.NULL));
        Arena other = Arena.ofConfined();
        MemorySegment closed = other.allocate(64);
        other.close();
        assertThrows(IllegalStateException.class, () -> PersistentMemory.of(closed));
        PersistentMemory memory = lines(4096);
        assertThrows(IllegalArgumentException.class, () -> memory.copyPersist(0, heap, 0, 64));
        assertThrows(IllegalArgumentException.class, () -> memory.copy(0, heap, 0, 64, Way.TEMPORAL));
        assertThrows(IllegalArgumentException.class,
                () -> memory.copyPersist(0, memory.segment(), 64, 64, Way.NO_FLUSH));
    }

    @ParameterizedTest
    @EnumSource
    void rangesAreChecked(Granularity granularity) {
        PersistentMemory memory = PersistentMemory.of(arena.allocate(4096, 4096), granularity);
        MemorySegment from = arena.allocate(64);
        assertThrows(IndexOutOfBoundsException.class, () -> memory.flush(4090, 7));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.persist(-1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.invalidate(0, 4097));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.fillPersist(1, 4096, (byte) 1));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.deepPersist(1, 4096));
        for (Way way : Way.values()) {
            assertThrows(IndexOutOfBoundsException.class, () -> memory.copy(4095, from, 0, 2, way));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.copy(0, from, 63, 2, way));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.fill(4095, 2, (byte) 0, way));
        }
    }

    @ParameterizedTest
    @EnumSource
    void copiesAndFillsOfEveryAlignmentAndLengthTouchNothingElse(Granularity granularity) {
        MemoryChecks.copiesAndFills(granularity);
    }

    @Test
    @DisplayName("A4, C15: a flush counts the lines its range touches, and many flushes wait once")
    void flushesCountLinesAndDrainOnce() {
        MemoryChecks.countsLines();
    }

    @Test
    @DisplayName("E5: write-back and invalidation are two primitives, each counted by itself")
    void invalidationIsNotAFlush() {
        MemoryChecks.tellsInvalidationFromFlush();
    }

    @Test
    @DisplayName("E7: past the cache or through it, every byte that was copied has been sent when the copy returns")
    void bothWaysSendEveryByte() {
        MemoryChecks.sendsEveryByte();
    }

    @Test
    void whatTheProcessorCanDoIsTold() {
        PersistentMemory.Capabilities can = PersistentMemory.capabilities();
        assertEquals(CacheLines.report().tier(), can.tier());
        assertEquals(CacheLines.report().instructions(), can.instructions());
        assertEquals(64, can.lineBytes());
        assertTrue(can.canFlush());
        assertEquals(CacheLines.require().canInvalidate(), can.canInvalidate());
        assertEquals(Host.THIS.caches(), can.caches());
    }

    @Test
    void closingTheArenaWhileAnotherThreadPersistsHarmsNobody() throws Exception {
        Arena other = Arena.ofShared();
        MemorySegment mapped = Mapping.map(other, -1, 0, 1 << 20, Native.PROT_READ | Native.PROT_WRITE,
                Native.MAP_PRIVATE | Native.MAP_ANONYMOUS);
        PersistentMemory memory = PersistentMemory.of(mapped, Granularity.CACHE_LINE);
        Thread persisting = Thread.ofPlatform().start(() -> assertThrows(IllegalStateException.class, () -> {
            while (true) {
                memory.persist(0, 1 << 20);
            }
        }));
        while (memory.counters().ofAllThreads().drains() < 10) {
            Thread.onSpinWait();
        }
        while (other.scope().isAlive()) {
            try {
                other.close();
            } catch (IllegalStateException held) {
                Thread.onSpinWait();
            }
        }
        persisting.join();
        assertThrows(IllegalStateException.class, () -> memory.flush(0, 64));
        assertThrows(IllegalStateException.class, () -> memory.fillPersist(0, 64, (byte) 1));
    }

    /// Once compiled: the first rounds may make garbage.
    @Test
    void persistingMakesNoGarbage() {
        PersistentMemory memory = lines(8192);
        MemorySegment from = arena.allocate(4096);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int calls = 20_000;
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 50 && least >= calls; round++) {
            long before = thread.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < calls; call++) {
                memory.persist(64, 8);
                memory.flush(4096, 100);
                memory.drain();
                memory.copyPersist(128, from, 0, 200, Way.TEMPORAL);
            }
            least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least < calls, least + " bytes of garbage in " + calls + " rounds");
    }

    @Test
    void drainsAreThoseOfTheCallingThread() throws InterruptedException {
        PersistentMemory memory = lines(4096);
        Thread.ofPlatform().start(() -> memory.persist(0, 1)).join();
        assertEquals(Snapshot.ZERO, memory.counters().ofThisThread());
        assertEquals(1, memory.counters().ofAllThreads().drains());
    }

    @Test
    void aMappingOfAVolumeIsWhatItsMediumIs() throws IOException {
        Path pool = Path.of("/dev/shm/persistent-memory-pool-" + ProcessHandle.current().pid());
        try (Stele stele = Stele.create(pool, 16 << 20);
                DaxFile file = stele.file("/f");
                DaxMapping mapping = file.map(0, 1 << 16)) {
            PersistentMemory memory = PersistentMemory.of(mapping.segment());
            assertEquals(Kind.VOLATILE, memory.kind());
            memory.fillPersist(0, 100, (byte) 3);
            assertEquals(3, mapping.segment().get(JAVA_BYTE, 99));
        } finally {
            Files.deleteIfExists(pool);
        }
    }
}
