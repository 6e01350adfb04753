package dev.stele.space;

import dev.stele.cpu.Granularity;
import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.space.Placement.Wish;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The blocks and inode slots of a volume that is open: who may have which, decided in memory; what was decided reaches
/// the bitmaps of the medium with the caller's transaction.
///
/// Every method may be called from any thread; see the package for the invariants.
public final class Space {
    /// Zeros, to make the slots of a new block of inodes free.
    private static final MemorySegment ZEROS = Arena.global().allocate(Geometry.BLOCK_BYTES, 64);
    /// Blocks of inodes read in search of a free slot before a new block is taken instead.
    private static final int EXAMINE_BUDGET = 16;

    private final Medium medium;
    private final boolean awaitsCheckpoints;
    private final GroupTable groups;
    private final Placement placement;
    private final ThreadLocal<Claims> claims = ThreadLocal.withInitial(Claims::new);
    /// The group that got the last new block of inodes: where a full group's inodes go until it is full, too.
    private volatile long inodeOverflow;
    private volatile Geometry geometry;

    /// The journal was recovered. Reads nothing yet.
    public Space(Medium medium, Geometry geometry) {
        this.medium = medium;
        this.geometry = geometry;
        this.awaitsCheckpoints = medium.granularity() == Granularity.PAGE;
        this.groups = new GroupTable(geometry.groupCount());
        this.placement = new Placement(this);
    }

    public Geometry geometry() {
        return geometry;
    }

    // ---- blocks

    /// A run of `minCount` to `maxCount` blocks as close behind `goalBlock` as can be, or anywhere for 0. A big request
    /// may give less than `maxCount` although more is free elsewhere: the caller asks again for the rest. Recorded in
    /// `tx`; given back if that is aborted. The blocks hold what they held: the caller stores to them or zeroes them
    /// before they can be reached.
    ///
    /// @param goalBlock usually the block behind the one this is to follow; a hint only, any value will do
    /// @return the run as a [Run] word, within one group, not unwritten
    /// @throws VolumeException ENOSPC
    public long allocate(Transaction tx, long goalBlock, long minCount, long maxCount) {
        return allocate(tx, goalBlock, minCount, maxCount, Wish.PLAIN);
    }

    /// As [#allocate(Transaction, long, long, long)], but starts on a 2 MiB boundary if such a run can be had.
    public long allocateAligned(Transaction tx, long goalBlock, long minCount, long maxCount) {
        return allocate(tx, goalBlock, minCount, maxCount, Wish.ALIGNED);
    }

    /// As [#allocate(Transaction, long, long, long)], from the window, which sets more aside when it runs out. What is
    /// in the window comes before the goal: whoever moves the end of the file otherwise drops it.
    public long allocate(Transaction tx, Window window, long goalBlock, long minCount, long maxCount) {
        checkCounts(minCount, maxCount);
        Claims mine = open(tx, 1);
        long run = window.take(minCount, maxCount);
        if (run == 0) {
            run = refill(mine, window, goalBlock, minCount, maxCount);
        }
        return run != 0 ? claim(tx, mine, run) : allocateLast(tx, mine, goalBlock, minCount, maxCount, Wish.PLAIN);
    }

    private long allocate(Transaction tx, long goalBlock, long minCount, long maxCount, Wish wish) {
        checkCounts(minCount, maxCount);
        Claims mine = open(tx, 1);
        long run = placement.take(mine, goalBlock, minCount, maxCount, wish);
        return run != 0 ? claim(tx, mine, run) : allocateLast(tx, mine, goalBlock, minCount, maxCount, wish);
    }

    /// Nothing fits: what was set aside for other files, or for inodes, is taken back.
    private long allocateLast(
            Transaction tx, Claims mine, long goalBlock, long minCount, long maxCount, Wish wish) {
        emptyWindows();
        long run = placement.take(mine, goalBlock, minCount, maxCount, wish);
        if (run != 0) {
            return claim(tx, mine, run);
        }
        // On PAGE media the last checkpoint still says that they hold inodes.
        long block = minCount == 1 && !awaitsCheckpoints ? takeEmptyInodes(tx, mine) : 0;
        if (block == 0) {
            throw new VolumeException(Errno.ENOSPC);
        }
        return Run.of(block, 1);
    }

