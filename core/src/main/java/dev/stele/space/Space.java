package dev.stele.space;

import dev.stele.cpu.Granularity;
import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.space.Placement.Wish;
import java.lang.foreign.MemorySegment;

/// The blocks and inode slots of a volume that is open: who may have which, decided in memory; what was decided reaches
/// the bitmaps of the medium with the caller's transaction.
///
/// Every method may be called from any thread; see the package for the invariants.
public final class Space {
    private final Medium medium;
    private final boolean awaitsCheckpoints;
    private final GroupTable groups;
    private final Placement placement;
    private final Windows windows;
    private final InodeSpace inodes;
    private final ThreadLocal<Claims> claims = ThreadLocal.withInitial(Claims::new);
    private volatile Geometry geometry;

    /// The journal was recovered. Reads nothing yet.
    public Space(Medium medium, Geometry geometry) {
        this.medium = medium;
        this.geometry = geometry;
        this.awaitsCheckpoints = medium.granularity() == Granularity.PAGE;
        this.groups = new GroupTable(geometry.groupCount());
        this.placement = new Placement(this);
        this.windows = new Windows(this, placement);
        this.inodes = new InodeSpace(this, placement, windows);
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
            run = windows.refill(mine, window, goalBlock, minCount, maxCount);
        }
        return run != 0 ? claim(tx, mine, run) : allocateLast(tx, mine, goalBlock, minCount, maxCount, Wish.PLAIN);
    }

    private long allocate(Transaction tx, long goalBlock, long minCount, long maxCount, Wish wish) {
        checkCounts(minCount, maxCount);
        Claims mine = open(tx, 1);
        long run = placement.take(mine, goalBlock, minCount, maxCount, wish);
        return run != 0 ? claim(tx, mine, run) : allocateLast(tx, mine, goalBlock, minCount, maxCount, wish);
    }

    /// Nothing fits: what was set aside for other files is taken back.
    private long allocateLast(
            Transaction tx, Claims mine, long goalBlock, long minCount, long maxCount, Wish wish) {
        windows.emptyAll();
        long run = placement.take(mine, goalBlock, minCount, maxCount, wish);
        if (run == 0) {
            throw new VolumeException(Errno.ENOSPC);
        }
        return claim(tx, mine, run);
    }

    private static void checkCounts(long minCount, long maxCount) {
        if (minCount < 1 || maxCount < minCount) {
            throw new IllegalArgumentException(minCount + " to " + maxCount + " blocks");
        }
    }

    /// Records that `tx` takes a run that was taken in memory.
    long claim(Transaction tx, Claims mine, long run) {
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

    /// How many blocks can be allocated: free ones and those in windows; those of inode blocks without inodes, after
    /// [#sweep]; those that wait for a checkpoint, after it, see [#waitingBlocks()]. Not those that are held. The first
    /// call reads the bitmaps.
    public long freeBlocks() {
        long free = 0;
        for (long number = 0; number < geometry.groupCount(); number++) {
            Group group = groups.get(number);
            survey(group);
            free += group.map().freeCount() + group.waitingBlocks();
            free += group.inodesIfLoaded() == null ? 0 : group.inodesIfLoaded().emptyCount();
            free += group.windows() == null ? 0 : Windows.blocks(group);
        }
        return free;
    }

    /// Blocks that were freed and can be allocated as soon as a checkpoint that begins now is done: worth a checkpoint
    /// before ENOSPC is told to the user. 0 on media other than PAGE.
    public long waitingBlocks() {
        long waiting = 0;
        for (long number = 0; awaitsCheckpoints && number < geometry.groupCount(); number++) {
            Group group = groups.getIfKnown(number);
            waiting += group == null ? 0 : group.waitingBlocks();
        }
        return waiting;
    }

    // ---- windows

    /// Gives back what the window has set aside; the file was closed, or its end moved. It can be used again.
    public void drop(Window window) {
        windows.drop(window);
    }

    // ---- inodes

    /// Reserves an inode slot near `goalBlock`. Word 0 of the slot is not touched: the caller logs it in `tx`. What
    /// else stands in the slot is left over from its last use, or garbage: the caller sets all of it.
    ///
    /// @return the inode's number
    /// @throws VolumeException ENOSPC
    public long allocateInode(Transaction tx, long goalBlock) {
        return inodes.allocate(tx, open(tx, 2), goalBlock);
    }

    /// Frees an inode slot when `tx` is committed: logs word 0 = 0. What the inode owned was freed by the caller. The
    /// block goes with its last inode.
    ///
    /// @throws CorruptionException where the number names no inode in use: nothing has changed then
    public void freeInode(Transaction tx, long inode) {
        inodes.free(tx, open(tx, 1), inode);
    }

    /// Frees, when `tx` is committed, blocks of inodes that hold none any more. There are some where transactions side
    /// by side freed the last inodes of one; they count as free. Worth a transaction of its own before ENOSPC is told
    /// to the user.
    ///
    /// @return how many; there may be more
    public long sweep(Transaction tx) {
        return inodes.sweep(tx);
    }

    /// Number of inodes in use. The first call reads every block of inodes.
    public long usedInodes() {
        return inodes.usedCount();
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
                } finally {
                    group.lock.unlock();
                }
            }
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
        if (kind == Claims.FREED) {
            Group group = groups.get(Geometry.groupOf(Run.start(value)));
            group.lock.lock();
            try {
                group.settle(Geometry.bitOf(Run.start(value)), (int) Run.count(value), awaitsCheckpoints);
            } finally {
                group.lock.unlock();
            }
        } else if (kind != Claims.TAKEN) {
            inodes.committed(kind, value);
        }
    }

    /// A claim of a transaction of which nothing happened.
    void aborted(byte kind, long value) {
        if (kind > Claims.FREED) {
            inodes.aborted(kind, value);
            return;
        }
        Group group = groups.get(Geometry.groupOf(Run.start(value)));
        int bit = Geometry.bitOf(Run.start(value));
        int count = (int) Run.count(value);
        group.lock.lock();
        try {
            if (kind == Claims.TAKEN) {
                group.giveUp(bit, count);
            } else {
                group.own(bit, count);
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

    /// The group, or null where nobody asked for it yet.
    Group groupIfKnown(long number) {
        return groups.getIfKnown(number);
    }

    MemorySegment segment() {
        return medium.metadata().segment();
    }

    /// The claims of `tx`, with room for `more`.
    Claims open(Transaction tx, int more) {
        Claims mine = claims.get();
        mine.open(this, tx, more);
        return mine;
    }
}
