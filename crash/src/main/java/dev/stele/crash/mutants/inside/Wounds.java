package dev.stele.crash.mutants.inside;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.OrphanBlock;
import dev.stele.format.Run;
import dev.stele.format.Superblock;
import dev.stele.format.TreeNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Damage that only one way through a repair mends, each to a volume of which the places of some inodes are known.
/// Checksums are right again behind it.
final class Wounds {
    /// Changes the bytes of a volume.
    interface Wound {
        /// @param numbers inodes by name
        void to(MemorySegment bytes, Map<String, Long> numbers);
    }

    /// Where the line is that cannot be read.
    interface Place {
        long at(MemorySegment bytes, Map<String, Long> numbers);
    }

    /// The volume that is damaged.
    enum Start {
        /// Found closed, but for a file that was still to be removed.
        CLOSED,
        /// With records that have not reached their places.
        OPEN,
        /// Closed, then with one record of which only the log knows, for the last line of a block.
        LAST_LINE
    }

    /// @param name what is wrong, for people
    /// @param poison null where everything can be read
    /// @param isAlike whether a repair that was cut is finished by another as it would have been
    record Named(String name, Start start, Place poison, boolean isAlike, Wound wound) {
    }

    private static final int LINE_BYTES = 64;

    private final List<Named> all = new ArrayList<>();

    private Wounds() {
        open("nothing is wrong, and the log is not empty", (s, numbers) -> { });
        all.add(new Named("nothing is wrong, and a block's last line is in the log alone", Start.LAST_LINE, null, true,
                (s, numbers) -> { }));
        open("the header of the log", (s, numbers) -> s.asSlice(Geometry.at(Geometry.JOURNAL), 64).fill((byte) 0));
        closed("a block belongs to two files", Wounds::shareBlock);
        closed("a symbolic link without a target", (s, numbers) -> change(s, numbers, "long link",
                at -> Inode.size(s, at, 0)));
        closed("an inode of another place", (s, numbers) -> change(s, numbers, "inline", at -> Inode.self(s, at, 77)));
        closed("a size below zero", (s, numbers) -> change(s, numbers, "plain", at -> Inode.size(s, at, -5)));
        closed("links nobody has", (s, numbers) -> change(s, numbers, "plain", at -> Inode.linkCount(s, at, 9)));
        closed("the chain of orphan blocks", Wounds::chain);
        closed("the first orphan block", (s, numbers) -> s.set(ValueLayout.JAVA_INT_UNALIGNED,
                Geometry.at(Geometry.FIRST_ORPHAN_BLOCK), 5));
        closed("an orphan that is none", (s, numbers) -> Layouts.WORD.set(s,
                OrphanBlock.slotAt(Geometry.at(Geometry.FIRST_ORPHAN_BLOCK), 3), numbers.get("directory") + 1));
        lost("no root, and no free slot", (s, numbers) -> {
            takeSlots(s, numbers);
            change(s, numbers, "/", at -> Inode.mode(s, at, 0));
            Inode.self(s, Inode.at(numbers.get("/")), 99);
        });
        lost("a file in the root's place, and no free slot", (s, numbers) -> {
            takeSlots(s, numbers);
            long root = numbers.get("/");
            MemorySegment.copy(s, Inode.at(numbers.get("inline")), s, Inode.at(root), Inode.BYTES);
            Inode.self(s, Inode.at(root), root);
            Inode.seal(s, Inode.at(root));
        });
        lost("an inode nobody names, and no free slot", (s, numbers) -> {
            takeSlots(s, numbers);
            s.asSlice(Geometry.at(directoryBlock(s, numbers)) + 300, 64).fill((byte) 0);
        });
        closed("the first superblock", (s, numbers) -> s.asSlice(0, Superblock.BYTES).fill((byte) 1));
        closed("the second superblock",
                (s, numbers) -> s.asSlice(Geometry.at(Geometry.SUPERBLOCK_COPY), Superblock.BYTES).fill((byte) 1));
        closed("blocks of inodes that are not marked", (s, numbers) -> s.asSlice(Geometry.inodeBitmapAt(0),
                Geometry.BLOCK_BYTES).fill((byte) 0));
        closed("every block is marked", (s, numbers) -> s.asSlice(Geometry.blockBitmapAt(0),
                32).fill((byte) -1));
        closed("blocks of files are not marked", (s, numbers) -> s.asSlice(Geometry.blockBitmapAt(0),
                Geometry.BLOCK_BYTES).fill((byte) 0));
        lost("an inode nobody names, no free slot, and free blocks that look like inodes", (s, numbers) -> {
            takeSlots(s, numbers);
            s.asSlice(Geometry.at(directoryBlock(s, numbers)) + 300, 64).fill((byte) 0);
            disguise(s, numbers);
        });
        unreadable("a free slot of inodes cannot be read",
                (s, numbers) -> Inode.at(numbers.get("deleted")) + 2 * LINE_BYTES, (s, numbers) -> { });
        unreadable("an inode cannot be read", (s, numbers) -> Inode.at(numbers.get("inline")), (s, numbers) -> { });
        unreadable("the end of a block of inodes cannot be read, where none is", Wounds::endOfInodes,
                (s, numbers) -> {
                    s.asSlice(endOfInodes(s, numbers), LINE_BYTES).fill((byte) 0x77);
                    // So that nothing else is to be mended.
                    s.asSlice(Geometry.at(Geometry.JOURNAL + 1), Geometry.at(Play.JOURNAL_BLOCKS - 1)).fill((byte) 0);
                });
    }

