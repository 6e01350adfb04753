package dev.stele.volume;

import dev.stele.format.Inode;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.StampedLock;

/// An inode in use: its lock, and what is known of it beyond what the medium says. Attributes and extents are not kept
/// here; they are read where they stand.
///
/// Readers run optimistically under [#lock]; whoever changes the inode holds it for writing.
final class Vnode {
    private static final AtomicReferenceFieldUpdater<Vnode, ErrorSequence> ERRORS =
            AtomicReferenceFieldUpdater.newUpdater(Vnode.class, ErrorSequence.class, "errors");

    final long inode;
    final long at;
    final StampedLock lock = new StampedLock();

    /// Guarded by the bucket of [Vnodes].
    Vnode next;
    /// Taken out of the table: look it up again. Set under the lock.
    volatile boolean dead;
    /// Whether the inode was found whole and in use since it was last freed. Written under the lock.
    volatile boolean loaded;
    /// Open handles and mappings; guarded by lock.
    int pins;
    /// Slot of the orphan table that names this inode, -1 for none; guarded by lock.
    int orphanSlot = -1;
    /// Whether blocks behind the end are still to be given back; guarded by lock, false whenever it is free.
    boolean truncating;
    /// Time of the last write whose time is not on the medium yet, 0 for none. Written under the lock.
    volatile long lazyModifyNanos;
    /// Log position of the last record that has file bytes checked with it, -1 for none; guarded by lock.
    long unattested = -1;
    /// Whether the record being staged is such a one; guarded by lock, and may stay so where it was aborted.
    boolean vouching;
    /// What a file that is written or mapped needs besides; null until then. Written under the lock.
    volatile FileState file;

    /// Syncs of the file that failed; null until one does.
    private volatile ErrorSequence errors;

    Vnode(long inode) {
        this.inode = inode;
        this.at = Inode.at(inode);
    }

    /// Whether no mapping shows the file's blocks.
    boolean isUnmapped() {
        FileState state = file;
        return state == null || state.mappings.isEmpty();
    }

    ErrorSequence errors() {
        if (errors == null) {
            ERRORS.compareAndSet(this, null, new ErrorSequence());
        }
        return errors;
    }

    /// Null where no sync has failed.
    ErrorSequence errorsIfAny() {
        return errors;
    }

    /// Whether forgetting this would lose nothing. Caller holds the lock.
    boolean isIdle() {
        return pins == 0 && lazyModifyNanos == 0 && orphanSlot < 0 && (file == null || file.isIdle())
                && (errors == null || !errors.isUnseen());
    }
}