    private static void checkCounts(long minCount, long maxCount) {
        if (minCount < 1 || maxCount < minCount) {
            throw new IllegalArgumentException(minCount + " to " + maxCount + " blocks");
        }
    }

    private long claim(Transaction tx, Claims mine, long run) {
        long start = Run.start(run);
        int bit = Geometry.bitOf(start);
        int count = (int) Run.count(run);
        groups.get(Geometry.groupOf(start)).own(bit, count);
        mine.add(Claims.TAKEN, run);
        tx.setBits(Geometry.blockBitmapAt(Geometry.groupOf(start)), bit, count);
        return run;
    }

    /// Frees blocks when `tx` is committed. They can be allocated again from then on, on PAGE media from the end of the
    /// next checkpoint on, and not while they are held.
    ///
    /// @throws CorruptionException where a block is not in use, or not one that can be: nothing has changed then
    public void free(Transaction tx, long startBlock, long count) {
        if (!geometry.isUsable(startBlock, count)) {
            throw new CorruptionException("run", 0, "blocks within a group", startBlock + "+" + count);
        }
        Claims mine = open(tx, 1);
        Group group = groups.get(Geometry.groupOf(startBlock));
        int bit = Geometry.bitOf(startBlock);
        group.lock.lock();
        try {
            load(group);
            group.disown(bit, (int) count);
        } finally {
            group.lock.unlock();
        }
        if (mine.hasTaken(startBlock, count)) {
            // Whoever has them next may store there before a later record tells recovery not to look any more.
            tx.forgetNew(Geometry.at(startBlock), Geometry.at(count));
        }
        mine.add(Claims.FREED, Run.of(startBlock, count));
        tx.clearBits(Geometry.blockBitmapAt(group.number), bit, (int) count);
    }

    /// How many blocks can be allocated, now or (on PAGE media) after the next checkpoint, see [#waitingBlocks()]: free
    /// ones, those in windows, and those of inode blocks without inodes. Not those that are held. The first call reads
    /// the bitmaps.
    public long freeBlocks() {
        long free = 0;
        for (long number = 0; number < geometry.groupCount(); number++) {
            Group group = groups.get(number);
            survey(group);
            free += group.map().freeCount() + group.waitingBlocks();
            if (group.windows() != null || group.inodesIfLoaded() != null) {
                free += setAside(group);
            }
        }
        return free;
    }

    private long setAside(Group group) {
        group.lock.lock();
        try {
            long blocks = group.inodesIfLoaded() == null ? 0 : group.inodesIfLoaded().emptyCount();
            for (Window window = group.windows(); window != null; window = window.next) {
                blocks += window.blocks();
            }
            return blocks;
        } finally {
            group.lock.unlock();
        }
    }

    /// Blocks that can be allocated after a checkpoint or two: while there are any, a checkpoint is worth its time
    /// before ENOSPC is told to the user. 0 on media other than PAGE.
    public long waitingBlocks() {
        long waiting = 0;
        for (long number = 0; awaitsCheckpoints && number < geometry.groupCount(); number++) {
            Group group = groups.getIfKnown(number);
            waiting += group == null ? 0 : group.waitingBlocks();
            waiting += group == null || group.inodesIfLoaded() == null ? 0 : group.inodesIfLoaded().emptyCount();
        }
        return waiting;
    }

    // ---- windows

    private long refill(Claims mine, Window window, long goalBlock, long minCount, long maxCount) {
        drop(window);
        Wish wish = maxCount < Geometry.CHUNK_BLOCKS ? Wish.GROWING : Wish.PLAIN;
        long run = placement.take(mine, goalBlock, minCount, maxCount + window.nextAhead(maxCount), wish);
        long rest = Run.count(run) - maxCount;
        if (rest <= 0) {
            return run;
        }
        Group group = groups.get(Geometry.groupOf(Run.start(run)));
        group.lock.lock();
        try {
            window.fill(Run.of(Run.start(run) + maxCount, rest));
            group.list(window);
        } finally {
            group.lock.unlock();
        }
        return Run.of(Run.start(run), maxCount);
    }

    /// Gives back what the window has set aside; the file was closed, or its end moved. It can be used again.
    public void drop(Window window) {
        Group group = window.group;
        if (group != null) {
            group.lock.lock();
            try {
                give(group, window.empty());
                group.unlist(window);
            } finally {
                group.lock.unlock();
            }
        }
    }

