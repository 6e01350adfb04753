package dev.stele.space;

import dev.stele.error.CorruptionException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.OrphanBlock;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The table of inodes that need work after a crash, see [OrphanBlock]. Which slot is whose is decided here, in memory,
/// so that operations never share a word; the words change with the caller's transaction. The table grows by a block
/// when it is full, and stays that long. May be called from any thread.
public final class Orphans {
    /// Told of one inode in the table.
    public interface Visitor {
        /// @param slot to pass to [#remove]
        void orphan(int slot, long inode);
    }

    private static final MemorySegment NO_ORPHANS = MemorySegment.ofArray(new long[OrphanBlock.SLOT_COUNT]);

    private final Medium medium;
    private final Space space;
    private final ThreadLocal<OrphanClaims> claims = ThreadLocal.withInitial(OrphanClaims::new);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition growthEnded = lock.newCondition();
    /// guarded by lock: the blocks of the table in the order of their chain
    private long[] blocks = new long[1];
    /// guarded by lock
    private int blockCount;
    /// guarded by lock: slots that are used or reserved, a bit each
    private long[] used = new long[0];
    /// guarded by lock: whose transaction adds a block, null for nobody's
    private OrphanClaims grower;
    /// guarded by lock: the block being added
    private long freshBlock;
    /// guarded by lock: slots of it that its transaction uses
    private int freshCount;

    private Orphans(Medium medium, Space space) {
        this.medium = medium;
        this.space = space;
    }

