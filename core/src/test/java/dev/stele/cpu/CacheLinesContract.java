package dev.stele.cpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What every tier does. Source and destination end where forbidden pages begin, so that a routine that reads or writes
/// one byte too many does not survive; bytes before and behind the destination are compared.
abstract class CacheLinesContract {
    private static final long PAGE = 4096;
    private static final long ROOM = 4 * PAGE;

    private final Arena arena = Arena.ofShared();
    private CacheLines lines;
    private MemorySegment to;
    private MemorySegment from;
    private MemorySegment expected;

    abstract CacheLines lines();

    @BeforeEach
    void prepare() {
        lines = lines();
        to = guarded();
        from = guarded();
        expected = arena.allocate(ROOM, 64);
        Random random = new Random(7);
        for (long at = 0; at < ROOM; at++) {
            from.set(JAVA_BYTE, at, (byte) random.nextInt(1, 256));
        }
    }

    @AfterEach
    void release() {
        arena.close();
    }

    /// Memory between two pages that must not be touched.
    private MemorySegment guarded() {
        MemorySegment all = Mapping.reserve(arena, ROOM + 2 * PAGE);
        Native.protect(all.address() + PAGE, ROOM, Native.PROT_READ | Native.PROT_WRITE);
        return all.asSlice(PAGE, ROOM);
    }

    @Test
    void copiesEveryAlignmentAndLength() {
        for (long at = 0; at < 64; at++) {
            for (long byteCount = 0; byteCount <= 300; byteCount++) {
                assertCopies(64 + at, (at * 37 + byteCount * 11) % 64, byteCount);
            }
        }
    }

    @Test
    void copiesFromEveryAlignment() {
        for (long fromAt = 0; fromAt < 64; fromAt++) {
            for (long byteCount = 0; byteCount <= 300; byteCount += 13) {
                assertCopies(64 + (byteCount & 63), fromAt, byteCount);
            }
        }
    }

    @Test
    void copiesAcrossPagesAndUpToTheLastByte() {
        for (long at = PAGE - 70; at < PAGE + 3; at++) {
            for (long byteCount : new long[] {1, 63, 64, 65, 128, 255, 256, 257, 4095, 4096, 4097, 9001}) {
                assertCopies(at, 5, byteCount);
            }
        }
        for (long byteCount = 0; byteCount <= 600; byteCount++) {
            assertCopies(ROOM - byteCount, ROOM - byteCount, byteCount);
        }
        assertCopies(0, 0, ROOM);
    }

    private void assertCopies(long at, long fromAt, long byteCount) {
        long last = Math.min(ROOM, at + byteCount + 128);
        long first = Math.max(0, at - 128);
        to.asSlice(first, last - first).fill((byte) 0x5A);
        expected.asSlice(first, last - first).fill((byte) 0x5A);
        MemorySegment.copy(from, fromAt, expected, at, byteCount);
        lines.copy(to, at, from, fromAt, byteCount);
        lines.drain();
        assertEquals(-1, MemorySegment.mismatch(to, first, last, expected, first, last),
                () -> "copy of " + byteCount + " bytes from " + fromAt + " to " + at);
    }

    @Test
    void zeroesEveryAlignmentAndLength() {
        for (long at = 0; at < 64; at++) {
            for (long byteCount = 0; byteCount <= 300; byteCount++) {
                assertZeroes(64 + at, byteCount);
            }
        }
    }

    @Test
    void zeroesAcrossPagesAndUpToTheLastByte() {
        for (long at = PAGE - 70; at < PAGE + 3; at++) {
            for (long byteCount : new long[] {1, 63, 64, 65, 128, 255, 256, 257, 4095, 4096, 4097, 9001}) {
                assertZeroes(at, byteCount);
            }
        }
        for (long byteCount = 0; byteCount <= 600; byteCount++) {
            assertZeroes(ROOM - byteCount, byteCount);
        }
        assertZeroes(0, ROOM);
    }

    private void assertZeroes(long at, long byteCount) {
        long last = Math.min(ROOM, at + byteCount + 128);
        long first = Math.max(0, at - 128);
        to.asSlice(first, last - first).fill((byte) 0x5A);
        expected.asSlice(first, last - first).fill((byte) 0x5A);
        expected.asSlice(at, byteCount).fill((byte) 0);
        lines.zero(to, at, byteCount);
        lines.drain();
        assertEquals(-1, MemorySegment.mismatch(to, first, last, expected, first, last),
                () -> "zero of " + byteCount + " bytes at " + at);
    }

    @Test
    void flushingChangesNothingAndStaysWithinTheLines() {
        to.copyFrom(from);
        for (long at = 0; at < 64; at++) {
            for (long byteCount = 0; byteCount <= 300; byteCount++) {
                lines.flush(to, at, byteCount);
                lines.flush(to, ROOM - byteCount, byteCount);
            }
        }
        lines.drain();
        assertEquals(-1, to.mismatch(from));
    }

