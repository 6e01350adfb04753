package dev.stele.format;

import static dev.stele.format.Layouts.U16;
import static dev.stele.format.Layouts.U32;
import static dev.stele.format.Layouts.U64;
import static dev.stele.format.Layouts.U8;
import static dev.stele.format.Layouts.field;
import static dev.stele.format.Layouts.reserved;
import static dev.stele.format.Layouts.u32;

import dev.stele.error.CorruptionException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/// One block of directory entries, found through the directory's tree by the *key* of a name (the upper 60 bits of its
/// hash): this block holds all keys from its key in the tree up to the next. It is a small hash table of its own: a
/// header of 64 bytes, 128 slots of one word, and a heap of entries that only grows; what was deleted from the heap
/// comes back when the block is rewritten.
///
/// A slot is 0 (never used), 1 (deleted), or the fingerprint of a key in the upper 32 bits, and in the lower bits
/// [#USED] and the entry's distance from the start of the block in words of 8 bytes. Slots are probed linearly from
/// `key % 128`; a slot that is 0 ends the search. The header's checksum covers header and slots; every entry has its
/// own.
public final class DirectoryBlock {
    /// "DIRB" read as a little-endian word.
    public static final int MAGIC = 0x42524944;
    public static final int SLOT_COUNT = 128;
    public static final long DELETED = 1;
    public static final long USED = 1L << 31;
    private static final long OFFSET_MASK = 0x1FF;

    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            U32.withName("magic"),
            U32.withName("crc"),
            U64.withName("self"),
            U64.withName("owner"),
            U32.withName("heapEnd"),
            U32.withName("liveCount"),
            reserved(32));

    public static final StructLayout ENTRY = MemoryLayout.structLayout(
            U64.withName("inode"),
            U64.withName("key"),
            U32.withName("crc"),
            U8.withName("nameBytes"),
            U8.withName("type"),
            U16.withName("zero"));

    public static final long HEADER_BYTES = LAYOUT.byteSize();
    public static final long SLOTS_OFFSET = HEADER_BYTES;
    public static final long HEAP_OFFSET = SLOTS_OFFSET + SLOT_COUNT * 8;
    /// What the checksum in the header covers.
    public static final long SUMMED_BYTES = HEAP_OFFSET;
    public static final long CRC_OFFSET = Layouts.offset(LAYOUT, "crc");
    /// The word that holds heapEnd (low half) and liveCount (high half).
    public static final long FILL_OFFSET = Layouts.offset(LAYOUT, "heapEnd");
    public static final long ENTRY_HEADER_BYTES = ENTRY.byteSize();
    public static final long ENTRY_CRC_OFFSET = Layouts.offset(ENTRY, "crc");
    /// The key's bits: 0 to 2^60 - 1.
    public static final long KEY_MASK = (1L << 60) - 1;

    private static final U32Field MAGIC_WORD = u32(LAYOUT, "magic");
    private static final U32Field CRC = u32(LAYOUT, "crc");
    private static final VarHandle SELF = field(LAYOUT, "self");
    private static final VarHandle OWNER = field(LAYOUT, "owner");
    private static final U32Field HEAP_END = u32(LAYOUT, "heapEnd");
    private static final U32Field LIVE_COUNT = u32(LAYOUT, "liveCount");
    private static final VarHandle ENTRY_INODE = field(ENTRY, "inode");
    private static final VarHandle ENTRY_KEY = field(ENTRY, "key");
    private static final U32Field ENTRY_CRC = u32(ENTRY, "crc");
    private static final VarHandle ENTRY_NAME_BYTES = field(ENTRY, "nameBytes");
    private static final VarHandle ENTRY_TYPE = field(ENTRY, "type");

    private DirectoryBlock() {
    }

    /// Starts an empty block in working memory.
    public static void initialise(MemorySegment s, long at, long self, long owner) {
        s.asSlice(at, Geometry.BLOCK_BYTES).fill((byte) 0);
        MAGIC_WORD.set(s, at, MAGIC);
        SELF.set(s, at, self);
        OWNER.set(s, at, owner);
        HEAP_END.set(s, at, (int) HEAP_OFFSET);
    }

    /// Recomputes the header's checksum of a block in working memory.
    public static void seal(MemorySegment s, long at) {
        CRC.set(s, at, Crc32c.ofSummed(s, at, SUMMED_BYTES, CRC_OFFSET));
    }

    /// @throws CorruptionException where magic, checksum, self-reference, owner or counts are wrong
    public static void verify(MemorySegment s, long at, long owner) {
        Layouts.expect("directory.crc", at, Integer.toUnsignedLong(Crc32c.ofSummed(s, at, SUMMED_BYTES, CRC_OFFSET)),
                Integer.toUnsignedLong(CRC.get(s, at)));
        verifyHeader(s, at, owner);
    }

    /// As [#verify] without the checksum: for a block already verified since the volume was opened.
    public static void verifyHeader(MemorySegment s, long at, long owner) {
        Layouts.expect("directory.magic", at, MAGIC, MAGIC_WORD.get(s, at));
        Layouts.expect("directory.self", at, Geometry.blockOf(at), (long) SELF.get(s, at));
        Layouts.expect("directory.owner", at, owner, (long) OWNER.get(s, at));
        int heapEnd = heapEnd(s, at);
        if (heapEnd < HEAP_OFFSET || heapEnd > Geometry.BLOCK_BYTES || (heapEnd & 7) != 0) {
            throw new CorruptionException("directory.heapEnd", at, "1088 to 4096", Integer.toString(heapEnd));
        }
        int live = liveCount(s, at);
        if (live < 0 || live > SLOT_COUNT) {
            throw new CorruptionException("directory.liveCount", at, "0 to 128", Integer.toString(live));
        }
    }

    public static boolean hasMagic(MemorySegment s, long at) {
        return MAGIC_WORD.get(s, at) == MAGIC;
    }

    public static int crc(MemorySegment s, long at) {
        return CRC.get(s, at);
    }

    public static long owner(MemorySegment s, long at) {
        return (long) OWNER.get(s, at);
    }

    /// Distance from the start of the block to the first free byte of the heap, 1088 to 4096.
    public static int heapEnd(MemorySegment s, long at) {
        return HEAP_END.get(s, at);
    }

    public static void heapEnd(MemorySegment s, long at, int offset) {
        HEAP_END.set(s, at, offset);
    }

    /// Names in the block.
    public static int liveCount(MemorySegment s, long at) {
        return LIVE_COUNT.get(s, at);
    }

    public static void liveCount(MemorySegment s, long at, int count) {
        LIVE_COUNT.set(s, at, count);
    }

    /// The word of heapEnd and liveCount, for one logged store.
    public static long fillWord(int heapEnd, int liveCount) {
        return (long) liveCount << 32 | heapEnd;
    }

    /// Sets the word of heapEnd and liveCount in a copy of a header, whose checksum follows that and the change of a
    /// slot.
    ///
    /// @param slotOffset distance of the slot from the start of the block
    /// @param slotDelta old word of the slot xor the new one
    public static void change(MemorySegment s, long at, long slotOffset, long slotDelta, long fill) {
        long fillDelta = (long) Layouts.WORD.get(s, at + FILL_OFFSET) ^ fill;
        Layouts.WORD.set(s, at + FILL_OFFSET, fill);
        CRC.set(s, at, Crc32c.patch(Crc32c.patch(CRC.get(s, at), SUMMED_BYTES, slotOffset, slotDelta),
                SUMMED_BYTES, FILL_OFFSET, fillDelta));
    }

    /// The key under which a name with this hash is kept.
    public static long keyOf(long hash) {
        return hash >>> 4;
    }

    public static int firstSlot(long key) {
        return (int) key & SLOT_COUNT - 1;
    }

    public static long slotAt(long at, int slot) {
        return at + SLOTS_OFFSET + (long) slot * 8;
    }

    public static long slot(MemorySegment s, long at, int slot) {
        return (long) Layouts.WORD.get(s, slotAt(at, slot));
    }

    public static long slotWord(long key, long entryOffset) {
        return (key >>> 7) << 32 | USED | entryOffset >>> 3;
    }

    /// Whether a slot may be that of `key`; its entry decides.
    public static boolean matches(long slot, long key) {
        return (slot & USED) != 0 && slot >>> 32 == (key >>> 7 & 0xFFFF_FFFFL);
    }

    public static boolean isUsed(long slot) {
        return (slot & USED) != 0;
    }

    /// Distance of a used slot's entry from the start of the block, in bytes. Not trusted: see [#verifyEntry].
    public static long entryOffset(long slot) {
        return (slot & OFFSET_MASK) << 3;
    }

    /// Bytes an entry takes in the heap.
    public static int entryBytes(int nameBytes) {
        return (int) ENTRY_HEADER_BYTES + (nameBytes + 7 & ~7);
    }

    public static long entryInode(MemorySegment s, long entryAt) {
        return (long) ENTRY_INODE.get(s, entryAt);
    }

    /// Sets all of an entry's header but its checksum, which is 0 then.
    public static void entryHeader(MemorySegment s, long entryAt, long inode, long key, int nameBytes, int type) {
        ENTRY_INODE.set(s, entryAt, inode);
        ENTRY_KEY.set(s, entryAt, key);
        Layouts.WORD.set(s, entryAt + ENTRY_CRC_OFFSET, (long) nameBytes << 32 | (long) type << 40);
    }

    public static void entryInode(MemorySegment s, long entryAt, long inode) {
        ENTRY_INODE.set(s, entryAt, inode);
    }

    public static long entryKey(MemorySegment s, long entryAt) {
        return (long) ENTRY_KEY.get(s, entryAt);
    }

    public static void entryKey(MemorySegment s, long entryAt, long key) {
        ENTRY_KEY.set(s, entryAt, key);
    }

    public static int entryNameBytes(MemorySegment s, long entryAt) {
        return (byte) ENTRY_NAME_BYTES.get(s, entryAt) & 0xFF;
    }

    public static void entryNameBytes(MemorySegment s, long entryAt, int byteCount) {
        ENTRY_NAME_BYTES.set(s, entryAt, (byte) byteCount);
    }

    /// As `d_type`.
    public static int entryType(MemorySegment s, long entryAt) {
        return (byte) ENTRY_TYPE.get(s, entryAt);
    }

    public static void entryType(MemorySegment s, long entryAt, int type) {
        ENTRY_TYPE.set(s, entryAt, (byte) type);
    }

    /// One zero-padded word of an entry's name.
    public static long nameWord(MemorySegment s, long entryAt, int index) {
        return (long) Layouts.WORD.get(s, entryAt + ENTRY_HEADER_BYTES + (long) index * 8);
    }

    public static void nameWord(MemorySegment s, long entryAt, int index, long word) {
        Layouts.WORD.set(s, entryAt + ENTRY_HEADER_BYTES + (long) index * 8, word);
    }

    /// Recomputes the checksum of an entry in working memory.
    public static void sealEntry(MemorySegment s, long entryAt) {
        ENTRY_CRC.set(s, entryAt,
                Crc32c.ofSummed(s, entryAt, entryBytes(entryNameBytes(s, entryAt)), ENTRY_CRC_OFFSET));
    }

    /// As the other; `bytes` is the same memory as `s`.
    public static void sealEntry(MemorySegment s, ByteBuffer bytes, long entryAt) {
        ENTRY_CRC.set(s, entryAt, 0);
        ENTRY_CRC.set(s, entryAt, Crc32c.ofOwn(bytes, entryAt, entryBytes(entryNameBytes(s, entryAt))));
    }

    /// @throws CorruptionException where a used slot leads to no whole entry
    public static void verifyEntry(MemorySegment s, long at, long slot) {
        long offset = entryOffset(slot);
        long entryAt = at + offset;
        if (offset < HEAP_OFFSET || offset + ENTRY_HEADER_BYTES > Geometry.BLOCK_BYTES
                || entryNameBytes(s, entryAt) == 0
                || offset + entryBytes(entryNameBytes(s, entryAt)) > Geometry.BLOCK_BYTES) {
            throw new CorruptionException("directory.slot", at, "an entry within the block",
                    "0x" + Long.toHexString(slot));
        }
        int crc = Crc32c.ofSummed(s, entryAt, entryBytes(entryNameBytes(s, entryAt)), ENTRY_CRC_OFFSET);
        int found = ENTRY_CRC.get(s, entryAt);
        if (crc != found) {
            throw new CorruptionException("directory.entry.crc", entryAt,
                    Integer.toUnsignedLong(crc), Integer.toUnsignedLong(found));
        }
        if (!matches(slot, entryKey(s, entryAt)) || (entryKey(s, entryAt) & ~KEY_MASK) != 0) {
            throw new CorruptionException("directory.entry.key", entryAt, "the key its slot names",
                    "0x" + Long.toHexString(entryKey(s, entryAt)));
        }
    }
}