    /// Lays an empty table on the medium; the caller drains.
    public static void format(Medium medium) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(Geometry.BLOCK_BYTES, 64);
            OrphanBlock.initialise(block, 0, Geometry.FIRST_ORPHAN_BLOCK);
            medium.metadata().stream(Geometry.at(Geometry.FIRST_ORPHAN_BLOCK), block, 0, Geometry.BLOCK_BYTES);
        }
    }

    /// Reads the table. The journal was recovered.
    ///
    /// @throws CorruptionException where a block of it is damaged, or they form a circle
    public static Orphans open(Medium medium, Space space) {
        Orphans orphans = new Orphans(medium, space);
        MemorySegment segment = medium.metadata().segment();
        long block = Geometry.FIRST_ORPHAN_BLOCK;
        while (block != 0) {
            long at = Geometry.at(block);
            OrphanBlock.verify(segment, at);
            orphans.append(block);
            orphans.findUsed(segment, at);
            block = OrphanBlock.next(segment, at);
            if (block != 0 && (!space.geometry().isUsable(block) || orphans.has(block))) {
                throw new CorruptionException("orphan.next", at, "another block of the table", Long.toString(block));
            }
        }
        return orphans;
    }

    /// Marks the slots used of the block added last. Nearly always there are none: compared, not read one by one.
    private void findUsed(MemorySegment segment, long at) {
        long from = at + OrphanBlock.HEADER_BYTES;
        long end = from + OrphanBlock.SLOT_COUNT * 8L;
        int first = (blockCount - 1) * OrphanBlock.SLOT_COUNT;
        for (long slotAt = from; slotAt < end; ) {
            long zeros = MemorySegment.mismatch(segment, slotAt, end, NO_ORPHANS, 0, end - slotAt);
            if (zeros < 0) {
                return;
            }
            slotAt += zeros & -8;
            Bits.set(used, first + (int) ((slotAt - from) >>> 3), 1);
            slotAt += 8;
        }
    }

    /// Calls the visitor for what is in the table, at open: what a crash left. The visitor may remove.
    ///
    /// @throws CorruptionException where a slot names what cannot be an inode
    public void forEach(Visitor visitor) {
        for (int slot = nextUsed(0); slot >= 0; slot = nextUsed(slot + 1)) {
            long at = slotAt(slot);
            long inode = (long) Layouts.WORD.get(medium.metadata().segment(), at);
            if (inode != 0) {
                if (!space.holdsInodes(Inode.blockOf(inode))) {
                    throw new CorruptionException("orphan.slot", at, "an inode number", Long.toString(inode));
                }
                visitor.orphan(slot, inode);
            }
        }
    }

    /// @return the first slot used or reserved from `slot` on, -1 for none
    private int nextUsed(int slot) {
        lock.lock();
        try {
            int next = Bits.nextSet(used, slot, blockCount * OrphanBlock.SLOT_COUNT);
            return next < blockCount * OrphanBlock.SLOT_COUNT ? next : -1;
        } finally {
            lock.unlock();
        }
    }

    /// Enters an inode when `tx` is committed.
    ///
    /// @return the slot, to pass to [#remove]
    /// @throws dev.stele.error.VolumeException ENOSPC where the table is full and cannot grow
    public int add(Transaction tx, long inode) {
        OrphanClaims mine = open(tx);
        lock.lock();
        try {
            int slot = reserve(tx, mine);
            mine.add(slot, true);
            tx.putLong(slotAt(slot), inode);
            return slot;
        } finally {
            lock.unlock();
        }
    }

    /// Removes what [#add] or [#forEach] gave the slot of, when `tx` is committed.
    public void remove(Transaction tx, int slot) {
        OrphanClaims mine = open(tx);
        lock.lock();
        try {
            mine.add(slot, false);
            tx.putLong(slotAt(slot), 0);
        } finally {
            lock.unlock();
        }
    }

    void committed(OrphanClaims mine) {
        lock.lock();
        try {
            if (grower == mine) {
                append(freshBlock);
                Bits.set(used, (blockCount - 1) * OrphanBlock.SLOT_COUNT, freshCount);
                endGrowth();
            }
            for (int i = 0; i < mine.count(); i++) {
                if (!mine.isAdded(i)) {
                    Bits.clear(used, mine.slot(i), 1);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    void aborted(OrphanClaims mine) {
        lock.lock();
        try {
            if (grower == mine) {
                endGrowth();
            }
            for (int i = 0; i < mine.count(); i++) {
                if (mine.isAdded(i) && mine.slot(i) < blockCount * OrphanBlock.SLOT_COUNT) {
                    Bits.clear(used, mine.slot(i), 1);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private int reserve(Transaction tx, OrphanClaims mine) {
        while (true) {
            int capacity = blockCount * OrphanBlock.SLOT_COUNT;
            int slot = Bits.nextClear(used, 0, capacity);
            if (slot < capacity) {
                Bits.set(used, slot, 1);
                return slot;
            }
            if (grower == null) {
                grow(tx, mine);
            }
            if (grower == mine) {
                return capacity + freshCount++;
            }
            // The grower needs no lock of ours any more to end its transaction.
            growthEnded.awaitUninterruptibly();
        }
    }

    private void grow(Transaction tx, OrphanClaims mine) {
        long block = Run.start(space.allocate(tx, 0, 1, 1));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment image = arena.allocate(Geometry.BLOCK_BYTES, 64);
            OrphanBlock.initialise(image, 0, block);
            tx.storeNew(Geometry.at(block), image, 0, Geometry.BLOCK_BYTES);
        }
        grower = mine;
        freshBlock = block;
        freshCount = 0;
        tx.putSummed(Geometry.at(blocks[blockCount - 1]), (int) OrphanBlock.HEADER_BYTES,
                (int) OrphanBlock.NEXT_OFFSET, block);
    }

    private void endGrowth() {
        grower = null;
        growthEnded.signalAll();
    }

    private long slotAt(int slot) {
        int index = slot / OrphanBlock.SLOT_COUNT;
        long block = index < blockCount ? blocks[index] : freshBlock;
        return OrphanBlock.slotAt(Geometry.at(block), slot % OrphanBlock.SLOT_COUNT);
    }

    private void append(long block) {
        if (blockCount == blocks.length) {
            blocks = Arrays.copyOf(blocks, blockCount * 2);
        }
        blocks[blockCount++] = block;
        used = Arrays.copyOf(used, (blockCount * OrphanBlock.SLOT_COUNT + 63) / 64);
    }

    private boolean has(long block) {
        for (int i = 0; i < blockCount; i++) {
            if (blocks[i] == block) {
                return true;
            }
        }
        return false;
    }

    private OrphanClaims open(Transaction tx) {
        OrphanClaims mine = claims.get();
        mine.open(this, tx);
        return mine;
    }
}
