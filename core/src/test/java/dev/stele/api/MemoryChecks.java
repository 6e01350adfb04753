package dev.stele.api;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.PersistentMemory.Way;
import dev.stele.cpu.Granularity;
import dev.stele.medium.PersistenceCounters.Snapshot;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What persistent memory promises on every tier: run here on the one that serves, and by [MemoryTiersTest] on each.
final class MemoryChecks {
    private static final long ROOM = 16384;

    private MemoryChecks() {
    }

    private static PersistentMemory lines(Arena arena) {
        return PersistentMemory.of(arena.allocate(ROOM, 4096), Granularity.CACHE_LINE);
    }

    static void copiesAndFills(Granularity granularity) {
        try (Arena arena = Arena.ofConfined()) {
            PersistentMemory memory = PersistentMemory.of(arena.allocate(ROOM, 4096), granularity);
            MemorySegment from = arena.allocate(ROOM);
            for (long at = 0; at < ROOM; at++) {
                from.set(JAVA_BYTE, at, (byte) (at * 7 + 1));
            }
            MemorySegment expected = arena.allocate(ROOM);
            // a system call each: fewer there
            long step = granularity == Granularity.PAGE ? 31 : 3;
            for (Way way : Way.values()) {
                for (long at = 64; at < 128; at += step) {
                    for (long byteCount = 0; byteCount <= 300; byteCount += step) {
                        assertCopies(memory, from, expected, at, byteCount, way);
                        assertFills(memory, expected, at, byteCount, (byte) (byteCount % 3), way);
                    }
                }
                assertCopies(memory, from, expected, 3, 9001, way);
                assertFills(memory, expected, 3, 9001, (byte) 0, way);
                assertFills(memory, expected, 3, 9001, (byte) -5, way);
            }
        }
    }

    private static void assertCopies(PersistentMemory memory, MemorySegment from, MemorySegment expected, long at,
            long byteCount, Way way) {
        MemorySegment.copy(from, at / 2, expected, at, byteCount);
        memory.copy(at, from, at / 2, byteCount, way);
        if (way != Way.NO_FLUSH) {
            memory.copyPersist(at, from, at / 2, byteCount, way);
        }
        assertEquals(-1, memory.segment().mismatch(expected), () -> way + " copy of " + byteCount + " to " + at);
    }

    private static void assertFills(PersistentMemory memory, MemorySegment expected, long at, long byteCount,
            byte value, Way way) {
        expected.asSlice(at, byteCount).fill(value);
        memory.fill(at, byteCount, value, way);
        memory.fillPersist(at, byteCount, value);
        assertEquals(-1, memory.segment().mismatch(expected), () -> way + " fill of " + byteCount + " at " + at);
    }

    private static Snapshot counted(PersistentMemory memory, Runnable verbs) {
        Snapshot before = memory.counters().ofThisThread();
        verbs.run();
        return memory.counters().ofThisThread().since(before);
    }

    /// The lines that a range touches, found by walking it.
    private static long linesOf(long address, long byteCount) {
        long count = 0;
        for (long each = address & -64; each < address + byteCount; each += 64) {
            count++;
        }
        return byteCount == 0 ? 0 : count;
    }

    static void countsLines() {
        try (Arena arena = Arena.ofConfined()) {
            // a segment that begins within a line: what counts is where the bytes are
            PersistentMemory memory = PersistentMemory.of(
                    arena.allocate(ROOM, 4096).asSlice(24, 9000), Granularity.CACHE_LINE);
            for (long at = 0; at < 130; at++) {
                for (long byteCount : new long[] {0, 1, 8, 40, 63, 64, 65, 128, 4096, 8192}) {
                    long from = at;
                    long lines = linesOf(memory.segment().address() + at, byteCount);
                    assertEquals(new Snapshot(0, 0, lines, 0, 0, 0),
                            counted(memory, () -> memory.flush(from, byteCount)));
                    assertEquals(new Snapshot(0, 0, lines, 0, 1, 0),
                            counted(memory, () -> memory.persist(from, byteCount)));
                }
            }
            assertEquals(new Snapshot(0, 0, 100, 0, 1, 0), counted(memory, () -> {
                for (int line = 0; line < 100; line++) {
                    memory.flush(40 + line * 64, 64);
                }
                memory.drain();
            }));
        }
    }

    static void tellsInvalidationFromFlush() {
        try (Arena arena = Arena.ofConfined()) {
            PersistentMemory memory = lines(arena);
            memory.segment().fill((byte) 9);
            if (!PersistentMemory.capabilities().canInvalidate()) {
                UnsupportedOperationException refused = assertThrows(UnsupportedOperationException.class,
                        () -> memory.invalidate(0, 64));
                assertTrue(refused.getMessage().contains("only machine code"), refused.getMessage());
                return;
            }
            assertEquals(new Snapshot(0, 0, 0, 0, 0, 3), counted(memory, () -> memory.invalidate(60, 70)));
            assertEquals(new Snapshot(0, 0, 3, 0, 0, 0), counted(memory, () -> memory.flush(60, 70)));
            assertEquals(9, memory.segment().get(JAVA_BYTE, 100));
        }
    }

    static void sendsEveryByte() {
        try (Arena arena = Arena.ofConfined()) {
            PersistentMemory memory = lines(arena);
            MemorySegment from = arena.allocate(ROOM);
            for (long byteCount : new long[] {1, 63, 64, 65, 4096, 9000}) {
                long lines = linesOf(memory.segment().address() + 7, byteCount);
                Snapshot streamed = new Snapshot(0, 0, 0, byteCount, 0, 0);
                Snapshot flushed = new Snapshot(1, byteCount, lines, 0, 0, 0);
                assertEquals(streamed,
                        counted(memory, () -> memory.copy(7, from, 0, byteCount, Way.NON_TEMPORAL)));
                assertEquals(flushed,
                        counted(memory, () -> memory.copy(7, from, 0, byteCount, Way.TEMPORAL)));
                assertEquals(byteCount < 64 ? flushed : streamed,
                        counted(memory, () -> memory.copy(7, from, 0, byteCount, Way.BY_SIZE)));
                assertEquals(new Snapshot(1, byteCount, 0, 0, 0, 0),
                        counted(memory, () -> memory.copy(7, from, 0, byteCount, Way.NO_FLUSH)));
                assertEquals(streamed,
                        counted(memory, () -> memory.fill(7, byteCount, (byte) 4, Way.NON_TEMPORAL)));
                assertEquals(flushed,
                        counted(memory, () -> memory.fill(7, byteCount, (byte) 0, Way.TEMPORAL)));
            }
        }
    }
}