    private void emptyWindows() {
        for (long number = 0; number < geometry.groupCount(); number++) {
            Group group = groups.getIfKnown(number);
            if (group != null && group.windows() != null) {
                emptyWindows(group);
            }
        }
    }

    private void emptyWindows(Group group) {
        group.lock.lock();
        try {
            for (Window window = group.windows(); window != null; window = window.next) {
                give(group, window.empty());
            }
        } finally {
            group.lock.unlock();
        }
    }

    private static void give(Group group, long run) {
        if (run != 0) {
            group.give(Geometry.bitOf(Run.start(run)), (int) Run.count(run));
        }
    }

    // ---- inodes

    /// Reserves an inode slot near `goalBlock`. Word 0 of the slot is not touched: the caller logs it in `tx`. What
    /// else stands in the slot is left over from its last use, or garbage: the caller sets all of it.
    ///
    /// @return the inode's number
    /// @throws VolumeException ENOSPC
    public long allocateInode(Transaction tx, long goalBlock) {
        Claims mine = open(tx, 2);
        long goal = geometry.isUsable(goalBlock) ? goalBlock : 0;
        long home = Geometry.groupOf(goal);
        long inode = takeSlot(groups.get(home), Geometry.bitOf(goal), EXAMINE_BUDGET);
        long overflow = inodeOverflow;
        if (inode == 0 && overflow != home) {
            inode = takeSlot(groups.get(overflow), 0, EXAMINE_BUDGET);
        }
        if (inode == 0) {
            inode = addInodes(tx, mine, goal);
            if (inode != 0) {
                return inode;
            }
            inode = takeAnySlot();
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
            load(group);
            return inodes(group).take(goalBit, budget, segment());
        } finally {
            group.lock.unlock();
        }
    }

    private long takeAnySlot() {
        for (long number = 0; number < geometry.groupCount(); number++) {
            Group group = groups.get(number);
            long inode = mayHoldInodes(group) ? takeSlot(group, 0, Integer.MAX_VALUE) : 0;
            if (inode != 0) {
                return inode;
            }
        }
        return 0;
    }

