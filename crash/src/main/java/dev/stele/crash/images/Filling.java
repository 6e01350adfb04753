package dev.stele.crash.images;

import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.TreeNode;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.XattrMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Makes one volume of the corpus.
final class Filling {
    static final long NOW_NANOS = 1_700_000_000_000_000_000L;
    private static final int JOURNAL_BLOCKS = 16;
    private static final int ENTRIES_PER_NODE = 2;

    private final DamageMedium medium;
    private final MemorySegment bytes = Arena.ofAuto().allocate(64 << 10, 64);
    private final MemorySegment node = Arena.ofAuto().allocate(Geometry.BLOCK_BYTES, 64);
    private final Map<String, Long> inodes = new HashMap<>();
    private final List<Long> deepened = new ArrayList<>();
    private Volume volume;

    Filling(DamageMedium medium) {
        this.medium = medium;
        MemorySegment.copy(pattern((int) bytes.byteSize()), 0, bytes, ValueLayout.JAVA_BYTE, 0,
                (int) bytes.byteSize());
        Volume.format(medium, new FormatOptions("damage", new UUID(1, 2), 3, 4, JOURNAL_BLOCKS, 7, 8, NOW_NANOS));
        volume = open(medium, false);
    }

    static Volume open(DamageMedium medium, boolean readOnly) {
        return Volume.open(medium, new OpenOptions(readOnly, () -> NOW_NANOS, false));
    }

    /// Bytes of which none is zero.
    static byte[] pattern(int length) {
        byte[] pattern = new byte[length];
        for (int i = 0; i < length; i++) {
            pattern[i] = (byte) (1 + (i * 0x9E3779B1 >>> 11) % 255);
        }
        return pattern;
    }

    Volume volume() {
        return volume;
    }

    MemorySegment bytes() {
        return bytes;
    }

    long root() {
        return volume.root();
    }

    long inodeOf(String name) {
        return inodes.get(name);
    }

    /// Everything so far is in its place, and the log empty.
    void settle() {
        volume.close();
        volume = open(medium, false);
    }

    long directory(long parent, String name) {
        return volume.mkdir(parent, Name.of(name), 0755, 1, 2);
    }

    long file(long parent, String name, int byteCount) {
        long file = volume.create(parent, Name.of(name), 0644, 1, 2);
        for (int at = 0; at < byteCount; at += (int) bytes.byteSize()) {
            volume.write(file, at, bytes, 0, Math.min(bytes.byteSize(), byteCount - at), Durability.DSYNC);
        }
        inodes.put(name, file);
        return file;
    }

    /// A file of so many single blocks with holes between.
    long scattered(long parent, String name, int blocks) {
        long file = volume.create(parent, Name.of(name), 0644, 1, 2);
        for (int i = 0; i < blocks; i++) {
            volume.write(file, i * 8192L, bytes, i * 64, 4096 - i, Durability.DSYNC);
        }
        inodes.put(name, file);
        return file;
    }

    void xattr(long inode, String name, int byteCount) {
        volume.setXattr(inode, Name.of(name), pattern(byteCount), XattrMode.SET);
    }

    /// Has the tree of the inode, when the volume is closed, become one of many nodes.
    void deepen(long inode) {
        deepened.add(inode);
    }

    void fillUp(int leaves) {
        long filler = volume.create(root(), Name.of("filler"), 0644, 1, 2);
        long size = 0;
        try {
            while (true) {
                volume.allocate(filler, size, Geometry.BLOCK_BYTES, false);
                size += Geometry.BLOCK_BYTES;
            }
        } catch (VolumeException full) {
            if (!Corpus.isFull(full)) {
                throw full;
            }
        }
        volume.truncate(filler, size - (long) leaves * Geometry.BLOCK_BYTES);
    }

    void finish(boolean closes) {
        if (closes) {
            volume.close();
        }
        deepened.forEach(this::rewrite);
    }

    /// Two entries in each node, from the leaves up; a root that holds leaf entries becomes one that is two levels
    /// above them.
    private void rewrite(long inode) {
        MemorySegment s = medium.bytes();
        long at = Inode.at(inode);
        if (Inode.rootDepth(s, at) != 0 || Inode.isInline(s, at)) {
            throw new IllegalStateException("the tree of inode " + inode + " has nodes already");
        }
        List<long[]> pairs = new ArrayList<>();
        for (int i = 0; i < Inode.rootCount(s, at); i++) {
            long entryAt = Inode.rootEntryAt(at, i);
            pairs.add(new long[] {s.get(Layouts.U64, entryAt), s.get(Layouts.U64, entryAt + 8)});
        }
        int depth = 0;
        while (pairs.size() > ENTRIES_PER_NODE) {
            pairs = level(s, at, inode, pairs, depth++);
        }
        DamageMedium.fill(s, at + Inode.PAYLOAD_OFFSET, Inode.PAYLOAD_BYTES, (byte) 0);
        for (int i = 0; i < pairs.size(); i++) {
            s.set(Layouts.U64, Inode.rootEntryAt(at, i), pairs.get(i)[0]);
            s.set(Layouts.U64, Inode.rootEntryAt(at, i) + 8, pairs.get(i)[1]);
        }
        Inode.rootCount(s, at, pairs.size());
        Inode.rootDepth(s, at, depth);
        Inode.seal(s, at);
    }

    private List<long[]> level(MemorySegment s, long at, long inode, List<long[]> pairs, int level) {
        List<long[]> above = new ArrayList<>();
        for (int from = 0; from < pairs.size(); from += ENTRIES_PER_NODE) {
            long block = take(s);
            int count = Math.min(ENTRIES_PER_NODE, pairs.size() - from);
            TreeNode.initialise(node, 0, block, inode, level);
            TreeNode.count(node, 0, count);
            for (int i = 0; i < count; i++) {
                TreeNode.entry(node, 0, i, pairs.get(from + i)[0], pairs.get(from + i)[1]);
            }
            TreeNode.seal(node, 0);
            MemorySegment.copy(node, 0, s, Geometry.at(block), Geometry.BLOCK_BYTES);
            Inode.blockCount(s, at, Inode.blockCount(s, at) + 1);
            above.add(new long[] {from == 0 ? 0 : pairs.get(from)[0], block});
        }
        return above;
    }

    /// The last free block.
    private static long take(MemorySegment s) {
        for (long block = Geometry.blockOf(Corpus.SIZE_BYTES) - 1; ; block--) {
            long wordAt = Geometry.blockBitmapAt(0) + (block >>> 6) * 8;
            long word = s.get(Layouts.U64, wordAt);
            if ((word >>> (block & 63) & 1) == 0) {
                s.set(Layouts.U64, wordAt, word | 1L << (block & 63));
                return block;
            }
        }
    }
}
