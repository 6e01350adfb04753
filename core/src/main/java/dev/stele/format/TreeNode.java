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

/// One block of a copy-on-write B+tree: a header of 64 bytes, then up to 252 entries {u64 key, u64 value} in ascending
/// unsigned order of key. On level 0 the values are the tree's values (a [Run] for files, a directory block for
/// directories); above it they are block numbers of nodes one level down, and an entry's key is the least key its
/// child may hold. The checksum covers the whole block, also what stands behind the last entry.
public final class TreeNode {
    /// "TREE" read as a little-endian word.
    public static final int MAGIC = 0x45455254;
    public static final int ENTRY_BYTES = 16;
    public static final int MAX_DEPTH = 8;

    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            U32.withName("magic"),
            U32.withName("crc"),
            U64.withName("self"),
            U64.withName("owner"),
            U32.withName("count"),
            U32.withName("level"),
            reserved(32));

    public static final long HEADER_BYTES = LAYOUT.byteSize();
    public static final int MAX_ENTRIES = (int) ((Geometry.BLOCK_BYTES - HEADER_BYTES) / ENTRY_BYTES);
    public static final long CRC_OFFSET = Layouts.offset(LAYOUT, "crc");
    /// The word that holds count (low half) and level (high half).
    public static final long COUNT_OFFSET = Layouts.offset(LAYOUT, "count");

    private static final U32Field MAGIC_WORD = u32(LAYOUT, "magic");
    private static final U32Field CRC = u32(LAYOUT, "crc");
    private static final VarHandle SELF = field(LAYOUT, "self");
    private static final VarHandle OWNER = field(LAYOUT, "owner");
    private static final U32Field COUNT = u32(LAYOUT, "count");
    private static final U32Field LEVEL = u32(LAYOUT, "level");

    private TreeNode() {
    }

    /// Starts a node in working memory: everything zero but the header.
    public static void initialise(MemorySegment s, long at, long self, long owner, int level) {
        s.asSlice(at, Geometry.BLOCK_BYTES).fill((byte) 0);
        MAGIC_WORD.set(s, at, MAGIC);
        SELF.set(s, at, self);
        OWNER.set(s, at, owner);
        LEVEL.set(s, at, level);
    }

    /// Recomputes the checksum of a node in working memory.
    public static void seal(MemorySegment s, long at) {
        CRC.set(s, at, Crc32c.ofSummed(s, at, Geometry.BLOCK_BYTES, CRC_OFFSET));
    }

    /// @throws CorruptionException where magic, checksum, self-reference, owner, level or count are wrong
    public static void verify(MemorySegment s, long at, long owner, int level) {
        Layouts.expect("tree.magic", at, MAGIC, MAGIC_WORD.get(s, at));
        Layouts.expect("tree.crc", at, Integer.toUnsignedLong(Crc32c.ofSummed(s, at, Geometry.BLOCK_BYTES, CRC_OFFSET)),
                Integer.toUnsignedLong(CRC.get(s, at)));
        verifyHeader(s, at, owner, level);
    }

    /// As [#verify] without the checksum: for a node already verified since the volume was opened.
    public static void verifyHeader(MemorySegment s, long at, long owner, int level) {
        Layouts.expect("tree.magic", at, MAGIC, MAGIC_WORD.get(s, at));
        Layouts.expect("tree.self", at, Geometry.blockOf(at), (long) SELF.get(s, at));
        Layouts.expect("tree.owner", at, owner, (long) OWNER.get(s, at));
        Layouts.expect("tree.level", at, level, LEVEL.get(s, at));
        if (count(s, at) < 0 || count(s, at) > MAX_ENTRIES) {
            throw new CorruptionException("tree.count", at, "0 to " + MAX_ENTRIES, Integer.toString(count(s, at)));
        }
    }

    public static boolean hasMagic(MemorySegment s, long at) {
        return MAGIC_WORD.get(s, at) == MAGIC;
    }

    public static int crc(MemorySegment s, long at) {
        return CRC.get(s, at);
    }

    public static long self(MemorySegment s, long at) {
        return (long) SELF.get(s, at);
    }

    public static long owner(MemorySegment s, long at) {
        return (long) OWNER.get(s, at);
    }

    public static int level(MemorySegment s, long at) {
        return LEVEL.get(s, at);
    }

    public static int count(MemorySegment s, long at) {
        return COUNT.get(s, at);
    }

    public static void count(MemorySegment s, long at, int count) {
        COUNT.set(s, at, count);
    }

    public static long entryAt(long at, int index) {
        return at + HEADER_BYTES + (long) index * ENTRY_BYTES;
    }

    public static long key(MemorySegment s, long at, int index) {
        return (long) Layouts.WORD.get(s, entryAt(at, index));
    }

    public static long value(MemorySegment s, long at, int index) {
        return (long) Layouts.WORD.get(s, entryAt(at, index) + 8);
    }

    /// Sets an entry of a node in working memory.
    public static void entry(MemorySegment s, long at, int index, long key, long value) {
        Layouts.WORD.set(s, entryAt(at, index), key);
        Layouts.WORD.set(s, entryAt(at, index) + 8, value);
    }
}