    /// Takes a new block for inodes and the first slot of it; the others are for others once that is committed, because
    /// until then recovery expects zeros in them.
    private long addInodes(Transaction tx, Claims mine, long goalBlock) {
        long run = placement.take(mine, goalBlock, 1, 1, Wish.PLAIN);
        if (run == 0) {
            emptyWindows();
            run = placement.take(mine, goalBlock, 1, 1, Wish.PLAIN);
        }
        if (run == 0) {
            return 0;
        }
        claim(tx, mine, run);
        long block = Run.start(run);
        inodeOverflow = Geometry.groupOf(block);
        Group group = groups.get(Geometry.groupOf(block));
        group.lock.lock();
        try {
            inodes(group).addFresh(Geometry.bitOf(block));
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

    /// Frees an inode slot when `tx` is committed: logs word 0 = 0. What the inode owned was freed by the caller. The
    /// block goes with its last inode.
    ///
    /// @throws CorruptionException where the number names no inode in use: nothing has changed then
    public void freeInode(Transaction tx, long inode) {
        Claims mine = open(tx, 3);
        long block = Inode.blockOf(inode);
        if (!geometry.isUsable(block)) {
            throw new CorruptionException("inode", 0, "the number of an inode", Long.toString(inode));
        }
        Group group = groups.get(Geometry.groupOf(block));
        int bit = Geometry.bitOf(block);
        boolean isLast;
        int emptyBit = -1;
        group.lock.lock();
        try {
            load(group);
            InodeSlots slots = inodes(group);
            isLast = slots.free(bit, Inode.slotOf(inode), segment());
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
            long emptyBlock = Geometry.firstBlock(group.number) + emptyBit;
            mine.add(Claims.EMPTY_DROPPED, Inode.number(emptyBlock, 0));
            dropInodes(tx, emptyBlock);
        }
        tx.putLong(Inode.at(inode), 0);
    }

    private void dropInodes(Transaction tx, long block) {
        tx.clearBits(Geometry.inodeBitmapAt(Geometry.groupOf(block)), Geometry.bitOf(block), 1);
        free(tx, block, 1);
    }

    /// A block of inodes that holds none any more, made a block like others; or 0.
    private long takeEmptyInodes(Transaction tx, Claims mine) {
        for (long number = 0; number < geometry.groupCount(); number++) {
            Group group = groups.getIfKnown(number);
            int bit = group == null || group.inodesIfLoaded() == null ? -1 : takeEmptyInodes(group);
            if (bit >= 0) {
                long block = Geometry.firstBlock(number) + bit;
                mine.add(Claims.EMPTY_DROPPED, Inode.number(block, 0));
                tx.clearBits(Geometry.inodeBitmapAt(number), bit, 1);
                // Freed and taken in one: recovery must see that what older records say of the block is void.
                tx.clearBits(Geometry.blockBitmapAt(number), bit, 1);
                tx.setBits(Geometry.blockBitmapAt(number), bit, 1);
                return block;
            }
        }
        return 0;
    }

    private static int takeEmptyInodes(Group group) {
        group.lock.lock();
        try {
            int bit = group.inodesIfLoaded().takeEmpty();
            if (bit >= 0) {
                group.clearVerified(bit, 1);
            }
            return bit;
        } finally {
            group.lock.unlock();
        }
    }

    /// Number of inodes in use. The first call reads every block of inodes.
    public long usedInodes() {
        long used = 0;
        for (long number = 0; number < geometry.groupCount(); number++) {
            Group group = groups.get(number);
            group.lock.lock();
            try {
                if (mayHoldInodes(group)) {
                    load(group);
                    used += inodes(group).usedCount(segment());
                }
            } finally {
                group.lock.unlock();
            }
        }
        return used;
    }

    private boolean mayHoldInodes(Group group) {
        return group.inodesIfLoaded() != null || InodeSlots.areAny(segment(), geometry, group.number);
    }

    /// Whether the block is one that holds inodes, as committed: what an inode number from outside is checked with.
    public boolean holdsInodes(long block) {
        if (!geometry.isUsable(block)) {
            return false;
        }
        int bit = Geometry.bitOf(block);
        long at = Geometry.inodeBitmapAt(Geometry.groupOf(block)) + (bit >>> 6) * 8L;
        return ((long) Layouts.WORD.get(segment(), at) >>> (bit & 63) & 1) != 0;
    }

    // ---- verified, held, checkpoints, growth

    /// Whether [#markVerified] was called for the block since it was last allocated.
    public boolean isVerified(long block) {
        Group group = groups.getIfKnown(Geometry.groupOf(block));
        return group != null && group.isVerified(Geometry.bitOf(block));
    }

    public void markVerified(long block) {
        groups.get(Geometry.groupOf(block)).markVerified(Geometry.bitOf(block));
    }

    /// Keeps the blocks from being allocated again until they are released as often, although they may be freed
    /// meanwhile. They may reach over groups.
    public void hold(long startBlock, long count) {
        forGroups(startBlock, count, true);
    }

    /// Ends one [#hold] of these blocks; its range may be released piece by piece.
    public void release(long startBlock, long count) {
        forGroups(startBlock, count, false);
    }

    private void forGroups(long startBlock, long count, boolean hold) {
        long block = startBlock;
        long end = startBlock + count;
        while (block < end) {
            Group group = groups.get(Geometry.groupOf(block));
            long stop = Math.min(end, Geometry.firstBlock(group.number + 1));
            group.lock.lock();
            try {
                load(group);
                if (hold) {
                    group.hold(Geometry.bitOf(block), (int) (stop - block));
                } else {
                    group.release(Geometry.bitOf(block), (int) (stop - block));
                }
            } finally {
                group.lock.unlock();
            }
            block = stop;
        }
    }

    /// The medium took its copy for a checkpoint ([Medium#beginCheckpoint()]); operations are still stopped.
    public void checkpointBegun() {
        for (long number = 0; awaitsCheckpoints && number < geometry.groupCount(); number++) {
            Group group = groups.getIfKnown(number);
            if (group != null) {
                group.lock.lock();
                try {
                    group.checkpointBegun();
                    sweepEmptyInodes(group);
                } finally {
                    group.lock.unlock();
                }
            }
        }
    }

    /// Frees blocks of inodes that hold none. No transaction is open, and nothing is logged on such a medium.
    private void sweepEmptyInodes(Group group) {
        InodeSlots slots = group.inodesIfLoaded();
        int bit = slots == null ? -1 : slots.takeEmpty();
        while (bit >= 0) {
            long mask = 1L << (bit & 63);
            medium.metadata().clearBits(Geometry.inodeBitmapAt(group.number) + (bit >>> 6) * 8L, mask);
            medium.metadata().clearBits(Geometry.blockBitmapAt(group.number) + (bit >>> 6) * 8L, mask);
            slots.emptyCommitted(bit);
            group.disown(bit, 1);
            group.settle(bit, 1, true);
            bit = slots.takeEmpty();
        }
    }

    /// That checkpoint is durable: blocks that were freed before it began can be allocated. Not called where it failed.
    public void checkpointDone() {
        for (long number = 0; awaitsCheckpoints && number < geometry.groupCount(); number++) {
            Group group = groups.getIfKnown(number);
            if (group != null && group.waitingBlocks() != 0) {
                group.lock.lock();
                try {
                    group.checkpointDone();
                } finally {
                    group.lock.unlock();
                }
            }
        }
    }

    /// The volume has become larger, medium and superblock included; the new groups' bitmaps are zeros.
    public void grow(Geometry larger) {
        Geometry before = geometry;
        if (larger.blockCount() < before.blockCount()
                || larger.journalBlockCount() != before.journalBlockCount()) {
            throw new IllegalArgumentException("not larger: " + larger);
        }
        groups.grow(larger.groupCount());
        Group last = groups.get(before.groupCount() - 1);
        last.lock.lock();
        try {
            last.extend(segment(), before, larger);
            geometry = larger;
        } finally {
            last.lock.unlock();
        }
    }

    // ---- for this package

    /// A claim of a transaction that is durable and applied.
    void committed(byte kind, long value) {
        long block = kind <= Claims.FREED ? Run.start(value) : Inode.blockOf(value);
        Group group = groups.get(Geometry.groupOf(block));
        int bit = Geometry.bitOf(block);
        int slot = Inode.slotOf(value);
        if (kind == Claims.TAKEN) {
            return;
        }
        group.lock.lock();
        try {
            switch (kind) {
                case Claims.FREED -> group.settle(bit, (int) Run.count(value), awaitsCheckpoints);
                case Claims.SLOT_TAKEN -> inodes(group).takeCommitted(bit, slot);
                case Claims.SLOT_FREED -> inodes(group).freeCommitted(bit, slot);
                case Claims.INODES_ADDED -> inodes(group).freshCommitted(bit);
                case Claims.INODES_DROPPED -> inodes(group).dropCommitted(bit);
                default -> inodes(group).emptyCommitted(bit);
            }
        } finally {
            group.lock.unlock();
        }
    }

    /// A claim of a transaction of which nothing happened.
    void aborted(byte kind, long value) {
        long block = kind <= Claims.FREED ? Run.start(value) : Inode.blockOf(value);
        Group group = groups.get(Geometry.groupOf(block));
        int bit = Geometry.bitOf(block);
        int slot = Inode.slotOf(value);
        group.lock.lock();
        try {
            switch (kind) {
                case Claims.TAKEN -> group.giveUp(bit, (int) Run.count(value));
                case Claims.FREED -> group.own(bit, (int) Run.count(value));
                case Claims.SLOT_TAKEN -> inodes(group).makeAvailable(bit, slot);
                case Claims.SLOT_FREED -> inodes(group).freeAborted(bit, slot);
                case Claims.INODES_ADDED -> inodes(group).freshAborted(bit);
                case Claims.INODES_DROPPED -> inodes(group).dropAborted(bit, slot);
                default -> inodes(group).emptyAborted(bit);
            }
        } finally {
            group.lock.unlock();
        }
    }

    Group group(long number) {
        return groups.get(number);
    }

    void load(Group group) {
        group.load(segment(), geometry);
    }

    void survey(Group group) {
        if (group.map().isSurveyed()) {
            return;
        }
        group.lock.lock();
        try {
            group.map().survey(segment(), geometry);
        } finally {
            group.lock.unlock();
        }
    }

    private InodeSlots inodes(Group group) {
        return group.inodes(segment(), geometry);
    }

    private MemorySegment segment() {
        return medium.metadata().segment();
    }

    private Claims open(Transaction tx, int more) {
        Claims mine = claims.get();
        mine.open(this, tx, more);
        return mine;
    }
}
