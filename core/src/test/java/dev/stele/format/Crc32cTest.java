package dev.stele.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class Crc32cTest {
    private static final long SEED = 32;

    @Test
    void knownSums() {
        // RFC 3720, B.4.
        assertEquals(0xE3069283, sum("123456789".getBytes(StandardCharsets.US_ASCII)));
        assertEquals(0x8A9136AA, sum(new byte[32]));
        assertEquals(0, sum(new byte[0]));
    }

    private static int sum(byte[] bytes) {
        MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, bytes.length));
        segment.copyFrom(MemorySegment.ofArray(bytes));
        return Crc32c.of(segment, 0, bytes.length);
    }

    @Test
    void theSumItselfCountsAsZero() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 200; round++) {
            int byteCount = 8 + 4 * random.nextInt(200);
            long sumOffset = 4L * random.nextInt(byteCount / 4);
            MemorySegment s = random(random, byteCount);
            MemorySegment zeroed = Arena.ofAuto().allocate(byteCount, 8).copyFrom(s);
            zeroed.set(ValueLayout.JAVA_INT, sumOffset, 0);
            assertEquals(Crc32c.of(zeroed, 0, byteCount), Crc32c.ofSummed(s, 0, byteCount, sumOffset));
        }
    }

    /// Every word of regions of several lengths; the sum's own word left out, as it counts as zero.
    @Test
    void patchingIsRecomputing() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int regionBytes : new int[] {16, 64, 256, 1088, 4088, 4096}) {
            MemorySegment s = random(random, regionBytes);
            int crc = Crc32c.ofSummed(s, 0, regionBytes, 4);
            for (int offset = 8; offset < regionBytes; offset += 8) {
                long old = (long) Layouts.WORD.get(s, (long) offset);
                long value = switch (random.nextInt(4)) {
                    case 0 -> old;
                    case 1 -> old ^ 1L << random.nextInt(64);
                    default -> random.nextLong();
                };
                Layouts.WORD.set(s, (long) offset, value);
                crc = Crc32c.patch(crc, regionBytes, offset, old ^ value);
                assertEquals(Crc32c.ofSummed(s, 0, regionBytes, 4), crc, "word at " + offset + " of " + regionBytes);
            }
        }
    }

    @Test
    void agreesWithTheJdkOnAnyRange() {
        SplittableRandom random = new SplittableRandom(SEED);
        MemorySegment s = random(random, 5000);
        for (int round = 0; round < 300; round++) {
            int from = random.nextInt(5000);
            int byteCount = random.nextInt(5000 - from);
            CRC32C expected = new CRC32C();
            expected.update(s.asSlice(from, byteCount).toArray(ValueLayout.JAVA_BYTE));
            assertEquals((int) expected.getValue(), Crc32c.of(s, from, byteCount), from + " + " + byteCount);
        }
    }

    private static MemorySegment random(SplittableRandom random, int byteCount) {
        MemorySegment s = Arena.ofAuto().allocate(byteCount, 8);
        for (long at = 0; at < byteCount; at++) {
            s.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
        }
        return s;
    }
}
