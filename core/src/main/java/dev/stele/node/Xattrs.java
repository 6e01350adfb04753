package dev.stele.node;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.format.XattrBlock;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import dev.stele.space.Space;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Extended attributes of an inode: read whole, replaced whole. A change writes a new chain of blocks and swings the
/// inode's pointer, so that it is atomic whatever its size.
public final class Xattrs {
    /// Longest value in bytes, as on Linux.
    public static final int MAX_VALUE_BYTES = 64 << 10;
    private static final int LENGTHS_BYTES = 5;

    private final View view;
    private final Space space;
    private volatile Geometry geometry;

    public Xattrs(Medium medium, Geometry geometry, Space space) {
        this.view = medium.metadata();
        this.geometry = geometry;
        this.space = space;
    }

    public void grow(Geometry larger) {
        geometry = larger;
    }

    /// All attributes in the order in which they were first set.
    ///
    /// @throws CorruptionException where the chain is damaged
    public Map<Name, byte[]> read(long inode) {
        Map<Name, byte[]> attributes = new LinkedHashMap<>();
        long first = Inode.xattrBlock(view.segment(), Inode.at(inode));
        byte[] bytes = first == 0 ? new byte[0] : contents(inode, first);
        int at = 0;
        while (at < bytes.length) {
            int nameBytes = bytes[at] & 0xFF;
            int valueBytes = at + LENGTHS_BYTES <= bytes.length ? int32(bytes, at + 1) : -1;
            long end = (long) at + LENGTHS_BYTES + nameBytes + valueBytes;
            if (nameBytes == 0 || valueBytes < 0 || valueBytes > MAX_VALUE_BYTES || end > bytes.length) {
                throw new CorruptionException("xattr", Geometry.at(first), "attributes that fit their blocks",
                        "others");
            }
            int nameAt = at + LENGTHS_BYTES;
            Name name = Name.ofAttribute(java.util.Arrays.copyOfRange(bytes, nameAt, nameAt + nameBytes));
            attributes.put(name, java.util.Arrays.copyOfRange(bytes, nameAt + nameBytes, (int) end));
            at = (int) end;
        }
        return attributes;
    }

    /// Makes `attributes` the inode's attributes.
    ///
    /// @throws VolumeException ENOSPC where they are more than an inode may have, or the volume is full
    public void replace(Transaction tx, long inode, Map<Name, byte[]> attributes) {
        byte[] bytes = encode(attributes);
        int blocks = (bytes.length + XattrBlock.CONTENT_BYTES - 1) / XattrBlock.CONTENT_BYTES;
        if (blocks > XattrBlock.MAX_BLOCKS) {
            throw new VolumeException(Errno.ENOSPC, "an inode has at most 67 KiB of extended attributes");
        }
        long base = tx.stageInode(inode);
        long old = Inode.xattrBlock(tx.segment(), base);
        int freed = old == 0 ? 0 : free(tx, inode, old);
        long first = blocks == 0 ? 0 : write(tx, inode, bytes, blocks);
        Inode.xattrBlock(tx.segment(), base, first);
        Inode.blockCount(tx.segment(), base, Inode.blockCount(tx.segment(), base) + blocks - freed);
    }

    /// Frees the chain that begins at `first`; the inode is going or gets another.
    ///
    /// @return number of blocks freed
    public int free(Transaction tx, long inode, long first) {
        List<Long> chain = new ArrayList<>();
        walk(inode, first, chain);
        for (long block : chain) {
            space.free(tx, block, 1);
        }
        return chain.size();
    }

    private long write(Transaction tx, long inode, byte[] bytes, int blockCount) {
        long[] blocks = new long[blockCount];
        for (int have = 0; have < blockCount; ) {
            long run = space.allocate(tx, Inode.blockOf(inode), 1, blockCount - have);
            for (long i = 0; i < Run.count(run); i++) {
                blocks[have++] = Run.start(run) + i;
            }
        }
        MemorySegment s = Scratch.get().blocks;
        for (int i = 0; i < blockCount; i++) {
            int from = i * XattrBlock.CONTENT_BYTES;
            int count = Math.min(XattrBlock.CONTENT_BYTES, bytes.length - from);
            XattrBlock.initialise(s, 0, blocks[i], inode, i + 1 < blockCount ? blocks[i + 1] : 0, count);
            MemorySegment.copy(bytes, from, s, ValueLayout.JAVA_BYTE, XattrBlock.HEADER_BYTES, count);
            XattrBlock.seal(s, 0);
            tx.storeNew(Geometry.at(blocks[i]), s, 0, Geometry.BLOCK_BYTES);
        }
        return blocks[0];
    }

    private byte[] contents(long inode, long first) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<Long> chain = new ArrayList<>();
        walk(inode, first, chain);
        for (long block : chain) {
            long at = Geometry.at(block);
            bytes.writeBytes(view.segment().asSlice(at + XattrBlock.HEADER_BYTES,
                    XattrBlock.byteCount(view.segment(), at)).toArray(ValueLayout.JAVA_BYTE));
        }
        return bytes.toByteArray();
    }

    private void walk(long inode, long first, List<Long> into) {
        for (long block = first; block != 0; ) {
            if (!geometry.isUsable(block) || into.size() == XattrBlock.MAX_BLOCKS) {
                throw new CorruptionException("xattr.next", Inode.at(inode), "a chain of at most 17 blocks",
                        "block " + block);
            }
            long at = Geometry.at(block);
            XattrBlock.verify(view.segment(), at, inode);
            into.add(block);
            block = XattrBlock.next(view.segment(), at);
        }
    }

    private static byte[] encode(Map<Name, byte[]> attributes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        attributes.forEach((name, value) -> {
            bytes.write(name.byteCount());
            for (int shift = 0; shift < 32; shift += 8) {
                bytes.write(value.length >>> shift);
            }
            bytes.writeBytes(name.toBytes());
            bytes.writeBytes(value);
        });
        return bytes.toByteArray();
    }

    private static int int32(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16 | bytes[at + 3] << 24;
    }
}
