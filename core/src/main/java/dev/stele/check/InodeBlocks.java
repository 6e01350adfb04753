package dev.stele.check;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/// Finds the blocks that hold inodes: through the inode bitmaps, and where these are damaged by looking for inodes.
final class InodeBlocks {
    private final Survey survey;
    private final Image image;
    private final Geometry geometry;
    private final MemorySegment bitmap;
    private final MemorySegment block;

    InodeBlocks(Survey survey) {
        this.survey = survey;
        this.image = survey.image();
        this.geometry = survey.geometry();
        this.bitmap = image.block();
        this.block = image.block();
    }

    /// Gives every block with an inode in it, ascending.
    void find(LongConsumer found) {
        long doubted = doubtedGroup();
        for (long group = 0; group < geometry.groupCount(); group++) {
            long bitmapBlock = Geometry.blockOf(Geometry.inodeBitmapAt(group));
            if (bitmapBlock >= geometry.blockCount()) {
                // The last group is so short that it has no room for anything.
                continue;
            }
            if (!image.read(bitmapBlock, bitmap)) {
                survey.findings().add(new Finding.Unreadable("inodeBitmap", Geometry.at(bitmapBlock)));
            }
            if (group == doubted) {
                findAll(group, found);
            } else {
                findMarked(group, found);
            }
        }
    }

    private void findMarked(long group, LongConsumer found) {
        for (int word = 0; word < Geometry.BLOCK_BYTES / 8; word++) {
            long bits = (long) Layouts.WORD.get(bitmap, word * 8L);
            for (; bits != 0; bits &= bits - 1) {
                examine(Geometry.firstBlock(group) + word * 64L + Long.numberOfTrailingZeros(bits), found);
            }
        }
    }

    private void examine(long candidate, LongConsumer found) {
        if (!geometry.isUsable(candidate)) {
            return;
        }
        image.read(candidate, block);
        boolean isEmpty = true;
        for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
            Slot state = Slot.of(block, slot * Inode.BYTES, Inode.number(candidate, slot));
            if (state.isInode()) {
                found.accept(candidate);
                return;
            }
            isEmpty &= state == Slot.FREE;
        }
        if (isEmpty) {
            survey.blankInodeBlocks().add(candidate);
        }
    }

    /// The group of the root directory, if its inode is there and its bitmap does not say so.
    private long doubtedGroup() {
        long root = Inode.blockOf(survey.contents().rootInode());
        if (!geometry.isUsable(root)) {
            return -1;
        }
        image.read(Geometry.blockOf(Geometry.inodeBitmapAt(Geometry.groupOf(root))), bitmap);
        return !isMarked(bitmap, root) && holdsInode(root) ? Geometry.groupOf(root) : -1;
    }

    private void findAll(long group, LongConsumer found) {
        for (int bit = geometry.firstUsableBit(group); bit < geometry.groupBlocks(group); bit++) {
            long candidate = Geometry.firstBlock(group) + bit;
            if (isMarked(bitmap, candidate)) {
                examine(candidate, found);
            } else if (holdsInode(candidate)) {
                found.accept(candidate);
            }
        }
    }

    /// Looks for inodes in blocks that are marked as used and that nobody owns. Empty blocks marked as holding inodes
    /// are claimed here, unless they turned out to be somebody's data.
    void findUnmarked() {
        BlockSet claims = survey.claims();
        for (long group = 0; group < geometry.groupCount(); group++) {
            image.read(Geometry.blockOf(Geometry.blockBitmapAt(group)), bitmap);
            long[] claimed = claims.bits(group);
            long[] blank = survey.blankInodeBlocks().bits(group);
            for (int word = 0; word < Geometry.BLOCK_BYTES / 8; word++) {
                long bits = (long) Layouts.WORD.get(bitmap, word * 8L) | (blank == null ? 0 : blank[word]);
                bits &= claimed == null ? -1L : ~claimed[word];
                for (; bits != 0; bits &= bits - 1) {
                    unclaimed(Geometry.firstBlock(group) + word * 64L + Long.numberOfTrailingZeros(bits));
                }
            }
        }
    }

    private void unclaimed(long candidate) {
        if (!geometry.isUsable(candidate)) {
            return;
        }
        if (survey.blankInodeBlocks().contains(candidate)) {
            survey.claims().add(candidate);
            survey.emptyInodeBlocks().add(candidate);
        } else if (holdsInode(candidate)) {
            addMissing(candidate);
        }
    }

    /// If the block of an inode that is named somewhere holds it, although it is not marked so, remembers the block and
    /// all others of its group like it.
    boolean adopt(long inode) {
        long home = Inode.blockOf(inode);
        if (!geometry.isUsable(home) || survey.inodes().hasBlock(home)) {
            return false;
        }
        if (!survey.missingInodeBlocks().contains(home)) {
            if (survey.claims().contains(home) || !holdsInode(home)) {
                return false;
            }
            long group = Geometry.groupOf(home);
            for (int bit = geometry.firstUsableBit(group); bit < geometry.groupBlocks(group); bit++) {
                long candidate = Geometry.firstBlock(group) + bit;
                if (!survey.claims().contains(candidate) && holdsInode(candidate)) {
                    addMissing(candidate);
                }
            }
        }
        image.read(home, block);
        return Slot.of(block, Inode.slotOf(inode) * Inode.BYTES, inode) == Slot.WHOLE;
    }

    private void addMissing(long candidate) {
        if (survey.missingInodeBlocks().add(candidate)) {
            survey.claims().add(candidate);
        }
    }

    private boolean holdsInode(long candidate) {
        if (!image.read(candidate, block)) {
            return false;
        }
        for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
            long number = Inode.number(candidate, slot);
            long at = slot * Inode.BYTES;
            if (Inode.self(block, at) == number && Slot.of(block, at, number) == Slot.WHOLE) {
                return true;
            }
        }
        return false;
    }

    private static boolean isMarked(MemorySegment bitmap, long block) {
        int bit = Geometry.bitOf(block);
        return ((long) Layouts.WORD.get(bitmap, (bit >>> 6) * 8L) >>> (bit & 63) & 1) != 0;
    }
}
