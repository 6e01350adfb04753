package dev.stele.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.TreeNode;
import dev.stele.journal.Journal;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.space.Space;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/// A small volume without a namespace, for tests of what stands on the ground: a journal, space, one inode. It knows
/// how to walk a tree on its own and to say that everything about it is in order.
public final class Ground implements AutoCloseable {
    public final Medium medium;
    public final Geometry geometry;
    public final Journal journal;
    public final Space space;
    public final Tree tree;
    public final long inode;

    public Ground(Medium medium) {
        this.medium = medium;
        long blockCount = medium.sizeBytes() / Geometry.BLOCK_BYTES;
        this.geometry = new Geometry(blockCount, Geometry.defaultJournalBlocks(blockCount));
        Journal.format(medium, geometry);
        medium.drain();
        this.journal = Journal.recover(medium, geometry);
        this.space = new Space(medium, geometry);
        this.tree = new Tree(medium, space);
        this.inode = newInode();
    }

    private Ground(Medium image, Ground like) {
        this.medium = image;
        this.geometry = like.geometry;
        this.journal = Journal.recover(image, geometry);
        this.space = new Space(image, geometry);
        this.tree = new Tree(image, space);
        this.inode = like.inode;
    }

    /// The same volume, recovered from an image of it.
    public Ground over(Medium image) {
        return new Ground(image, this);
    }

    /// Makes what was freed available again, on media of granularity PAGE.
    public void checkpoint() {
        space.checkpointBegun();
        space.checkpointDone();
    }

    public long newInode() {
        Transaction tx = journal.begin();
        long number = space.allocateInode(tx, 0);
        long base = tx.stageInode(number);
        MemorySegment s = tx.segment();
        s.asSlice(base, Inode.BYTES).fill((byte) 0);
        Inode.mode(s, base, 0100644);
        Inode.self(s, base, number);
        Inode.linkCount(s, base, 1);
        tx.commit();
        return number;
    }

    public MemorySegment segment() {
        return medium.metadata().segment();
    }

    public int depth() {
        return Inode.rootDepth(segment(), Inode.at(inode));
    }

    public long blockCount() {
        return Inode.blockCount(segment(), Inode.at(inode));
    }

    /// What a tree holds, once every node was found in order.
    ///
    /// @param owned takes the blocks of nodes
    public TreeMap<Long, Long> walk(long number, BitSet owned) {
        TreeMap<Long, Long> found = new TreeMap<>(Long::compareUnsigned);
        long at = Inode.at(number);
        Inode.verify(segment(), at, number);
        int depth = Inode.rootDepth(segment(), at);
        int count = Inode.rootCount(segment(), at);
        assertTrue(depth == 0 || count > 0, "a high root without entries");
        walk(number, at + Inode.PAYLOAD_OFFSET, count, depth, 0, -1, found, owned);
        assertTrue(depth == 0 || Long.compareUnsigned(found.size(), 0) > 0, "nodes without entries");
        return found;
    }

    private void walk(long number, long entriesAt, int count, int level, long lower, long upper, Map<Long, Long> found,
            BitSet owned) {
        for (int i = 0; i < count; i++) {
            long key = word(entriesAt, i, 0);
            long value = word(entriesAt, i, 8);
            long next = i + 1 < count ? word(entriesAt, i + 1, 0) : upper;
            assertTrue(Long.compareUnsigned(key, lower) >= 0 && Long.compareUnsigned(key, upper) < 0, "out of bounds");
            assertTrue(i + 1 == count || Long.compareUnsigned(key, next) < 0, "out of order");
            if (level == 0) {
                found.put(key, value);
            } else {
                assertTrue(i > 0 || key == lower, "keys without a node");
                assertTrue(geometry.isUsable(value), "no block for a node");
                assertTrue(!owned.get((int) value), "a node in two places");
                owned.set((int) value);
                long at = Geometry.at(value);
                TreeNode.verify(segment(), at, number, level - 1);
                assertTrue(TreeNode.count(segment(), at) > 0, "an empty node");
                int childCount = TreeNode.count(segment(), at);
                walk(number, TreeNode.entryAt(at, 0), childCount, level - 1, key, next, found, owned);
            }
        }
    }

    private long word(long entriesAt, int index, int offset) {
        return (long) Layouts.WORD.get(segment(), entriesAt + (long) index * TreeNode.ENTRY_BYTES + offset);
    }

    /// Bits set in the bitmaps, those of inode blocks left out.
    public BitSet allocated() {
        BitSet blocks = new BitSet();
        for (long group = 0; group < geometry.groupCount(); group++) {
            for (int bit = geometry.firstUsableBit(group); bit < geometry.groupBlocks(group); bit++) {
                if (isSet(Geometry.blockBitmapAt(group), bit) && !isSet(Geometry.inodeBitmapAt(group), bit)) {
                    blocks.set((int) Geometry.firstBlock(group) + bit);
                }
            }
        }
        return blocks;
    }

    private boolean isSet(long bitmapAt, int bit) {
        return ((long) Layouts.WORD.get(segment(), bitmapAt + (bit >>> 6) * 8L) >>> (bit & 63) & 1) != 0;
    }

    /// Every allocated block has an owner and the other way round.
    public void assertNoLeak(BitSet owned, String where) {
        BitSet different = allocated();
        different.xor(owned);
        assertTrue(different.isEmpty(), () -> where + ": " + different.cardinality()
                + " blocks are allocated or owned, but not both: from " + different.nextSetBit(0));
    }

    /// Checks the tree of [#inode]: order, levels, counts, checksums, that its nodes and nothing else are allocated,
    /// that `blockCount` counts them, that searches find what is there.
    public TreeMap<Long, Long> check() {
        BitSet owned = new BitSet();
        TreeMap<Long, Long> found = walk(inode, owned);
        assertNoLeak(owned, "");
        assertEquals(owned.cardinality(), blockCount(), "blockCount");
        return found;
    }

    /// Everything a change may touch and must leave alone when it does not happen: inode, nodes, bitmaps.
    public int digest() {
        int hash = dev.stele.format.Crc32c.of(segment(), Inode.at(inode), Inode.BYTES);
        BitSet blocks = allocated();
        for (int block = blocks.nextSetBit(0); block >= 0; block = blocks.nextSetBit(block + 1)) {
            hash = 31 * hash + block;
            hash = 31 * hash + dev.stele.format.Crc32c.of(segment(), Geometry.at(block), Geometry.BLOCK_BYTES);
        }
        return hash;
    }

    @Override
    public void close() {
        medium.close();
    }
}
