package dev.stele.medium;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CheckpointHeaderTest {
    private static final long FILE_BYTES = 40L * 4096;
    private static final CheckpointHeader HEADER = new CheckpointHeader(7, 24L * 4096, 25L * 4096, 3, 0xCAFE);

    private static MemorySegment encoded(CheckpointHeader header) {
        MemorySegment page = Arena.ofAuto().allocate(4096);
        header.encode(page);
        return page;
    }

    @Test
    void isLaidOutAsItsTableSays() {
        assertEquals(CheckpointHeader.BYTES, CheckpointHeader.LAYOUT.byteSize());
        assertTrue(CheckpointHeader.BYTES <= 512, "one sector");
        String[] names = {"magic", "version", "areaCrc", "sequence", "volumeBytes", "areaAt", "pageCount", "reserved",
            "reserved2", "crc"};
        long[] offsets = {0, 8, 12, 16, 24, 32, 40, 48, 56, 60};
        for (int each = 0; each < names.length; each++) {
            assertEquals(offsets[each], CheckpointHeader.LAYOUT.byteOffset(PathElement.groupElement(names[each])));
        }
        MemorySegment page = encoded(HEADER);
        assertEquals("STELECKP", new String(page.asSlice(0, 8).toArray(JAVA_BYTE), StandardCharsets.US_ASCII));
        assertEquals(7, page.get(ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN), 16));
    }

    @Test
    void readsBackWhatWasWritten() {
        assertEquals(HEADER, CheckpointHeader.decode(encoded(HEADER), FILE_BYTES));
        assertEquals(25L * 4096 + 4096 + 3 * 4096, HEADER.areaEnd());
    }

    @Test
    void anyWrongBitIsNoHeader() {
        for (int bit = 0; bit < CheckpointHeader.BYTES * 8; bit++) {
            MemorySegment page = encoded(HEADER);
            page.set(JAVA_BYTE, bit / 8, (byte) (page.get(JAVA_BYTE, bit / 8) ^ 1 << bit % 8));
            assertNull(CheckpointHeader.decode(page, FILE_BYTES), "bit " + bit);
        }
        assertNull(CheckpointHeader.decode(Arena.ofAuto().allocate(4096), FILE_BYTES));
    }

    @Test
    void whatDoesNotFitTheFileIsNoHeader() {
        long[] bad = {-4096, 0, 4096, 8192, 1, 24 * 4096 + 1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE & -4096};
        for (long value : bad) {
            assertNull(CheckpointHeader.decode(encoded(new CheckpointHeader(1, value, 25L * 4096, 3, 0)), FILE_BYTES));
            assertNull(CheckpointHeader.decode(encoded(new CheckpointHeader(1, 24L * 4096, value, 3, 0)), FILE_BYTES));
        }
        for (long count : new long[] {0, -1, 25, 16, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 52, 1L << 61}) {
            assertNull(CheckpointHeader.decode(
                    encoded(new CheckpointHeader(1, 24L * 4096, 25L * 4096, count, 0)), FILE_BYTES), "count " + count);
        }
    }

    /// Any header that passes its own checksum can be followed without leaving the file or filling memory.
    @Test
    void randomHeadersAreNullOrFit() {
        Random random = new Random(5);
        for (int round = 0; round < 100_000; round++) {
            CheckpointHeader made = new CheckpointHeader(random.nextLong(), random.nextLong(-1, 50) * 4096,
                    random.nextLong(-1, 50) * 4096, random.nextLong(-1, 50), random.nextInt());
            CheckpointHeader read = CheckpointHeader.decode(encoded(made), FILE_BYTES);
            if (read != null) {
                assertEquals(made, read);
                assertTrue(read.areaAt() >= read.volumeBytes() && read.areaEnd() <= FILE_BYTES);
                assertTrue(read.pageCount() >= 1 && read.pageCount() <= read.volumeBytes() / 4096);
            }
        }
    }
}
