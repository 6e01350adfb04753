package dev.stele.check;

import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Journal;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import java.lang.foreign.MemorySegment;

/// Makes one inode consistent in itself: keeps what can be believed, takes away the rest, copies blocks it shares. The
/// new inode replaces the old one by one record.
final class InodeMender {
    private static final int PERMISSIONS = 07777;

    private final Survey survey;
    private final Medium medium;
    private final Journal journal;
    private final Allocator allocator;
    private final TreeWriter trees;
    private final TreeWalk walk;
    private final XattrReader xattrs;
    private final MemorySegment block;
    private final MemorySegment inode;
    private final MemorySegment copied;

    InodeMender(Survey survey, Journal journal, Allocator allocator) {
        this.survey = survey;
        this.medium = survey.medium();
        this.journal = journal;
        this.allocator = allocator;
        this.trees = new TreeWriter(survey, allocator);
        this.walk = new TreeWalk(survey.image(), survey.geometry());
        this.xattrs = new XattrReader(survey.image(), survey.geometry());
        this.block = survey.image().block();
        this.inode = survey.image().allocate(Inode.BYTES);
        this.copied = survey.image().allocate(Geometry.BLOCK_BYTES);
    }

    /// Clears the slot.
    void drop(int index) {
        Transaction tx = journal.begin();
        tx.putLong(Inode.at(survey.inodes().number(index)), 0);
        tx.commit();
    }

    /// @throws VolumeException ENOSPC
    void mend(int index) {
        long number = survey.inodes().number(index);
        survey.image().read(Inode.blockOf(number), block);
        MemorySegment.copy(block, Inode.slotOf(number) * Inode.BYTES, inode, 0, Inode.BYTES);
        int type = survey.inodes().type(index);
        boolean isInline = Mending.isInline(inode, 0);
        Inode.self(inode, 0, number);
        Inode.mode(inode, 0, type << 12 | Inode.mode(inode, 0) & PERMISSIONS);
        Inode.flags(inode, 0, Inode.flags(inode, 0) & Inode.SEALED | (isInline ? Inode.INLINE : 0));
        long owned = payload(number, type, isInline) + mendXattrs(number);
        Inode.blockCount(inode, 0, owned);
        medium.drain();
        store(number);
    }

    private void store(long number) {
        Transaction tx = journal.begin();
        try {
            long staged = tx.stageInode(number);
            MemorySegment.copy(inode, 0, tx.segment(), staged, Inode.BYTES);
            tx.commit();
        } finally {
            tx.abort();
        }
    }

    private long payload(long number, int type, boolean isInline) {
        if (type == Kind.DIRECTORY) {
            return countIndex(number);
        }
        if (!Kind.hasData(type) || isInline) {
            Inode.rootCount(inode, 0, 0);
            Inode.rootDepth(inode, 0, 0);
            Inode.size(inode, 0, isInline ? Inode.size(inode, 0) : 0);
            return 0;
        }
        Keeper keeper = new Keeper(number);
        walk.walk(inode, 0, number, keeper);
        if (Inode.size(inode, 0) < 0) {
            boolean isLargest = keeper.end() == InodePass.MAX_FILE_BLOCKS;
            Inode.size(inode, 0, isLargest ? Long.MAX_VALUE : Geometry.at(keeper.end()));
        }
        boolean rootIsOdd = keeper.kept.count() == 0
                && (Inode.rootDepth(inode, 0) != 0 || Inode.rootCount(inode, 0) != 0);
        long nodes = keeper.isDamaged || rootIsOdd ? trees.write(keeper.kept, number, inode, 0) : keeper.nodeCount();
        return nodes + keeper.keptBlocks;
    }

    /// Keeps good extents; of those that lost their blocks to another file, copies.
    private final class Keeper extends Extents {
        private final long number;
        private final Pairs kept = new Pairs();
        private long keptBlocks;
        private boolean isDamaged;

        Keeper(long number) {
            super(survey.geometry(), number);
            this.number = number;
        }

        @Override
        public boolean node(long node) {
            boolean isMine = firstVisit(node) && !survey.isConflict(Survey.Conflict.ofMetadata(number, node));
            isDamaged |= !isMine;
            return isMine && count();
        }

        @Override
        void extent(long key, long run) {
            if (survey.isConflict(new Survey.Conflict(number, key))) {
                isDamaged = true;
                copy(key, run);
            } else {
                keep(key, run);
            }
        }

        private void keep(long key, long run) {
            kept.add(key, run);
            keptBlocks += Run.count(run);
        }

        private void copy(long key, long run) {
            if (Run.isUnwritten(run)) {
                return;
            }
            long done = 0;
            while (done < Run.count(run)) {
                long start = allocator.take();
                copyBlock(Run.start(run) + done, start);
                keep(key + done, Run.of(start, 1));
                done++;
            }
        }

        @Override
        public void damage(Severity severity, String struct, long at, String expected, String found) {
            isDamaged = true;
        }
    }

    private void copyBlock(long from, long to) {
        medium.data().read(Geometry.at(from), copied, 0, Geometry.BLOCK_BYTES);
        medium.data().stream(Geometry.at(to), copied, 0, Geometry.BLOCK_BYTES);
    }

    /// Sizes of a directory as its index is now; entries and index themselves are written anew elsewhere.
    private long countIndex(long number) {
        long[] counts = new long[2];
        walk.walk(inode, 0, number, new TreeWalk.Visitor() {
            private final BlockSet visited = new BlockSet();

            @Override
            public boolean node(long node) {
                boolean isMine = visited.add(node) && !survey.isConflict(Survey.Conflict.ofMetadata(number, node));
                counts[0] += isMine ? 1 : 0;
                return isMine;
            }

            @Override
            public void leaf(long key, long value, long high) {
                if (survey.geometry().isUsable(value) && survey.image().read(value, copied)
                        && DirectoryReader.isOf(number, value, copied) && node(value)) {
                    counts[1]++;
                }
            }

            @Override
            public void damage(Severity severity, String struct, long at, String expected, String found) {
                // The directory is written anew for it.
            }
        });
        Inode.size(inode, 0, Geometry.at(counts[1]));
        return counts[0];
    }

    private long mendXattrs(long number) {
        long first = Inode.xattrBlock(inode, 0);
        long[] count = {0};
        boolean isWhole = first == 0 || xattrs.read(number, first, candidate -> {
            count[0]++;
            return !survey.isConflict(Survey.Conflict.ofMetadata(number, candidate));
        }, new Findings());
        if (!isWhole) {
            Inode.xattrBlock(inode, 0, 0);
        }
        return isWhole ? count[0] : 0;
    }
}
