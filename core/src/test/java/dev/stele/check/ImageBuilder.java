package dev.stele.check;

import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.JournalHeader;
import dev.stele.format.Layouts;
import dev.stele.format.OrphanBlock;
import dev.stele.format.Run;
import dev.stele.format.Superblock;
import dev.stele.format.TreeNode;
import dev.stele.format.XattrBlock;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// Puts a volume together from the structures of `format` alone, with trees deeper and blocks emptier than a volume
/// would have, so that a small image holds some of everything.
final class ImageBuilder {
    private static final long HASH_KEY0 = 0x0706050403020100L;
    private static final long HASH_KEY1 = 0x0F0E0D0C0B0A0908L;
    private static final long NOW = 1_700_000_000_000_000_000L;

    final Medium medium;
    final Geometry geometry;
    final long root;
    private final View view;
    private final MemorySegment work = Arena.ofAuto().allocate(Geometry.BLOCK_BYTES, 64);
    private final NameHash hash = new NameHash(HASH_KEY0, HASH_KEY1);
    private final Map<Long, Map<String, Long>> directories = new TreeMap<>();
    private int entriesPerNode = 3;
    private int namesPerBlock = 5;
    private long nextBlock;
    private long inodeBlock;
    private int nextSlot = Inode.PER_BLOCK;
    private int nextOrphan;

    ImageBuilder(long blockCount) {
        this.medium = MemoryMedium.create(Geometry.at(blockCount));
        this.view = medium.metadata();
        this.geometry = new Geometry(blockCount, Geometry.defaultJournalBlocks(blockCount));
        this.nextBlock = geometry.firstUsableBit(0);
        header();
        this.root = inode(Kind.DIRECTORY << 12 | 0755);
        change(root, s -> {
            Inode.linkCount(s, 0, 2);
            Inode.device(s, 0, root);
        });
        directories.put(root, new TreeMap<>());
        superblocks();
    }

    ImageBuilder dense() {
        entriesPerNode = 250;
        namesPerBlock = 60;
        return this;
    }

    private void header() {
        JournalHeader.initialise(work, 0);
        view.put(Geometry.at(Geometry.JOURNAL), work, 0, JournalHeader.BYTES);
        OrphanBlock.initialise(work, 0, Geometry.FIRST_ORPHAN_BLOCK);
        put(Geometry.FIRST_ORPHAN_BLOCK);
    }

    private void superblocks() {
        Superblock.encode(new Superblock.Contents(geometry, root, NOW, 0, 0, 0, "built", new UUID(1, 2), HASH_KEY0,
                HASH_KEY1), work, 0);
        view.put(0, work, 0, Superblock.BYTES);
        view.put(Geometry.BLOCK_BYTES, work, 0, Superblock.BYTES);
    }

    interface Change {
        void apply(MemorySegment inode);
    }

    /// Changes an inode and makes its checksum right.
    void change(long inode, Change change) {
        MemorySegment.copy(view.segment(), Inode.at(inode), work, 0, Inode.BYTES);
        change.apply(work);
        Inode.seal(work, 0);
        view.put(Inode.at(inode), work, 0, Inode.BYTES);
    }

    private void put(long block) {
        view.put(Geometry.at(block), work, 0, Geometry.BLOCK_BYTES);
    }

    long block() {
        while (!geometry.isUsable(nextBlock)) {
            nextBlock++;
        }
        long block = nextBlock++;
        set(Geometry.blockBitmapAt(Geometry.groupOf(block)), block);
        return block;
    }

    private void set(long bitmapAt, long block) {
        int bit = Geometry.bitOf(block);
        view.setBits(bitmapAt + (bit >>> 6) * 8L, 1L << (bit & 63));
    }

    long inode(int mode) {
        if (nextSlot == Inode.PER_BLOCK) {
            inodeBlock = block();
            set(Geometry.inodeBitmapAt(Geometry.groupOf(inodeBlock)), inodeBlock);
            nextSlot = 0;
        }
        long number = Inode.number(inodeBlock, nextSlot++);
        change(number, s -> {
            Inode.mode(s, 0, mode);
            Inode.self(s, 0, number);
            Inode.accessTime(s, 0, NOW);
            Inode.modifyTime(s, 0, NOW);
            Inode.changeTime(s, 0, NOW);
            Inode.birthTime(s, 0, NOW);
        });
        return number;
    }

    long mkdir(long parent, String name) {
        long number = inode(Kind.DIRECTORY << 12 | 0755);
        change(number, s -> {
            Inode.linkCount(s, 0, 2);
            Inode.device(s, 0, parent);
        });
        change(parent, s -> Inode.linkCount(s, 0, Inode.linkCount(s, 0) + 1));
        directories.put(number, new TreeMap<>());
        directories.get(parent).put(name, number);
        return number;
    }

