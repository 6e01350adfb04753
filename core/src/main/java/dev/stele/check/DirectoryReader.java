package dev.stele.check;

import dev.stele.format.Crc32c;
import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Reads the entries of one directory block: those that are whole by themselves, wherever they stand.
final class DirectoryReader {
    /// What is done with a block.
    interface Visitor {
        /// A whole entry with a legal name that is not yet in the block.
        ///
        /// @param at byte on the medium
        /// @param key the name's, computed
        void entry(long at, long key, long inode, int type, byte[] name);

        void damage(Severity severity, String struct, long at, String expected, String found);

        void badEntry(long at, String name, String problem);
    }

    private static final long SELF_OFFSET = Layouts.offset(DirectoryBlock.LAYOUT, "self");
    private static final long ZERO_OFFSET = Layouts.offset(DirectoryBlock.ENTRY, "zero");
    /// Bits of a used slot between USED and the offset of its entry.
    private static final long UNUSED_BITS = 0x7FFF_FE00L;

    private final Image image;
    private final NameHash hash;
    private final MemorySegment s;
    private final long[] heap = new long[Geometry.BLOCK_BYTES / 8 / 64];
    private final long[] keys = new long[DirectoryBlock.SLOT_COUNT];
    private final byte[][] names = new byte[DirectoryBlock.SLOT_COUNT][];
    private int found;
    private int used;
    private Visitor visitor;
    private long blockAt;

    DirectoryReader(Image image, NameHash hash) {
        this.image = image;
        this.hash = hash;
        this.s = image.block();
    }

    /// Reads a block that holds the keys from `low` to below `high`.
    void read(long block, long directory, long low, long high, Visitor newVisitor) {
        visitor = newVisitor;
        blockAt = Geometry.at(block);
        found = 0;
        used = 0;
        java.util.Arrays.fill(heap, 0);
        if (!image.read(block, s) || !isOf(directory, block, s)) {
            damage(Severity.LOSS, "directory", blockAt, "a block of directory " + directory, "something else");
            return;
        }
        int crc = Crc32c.ofSummed(s, 0, DirectoryBlock.SUMMED_BYTES, DirectoryBlock.CRC_OFFSET);
        if (crc != DirectoryBlock.crc(s, 0)) {
            damage(Severity.LOSS, "directory.crc", blockAt, Log.hex(Integer.toUnsignedLong(crc)),
                    Log.hex(Integer.toUnsignedLong(DirectoryBlock.crc(s, 0))));
        }
        int heapEnd = DirectoryBlock.heapEnd(s, 0);
        if (heapEnd < DirectoryBlock.HEAP_OFFSET || heapEnd > Geometry.BLOCK_BYTES || (heapEnd & 7) != 0) {
            damage(Severity.REPAIRABLE, "directory.heapEnd", blockAt, "1088 to 4096", Integer.toString(heapEnd));
            heapEnd = Geometry.BLOCK_BYTES;
        }
        for (int slot = 0; slot < DirectoryBlock.SLOT_COUNT; slot++) {
            slot(slot, heapEnd, low, high);
        }
        if (used != DirectoryBlock.liveCount(s, 0)) {
            damage(Severity.REPAIRABLE, "directory.liveCount", blockAt, Integer.toString(used),
                    Integer.toString(DirectoryBlock.liveCount(s, 0)));
        }
    }

    /// Whether a block that was copied to `s` says that it is one of the directory.
    static boolean isOf(long directory, long block, MemorySegment s) {
        return DirectoryBlock.hasMagic(s, 0) && (long) Layouts.WORD.get(s, SELF_OFFSET) == block
                && DirectoryBlock.owner(s, 0) == directory;
    }

