package dev.stele.space;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.space.Placement.Wish;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Finds, takes and gives back inode slots, and the blocks they stand in.
final class InodeSpace {
    /// Zeros, to make the slots of a new block of inodes free.
    private static final MemorySegment ZEROS = Arena.global().allocate(Geometry.BLOCK_BYTES, 64);
    /// Blocks of inodes read in search of a free slot before a new block is taken instead.
    private static final int EXAMINE_BUDGET = 16;
    /// Room in a record beyond which nothing more is swept into it.
    private static final int SWEEP_BYTES = 1024;

    private final Space space;
    private final Placement placement;
    private final Windows windows;

    InodeSpace(Space space, Placement placement, Windows windows) {
        this.space = space;
        this.placement = placement;
        this.windows = windows;
    }

    long allocate(Transaction tx, Claims mine, long goalBlock) {
        long goal = space.geometry().isUsable(goalBlock) ? goalBlock : 0;
        Group home = space.group(Geometry.groupOf(goal));
        long inode = takeSlot(home, Geometry.bitOf(goal), EXAMINE_BUDGET);
        if (inode != 0) {
            mine.add(Claims.SLOT_TAKEN, inode);
            return inode;
        }
        long run = takeBlock(mine, goal);
        if (run == 0) {
            inode = takeAnySlot();
        } else {
            Group group = space.group(Geometry.groupOf(Run.start(run)));
            // Where the home group is full, its inodes share blocks in the group they go to.
            inode = group == home ? 0 : takeSlot(group, Geometry.bitOf(Run.start(run)), EXAMINE_BUDGET);
            if (inode == 0) {
                return addInodes(tx, mine, group, run);
            }
            Windows.give(group, run);
        }
        if (inode == 0) {
            throw new VolumeException(Errno.ENOSPC);
        }
        mine.add(Claims.SLOT_TAKEN, inode);
        return inode;
    }

    private long takeSlot(Group group, int goalBit, int budget) {
        group.lock.lock();
        try {
            space.load(group);
            return slots(group).take(goalBit, budget, space.segment());
        } finally {
            group.lock.unlock();
        }
    }

    private long takeAnySlot() {
        for (long number = 0; number < space.geometry().groupCount(); number++) {
            Group group = space.group(number);
            long inode = mayHoldInodes(group) ? takeSlot(group, 0, Integer.MAX_VALUE) : 0;
            if (inode != 0) {
                return inode;
            }
        }
        return 0;
    }

    /// A block for inodes, taken in memory; 0 where there is none.
    private long takeBlock(Claims mine, long goalBlock) {
        long run = placement.take(mine, goalBlock, 1, 1, Wish.PLAIN);
        if (run == 0) {
            windows.emptyAll();
            run = placement.take(mine, goalBlock, 1, 1, Wish.PLAIN);
        }
        return run;
    }

    /// Makes a block one of inodes, and takes the first slot of it; the others are for others once that is committed,
    /// because until then recovery expects zeros in them.
    private long addInodes(Transaction tx, Claims mine, Group group, long run) {
        space.claim(tx, mine, run);
        long block = Run.start(run);
        group.lock.lock();
        try {
            slots(group).addFresh(Geometry.bitOf(block));
        } finally {
            group.lock.unlock();
        }
        long inode = Inode.number(block, 0);
        mine.add(Claims.INODES_ADDED, inode);
        int rest = (int) (Geometry.BLOCK_BYTES - Inode.BYTES);
        tx.storeNew(Geometry.at(block) + Inode.BYTES, ZEROS, 0, rest);
        tx.setBits(Geometry.inodeBitmapAt(group.number), Geometry.bitOf(block), 1);
        return inode;
    }

