package dev.stele.crash.images;

import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.JournalHeader;
import dev.stele.format.JournalRecord;
import dev.stele.format.Layouts;
import dev.stele.format.OrphanBlock;
import dev.stele.format.TreeNode;
import dev.stele.format.XattrBlock;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/// Finds every structure of a whole image, by magic, bitmap and log, and lists its fields: those of its layout, and the
/// words behind them (entries of trees, slots, names, attributes, payloads of the log).
final class Structures {
    /// Words of attributes and of a free part of a table that are damaged: the rest is more of the same.
    private static final int CONTENT_WORDS = 16;
    private static final int FREE_WORDS = 2;

    private final MemorySegment s;
    private final Geometry geometry;
    private final LongPredicate isUsed;
    private final List<Field> fields = new ArrayList<>();
    private int ordinal;

    private Structures(MemorySegment s, Geometry geometry, LongPredicate isUsed) {
        this.s = s;
        this.geometry = geometry;
        this.isUsed = isUsed;
    }

    /// @param isUsed whether a block is somebody's; what stands in the others is nothing
    static List<Field> fieldsOf(MemorySegment s, Geometry geometry, LongPredicate isUsed) {
        Structures found = new Structures(s, geometry, isUsed);
        found.fixed();
        for (long block = geometry.firstUsableBit(0); block < geometry.blockCount(); block++) {
            found.block(block);
        }
        return found.fields;
    }

    private void fixed() {
        layout(Kind.SUPERBLOCK, Geometry.at(Geometry.SUPERBLOCK), Geometry.at(Geometry.SUPERBLOCK));
        layout(Kind.SUPERBLOCK, Geometry.at(Geometry.SUPERBLOCK_COPY), Geometry.at(Geometry.SUPERBLOCK_COPY));
        orphans(Geometry.at(Geometry.FIRST_ORPHAN_BLOCK));
        layout(Kind.JOURNAL_HEADER, Geometry.at(Geometry.JOURNAL), Geometry.at(Geometry.JOURNAL));
        log();
        int bitmapWords = (int) (geometry.blockCount() + 63 >>> 6) + FREE_WORDS;
        start();
        words(Kind.BITMAP, "blocks", Geometry.blockBitmapAt(0), bitmapWords, 0);
        words(Kind.BITMAP, "inodes", Geometry.inodeBitmapAt(0), bitmapWords, 0);
    }

    private void orphans(long at) {
        layout(Kind.ORPHANS, at, at);
        start();
        int last = 0;
        for (int slot = 0; slot < OrphanBlock.SLOT_COUNT; slot++) {
            last = OrphanBlock.slot(s, at, slot) == 0 ? last : slot + 1;
        }
        words(Kind.ORPHAN_SLOT, "slot", OrphanBlock.slotAt(at, 0), Math.min(last + 4, OrphanBlock.SLOT_COUNT), at);
    }

    /// The records that the next open repeats.
    private void log() {
        long ringAt = Geometry.at(Geometry.JOURNAL + 1);
        long ringBytes = Geometry.at(geometry.journalBlockCount() - 1);
        long position = JournalHeader.tail(s, Geometry.at(Geometry.JOURNAL));
        long end = position + ringBytes;
        while (position < end) {
            long at = ringAt + position % ringBytes;
            int entryBytes = JournalRecord.entryBytes(s, at);
            int byteCount = JournalRecord.byteCount(s, at);
            if (JournalRecord.position(s, at) != position || byteCount < JournalRecord.ALIGNMENT || entryBytes < 0
                    || entryBytes > byteCount
                    || JournalRecord.crc(s, at) != JournalRecord.checksum(s, at, entryBytes)) {
                return;
            }
            record(at, entryBytes);
            position += byteCount;
        }
    }