    void link(long inode, long parent, String name) {
        directories.get(parent).put(name, inode);
        change(inode, s -> Inode.linkCount(s, 0, Inode.linkCount(s, 0) + 1));
    }

    /// A file of `extents` runs of two blocks each, every second file block a hole.
    long file(long parent, String name, int extents) {
        long number = unnamedFile(extents);
        link(number, parent, name);
        return number;
    }

    long unnamedFile(int extents) {
        long number = inode(Kind.REGULAR << 12 | 0644);
        Pairs pairs = new Pairs();
        for (int i = 0; i < extents; i++) {
            long start = block();
            block();
            view.put(Geometry.at(start), work, 0, 64);
            pairs.add(i * 4L, Run.of(start, 2, i % 5 == 4));
        }
        tree(number, pairs, extents * 2L, extents * 4L * Geometry.BLOCK_BYTES - 17);
        return number;
    }

    long inline(long parent, String name, String content) {
        long number = inode(Kind.REGULAR << 12 | 0600);
        change(number, s -> {
            Inode.flags(s, 0, Inode.INLINE);
            Inode.size(s, 0, content.length());
            MemorySegment.copy(content.getBytes(StandardCharsets.US_ASCII), 0, s, ValueLayout.JAVA_BYTE,
                    Inode.PAYLOAD_OFFSET, content.length());
        });
        link(number, parent, name);
        return number;
    }

    long symlink(long parent, String name, String target) {
        long number = inode(Kind.SYMLINK << 12 | 0777);
        if (target.length() > Inode.PAYLOAD_BYTES) {
            long start = block();
            Pairs pairs = new Pairs();
            pairs.add(0, Run.of(start, 1));
            tree(number, pairs, 1, target.length());
        } else {
            change(number, s -> {
                Inode.flags(s, 0, Inode.INLINE);
                Inode.size(s, 0, target.length());
            });
        }
        link(number, parent, name);
        return number;
    }

    long special(long parent, String name, int type, long device) {
        long number = inode(type << 12 | 0644);
        change(number, s -> Inode.device(s, 0, device));
        link(number, parent, name);
        return number;
    }

    void xattrs(long inode, int byteCount) {
        int blocks = (byteCount + 11 + XattrBlock.CONTENT_BYTES - 1) / XattrBlock.CONTENT_BYTES;
        byte[] bytes = new byte[byteCount + 11];
        bytes[0] = 6;
        for (int i = 0; i < 4; i++) {
            bytes[1 + i] = (byte) (byteCount >>> i * 8);
        }
        System.arraycopy("user.a".getBytes(StandardCharsets.US_ASCII), 0, bytes, 5, 6);
        long next = 0;
        for (int i = blocks - 1; i >= 0; i--) {
            long block = block();
            int from = i * XattrBlock.CONTENT_BYTES;
            int count = Math.min(XattrBlock.CONTENT_BYTES, bytes.length - from);
            XattrBlock.initialise(work, 0, block, inode, next, count);
            MemorySegment.copy(bytes, from, work, ValueLayout.JAVA_BYTE, XattrBlock.HEADER_BYTES, count);
            XattrBlock.seal(work, 0);
            put(block);
            next = block;
        }
        long first = next;
        change(inode, s -> {
            Inode.xattrBlock(s, 0, first);
            Inode.blockCount(s, 0, Inode.blockCount(s, 0) + blocks);
        });
    }

    /// Puts an inode into the orphan table.
    void orphan(long inode) {
        view.putLong(OrphanBlock.slotAt(Geometry.at(Geometry.FIRST_ORPHAN_BLOCK), nextOrphan++), inode);
    }

    private void tree(long inode, Pairs pairs, long dataBlocks, long sizeBytes) {
        Pairs top = pairs;
        long nodes = 0;
        int depth = 0;
        while (top.count() > Inode.ROOT_ENTRIES) {
            Pairs above = new Pairs();
            for (int from = 0; from < top.count(); from += entriesPerNode) {
                above.add(from == 0 ? 0 : top.key(from), node(inode, top, from, depth));
                nodes++;
            }
            top = above;
            depth++;
        }
        Pairs rootPairs = top;
        int rootDepth = depth;
        long nodeCount = nodes;
        change(inode, s -> {
            for (int i = 0; i < rootPairs.count(); i++) {
                Layouts.WORD.set(s, Inode.rootEntryAt(0, i), rootPairs.key(i));
                Layouts.WORD.set(s, Inode.rootEntryAt(0, i) + 8, rootPairs.value(i));
            }
            Inode.rootCount(s, 0, rootPairs.count());
            Inode.rootDepth(s, 0, rootDepth);
            Inode.size(s, 0, sizeBytes);
            Inode.blockCount(s, 0, Inode.blockCount(s, 0) + dataBlocks + nodeCount);
        });
    }

