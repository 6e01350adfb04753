package dev.stele.volume;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.journal.Journal;
import dev.stele.medium.View;
import dev.stele.node.Inodes;
import dev.stele.space.Space;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The inodes in use, by number. Finding one takes no lock; idle ones are dropped when there are many, so that memory
/// does not grow with the number of files.
final class Vnodes {
    private static final int BUCKETS = 1 << 14;
    private static final int PAGE_BUCKETS = 1 << 7;
    private static final int PAGES = BUCKETS / PAGE_BUCKETS;
    static final int MAX_IDLE = 1 << 15;
    /// Buckets swept per addition once there are too many: about as many go as come.
    private static final int SWEEP = 4;

    private final View view;
    private final Space space;
    private final Journal journal;
    /// Made when first needed, so that opening does not cost the whole table. Each is the lock of its buckets.
    private final AtomicReferenceArray<AtomicReferenceArray<Vnode>> pages = new AtomicReferenceArray<>(PAGES);
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger hand = new AtomicInteger();
    private volatile Geometry geometry;

    Vnodes(View view, Geometry geometry, Space space, Journal journal) {
        this.view = view;
        this.space = space;
        this.journal = journal;
        this.geometry = geometry;
    }

    void grow(Geometry larger) {
        geometry = larger;
    }

    /// The vnode of an inode number, which need not be in use. It may be dead by the time its lock is taken.
    ///
    /// @throws VolumeException ESTALE where no inode can have this number
    Vnode get(long inode) {
        int bucket = bucket(inode);
        AtomicReferenceArray<Vnode> page = pages.get(bucket / PAGE_BUCKETS);
        if (page != null) {
            for (Vnode v = page.get(bucket % PAGE_BUCKETS); v != null; v = v.next) {
                if (v.inode == inode) {
                    return v;
                }
            }
        }
        return add(inode, bucket);
    }

    private AtomicReferenceArray<Vnode> page(int bucket) {
        int index = bucket / PAGE_BUCKETS;
        if (pages.get(index) == null) {
            pages.compareAndSet(index, null, new AtomicReferenceArray<>(PAGE_BUCKETS));
        }
        return pages.get(index);
    }

    /// Locks for writing and makes sure that the inode is in use.
    ///
    /// @throws VolumeException ESTALE where it is not
    /// @throws CorruptionException where it is damaged
    Vnode lock(long inode) {
        Vnode v = lockSlot(inode);
        if (!v.loaded) {
            try {
                load(v);
            } catch (RuntimeException failure) {
                unlock(v);
                throw failure;
            }
        }
        return v;
    }

    /// As [#lock(long)], where a vnode of the inode was found a moment ago.
    Vnode lock(Vnode found) {
        found.lock.writeLock();
        if (!found.dead && found.loaded) {
            return found;
        }
        unlock(found);
        return lock(found.inode);
    }

    /// Locks for writing whatever stands there: for an inode that is being made.
    Vnode lockSlot(long inode) {
        while (true) {
            Vnode v = get(inode);
            v.lock.writeLock();
            if (!v.dead) {
                return v;
            }
            unlock(v);
        }
    }

    void unlock(Vnode v) {
        v.lock.tryUnlockWrite();
    }

    /// The vnode of an inode in use, not locked.
    Vnode require(long inode) {
        Vnode v = get(inode);
        if (!v.loaded) {
            unlock(lock(inode));
            return get(inode);
        }
        return v;
    }

    private void load(Vnode v) {
        // A free slot's other words are whatever was there before.
        if (Inode.mode(view.segment(), v.at) == 0) {
            throw new VolumeException(Errno.ESTALE);
        }
        try {
            Inode.verify(view.segment(), v.at, v.inode);
            Inodes.type(Inode.mode(view.segment(), v.at), v.at);
        } catch (CorruptionException damage) {
            // A number kept from before its block was freed may lead to another file's bytes.
            throw space.holdsInodes(Inode.blockOf(v.inode)) ? damage : new VolumeException(Errno.ESTALE);
        }
        v.loaded = true;
    }

    private Vnode add(long inode, int bucket) {
        if (inode <= 0 || !geometry.isUsable(Inode.blockOf(inode))) {
            throw new VolumeException(Errno.ESTALE);
        }
        Vnode added;
        AtomicReferenceArray<Vnode> page = page(bucket);
        int index = bucket % PAGE_BUCKETS;
        synchronized (page) {
            for (Vnode v = page.get(index); v != null; v = v.next) {
                if (v.inode == inode) {
                    return v;
                }
            }
            added = new Vnode(inode);
            added.next = page.get(index);
            page.set(index, added);
        }
        if (count.incrementAndGet() > MAX_IDLE) {
            for (int i = 0; i < SWEEP; i++) {
                sweep(hand.getAndIncrement() & BUCKETS - 1);
            }
        }
        return added;
    }

    private void sweep(int bucket) {
        AtomicReferenceArray<Vnode> page = pages.get(bucket / PAGE_BUCKETS);
        if (page != null) {
            sweep(page, bucket % PAGE_BUCKETS);
        }
    }

    private void sweep(AtomicReferenceArray<Vnode> page, int index) {
        synchronized (page) {
            Vnode before = null;
            for (Vnode v = page.get(index); v != null; v = v.next) {
                if (drop(v)) {
                    // A reader that stands on v still finds its way on: v.next stays.
                    if (before == null) {
                        page.set(index, v.next);
                    } else {
                        before.next = v.next;
                    }
                    count.decrementAndGet();
                } else {
                    before = v;
                }
            }
        }
    }

    private boolean drop(Vnode v) {
        long stamp = v.lock.tryWriteLock();
        if (stamp == 0) {
            return false;
        }
        // Who overwrites bytes that a record vouches for must know of it (J3).
        boolean idle = v.isIdle() && (v.unattested < 0 || journal.isAttested(v.unattested));
        v.dead |= idle;
        if (idle && v.file != null) {
            v.file.close();
        }
        v.lock.unlockWrite(stamp);
        return idle;
    }

    /// Calls `action` for every vnode there is now.
    void forEach(Consumer<Vnode> action) {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            AtomicReferenceArray<Vnode> page = pages.get(bucket / PAGE_BUCKETS);
            for (Vnode v = page == null ? null : page.get(bucket % PAGE_BUCKETS); v != null; v = v.next) {
                action.accept(v);
            }
        }
    }

    /// Files that are written or mapped, by ascending number.
    List<Vnode> withFiles() {
        return select(v -> v.file != null);
    }

    /// Inodes with the time of a write that is not on the medium yet, by ascending number.
    List<Vnode> withTimes() {
        return select(v -> v.lazyModifyNanos != 0);
    }

    private List<Vnode> select(Predicate<Vnode> wanted) {
        List<Vnode> selected = new ArrayList<>();
        forEach(v -> {
            if (v.loaded && wanted.test(v)) {
                selected.add(v);
            }
        });
        selected.sort(Comparator.comparingLong(v -> v.inode));
        return selected;
    }

    private static int bucket(long inode) {
        return (int) (inode * 0x9E3779B97F4A7C15L >>> 50);
    }
}
