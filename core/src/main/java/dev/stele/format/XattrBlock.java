package dev.stele.format;

import static dev.stele.format.Layouts.U32;
import static dev.stele.format.Layouts.U64;
import static dev.stele.format.Layouts.field;
import static dev.stele.format.Layouts.u32;

import dev.stele.error.CorruptionException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// One block of an inode's extended attributes. The blocks of one inode form a chain that is never changed, only
/// replaced whole: their contents put end to end are attributes {u8 name length, u32 value length, name, value}.
public final class XattrBlock {
    /// "XATR" read as a little-endian word.
    public static final int MAGIC = 0x52544158;

    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            U32.withName("magic"),
            U32.withName("crc"),
            U64.withName("self"),
            U64.withName("owner"),
            U64.withName("next"),
            U32.withName("byteCount"),
            U32.withName("zero"));

    public static final long HEADER_BYTES = LAYOUT.byteSize();
    public static final int CONTENT_BYTES = (int) (Geometry.BLOCK_BYTES - HEADER_BYTES);
    public static final long CRC_OFFSET = Layouts.offset(LAYOUT, "crc");
    /// All attributes of an inode together, their lengths included: 16 blocks, enough for one value of 64 KiB less a
    /// little.
    public static final int MAX_BLOCKS = 17;

    private static final U32Field MAGIC_WORD = u32(LAYOUT, "magic");
    private static final U32Field CRC = u32(LAYOUT, "crc");
    private static final VarHandle SELF = field(LAYOUT, "self");
    private static final VarHandle OWNER = field(LAYOUT, "owner");
    private static final VarHandle NEXT = field(LAYOUT, "next");
    private static final U32Field BYTE_COUNT = u32(LAYOUT, "byteCount");

    private XattrBlock() {
    }

    /// Starts a block in working memory; content goes to `at + HEADER_BYTES`, then [#seal].
    public static void initialise(MemorySegment s, long at, long self, long owner, long next, int byteCount) {
        s.asSlice(at, Geometry.BLOCK_BYTES).fill((byte) 0);
        MAGIC_WORD.set(s, at, MAGIC);
        SELF.set(s, at, self);
        OWNER.set(s, at, owner);
        NEXT.set(s, at, next);
        BYTE_COUNT.set(s, at, byteCount);
    }

    public static void seal(MemorySegment s, long at) {
        CRC.set(s, at, Crc32c.ofSummed(s, at, Geometry.BLOCK_BYTES, CRC_OFFSET));
    }

    /// @throws CorruptionException where magic, checksum, self-reference, owner or length are wrong
    public static void verify(MemorySegment s, long at, long owner) {
        Layouts.expect("xattr.magic", at, MAGIC, MAGIC_WORD.get(s, at));
        Layouts.expect("xattr.crc", at,
                Integer.toUnsignedLong(Crc32c.ofSummed(s, at, Geometry.BLOCK_BYTES, CRC_OFFSET)),
                Integer.toUnsignedLong(CRC.get(s, at)));
        Layouts.expect("xattr.self", at, Geometry.blockOf(at), (long) SELF.get(s, at));
        Layouts.expect("xattr.owner", at, owner, (long) OWNER.get(s, at));
        if (byteCount(s, at) < 0 || byteCount(s, at) > CONTENT_BYTES) {
            throw new CorruptionException("xattr.byteCount", at, "0 to " + CONTENT_BYTES,
                    Integer.toString(byteCount(s, at)));
        }
    }

    /// The next block of the chain, 0 at its end.
    public static long next(MemorySegment s, long at) {
        return (long) NEXT.get(s, at);
    }

    public static int byteCount(MemorySegment s, long at) {
        return BYTE_COUNT.get(s, at);
    }
}