    static List<Named> all() {
        return new Wounds().all;
    }

    private void lost(String name, Wound wound) {
        all.add(new Named(name, Start.CLOSED, null, false, wound));
    }

    private void closed(String name, Wound wound) {
        all.add(new Named(name, Start.CLOSED, null, true, wound));
    }

    private void open(String name, Wound wound) {
        all.add(new Named(name, Start.OPEN, null, true, wound));
    }

    private void unreadable(String name, Place poison, Wound wound) {
        all.add(new Named(name, Start.CLOSED, poison, false, wound));
    }

    private interface Change {
        void at(long inodeAt);
    }

    private static void change(MemorySegment s, Map<String, Long> numbers, String name, Change change) {
        long at = Inode.at(numbers.get(name));
        change.at(at);
        Inode.seal(s, at);
    }

    /// Of a file whose extents need a node of their own; the block is an earlier file's.
    private static void shareBlock(MemorySegment s, Map<String, Long> numbers) {
        long plain = (long) Layouts.WORD.get(s, Inode.rootEntryAt(Inode.at(numbers.get("plain")), 0) + 8);
        long node = Geometry.at((long) Layouts.WORD.get(s, Inode.rootEntryAt(Inode.at(numbers.get("scattered")), 0)
                + 8));
        for (int i = 2; i < 4; i++) {
            TreeNode.entry(s, node, i, TreeNode.key(s, node, i), Run.of(Run.start(plain) + i - 2, 1));
        }
        TreeNode.seal(s, node);
    }

    private static void chain(MemorySegment s, Map<String, Long> numbers) {
        long at = Geometry.at(Geometry.FIRST_ORPHAN_BLOCK);
        Layouts.WORD.set(s, at + OrphanBlock.NEXT_OFFSET, 5L);
        int crc = dev.stele.format.Crc32c.ofSummed(s, at, OrphanBlock.HEADER_BYTES, OrphanBlock.CRC_OFFSET);
        Layouts.half(s, at + OrphanBlock.CRC_OFFSET, crc);
    }

    private static long directoryBlock(MemorySegment s, Map<String, Long> numbers) {
        return (long) Layouts.WORD.get(s, Inode.rootEntryAt(Inode.at(numbers.get("directory")), 0) + 8);
    }

    /// The last line of a block of inodes whose last slot is free.
    private static long endOfInodes(MemorySegment s, Map<String, Long> numbers) {
        return numbers.values().stream().mapToLong(Inode::blockOf).distinct().sorted()
                .map(block -> Inode.at(Inode.number(block, Inode.PER_BLOCK - 1)))
                .filter(at -> (long) Layouts.WORD.get(s, at) == 0).findFirst().orElseThrow()
                + Inode.BYTES - LINE_BYTES;
    }

    /// Whatever block is free holds what inodes would be if it were a block of them.
    private static void disguise(MemorySegment s, Map<String, Long> numbers) {
        MemorySegment like = s.asSlice(Inode.at(numbers.get("empty")), Inode.BYTES);
        for (long block = Geometry.JOURNAL + Play.JOURNAL_BLOCKS; block < Geometry.blockOf(s.byteSize()); block++) {
            long word = (long) Layouts.WORD.get(s, Geometry.blockBitmapAt(0) + (block >>> 6) * 8);
            for (int slot = 0; (word >>> (block & 63) & 1) == 0 && slot < Inode.PER_BLOCK; slot++) {
                put(s, like, Inode.number(block, slot));
            }
        }
    }

    private static void put(MemorySegment s, MemorySegment like, long number) {
        long at = Inode.at(number);
        MemorySegment.copy(like, 0, s, at, Inode.BYTES);
        Inode.self(s, at, number);
        Inode.seal(s, at);
    }

    /// Whatever slot is free of the blocks that hold inodes becomes one more file without a name.
    private static void takeSlots(MemorySegment s, Map<String, Long> numbers) {
        MemorySegment like = s.asSlice(Inode.at(numbers.get("empty")), Inode.BYTES);
        for (long block : numbers.values().stream().map(Inode::blockOf).distinct().toList()) {
            for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
                long number = Inode.number(block, slot);
                if ((long) Layouts.WORD.get(s, Inode.at(number)) == 0) {
                    put(s, like, number);
                }
            }
        }
    }
}
