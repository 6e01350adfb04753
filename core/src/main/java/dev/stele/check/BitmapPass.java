package dev.stele.check;

import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;

/// Compares the bitmaps with what is in use. Bits of blocks that are never free mean nothing and are not looked at.
final class BitmapPass {
    /// A word of a bitmap that is wrong.
    private interface Difference {
        /// @param wordBlock block that the word's first bit stands for
        void word(String bitmap, long at, long wordBlock, long missing, long excess);
    }

    private static final int GROUP_WORDS = Geometry.GROUP_BLOCKS / 64;

    private final Survey survey;
    private final Geometry geometry;
    private final MemorySegment bitmap;
    private final long[] expected = new long[GROUP_WORDS];
    /// Index of the first inode block not before the group being looked at.
    private int nextInodeBlock;

    BitmapPass(Survey survey) {
        this.survey = survey;
        this.geometry = survey.geometry();
        this.bitmap = survey.image().block();
    }

    /// Reports what differs, in runs.
    void report() {
        Runs free = new Runs(true);
        Runs used = new Runs(false);
        compare((name, at, wordBlock, missing, excess) -> {
            free.add(name, wordBlock, missing);
            used.add(name, wordBlock, excess);
        });
        free.end();
        used.end();
    }

    /// Stores what should be there. The caller drains.
    void repair(View view) {
        compare((name, at, wordBlock, missing, excess) -> {
            view.setBits(at, missing);
            view.clearBits(at, excess);
            view.flush(at, 8);
        });
    }

    private void compare(Difference difference) {
        nextInodeBlock = 0;
        for (long group = 0; group < geometry.groupCount(); group++) {
            long[] claimed = survey.claims().bits(group);
            if (claimed == null) {
                java.util.Arrays.fill(expected, 0);
            } else {
                System.arraycopy(claimed, 0, expected, 0, GROUP_WORDS);
            }
            compare("blockBitmap", Geometry.blockBitmapAt(group), group, difference);
            expectInodeBlocks(group);
            compare("inodeBitmap", Geometry.inodeBitmapAt(group), group, difference);
        }
    }

    private void expectInodeBlocks(long group) {
        long[] empty = survey.emptyInodeBlocks().bits(group);
        if (empty == null) {
            java.util.Arrays.fill(expected, 0);
        } else {
            System.arraycopy(empty, 0, expected, 0, GROUP_WORDS);
        }
        InodeTable inodes = survey.inodes();
        for (; nextInodeBlock < inodes.blockCount() && Geometry.groupOf(inodes.block(nextInodeBlock)) == group;
                nextInodeBlock++) {
            expect(inodes.block(nextInodeBlock));
        }
        long first = Geometry.firstBlock(group);
        survey.missingInodeBlocks().subSet(first, first + Geometry.GROUP_BLOCKS).forEach(this::expect);
    }

    private void expect(long block) {
        int bit = Geometry.bitOf(block);
        expected[bit >>> 6] |= 1L << (bit & 63);
    }

    private void compare(String name, long at, long group, Difference difference) {
        if (Geometry.blockOf(at) >= geometry.blockCount() || !survey.image().read(Geometry.blockOf(at), bitmap)) {
            return;
        }
        int from = geometry.firstUsableBit(group);
        for (int word = from >>> 6; word < GROUP_WORDS; word++) {
            long found = (long) Layouts.WORD.get(bitmap, word * 8L);
            long difference64 = found ^ expected[word];
            if (word == from >>> 6) {
                difference64 &= -1L << (from & 63);
            }
            if (difference64 != 0) {
                difference.word(name, at + word * 8L, Geometry.firstBlock(group) + word * 64L,
                        difference64 & expected[word], difference64 & found);
            }
        }
    }

    /// Puts neighbouring wrong bits together to one finding.
    private final class Runs {
        private final boolean isFree;
        private String name;
        private long start;
        private long count;

        Runs(boolean isFree) {
            this.isFree = isFree;
        }

        void add(String bitmapName, long wordBlock, long bits) {
            for (; bits != 0; bits &= bits - 1) {
                long block = wordBlock + Long.numberOfTrailingZeros(bits);
                if (count > 0 && block == start + count && bitmapName.equals(name)) {
                    count++;
                } else {
                    end();
                    name = bitmapName;
                    start = block;
                    count = 1;
                }
            }
        }

        void end() {
            if (count > 0) {
                survey.findings().add(isFree ? new Finding.MarkedFree(name, start, count)
                        : new Finding.MarkedUsed(name, start, count));
                count = 0;
            }
        }
    }
}
