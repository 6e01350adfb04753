package dev.stele.volume;

import dev.stele.error.CorruptionException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.journal.Transaction;
import dev.stele.node.FileType;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// Gives back what files owned that no name leads to any more. What fits one record goes with the record that removed
/// the last name; the rest is named in the orphan table by that record and goes afterwards, a record at a time, in the
/// background or at the next open.
final class Reclaimer {
    /// Behind the last block a file can have: 2^63 bytes.
    static final long END_BLOCK = 1L << 63 - Geometry.BLOCK_SHIFT;

    private final Core core;
    private final boolean background;
    private final ConcurrentLinkedQueue<Long> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();

    Reclaimer(Core core, boolean background) {
        this.core = core;
        this.background = background;
    }

    /// The last link of an inode goes: stages what becomes of it. Caller holds the lock of `v` and staged the inode
    /// with no links.
    ///
    /// @return whether the inode is gone once the transaction is committed; else it is an orphan
    boolean removeLast(Transaction tx, Vnode v) {
        boolean released = v.pins == 0 && release(tx, v);
        if (!released) {
            v.orphanSlot = core.orphans.add(tx, v.inode);
        }
        return released;
    }

    /// After the commit of [#removeLast].
    void removed(Vnode v, boolean released) {
        if (released) {
            forget(v);
        } else if (v.pins == 0) {
            queue.add(v.inode);
        }
    }

    /// Stages the giving back of all the inode owns, as far as one record reaches.
    ///
    /// @return whether that was all, the inode included
    boolean release(Transaction tx, Vnode v) {
        if (core.isDirectory(v)) {
            core.directory.clear(tx, v.inode);
        } else if (!isInline(v) && core.extents.remove(tx, v.inode, 0, END_BLOCK) != 0) {
            return false;
        }
        long xattrs = Inode.xattrBlock(core.segment(), v.at);
        if (xattrs != 0) {
            core.xattrs.free(tx, v.inode, xattrs);
        }
        core.space.freeInode(tx, v.inode);
        return true;
    }

    /// Whether the inode is all there is of a file that nobody has open. One word is asked, not the tree and the
    /// attributes: an inode that denies its blocks loses them, and nobody gets them before a repair, which finds them.
    boolean isBare(Vnode v) {
        return v.pins == 0 && !core.isDirectory(v) && Inode.blockCount(core.segment(), v.at) == 0;
    }

    private boolean isInline(Vnode v) {
        return Inode.isInline(core.segment(), v.at);
    }

    private void forget(Vnode v) {
        v.loaded = false;
        v.orphanSlot = -1;
        core.committed(v);
        v.unattested = -1;
        if (v.file != null) {
            v.file.close();
            v.file = null;
        }
    }

    /// Gives back an orphan that nobody has open. Caller holds its lock and is inside the gate.
    void destroy(Vnode v) {
        boolean released = false;
        while (!released) {
            Transaction tx = core.journal.begin();
            try {
                released = release(tx, v);
                if (released && v.orphanSlot >= 0) {
                    core.orphans.remove(tx, v.orphanSlot);
                }
                tx.commit();
            } finally {
                tx.abort();
            }
        }
        forget(v);
    }

    /// Finishes what a crash interrupted: `slot` of the orphan table names `inode`.
    void adopt(int slot, long inode) {
        Vnode v = core.vnodes.lock(inode);
        try {
            v.orphanSlot = slot;
            if (Inode.linkCount(core.segment(), v.at) == 0) {
                queue.add(inode);
            } else if (core.type(v) != FileType.REGULAR) {
                // The tree of a directory read as extents would give back anything.
                throw new CorruptionException("orphan.slot", v.at, "a file", "inode " + inode + " of another type");
            } else {
                finishTruncation(v);
            }
        } finally {
            core.vnodes.unlock(v);
        }
    }

    /// Removes what stands behind the end of a file whose truncation was named in the orphan table.
    void finishTruncation(Vnode v) {
        long end = Geometry.blocksFor(Inode.size(core.segment(), v.at));
        boolean isLinked = Inode.linkCount(core.segment(), v.at) > 0;
        boolean done = false;
        while (!done) {
            Transaction tx = core.journal.begin();
            try {
                done = isInline(v) || core.extents.remove(tx, v.inode, end, END_BLOCK) == end;
                if (done && isLinked) {
                    core.orphans.remove(tx, v.orphanSlot);
                }
                tx.commit();
            } finally {
                tx.abort();
            }
        }
        v.truncating = false;
        if (isLinked) {
            v.orphanSlot = -1;
        }
    }

    /// Works the queue off: by a thread of its own if the volume may have one, else here. Caller holds no lock and is
    /// not inside the gate.
    void run() {
        if (queue.isEmpty()) {
            return;
        }
        if (!background) {
            drain();
        } else if (running.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("stele-reclaim").start(this::drainInBackground);
        }
    }

    private void drainInBackground() {
        try {
            drain();
        } finally {
            running.set(false);
        }
    }

    /// Works the queue off here and now.
    void drain() {
        for (Long inode = queue.poll(); inode != null; inode = queue.poll()) {
            int token = core.gate.enter();
            try {
                if (core.isReadOnly()) {
                    return;
                }
                reclaim(inode);
            } catch (CorruptionException damage) {
                // The volume is read-only now; the orphan stays in its table for a repair to find.
                core.failed(damage);
                return;
            } finally {
                core.gate.leave(token);
            }
        }
    }

    private void reclaim(long inode) {
        Vnode v = core.vnodes.lockSlot(inode);
        try {
            // Gone already where somebody who had its number pinned it in between, and was the last to let go.
            if (v.loaded && v.pins == 0 && Inode.linkCount(core.segment(), v.at) == 0) {
                destroy(v);
            }
        } finally {
            core.vnodes.unlock(v);
        }
    }
}
