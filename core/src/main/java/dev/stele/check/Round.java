package dev.stele.check;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.OrphanBlock;
import dev.stele.format.Superblock;
import dev.stele.format.SuperblockPair;
import dev.stele.journal.Journal;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// One round of a repair: mends the lowest kind of damage that a survey found.
final class Round {
    private final Survey survey;
    private final Medium medium;
    private final View view;
    private final InodeTable inodes;
    private final Allocator allocator;
    private final MemorySegment work;
    private Journal journal;
    private InodeMender mender;
    private DirectoryWriter directories;
    private int mended;

    Round(Survey survey) {
        this.survey = survey;
        this.medium = survey.medium();
        this.view = medium.metadata();
        this.inodes = survey.inodes();
        this.allocator = new Allocator(survey);
        this.work = survey.image().block();
    }

    /// @return whether anything was mended
    boolean run() {
        if (mendFoundations()) {
            return true;
        }
        journal = Journal.recover(medium, survey.geometry());
        mender = new InodeMender(survey, journal, allocator);
        directories = new DirectoryWriter(survey, journal, allocator);
        try {
            return markInodeBlocks() || mendInodes() || mendDirectories() || makeRoot() || mendOrphans() || mendLinks()
                    || reconnect() || mendBitmaps();
        } finally {
            journal.close();
            medium.drain();
        }
    }

    private boolean mendFoundations() {
        Log log = survey.image().log();
        boolean logIsClean = log.isUsable() && log.isEmpty();
        if (!logIsClean) {
            log.settle(medium, survey.geometry(), survey.image());
        }
        if (!survey.superblocksAgree()) {
            SuperblockPair.store(medium, survey.contents());
        }
        return !logIsClean || !survey.superblocksAgree();
    }

    private boolean markInodeBlocks() {
        for (long block : survey.missingInodeBlocks()) {
            allocator.markUsed(block);
            allocator.markInodes(block);
        }
        return !survey.missingInodeBlocks().isEmpty();
    }

    private boolean mendInodes() {
        for (int index = 0; index < inodes.slotCount(); index++) {
            if (inodes.has(index, InodeTable.DROP)) {
                mender.drop(index);
                mended++;
            } else if (inodes.has(index, InodeTable.MEND)) {
                int mendedIndex = index;
                attempt(() -> mender.mend(mendedIndex));
            }
        }
        return mended > 0;
    }

    private boolean mendDirectories() {
        for (int index = 0; index < inodes.slotCount(); index++) {
            if (inodes.has(index, InodeTable.REBUILD)) {
                int rebuilt = index;
                attempt(() -> directories.write(rebuilt, List.of()));
            }
        }
        survey.entryCounts().forEach((index, count) -> {
            if (!inodes.has(index, InodeTable.REBUILD)) {
                change(index, (s, at) -> Inode.entryCount(s, at, count));
            }
        });
        return mended > 0;
    }

    /// A volume without room for one repair may have room for the others.
    private void attempt(Runnable mending) {
        try {
            mending.run();
            mended++;
        } catch (VolumeException full) {
            if (full.errno() != Errno.ENOSPC) {
                throw full;
            }
        }
    }

    private interface Change {
        void apply(MemorySegment s, long at);
    }

    private void change(int index, Change change) {
        Transaction tx = journal.begin();
        try {
            long staged = tx.stageInode(inodes.number(index));
            change.apply(tx.segment(), staged);
            tx.commit();
            mended++;
        } finally {
            tx.abort();
        }
    }

    private boolean makeRoot() {
        long root = survey.contents().rootInode();
        if (inodes.isDirectory(inodes.indexOf(root))) {
            return false;
        }
        attempt(() -> {
            long number = makeDirectory(isFree(root) ? root : freeSlot(), 0);
            if (number != root) {
                Superblock.Contents c = survey.contents();
                SuperblockPair.store(medium, new Superblock.Contents(c.geometry(), number, c.createTimeNanos(),
                        c.compatible(), c.readOnlyCompatible(), c.incompatible(), c.label(), c.uuid(), c.hashKey0(),
                        c.hashKey1()));
            }
        });
        return mended > 0;
    }

    /// Makes an empty directory in a free slot.
    ///
    /// @param parent its parent, 0 for itself
    private long makeDirectory(long number, long parent) {
        long now = System.currentTimeMillis() * 1_000_000;
        Transaction tx = journal.begin();
        try {
            long at = tx.stageInode(number);
            MemorySegment s = tx.segment();
            s.asSlice(at, Inode.BYTES).fill((byte) 0);
            Inode.mode(s, at, Kind.DIRECTORY << 12 | 0700);
            Inode.self(s, at, number);
            Inode.linkCount(s, at, 2);
            Inode.accessTime(s, at, now);
            Inode.modifyTime(s, at, now);
            Inode.changeTime(s, at, now);
            Inode.birthTime(s, at, now);
            Inode.device(s, at, parent == 0 ? number : parent);
            tx.commit();
            return number;
        } finally {
            tx.abort();
        }
    }

