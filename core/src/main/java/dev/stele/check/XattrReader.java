package dev.stele.check;

import dev.stele.format.Crc32c;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.XattrBlock;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongPredicate;

/// Reads the chain of extended attributes of an inode.
final class XattrReader {
    private static final int MAX_VALUE_BYTES = 64 << 10;
    private static final int LENGTHS_BYTES = 5;
    private static final long SELF_OFFSET = Layouts.offset(XattrBlock.LAYOUT, "self");
    private static final long OWNER_OFFSET = Layouts.offset(XattrBlock.LAYOUT, "owner");

    private final Image image;
    private final Geometry geometry;
    private final MemorySegment s;

    XattrReader(Image image, Geometry geometry) {
        this.image = image;
        this.geometry = geometry;
        this.s = image.block();
    }

    /// @param claim asked for each block that is the inode's by its own account; false ends the chain
    /// @return whether chain and attributes are whole
    boolean read(long inode, long first, LongPredicate claim, Findings findings) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int length = 0;
        for (long block = first; block != 0; block = XattrBlock.next(s, 0)) {
            if (length++ == XattrBlock.MAX_BLOCKS || !geometry.isUsable(block)) {
                findings.loss("xattr.next", Inode.at(inode), "a chain of at most 17 blocks", "block " + block);
                return false;
            }
            // K3: a block is this inode's only if it says so.
            if (!isBlock(inode, block, findings) || !claim.test(block)) {
                return false;
            }
            bytes.writeBytes(s.asSlice(XattrBlock.HEADER_BYTES, XattrBlock.byteCount(s, 0))
                    .toArray(ValueLayout.JAVA_BYTE));
        }
        return isWhole(first, bytes.toByteArray(), findings);
    }

    private boolean isBlock(long inode, long block, Findings findings) {
        long at = Geometry.at(block);
        image.read(block, s);
        int crc = Crc32c.ofSummed(s, 0, Geometry.BLOCK_BYTES, XattrBlock.CRC_OFFSET);
        boolean isWhole = Layouts.half(s, 0L) == XattrBlock.MAGIC
                && (long) Layouts.WORD.get(s, SELF_OFFSET) == block
                && (long) Layouts.WORD.get(s, OWNER_OFFSET) == inode
                && Layouts.half(s, XattrBlock.CRC_OFFSET) == crc
                && XattrBlock.byteCount(s, 0) >= 0 && XattrBlock.byteCount(s, 0) <= XattrBlock.CONTENT_BYTES;
        if (!isWhole) {
            findings.loss("xattr", at, "attributes of inode " + inode, "something else");
        }
        return isWhole;
    }

    private static boolean isWhole(long first, byte[] bytes, Findings findings) {
        Set<String> names = new HashSet<>();
        int at = 0;
        while (at < bytes.length) {
            int nameBytes = bytes[at] & 0xFF;
            int valueBytes = at + LENGTHS_BYTES <= bytes.length ? int32(bytes, at + 1) : -1;
            long end = (long) at + LENGTHS_BYTES + nameBytes + valueBytes;
            if (nameBytes == 0 || valueBytes < 0 || valueBytes > MAX_VALUE_BYTES || end > bytes.length) {
                findings.loss("xattr", Geometry.at(first), "attributes that fit their blocks", "others");
                return false;
            }
            String name = new String(bytes, at + LENGTHS_BYTES, nameBytes, StandardCharsets.ISO_8859_1);
            if (name.indexOf(0) >= 0 || !names.add(name)) {
                findings.loss("xattr", Geometry.at(first), "different names without NUL", Names.shown(name));
                return false;
            }
            at = (int) end;
        }
        return true;
    }

    private static int int32(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16 | bytes[at + 3] << 24;
    }
}
