package dev.stele.check;

import dev.stele.format.Inode;
import java.util.Arrays;

/// What the check knows of every inode: a few bytes each, found by number through a sorted list of inode blocks.
final class InodeTable {
    /// The slot holds an inode that can be kept.
    static final int LIVE = 1;
    /// The inode itself must be mended.
    static final int MEND = 2;
    /// The slot holds nothing worth keeping and must be cleared.
    static final int DROP = 4;
    /// The directory's entries must be written anew.
    static final int REBUILD = 8;
    /// The directory must leave its parent, which is its descendant.
    static final int CUT = 16;
    /// The orphan table names the inode.
    static final int ORPHAN = 32;
    /// The directory's way up was looked at.
    static final int VISITED = 64;
    /// The directory is on the way up being looked at.
    static final int ON_PATH = 128;
    /// No directory names the inode and it is no orphan.
    static final int UNREACHABLE = 256;
    /// The directory has entries.
    static final int FILLED = 512;

    private long[] blocks = new long[16];
    private int blockCount;
    private byte[] types = new byte[16 * Inode.PER_BLOCK];
    private short[] states = new short[16 * Inode.PER_BLOCK];
    private int[] links = new int[16 * Inode.PER_BLOCK];
    private long[] parents = new long[16 * Inode.PER_BLOCK];

    /// Adds a block that holds inodes; blocks come in ascending order.
    void addBlock(long block) {
        assert blockCount == 0 || blocks[blockCount - 1] < block;
        if (blockCount == blocks.length) {
            int slots = blockCount * 2 * Inode.PER_BLOCK;
            blocks = Arrays.copyOf(blocks, blockCount * 2);
            types = Arrays.copyOf(types, slots);
            states = Arrays.copyOf(states, slots);
            links = Arrays.copyOf(links, slots);
            parents = Arrays.copyOf(parents, slots);
        }
        blocks[blockCount++] = block;
    }

    int blockCount() {
        return blockCount;
    }

    long block(int index) {
        return blocks[index];
    }

    boolean hasBlock(long block) {
        return Arrays.binarySearch(blocks, 0, blockCount, block) >= 0;
    }

    /// Slots of all blocks; an index is below it.
    int slotCount() {
        return blockCount * Inode.PER_BLOCK;
    }

    /// Index of an inode, or -1 where no known block holds it.
    int indexOf(long inode) {
        int block = inode < 0 ? -1 : Arrays.binarySearch(blocks, 0, blockCount, Inode.blockOf(inode));
        return block < 0 ? -1 : block * Inode.PER_BLOCK + Inode.slotOf(inode);
    }

    long number(int index) {
        return Inode.number(blocks[index / Inode.PER_BLOCK], index % Inode.PER_BLOCK);
    }

    boolean has(int index, int state) {
        return index >= 0 && (states[index] & state) != 0;
    }

    boolean isLive(int index) {
        return has(index, LIVE);
    }

    void set(int index, int state) {
        states[index] |= (short) state;
    }

    void clear(int index, int state) {
        states[index] &= (short) ~state;
    }

    boolean anyHas(int state) {
        for (int index = 0; index < slotCount(); index++) {
            if (has(index, state)) {
                return true;
            }
        }
        return false;
    }

    /// As `d_type`.
    int type(int index) {
        return types[index];
    }

    void type(int index, int type) {
        types[index] = (byte) type;
    }

    boolean isDirectory(int index) {
        return isLive(index) && types[index] == Kind.DIRECTORY;
    }

    /// Names found, or for a directory the subdirectories found in it.
    int links(int index) {
        return links[index];
    }

    void addLink(int index) {
        links[index]++;
    }

    void removeLink(int index) {
        links[index]--;
    }

    /// The directory in which a directory was found, 0 for none.
    long parent(int index) {
        return parents[index];
    }

    void parent(int index, long directory) {
        parents[index] = directory;
    }
}