    private long node(long owner, Pairs pairs, int from, int level) {
        long block = block();
        TreeNode.initialise(work, 0, block, owner, level);
        int count = Math.min(entriesPerNode, pairs.count() - from);
        TreeNode.count(work, 0, count);
        for (int i = 0; i < count; i++) {
            TreeNode.entry(work, 0, i, pairs.key(from + i), pairs.value(from + i));
        }
        TreeNode.seal(work, 0);
        put(block);
        return block;
    }

    /// Writes the directories.
    ImageBuilder build() {
        directories.forEach(this::directory);
        directories.clear();
        medium.drain();
        return this;
    }

    private void directory(long directory, Map<String, Long> names) {
        TreeMap<Long, List<String>> byKey = new TreeMap<>();
        names.keySet().forEach(name -> byKey.computeIfAbsent(
                hash.keyOf(name.getBytes(StandardCharsets.US_ASCII)), key -> new ArrayList<>()).add(name));
        Pairs pairs = new Pairs();
        List<Long> keys = new ArrayList<>(byKey.keySet());
        for (int from = 0; from < keys.size(); from += namesPerBlock) {
            List<Long> blockKeys = keys.subList(from, Math.min(keys.size(), from + namesPerBlock));
            pairs.add(from == 0 ? 0 : blockKeys.getFirst(), directoryBlock(directory, names, byKey, blockKeys));
        }
        tree(directory, pairs, pairs.count(), Geometry.at(pairs.count()));
        change(directory, s -> Inode.entryCount(s, 0, names.size()));
    }

    private long directoryBlock(long directory, Map<String, Long> names, Map<Long, List<String>> byKey,
            List<Long> keys) {
        long block = block();
        DirectoryBlock.initialise(work, 0, block, directory);
        int at = (int) DirectoryBlock.HEAP_OFFSET;
        int live = 0;
        for (long key : keys) {
            for (String name : byKey.get(key)) {
                int slot = DirectoryBlock.firstSlot(key);
                while (DirectoryBlock.slot(work, 0, slot) != 0) {
                    slot = slot + 1 & 127;
                }
                Layouts.WORD.set(work, DirectoryBlock.slotAt(0, slot), DirectoryBlock.slotWord(key, at));
                entry(at, key, names.get(name), name);
                at += DirectoryBlock.entryBytes(name.length());
                live++;
            }
        }
        DirectoryBlock.heapEnd(work, 0, at);
        DirectoryBlock.liveCount(work, 0, live);
        DirectoryBlock.seal(work, 0);
        put(block);
        return block;
    }

    private void entry(int at, long key, long inode, String name) {
        DirectoryBlock.entryInode(work, at, inode);
        DirectoryBlock.entryKey(work, at, key);
        DirectoryBlock.entryNameBytes(work, at, name.length());
        DirectoryBlock.entryType(work, at, Kind.ofMode(Inode.mode(view.segment(), Inode.at(inode))));
        MemorySegment.copy(name.getBytes(StandardCharsets.US_ASCII), 0, work, ValueLayout.JAVA_BYTE,
                at + DirectoryBlock.ENTRY_HEADER_BYTES, name.length());
        DirectoryBlock.sealEntry(work, at);
    }

    /// Some of everything.
    static ImageBuilder sample() {
        ImageBuilder image = new ImageBuilder(512);
        long a = image.mkdir(image.root, "a");
        long b = image.mkdir(a, "b");
        image.mkdir(b, "empty");
        long tree = image.file(image.root, "tree", 30);
        image.file(a, "flat", 7);
        image.inline(a, "inline", "the bytes of a small file");
        image.symlink(b, "short", "../a");
        image.symlink(b, "long", "x".repeat(1000));
        image.special(b, "fifo", Kind.FIFO, 0);
        image.special(b, "disk", Kind.BLOCK_DEVICE, 0x801);
        image.link(tree, b, "tree-again");
        for (int i = 0; i < 45; i++) {
            image.inline(b, "name-" + i, "content " + i);
        }
        image.xattrs(tree, 100);
        image.xattrs(b, 9000);
        long orphan = image.unnamedFile(12);
        image.orphan(orphan);
        image.orphan(tree);
        return image.build();
    }
}