    @Test
    void persistingChangesNothingAndStaysWithinTheLines() {
        to.copyFrom(from);
        for (long at = 0; at < 64; at++) {
            for (long byteCount = 0; byteCount <= 300; byteCount++) {
                lines.persist(to, at, byteCount);
                lines.persist(to, ROOM - byteCount, byteCount);
            }
        }
        assertEquals(-1, to.mismatch(from));
    }

    @Test
    @DisplayName("E5: invalidating is offered or refused by name, loses no store, and stays within the lines")
    void invalidatingLosesNothingAndStaysWithinTheLines() {
        if (!lines.canInvalidate()) {
            VolumeException refused = assertThrows(VolumeException.class, () -> lines.invalidate(to, 0, 64));
            assertEquals(Errno.EOPNOTSUPP, refused.errno());
            assertTrue(refused.getMessage().contains("only machine code"), refused.getMessage());
            return;
        }
        to.copyFrom(from);
        for (long at = 0; at < 64; at++) {
            for (long byteCount = 0; byteCount <= 300; byteCount++) {
                // dirty, not to be dropped
                to.set(JAVA_BYTE, at, (byte) byteCount);
                from.set(JAVA_BYTE, at, (byte) byteCount);
                lines.invalidate(to, at, byteCount);
                lines.invalidate(to, ROOM - byteCount, byteCount);
            }
        }
        assertEquals(-1, to.mismatch(from));
    }

    /// E12: between the parts the JVM may stop the thread.
    @Test
    void longRangesGoInParts() {
        long byteCount = (3 << 20) + 17;
        MemorySegment source = arena.allocate(byteCount + 64, 64);
        MemorySegment target = arena.allocate(byteCount + 64, 64);
        for (long at = 0; at < source.byteSize(); at += 61) {
            source.set(JAVA_BYTE, at, (byte) at);
        }
        lines.copy(target, 3, source, 1, byteCount);
        lines.flush(target, 0, target.byteSize());
        lines.drain();
        lines.persist(target, 1, byteCount);
        lines.persist(target, 0, 2 << 20);
        if (lines.canInvalidate()) {
            lines.invalidate(target, 0, target.byteSize());
        }
        assertEquals(-1, MemorySegment.mismatch(target, 3, 3 + byteCount, source, 1, 1 + byteCount));
        assertEquals(0, target.get(JAVA_BYTE, 2));
        assertEquals(0, target.get(JAVA_BYTE, 3 + byteCount));
        target.set(JAVA_BYTE, 2, (byte) 1);
        lines.zero(target, 3, byteCount);
        lines.drain();
        assertEquals(-1, MemorySegment.mismatch(target, 3, 3 + byteCount, arena.allocate(byteCount), 0, byteCount));
        assertEquals(1, target.get(JAVA_BYTE, 2));
    }

    @Test
    void refusesRangesItMustNotTouch() {
        assertThrows(IndexOutOfBoundsException.class, () -> lines.copy(to, ROOM - 1, from, 0, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> lines.copy(to, 0, from, ROOM - 1, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> lines.copy(to, -1, from, 0, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> lines.zero(to, 0, ROOM + 1));
        assertThrows(IndexOutOfBoundsException.class, () -> lines.flush(to, 1, ROOM));
        assertThrows(IndexOutOfBoundsException.class, () -> lines.flush(to, 0, -1));
        assertThrows(IndexOutOfBoundsException.class, () -> lines.persist(to, 1, ROOM));
        assertThrows(IndexOutOfBoundsException.class, () -> lines.invalidate(to, 1, ROOM));
        assertThrows(IllegalArgumentException.class, () -> lines.zero(to.asReadOnly(), 0, 1));
        assertThrows(IllegalArgumentException.class, () -> lines.flush(MemorySegment.ofArray(new byte[8]), 0, 8));
        assertThrows(RuntimeException.class, () -> lines.copy(to, 0, MemorySegment.ofArray(new byte[8]), 0, 8));
    }

    @Test
    void refusesSegmentsThatAreClosed() {
        Arena other = Arena.ofShared();
        MemorySegment closed = other.allocate(64);
        other.close();
        assertThrows(IllegalStateException.class, () -> lines.copy(closed, 0, from, 0, 8));
        assertThrows(IllegalStateException.class, () -> lines.copy(to, 0, closed, 0, 8));
        assertThrows(IllegalStateException.class, () -> lines.zero(closed, 0, 8));
        assertThrows(IllegalStateException.class, () -> lines.flush(closed, 0, 8));
        assertThrows(IllegalStateException.class, () -> lines.persist(closed, 0, 8));
        assertThrows(IllegalStateException.class, () -> lines.invalidate(closed, 0, 8));
    }
}