    private void record(long at, int entryBytes) {
        layout(Kind.JOURNAL_RECORD, at, at);
        long first = at + JournalRecord.HEADER_BYTES;
        for (long entry = first; entry < first + entryBytes; ) {
            int payloadBytes = JournalRecord.payloadBytes(s, entry);
            layout(Kind.JOURNAL_ENTRY, entry, at);
            words(Kind.JOURNAL_ENTRY, "payload", JournalRecord.payloadAt(entry),
                    Math.min((payloadBytes + 7) / 8, CONTENT_WORDS), at);
            entry += JournalRecord.entryLength(payloadBytes);
        }
    }

    private void block(long block) {
        long at = Geometry.at(block);
        if (!isUsed.test(block)) {
            return;
        }
        if (TreeNode.hasMagic(s, at) && TreeNode.self(s, at) == block) {
            layout(Kind.TREE_NODE, at, at);
            words(Kind.TREE_NODE, "entry", at + TreeNode.HEADER_BYTES, 2 * TreeNode.count(s, at) + FREE_WORDS, at);
        } else if (DirectoryBlock.hasMagic(s, at)) {
            directory(at);
        } else if (s.get(Layouts.U32, at) == XattrBlock.MAGIC) {
            layout(Kind.XATTRS, at, at);
            words(Kind.XATTRS, "content", at + XattrBlock.HEADER_BYTES, CONTENT_WORDS, at);
        } else if (s.get(Layouts.U32, at) == OrphanBlock.MAGIC) {
            orphans(at);
        } else {
            inodes(block);
        }
    }

    private void directory(long at) {
        layout(Kind.DIRECTORY, at, at);
        int free = 0;
        for (int slot = 0; slot < DirectoryBlock.SLOT_COUNT; slot++) {
            long word = DirectoryBlock.slot(s, at, slot);
            if (word != 0 || free++ < FREE_WORDS) {
                words(Kind.DIRECTORY, "slot " + slot + " ", DirectoryBlock.slotAt(at, slot), 1, at);
            }
        }
        for (int slot = 0; slot < DirectoryBlock.SLOT_COUNT; slot++) {
            long word = DirectoryBlock.slot(s, at, slot);
            if (DirectoryBlock.isUsed(word)) {
                long entryAt = at + DirectoryBlock.entryOffset(word);
                layout(Kind.DIRECTORY_ENTRY, entryAt, entryAt);
                words(Kind.DIRECTORY_ENTRY, "name", entryAt + DirectoryBlock.ENTRY_HEADER_BYTES,
                        (DirectoryBlock.entryNameBytes(s, entryAt) + 7) / 8, entryAt);
            }
        }
    }

    private void inodes(long block) {
        for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
            long number = Inode.number(block, slot);
            long at = Inode.at(number);
            if (Inode.mode(s, at) != 0 && Inode.self(s, at) == number) {
                layout(Kind.INODE, at, at);
            }
        }
    }

    private void start() {
        ordinal = 0;
    }

    private void layout(Kind kind, long at, long sealAt) {
        start();
        long offset = at;
        for (MemoryLayout member : kind.layout.memberLayouts()) {
            String name = member.name().orElseThrow();
            if (member.byteSize() <= Long.BYTES && offset % member.byteSize() == 0
                    && Long.bitCount(member.byteSize()) == 1) {
                fields.add(new Field(kind, name, ordinal++, offset, (int) member.byteSize(), sealAt));
            } else {
                long end = offset + member.byteSize();
                for (long word = offset; word < end; ) {
                    int byteCount = word % Long.BYTES == 0 && end - word >= Long.BYTES ? Long.BYTES
                            : word % Integer.BYTES == 0 && end - word >= Integer.BYTES ? Integer.BYTES : 1;
                    fields.add(new Field(kind, name + "+" + (word - offset), ordinal++, word, byteCount, sealAt));
                    word += byteCount;
                }
            }
            offset += member.byteSize();
        }
    }

    private void words(Kind kind, String name, long at, int count, long sealAt) {
        for (int i = 0; i < count; i++) {
            fields.add(new Field(kind, name + i, ordinal++, at + i * 8L, Long.BYTES, sealAt));
        }
    }
}
