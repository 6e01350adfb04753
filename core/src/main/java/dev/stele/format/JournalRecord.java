package dev.stele.format;

import static dev.stele.format.Layouts.U32;
import static dev.stele.format.Layouts.U64;
import static dev.stele.format.Layouts.field;
import static dev.stele.format.Layouts.u32;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/// One redo record: a header of 32 bytes, then entries, zero-padded to whole cache lines so that records of different
/// threads never share one. A record never wraps: where it does not fit before the end of the ring, a record without
/// entries fills the rest. An entry is {u32 kind, u32 payload bytes, u64 at} and its payload, padded to 8 bytes:
///
/// | kind | at | payload |
/// |---|---|---|
/// | PUT | byte on the medium, aligned to 8 | the bytes to store there |
/// | SET_BITS | byte of a bitmap block | u32 first bit, u32 number of bits |
/// | CLEAR_BITS | byte of a bitmap block | u32 first bit, u32 number of bits |
/// | VERIFY | byte on the medium | u32 CRC32C, u32 number of bytes: the bytes stored together with this record |
/// | TAIL | first byte of a block | u64 inode, u64 index of the block in its file, where the file ends |
public final class JournalRecord {
    public static final int ALIGNMENT = 64;
    public static final int PUT = 1;
    public static final int SET_BITS = 2;
    public static final int CLEAR_BITS = 3;
    public static final int VERIFY = 4;
    public static final int TAIL = 5;

    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            U32.withName("byteCount"),
            U32.withName("crc"),
            U64.withName("position"),
            U64.withName("durable"),
            U32.withName("entryBytes"),
            U32.withName("zero"));

    public static final StructLayout ENTRY = MemoryLayout.structLayout(
            U32.withName("kind"),
            U32.withName("payloadBytes"),
            U64.withName("at"));

    public static final long HEADER_BYTES = LAYOUT.byteSize();
    public static final long ENTRY_HEADER_BYTES = ENTRY.byteSize();
    public static final long CRC_OFFSET = Layouts.offset(LAYOUT, "crc");

    private static final U32Field BYTE_COUNT = u32(LAYOUT, "byteCount");
    private static final U32Field CRC = u32(LAYOUT, "crc");
    private static final VarHandle POSITION = field(LAYOUT, "position");
    private static final VarHandle DURABLE = field(LAYOUT, "durable");
    private static final U32Field ENTRY_BYTES = u32(LAYOUT, "entryBytes");
    private static final U32Field KIND = u32(ENTRY, "kind");
    private static final U32Field PAYLOAD_BYTES = u32(ENTRY, "payloadBytes");
    private static final VarHandle AT = field(ENTRY, "at");

    private JournalRecord() {
    }

    /// Completes a record in working memory: header and checksum over entries that stand behind it already.
    ///
    /// @param bytes the same memory as `s`
    /// @param byteCount length in the ring, a multiple of 64; what is behind the entries is zero
    /// @param position where in the log the record begins
    /// @param durable every record before this position was durable when this one was written
    public static void seal(MemorySegment s, ByteBuffer bytes, long at, int byteCount, long position, long durable,
            int entryBytes) {
        BYTE_COUNT.set(s, at, byteCount);
        POSITION.set(s, at, position);
        DURABLE.set(s, at, durable);
        ENTRY_BYTES.set(s, at, entryBytes);
        CRC.set(s, at, 0);
        CRC.set(s, at, Crc32c.ofOwn(bytes, at, HEADER_BYTES + entryBytes));
    }

    /// The checksum of the header and `entryBytes` of entries.
    public static int checksum(MemorySegment s, long at, int entryBytes) {
        return Crc32c.ofSummed(s, at, HEADER_BYTES + entryBytes, CRC_OFFSET);
    }

    public static int byteCount(MemorySegment s, long at) {
        return BYTE_COUNT.get(s, at);
    }

    public static int crc(MemorySegment s, long at) {
        return CRC.get(s, at);
    }

    public static long position(MemorySegment s, long at) {
        return (long) POSITION.get(s, at);
    }

    public static long durable(MemorySegment s, long at) {
        return (long) DURABLE.get(s, at);
    }

    public static int entryBytes(MemorySegment s, long at) {
        return ENTRY_BYTES.get(s, at);
    }

    public static int kind(MemorySegment s, long entryAt) {
        return KIND.get(s, entryAt);
    }

    public static int payloadBytes(MemorySegment s, long entryAt) {
        return PAYLOAD_BYTES.get(s, entryAt);
    }

    /// Where on the medium the entry applies.
    public static long target(MemorySegment s, long entryAt) {
        return (long) AT.get(s, entryAt);
    }

    public static void entry(MemorySegment s, long entryAt, int kind, int payloadBytes, long target) {
        KIND.set(s, entryAt, kind);
        PAYLOAD_BYTES.set(s, entryAt, payloadBytes);
        AT.set(s, entryAt, target);
    }

    /// Where an entry's payload begins.
    public static long payloadAt(long entryAt) {
        return entryAt + ENTRY_HEADER_BYTES;
    }

    /// Bytes from one entry to the next.
    public static int entryLength(int payloadBytes) {
        return (int) ENTRY_HEADER_BYTES + (payloadBytes + 7 & ~7);
    }

    /// First u32 of a payload of two: the first bit, or the checksum.
    public static int first(MemorySegment s, long entryAt) {
        return Layouts.half(s, payloadAt(entryAt));
    }

    /// Second u32 of a payload of two: the number of bits or of bytes.
    public static int second(MemorySegment s, long entryAt) {
        return Layouts.half(s, payloadAt(entryAt) + 4);
    }

    /// The inode of a TAIL.
    public static long tailInode(MemorySegment s, long entryAt) {
        return (long) Layouts.WORD.get(s, payloadAt(entryAt));
    }

    /// The index in its file of a TAIL's block.
    public static long tailFileBlock(MemorySegment s, long entryAt) {
        return (long) Layouts.WORD.get(s, payloadAt(entryAt) + 8);
    }

    public static void tail(MemorySegment s, long entryAt, long inode, long fileBlock) {
        Layouts.WORD.set(s, payloadAt(entryAt), inode);
        Layouts.WORD.set(s, payloadAt(entryAt) + 8, fileBlock);
    }

    public static void pair(MemorySegment s, long entryAt, int first, int second) {
        Layouts.half(s, payloadAt(entryAt), first);
        Layouts.half(s, payloadAt(entryAt) + 4, second);
    }
}