    private boolean isFree(long number) {
        long block = Inode.blockOf(number);
        if (!inodes.hasBlock(block) && !survey.emptyInodeBlocks().contains(block)) {
            return false;
        }
        survey.image().read(block, work);
        return Slot.of(work, Inode.slotOf(number) * Inode.BYTES, number) == Slot.FREE;
    }

    private long freeSlot() {
        for (int i = 0; i < inodes.blockCount(); i++) {
            survey.image().read(inodes.block(i), work);
            for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
                long number = Inode.number(inodes.block(i), slot);
                if (Slot.of(work, slot * Inode.BYTES, number) == Slot.FREE) {
                    return number;
                }
            }
        }
        long block = allocator.take();
        allocator.markInodes(block);
        return Inode.number(block, 0);
    }

    private boolean mendOrphans() {
        OrphanPass orphans = survey.orphans();
        if (orphans.isWhole()) {
            return false;
        }
        long firstAt = Geometry.at(Geometry.FIRST_ORPHAN_BLOCK);
        for (long slotAt : orphans.badSlots()) {
            putWord(slotAt, 0);
        }
        if (orphans.firstIsBad()) {
            rewriteFirstOrphanBlock(firstAt);
        } else if (orphans.chainIsBad()) {
            Transaction tx = journal.begin();
            tx.putSummed(Geometry.at(orphans.lastGood()), (int) OrphanBlock.HEADER_BYTES,
                    (int) OrphanBlock.NEXT_OFFSET, 0);
            tx.commit();
        }
        return true;
    }

    private void rewriteFirstOrphanBlock(long at) {
        OrphanBlock.initialise(work, 0, Geometry.FIRST_ORPHAN_BLOCK);
        Transaction tx = journal.begin();
        try {
            long staged = tx.stage(at, (int) OrphanBlock.HEADER_BYTES);
            MemorySegment.copy(work, 0, tx.segment(), staged, OrphanBlock.HEADER_BYTES);
            tx.commit();
        } finally {
            tx.abort();
        }
    }

    private void putWord(long at, long value) {
        Transaction tx = journal.begin();
        try {
            tx.putLong(at, value);
            tx.commit();
        } finally {
            tx.abort();
        }
    }

    private boolean mendLinks() {
        LinkPass links = new LinkPass(survey);
        for (int i = 0; i < inodes.blockCount(); i++) {
            survey.image().read(inodes.block(i), work);
            for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
                int index = i * Inode.PER_BLOCK + slot;
                if (inodes.isLive(index) && links.isNamed(index)) {
                    mendLinks(links, index, slot * Inode.BYTES);
                }
            }
        }
        return mended > 0;
    }

    private void mendLinks(LinkPass links, int index, long at) {
        int count = links.expectedLinks(index);
        long parent = links.expectedParent(index);
        if (Inode.linkCount(work, at) != count || parent != 0 && Inode.device(work, at) != parent) {
            change(index, (s, staged) -> {
                Inode.linkCount(s, staged, count);
                if (parent != 0) {
                    Inode.device(s, staged, parent);
                }
            });
        }
    }

    /// Gives what no directory names a name in `lost+found`, which is made first if there is none.
    private boolean reconnect() {
        List<DirectoryWriter.Addition> additions = new ArrayList<>();
        for (int index = 0; index < inodes.slotCount(); index++) {
            if (inodes.has(index, InodeTable.UNREACHABLE)) {
                long number = inodes.number(index);
                additions.add(new DirectoryWriter.Addition("#" + number, number, inodes.type(index)));
            }
        }
        if (additions.isEmpty()) {
            return false;
        }
        if (survey.lostAndFound() != 0) {
            int index = inodes.indexOf(survey.lostAndFound());
            attempt(() -> directories.write(index, additions));
        } else {
            long root = survey.contents().rootInode();
            attempt(() -> directories.write(inodes.indexOf(root), List.of(
                    new DirectoryWriter.Addition("lost+found", makeDirectory(freeSlot(), root), Kind.DIRECTORY))));
        }
        return mended > 0;
    }

    private boolean mendBitmaps() {
        new BitmapPass(survey).repair(view);
        return true;
    }
}
