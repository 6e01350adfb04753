package dev.stele.cpu;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MappingTest {
    private static final int PAGE_BYTES = 4096;
    private static final int NO_SUCH_ADVICE = 9999;
    private static final long HUGE = Mapping.HUGE_PAGE_BYTES;
    private static final long TERABYTE = 1L << 40;
    private static final int READ_WRITE = Native.PROT_READ | Native.PROT_WRITE;
    private static final int ROUNDS = 20_000;

    @Test
    void adviceIsTakenOrRefusedAndNothingElse() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = Mapping.map(arena, -1, 0, PAGE_BYTES, READ_WRITE,
                    Native.MAP_PRIVATE | Native.MAP_ANONYMOUS);
            memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
            assertFalse(Mapping.advise(memory.address(), PAGE_BYTES, NO_SUCH_ADVICE));
            assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, 0));
            assertTrue(Mapping.advise(memory.address(), PAGE_BYTES, Native.MADV_DONTNEED));
            assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, 0), "the page is dropped");
        }
    }

    @Test
    void aFileIsMappedAtAMultipleOfWhatIsAsked() {
        for (long alignment = PAGE_BYTES; alignment <= 1L << 32; alignment *= 2) {
            for (int flags : new int[] {Native.MAP_SHARED, Native.MAP_SHARED_VALIDATE, Native.MAP_PRIVATE}) {
                assertMapsAligned(3 * PAGE_BYTES, alignment, flags);
                assertMapsAligned(HUGE, alignment, flags | Native.MAP_NORESERVE | Native.MAP_POPULATE);
            }
        }
    }

    private static void assertMapsAligned(long byteCount, long alignment, int flags) {
        int file = file(byteCount, 11);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = Mapping.mapAligned(arena, file, byteCount, alignment, Native.PROT_READ, flags);
            assertEquals(0, mapped.address() % alignment, "aligned to " + alignment);
            assertEquals(byteCount, mapped.byteSize());
            assertEquals(11, mapped.get(ValueLayout.JAVA_BYTE, 0));
            assertTrue(mapped.isReadOnly());
        } finally {
            Native.close(file);
        }
    }

    /// Of larger than all of address space no multiple but 0 is in it.
    @Test
    void whereNoSuchMultipleIsFreeTheKernelChooses() {
        int file = file(PAGE_BYTES, 12);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped =
                    Mapping.mapAligned(arena, file, PAGE_BYTES, 1L << 60, READ_WRITE, Native.MAP_SHARED);
            assertEquals(12, mapped.get(ValueLayout.JAVA_BYTE, 0));
        } finally {
            Native.close(file);
        }
    }

    /// As long as there are not a terabyte of huge pages.
    @Test
    void aRefusalLeavesNothingMapped() throws IOException {
        int refusing = Native.memfd("stele-refusing", Native.MFD_HUGETLB);
        try (Arena arena = Arena.ofConfined()) {
            Native.truncate(refusing, TERABYTE);
            long before = addressSpaceBytes();
            for (int i = 0; i < 16; i++) {
                assertEquals(12, assertThrows(NativeException.class, () -> Mapping.mapAligned(
                        arena, refusing, TERABYTE, HUGE, READ_WRITE, Native.MAP_SHARED)).number());
            }
            long more = addressSpaceBytes() - before;
            assertTrue(more < TERABYTE, more + " bytes more");
        } finally {
            Native.close(refusing);
        }
    }

    private static long addressSpaceBytes() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(each -> each.startsWith("VmSize:")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
    }

    /// Where a kernel refuses a file late, it has by then unmapped what was to give way to it.
    @Test
    void aRefusalUnmapsNothingThatAnotherThreadMapsMeanwhile() {
        int refusing = Native.memfd("stele-refusing", Native.MFD_HUGETLB);
        Native.truncate(refusing, TERABYTE);
        AtomicLong refusals = new AtomicLong();
        CompletableFuture<Void> refused = CompletableFuture.runAsync(() -> {
            try (Arena arena = Arena.ofConfined()) {
                for (; refusals.get() < ROUNDS; refusals.incrementAndGet()) {
                    assertThrows(NativeException.class, () -> Mapping.mapAligned(
                            arena, refusing, TERABYTE, HUGE, READ_WRITE, Native.MAP_SHARED));
                }
            } finally {
                refusals.set(ROUNDS);
            }
        });
        try {
            while (refusals.get() < ROUNDS) {
                long mine = Native.map(0, TERABYTE, Native.PROT_NONE,
                        Native.MAP_PRIVATE | Native.MAP_ANONYMOUS | Native.MAP_NORESERVE, -1, 0);
                for (long seen = refusals.get(); refusals.get() < Math.min(seen + 2, ROUNDS);) {
                    Thread.onSpinWait();
                }
                assertTrue(Mapping.advise(mine, TERABYTE, Native.MADV_DONTNEED),
                        "unmapped by another, after " + refusals + " refusals");
                Native.unmap(mine, TERABYTE);
            }
        } finally {
            refused.join();
            Native.close(refusing);
        }
    }

    @Test
    void whatIsRefusedInThePlaceOfPagesLeavesNoGap() throws IOException {
        int refusing = Native.memfd("stele-refusing", Native.MFD_HUGETLB);
        try (Arena arena = Arena.ofConfined()) {
            Native.truncate(refusing, TERABYTE);
            MemorySegment space = Mapping.reserve(arena, TERABYTE + HUGE);
            long unit = space.address() + HUGE - 1 & -HUGE;
            long before = addressSpaceBytes();
            for (int i = 0; i < 16; i++) {
                assertEquals(12, assertThrows(NativeException.class, () -> Mapping.replace(
                        unit, TERABYTE, READ_WRITE, Native.MAP_SHARED, refusing, 0)).number());
                assertDoesNotThrow(() -> AddressSpace.under(space));
            }
            long more = addressSpaceBytes() - before;
            assertTrue(more < TERABYTE, more + " bytes more");
        } finally {
            Native.close(refusing);
        }
    }

    @Test
    void threadsThatMapAtTheSameTimeGetTheirOwn() {
        CompletableFuture<?>[] threads = new CompletableFuture<?>[4];
        for (int i = 0; i < threads.length; i++) {
            byte content = (byte) (i + 1);
            threads[i] = CompletableFuture.runAsync(() -> mapsItsOwn(content));
        }
        CompletableFuture.allOf(threads).join();
    }

    private static void mapsItsOwn(byte content) {
        int file = file(3 * HUGE, content);
        try {
            for (int i = 0; i < ROUNDS / 10; i++) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment mapped =
                            Mapping.mapAligned(arena, file, 3 * HUGE, HUGE, READ_WRITE, Native.MAP_SHARED);
                    assertEquals(content, mapped.get(ValueLayout.JAVA_BYTE, 0));
                    assertEquals(content, mapped.get(ValueLayout.JAVA_BYTE, 3 * HUGE - 1));
                }
            }
        } finally {
            Native.close(file);
        }
    }

    @Test
    void whatIsMappedForAClosedArenaIsUnmapped() throws IOException {
        Arena closed = Arena.ofConfined();
        closed.close();
        int file = file(PAGE_BYTES, 1);
        Native.truncate(file, TERABYTE);
        try {
            long before = addressSpaceBytes();
            for (int i = 0; i < 16; i++) {
                assertThrows(IllegalStateException.class, () -> Mapping.mapAligned(
                        closed, file, TERABYTE, HUGE, Native.PROT_READ, Native.MAP_SHARED | Native.MAP_NORESERVE));
            }
            assertTrue(addressSpaceBytes() - before < TERABYTE);
        } finally {
            Native.close(file);
        }
    }

    private static int file(long byteCount, int content) {
        int file = Native.memfd("stele-aligned", 0);
        Native.truncate(file, byteCount);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) content);
            Native.write(file, one, 0);
            Native.write(file, one, byteCount - 1);
        }
        return file;
    }
}
