package dev.stele.medium;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Says where in an image file the copies of a checkpoint's pages lie. It stands in page 2 of the image and fits a
/// sector of 512 bytes; little-endian:
///
/// | off | size | field        | meaning                                                                  |
/// |----:|-----:|--------------|--------------------------------------------------------------------------|
/// |   0 |    8 | magic        | "STELECKP"; anything else: there is no checkpoint to replay              |
/// |   8 |    4 | version      | 1                                                                        |
/// |  12 |    4 | areaCrc      | CRC32C of the area                                                       |
/// |  16 |    8 | sequence     | one more than that of the checkpoint before                              |
/// |  24 |    8 | volumeBytes  | size of the volume; the area lies behind it                              |
/// |  32 |    8 | areaAt       | byte offset of the area, at a page                                       |
/// |  40 |    8 | pageCount    | pages in it, at least 1                                                  |
/// |  48 |    8 | reserved     | 0                                                                        |
/// |  56 |    4 | reserved2    | 0                                                                        |
/// |  60 |    4 | crc          | CRC32C of bytes 0 to 59                                                  |
///
/// The area is a list of page indices, 8 bytes each, ascending, filled with zeros to a whole page; then the contents of
/// these pages in the same order.
record CheckpointHeader(long sequence, long volumeBytes, long areaAt, long pageCount, int areaCrc) {
    /// Where it stands.
    static final long AT = 2L * Medium.PAGE_BYTES;
    static final long BYTES = 64;
    private static final long MAGIC = 0x504B43454C455453L;
    private static final int VERSION = 1;

    private static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final StructLayout LAYOUT = MemoryLayout.structLayout(
            U64.withName("magic"),
            U32.withName("version"),
            U32.withName("areaCrc"),
            U64.withName("sequence"),
            U64.withName("volumeBytes"),
            U64.withName("areaAt"),
            U64.withName("pageCount"),
            U64.withName("reserved"),
            U32.withName("reserved2"),
            U32.withName("crc"));

    private static final VarHandle MAGIC_WORD = field("magic");
    private static final VarHandle VERSION_WORD = field("version");
    private static final VarHandle AREA_CRC = field("areaCrc");
    private static final VarHandle SEQUENCE = field("sequence");
    private static final VarHandle VOLUME_BYTES = field("volumeBytes");
    private static final VarHandle AREA_AT = field("areaAt");
    private static final VarHandle PAGE_COUNT = field("pageCount");
    private static final VarHandle CRC = field("crc");
    private static final long CRC_OFFSET = LAYOUT.byteOffset(PathElement.groupElement("crc"));

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(PathElement.groupElement(name)).withInvokeExactBehavior();
    }

    /// @param page zeros to begin with
    void encode(MemorySegment page) {
        MAGIC_WORD.set(page, 0L, MAGIC);
        VERSION_WORD.set(page, 0L, VERSION);
        AREA_CRC.set(page, 0L, areaCrc);
        SEQUENCE.set(page, 0L, sequence);
        VOLUME_BYTES.set(page, 0L, volumeBytes);
        AREA_AT.set(page, 0L, areaAt);
        PAGE_COUNT.set(page, 0L, pageCount);
        CRC.set(page, 0L, crc(page.asSlice(0, CRC_OFFSET)));
    }

    /// What the page says, or null if it is no header or does not fit a file of `fileBytes` bytes.
    static CheckpointHeader decode(MemorySegment page, long fileBytes) {
        if ((long) MAGIC_WORD.get(page, 0L) != MAGIC || (int) VERSION_WORD.get(page, 0L) != VERSION
                || (int) CRC.get(page, 0L) != crc(page.asSlice(0, CRC_OFFSET))) {
            return null;
        }
        CheckpointHeader header = new CheckpointHeader((long) SEQUENCE.get(page, 0L), (long) VOLUME_BYTES.get(page, 0L),
                (long) AREA_AT.get(page, 0L), (long) PAGE_COUNT.get(page, 0L), (int) AREA_CRC.get(page, 0L));
        return header.fits(fileBytes) ? header : null;
    }

    private boolean fits(long fileBytes) {
        return volumeBytes > AT && volumeBytes % Medium.PAGE_BYTES == 0
                && areaAt >= volumeBytes && areaAt % Medium.PAGE_BYTES == 0 && areaAt <= fileBytes
                && pageCount > 0 && pageCount <= volumeBytes / Medium.PAGE_BYTES
                && areaBytes(pageCount) <= fileBytes - areaAt;
    }

    long areaEnd() {
        return areaAt + areaBytes(pageCount);
    }

    static long listBytes(long pageCount) {
        return (pageCount * Long.BYTES + Medium.PAGE_BYTES - 1) & -Medium.PAGE_BYTES;
    }

    static long areaBytes(long pageCount) {
        return listBytes(pageCount) + pageCount * Medium.PAGE_BYTES;
    }

    static int crc(MemorySegment of) {
        CRC32C crc = new CRC32C();
        crc.update(of.asByteBuffer());
        return (int) crc.getValue();
    }
}