    void free(Transaction tx, Claims mine, long inode) {
        long block = Inode.blockOf(inode);
        if (!space.geometry().isUsable(block)) {
            throw new CorruptionException("inode", 0, "the number of an inode", Long.toString(inode));
        }
        Group group = space.group(Geometry.groupOf(block));
        int bit = Geometry.bitOf(block);
        boolean isLast;
        int emptyBit = -1;
        group.lock.lock();
        try {
            space.load(group);
            InodeSlots slots = slots(group);
            isLast = slots.free(bit, Inode.slotOf(inode), space.segment());
            if (!isLast) {
                emptyBit = slots.takeEmpty();
            }
        } finally {
            group.lock.unlock();
        }
        mine.add(isLast ? Claims.INODES_DROPPED : Claims.SLOT_FREED, inode);
        if (isLast) {
            dropInodes(tx, block);
        } else if (emptyBit >= 0) {
            dropEmpty(tx, group, emptyBit);
        }
        tx.putLong(Inode.at(inode), 0);
    }

    private void dropInodes(Transaction tx, long block) {
        tx.clearBits(Geometry.inodeBitmapAt(Geometry.groupOf(block)), Geometry.bitOf(block), 1);
        space.free(tx, block, 1);
    }

    /// Frees blocks of inodes that hold none any more, as many as the record can take.
    long sweep(Transaction tx) {
        long swept = 0;
        for (long number = 0; number < space.geometry().groupCount(); number++) {
            Group group = space.groupIfKnown(number);
            int bit = group == null ? -1 : takeEmpty(group);
            while (bit >= 0) {
                dropEmpty(tx, group, bit);
                swept++;
                bit = tx.remaining() < SWEEP_BYTES ? -1 : takeEmpty(group);
            }
        }
        return swept;
    }

    private static int takeEmpty(Group group) {
        group.lock.lock();
        try {
            return group.inodesIfLoaded() == null ? -1 : group.inodesIfLoaded().takeEmpty();
        } finally {
            group.lock.unlock();
        }
    }

    private void dropEmpty(Transaction tx, Group group, int bit) {
        long block = Geometry.firstBlock(group.number) + bit;
        space.open(tx, 1).add(Claims.EMPTY_DROPPED, Inode.number(block, 0));
        dropInodes(tx, block);
    }

    /// Number of inodes in use. The first call reads every block of inodes.
    long usedCount() {
        long used = 0;
        for (long number = 0; number < space.geometry().groupCount(); number++) {
            Group group = space.group(number);
            group.lock.lock();
            try {
                if (mayHoldInodes(group)) {
                    space.load(group);
                    used += slots(group).usedCount(space.segment());
                }
            } finally {
                group.lock.unlock();
            }
        }
        return used;
    }

    private boolean mayHoldInodes(Group group) {
        return group.inodesIfLoaded() != null || InodeSlots.areAny(space.segment(), space.geometry(), group.number);
    }

    /// A claim of a transaction that is durable and applied.
    void committed(byte kind, long inode) {
        Group group = space.group(Geometry.groupOf(Inode.blockOf(inode)));
        int bit = Geometry.bitOf(Inode.blockOf(inode));
        int slot = Inode.slotOf(inode);
        group.lock.lock();
        try {
            switch (kind) {
                case Claims.SLOT_TAKEN -> slots(group).takeCommitted(bit, slot);
                case Claims.SLOT_FREED -> slots(group).freeCommitted(bit, slot);
                case Claims.INODES_ADDED -> slots(group).freshCommitted(bit);
                case Claims.INODES_DROPPED -> slots(group).dropCommitted(bit);
                default -> slots(group).emptyCommitted(bit);
            }
        } finally {
            group.lock.unlock();
        }
    }

    /// A claim of a transaction of which nothing happened.
    void aborted(byte kind, long inode) {
        Group group = space.group(Geometry.groupOf(Inode.blockOf(inode)));
        int bit = Geometry.bitOf(Inode.blockOf(inode));
        int slot = Inode.slotOf(inode);
        group.lock.lock();
        try {
            switch (kind) {
                case Claims.SLOT_TAKEN -> slots(group).makeAvailable(bit, slot);
                case Claims.SLOT_FREED -> slots(group).freeAborted(bit, slot);
                case Claims.INODES_ADDED -> slots(group).freshAborted(bit);
                case Claims.INODES_DROPPED -> slots(group).dropAborted(bit, slot);
                default -> slots(group).emptyAborted(bit);
            }
        } finally {
            group.lock.unlock();
        }
    }

    private InodeSlots slots(Group group) {
        return group.inodes(space.segment(), space.geometry());
    }
}
