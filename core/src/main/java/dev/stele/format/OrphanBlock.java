package dev.stele.format;

import static dev.stele.format.Layouts.U32;
import static dev.stele.format.Layouts.U64;
import static dev.stele.format.Layouts.field;
import static dev.stele.format.Layouts.reserved;
import static dev.stele.format.Layouts.u32;

import dev.stele.error.CorruptionException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// One block of the orphan table: inodes that need work after a crash. A slot names an inode without links whose file
/// is still open (it and its blocks are given back), or one whose truncation is not finished (blocks behind its end
/// are given back). Slots are words of their own, so that operations on different files never store to the same one.
public final class OrphanBlock {
    /// "ORPH" read as a little-endian word.
    public static final int MAGIC = 0x4850524F;

    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            U32.withName("magic"),
            U32.withName("crc"),
            U64.withName("self"),
            U64.withName("next"),
            reserved(40));

    public static final long HEADER_BYTES = LAYOUT.byteSize();
    public static final int SLOT_COUNT = (int) ((Geometry.BLOCK_BYTES - HEADER_BYTES) / 8);
    public static final long CRC_OFFSET = Layouts.offset(LAYOUT, "crc");
    public static final long NEXT_OFFSET = Layouts.offset(LAYOUT, "next");

    private static final U32Field MAGIC_WORD = u32(LAYOUT, "magic");
    private static final U32Field CRC = u32(LAYOUT, "crc");
    private static final VarHandle SELF = field(LAYOUT, "self");
    private static final VarHandle NEXT = field(LAYOUT, "next");

    private OrphanBlock() {
    }

    /// Starts an empty block in working memory. The checksum covers the header only.
    public static void initialise(MemorySegment s, long at, long self) {
        s.asSlice(at, Geometry.BLOCK_BYTES).fill((byte) 0);
        MAGIC_WORD.set(s, at, MAGIC);
        SELF.set(s, at, self);
        CRC.set(s, at, Crc32c.ofSummed(s, at, HEADER_BYTES, CRC_OFFSET));
    }

    /// @throws CorruptionException where magic, checksum or self-reference are wrong
    public static void verify(MemorySegment s, long at) {
        Layouts.expect("orphan.magic", at, MAGIC, MAGIC_WORD.get(s, at));
        Layouts.expect("orphan.crc", at, Integer.toUnsignedLong(Crc32c.ofSummed(s, at, HEADER_BYTES, CRC_OFFSET)),
                Integer.toUnsignedLong(CRC.get(s, at)));
        Layouts.expect("orphan.self", at, Geometry.blockOf(at), (long) SELF.get(s, at));
    }

    public static int crc(MemorySegment s, long at) {
        return CRC.get(s, at);
    }

    /// The next block of the table, 0 at its end.
    public static long next(MemorySegment s, long at) {
        return (long) NEXT.get(s, at);
    }

    public static long slotAt(long at, int slot) {
        return at + HEADER_BYTES + (long) slot * 8;
    }

    /// The inode number in a slot, 0 for none.
    public static long slot(MemorySegment s, long at, int slot) {
        return (long) Layouts.WORD.get(s, slotAt(at, slot));
    }
}
