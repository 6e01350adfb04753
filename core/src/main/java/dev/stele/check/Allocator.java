package dev.stele.check;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;

/// Hands out blocks for what a repair writes anew: first such as are free by every account, then such as are marked as
/// used but nobody's, then such as are set aside for inodes and hold none. Clears them, for whatever stood there could
/// look like inodes, and marks them as used; where the repair is cut, the next one finds them to be nobody's.
final class Allocator {
    private final Survey survey;
    private final View view;
    private final Geometry geometry;
    private final MemorySegment bitmap;
    /// Blocks taken that were set aside for inodes.
    private final BlockSet emptied = new BlockSet();
    private boolean takesMarked;
    private boolean takesEmpty;
    private long group;
    private int bit;

    Allocator(Survey survey) {
        this.survey = survey;
        this.view = survey.medium().metadata();
        this.geometry = survey.geometry();
        this.bitmap = survey.image().block();
        enter(0);
    }

    /// @return the number of a block, which is durably zero
    /// @throws VolumeException ENOSPC
    long take() {
        while (true) {
            for (; bit < geometry.groupBlocks(group); bit++) {
                long block = Geometry.firstBlock(group) + bit;
                if (isToBeHad(block)) {
                    clear(block);
                    mark(Geometry.blockBitmapAt(group), bit);
                    survey.claims().add(block);
                    bit++;
                    return block;
                }
            }
            next();
        }
    }

    private boolean isToBeHad(long block) {
        if (takesEmpty) {
            return survey.emptyInodeBlocks().contains(block) && emptied.add(block);
        }
        return !survey.claims().contains(block) && (takesMarked || !isMarked());
    }

    /// Before it is marked: what is marked, nobody's, and looks like inodes is believed to be inodes.
    private void clear(long block) {
        view.streamZeros(Geometry.at(block), Geometry.BLOCK_BYTES);
        survey.medium().drain();
    }

    /// Marks a block as one that holds inodes.
    void markInodes(long block) {
        mark(Geometry.inodeBitmapAt(Geometry.groupOf(block)), Geometry.bitOf(block));
    }

    /// Marks a block as used.
    void markUsed(long block) {
        mark(Geometry.blockBitmapAt(Geometry.groupOf(block)), Geometry.bitOf(block));
    }

    private void next() {
        if (group + 1 < geometry.groupCount()) {
            enter(group + 1);
        } else if (takesEmpty) {
            throw new VolumeException(Errno.ENOSPC, "no block is free for the repair: make the medium larger");
        } else {
            takesEmpty = takesMarked;
            takesMarked = true;
            enter(0);
        }
    }

    private void enter(long newGroup) {
        group = newGroup;
        bit = geometry.firstUsableBit(group);
        survey.image().read(Geometry.blockOf(Geometry.blockBitmapAt(group)), bitmap);
    }

    private boolean isMarked() {
        return ((long) Layouts.WORD.get(bitmap, (bit >>> 6) * 8L) >>> (bit & 63) & 1) != 0;
    }

    private void mark(long bitmapAt, int markedBit) {
        long at = bitmapAt + (markedBit >>> 6) * 8L;
        view.setBits(at, 1L << (markedBit & 63));
        view.flush(at, 8);
    }
}
