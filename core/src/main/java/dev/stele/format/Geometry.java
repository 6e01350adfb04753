package dev.stele.format;

/// Where things stand on a volume: pure arithmetic. A *block* is 4096 bytes and is named by its number counted from the
/// start of the medium; block 0 holds the superblock, so that 0 can mean "none". A *group* is 32768 blocks (128 MiB):
/// its block bitmap, its inode bitmap, then blocks of every other kind. The last group may be short.
///
/// | block | holds |
/// |---|---|
/// | 0 | superblock |
/// | 1 | copy of the superblock |
/// | 2 | header of the checkpoint area (image files only) |
/// | 3 | first orphan block |
/// | 4, 5 | block bitmap and inode bitmap of group 0 |
/// | 6 … | journal: header block, then the ring |
///
/// Blocks that hold these, and the two bitmap blocks at the start of every further group, are never free and have no
/// meaning in the bitmaps: a group of zeros is a valid empty group.
///
/// @param blockCount length of the volume in blocks
/// @param journalBlockCount length of the journal in blocks, its header block included
public record Geometry(long blockCount, long journalBlockCount) {
    public static final int BLOCK_SHIFT = 12;
    public static final int BLOCK_BYTES = 1 << BLOCK_SHIFT;
    public static final int GROUP_SHIFT = 15;
    public static final int GROUP_BLOCKS = 1 << GROUP_SHIFT;
    /// Blocks of a 2 MiB page, the unit big files are placed in.
    public static final int CHUNK_BLOCKS = 512;
    public static final long SUPERBLOCK = 0;
    public static final long SUPERBLOCK_COPY = 1;
    public static final long CHECKPOINT_HEADER = 2;
    public static final long FIRST_ORPHAN_BLOCK = 3;
    public static final long FIRST_BITMAP = 4;
    public static final long JOURNAL = 6;
    /// Smallest volume: 1 MiB.
    public static final long MIN_BLOCKS = 256;
    /// Largest volume: 2^43 blocks, 2^55 bytes, what a [Run] can name.
    public static final long MAX_BLOCKS = 1L << Run.START_BITS;
    public static final long MIN_JOURNAL_BLOCKS = 16;
    public static final long MAX_JOURNAL_BLOCKS = 1024;

    /// @throws IllegalArgumentException where the counts fit no volume
    public Geometry {
        if (blockCount < MIN_BLOCKS || blockCount > MAX_BLOCKS) {
            throw new IllegalArgumentException(
                    "a volume has " + MIN_BLOCKS + " to " + MAX_BLOCKS + " blocks, not " + blockCount);
        }
        if (journalBlockCount < MIN_JOURNAL_BLOCKS || journalBlockCount > MAX_JOURNAL_BLOCKS
                || journalBlockCount > blockCount / 4) {
            throw new IllegalArgumentException("a journal of " + journalBlockCount + " blocks does not fit");
        }
    }

    /// The journal mkfs makes: 1/64 of the volume, 16 to 1024 blocks.
    public static long defaultJournalBlocks(long blockCount) {
        return Math.clamp(blockCount / 64, MIN_JOURNAL_BLOCKS, MAX_JOURNAL_BLOCKS);
    }

    /// Byte offset of a block.
    public static long at(long block) {
        return block << BLOCK_SHIFT;
    }

    /// The block that holds a byte.
    public static long blockOf(long at) {
        return at >>> BLOCK_SHIFT;
    }

    public static long blocksFor(long byteCount) {
        return (byteCount + BLOCK_BYTES - 1) >>> BLOCK_SHIFT;
    }

    public static long groupOf(long block) {
        return block >>> GROUP_SHIFT;
    }

    /// Bit of a block within its group's bitmaps.
    public static int bitOf(long block) {
        return (int) block & GROUP_BLOCKS - 1;
    }

    public static long firstBlock(long group) {
        return group << GROUP_SHIFT;
    }

    /// Byte offset of a group's block bitmap.
    public static long blockBitmapAt(long group) {
        return at(group == 0 ? FIRST_BITMAP : firstBlock(group));
    }

    /// Whether a byte offset is the start of a block bitmap.
    public static boolean isBlockBitmap(long at) {
        return at == blockBitmapAt(groupOf(blockOf(at)));
    }

    /// Byte offset of a group's inode bitmap: a set bit says that the block holds inodes.
    public static long inodeBitmapAt(long group) {
        return blockBitmapAt(group) + BLOCK_BYTES;
    }

    public long sizeBytes() {
        return blockCount << BLOCK_SHIFT;
    }

    public long groupCount() {
        return (blockCount + GROUP_BLOCKS - 1) >>> GROUP_SHIFT;
    }

    /// Blocks in a group, its bitmaps included; less than 32768 only in the last.
    public int groupBlocks(long group) {
        return (int) Math.min(GROUP_BLOCKS, blockCount - firstBlock(group));
    }

    /// Bit of the first block of a group that can be allocated.
    public int firstUsableBit(long group) {
        return group == 0 ? (int) (JOURNAL + journalBlockCount) : 2;
    }

    /// Whether files, directories and trees may use the block: inside the volume and not one of the fixed ones.
    public boolean isUsable(long block) {
        return block >= 0 && block < blockCount && bitOf(block) >= firstUsableBit(groupOf(block));
    }

    /// Whether all blocks of a run are usable; also false for a count below 1 or numbers that overflow.
    public boolean isUsable(long start, long count) {
        return count > 0 && start > 0 && start < blockCount && count <= blockCount - start
                && isUsable(start) && (groupOf(start) == groupOf(start + count - 1));
    }

    /// Blocks that can hold something besides bitmaps, superblocks and journal.
    public long usableBlocks() {
        long usable = 0;
        // Every whole group but the first has the same number.
        long groups = groupCount();
        usable += groupBlocks(0) - firstUsableBit(0);
        if (groups > 1) {
            usable += (groups - 2) * (GROUP_BLOCKS - 2) + Math.max(0, groupBlocks(groups - 1) - 2);
        }
        return usable;
    }
}