    private void slot(int slot, int heapEnd, long low, long high) {
        long word = DirectoryBlock.slot(s, 0, slot);
        if (!DirectoryBlock.isUsed(word)) {
            if (word != 0 && word != DirectoryBlock.DELETED) {
                damage(Severity.LOSS, "directory.slot", DirectoryBlock.slotAt(blockAt, slot), "0, 1 or a used slot",
                        Log.hex(word));
            }
            return;
        }
        used++;
        if (!isWhole(s, word)) {
            damage(Severity.LOSS, "directory.entry", blockAt + DirectoryBlock.entryOffset(word), "a whole entry",
                    "something else");
            return;
        }
        long entryAt = DirectoryBlock.entryOffset(word);
        int nameBytes = DirectoryBlock.entryNameBytes(s, entryAt);
        long key = hash.keyOf(s, entryAt, nameBytes);
        if (!take(entryAt, nameBytes) || entryAt + DirectoryBlock.entryBytes(nameBytes) > heapEnd) {
            damage(Severity.REPAIRABLE, "directory.entry", blockAt + entryAt, "a place of its own below heapEnd",
                    "another's");
        }
        if (DirectoryBlock.entryKey(s, entryAt) != key || !DirectoryBlock.matches(word, key)
                || (word & UNUSED_BITS) != 0 || key < low || key >= high || !isFoundFrom(key, slot)) {
            damage(Severity.REPAIRABLE, "directory.entry.key", blockAt + entryAt, "where its name is looked for",
                    Log.hex(DirectoryBlock.entryKey(s, entryAt)));
        }
        byte[] name = s.asSlice(entryAt + DirectoryBlock.ENTRY_HEADER_BYTES, nameBytes)
                .toArray(ValueLayout.JAVA_BYTE);
        if (!isPadded(entryAt, nameBytes)) {
            damage(Severity.REPAIRABLE, "directory.entry.zero", blockAt + entryAt, "zeros around the name", "others");
        }
        deliver(entryAt, key, name);
    }

    private void deliver(long entryAt, long key, byte[] name) {
        if (!isLegal(name)) {
            visitor.badEntry(blockAt + entryAt, shown(name), "no legal name");
            return;
        }
        for (int i = 0; i < found; i++) {
            if (keys[i] == key && java.util.Arrays.equals(names[i], name)) {
                visitor.badEntry(blockAt + entryAt, shown(name), "the name is there twice");
                return;
            }
        }
        keys[found] = key;
        names[found++] = name;
        visitor.entry(blockAt + entryAt, key, DirectoryBlock.entryInode(s, entryAt),
                DirectoryBlock.entryType(s, entryAt), name);
    }

    /// Whether a used slot leads to an entry within the block whose checksum is right.
    static boolean isWhole(MemorySegment s, long word) {
        long offset = DirectoryBlock.entryOffset(word);
        if (offset < DirectoryBlock.HEAP_OFFSET
                || offset + DirectoryBlock.ENTRY_HEADER_BYTES > Geometry.BLOCK_BYTES) {
            return false;
        }
        int nameBytes = DirectoryBlock.entryNameBytes(s, offset);
        int byteCount = DirectoryBlock.entryBytes(nameBytes);
        return nameBytes > 0 && offset + byteCount <= Geometry.BLOCK_BYTES
                && Crc32c.ofSummed(s, offset, byteCount, DirectoryBlock.ENTRY_CRC_OFFSET)
                        == Layouts.half(s, offset + DirectoryBlock.ENTRY_CRC_OFFSET);
    }

    /// Marks an entry's words of the heap.
    ///
    /// @return false if another entry has one of them
    private boolean take(long entryAt, int nameBytes) {
        boolean isFree = true;
        int end = (int) (entryAt + DirectoryBlock.entryBytes(nameBytes)) >>> 3;
        for (int word = (int) entryAt >>> 3; word < end; word++) {
            isFree &= (heap[word >>> 6] >>> (word & 63) & 1) == 0;
            heap[word >>> 6] |= 1L << (word & 63);
        }
        return isFree;
    }

    private boolean isFoundFrom(long key, int slot) {
        for (int probe = DirectoryBlock.firstSlot(key); probe != slot; probe = probe + 1 & 127) {
            if (DirectoryBlock.slot(s, 0, probe) == 0) {
                return false;
            }
        }
        return true;
    }

    private boolean isPadded(long entryAt, int nameBytes) {
        boolean padded = s.get(Layouts.U16, entryAt + ZERO_OFFSET) == 0;
        for (long at = entryAt + DirectoryBlock.ENTRY_HEADER_BYTES + nameBytes; (at & 7) != 0; at++) {
            padded &= s.get(Layouts.U8, at) == 0;
        }
        return padded;
    }

    private static boolean isLegal(byte[] name) {
        for (byte b : name) {
            if (b == '/' || b == 0) {
                return false;
            }
        }
        return !(name[0] == '.' && (name.length == 1 || name.length == 2 && name[1] == '.'));
    }

    static String shown(byte[] name) {
        return Names.shown(new String(name, StandardCharsets.UTF_8));
    }

    private void damage(Severity severity, String struct, long at, String expected, String actual) {
        visitor.damage(severity, struct, at, expected, actual);
    }
}
