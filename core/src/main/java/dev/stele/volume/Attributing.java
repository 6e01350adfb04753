package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.journal.Transaction;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.node.Inodes;
import dev.stele.node.Name;
import dev.stele.node.Xattrs;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/// Attributes and extended attributes. Those that change something are called inside the gate.
final class Attributing {
    private static final int OPTIMISTIC_TRIES = 3;

    private final Core core;
    private final FileShape shape;
    private final Ownership ownership;

    Attributing(Core core, FileShape shape) {
        this.core = core;
        this.shape = shape;
        this.ownership = new Ownership(core);
    }

    void read(long inode, Attributes into) {
        for (int i = 0; i < OPTIMISTIC_TRIES; i++) {
            Vnode v = core.vnodes.require(inode);
            long stamp = v.lock.tryOptimisticRead();
            if (stamp != 0 && !v.dead && v.loaded) {
                fill(v, into);
                if (v.lock.validate(stamp)) {
                    Inodes.type(into.mode, v.at);
                    return;
                }
            }
        }
        Vnode v = core.vnodes.lock(inode);
        try {
            fill(v, into);
            Inodes.type(into.mode, v.at);
        } finally {
            core.vnodes.unlock(v);
        }
    }

    private void fill(Vnode v, Attributes into) {
        core.inodes.attributes(v.inode, into);
        long lazy = v.lazyModifyNanos;
        if (lazy != 0) {
            into.modifyTimeNanos = lazy;
            into.changeTimeNanos = Math.max(into.changeTimeNanos, lazy);
        }
    }

    void set(long inode, AttributeChange change) {
        if (change.isEmpty()) {
            core.vnodes.require(inode);
            return;
        }
        Vnode v = core.vnodes.lock(inode);
        try {
            if (change.hasSize()) {
                core.requireRegular(v);
                core.requireUnsealed(v);
                ownership.beforeGrowth(v, change.sizeBytes());
            }
            long oldSize = Inode.size(core.segment(), v.at);
            commit(v, change);
            if (change.hasSize()) {
                shape.resized(v, oldSize);
            }
        } finally {
            core.vnodes.unlock(v);
        }
    }

    private void commit(Vnode v, AttributeChange change) {
        int slotBefore = v.orphanSlot;
        boolean committed = false;
        Transaction tx = core.journal.begin();
        try {
            boolean mustDrain = false;
            if (change.hasSize()) {
                mustDrain = shape.resize(tx, v, change.sizeBytes());
            }
            stage(tx, v, change);
            if (mustDrain) {
                core.medium.drain();
            }
            core.commit(tx, v);
            committed = true;
        } finally {
            tx.abort();
            if (!committed) {
                v.orphanSlot = slotBefore;
                v.truncating = false;
            }
            if (change.hasSize() && !committed && v.file != null) {
                v.file.mappings.refresh(0, Reclaimer.END_BLOCK, core.blockMap(v));
            }
        }
    }

    private void stage(Transaction tx, Vnode v, AttributeChange change) {
        long base = core.touchChange(tx, v, core.now());
        MemorySegment s = tx.segment();
        if (change.hasPermissions()) {
            Inode.mode(s, base, Inode.mode(s, base) & ~07777 | change.permissions());
        }
        if (change.hasUid()) {
            Inode.uid(s, base, change.uid());
        }
        if (change.hasGid()) {
            Inode.gid(s, base, change.gid());
        }
        if (change.hasSize()) {
            Inode.modifyTime(s, base, Inode.changeTime(s, base));
        }
        if (change.hasAccessTime()) {
            Inode.accessTime(s, base, change.accessTimeNanos());
        }
        if (change.hasModifyTime()) {
            Inode.modifyTime(s, base, change.modifyTimeNanos());
        }
        if (change.hasBirthTime()) {
            Inode.birthTime(s, base, change.birthTimeNanos());
        }
    }

    /// Forbids or allows changes of the file's extents. They are forbidden once every byte has a block of its own,
    /// written, whose place is durable and which no recovery will compare with a checksum: only then may a program
    /// store there for ever and say nothing. A hole that is filled for it may stay filled where the rest fails.
    void seal(long inode, boolean sealed) {
        Vnode v = core.vnodes.lock(inode);
        try {
            core.requireRegular(v);
            if (!sealed && !v.isUnmapped()) {
                throw new VolumeException(Errno.EBUSY, "a mapped file cannot be unsealed");
            }
            if (sealed) {
                ownership.own(v, 0, Geometry.blocksFor(Inode.size(core.segment(), v.at)));
            }
            Transaction tx = core.journal.begin();
            try {
                long base = core.touchChange(tx, v, core.now());
                int flags = Inode.flags(tx.segment(), base);
                Inode.flags(tx.segment(), base, sealed ? flags | Inode.SEALED : flags & ~Inode.SEALED);
                core.commit(tx, v);
            } finally {
                tx.abort();
            }
            // The record just committed has done so for all before it.
            core.requireAttested(v);
        } finally {
            core.vnodes.unlock(v);
        }
    }

    byte[] getXattr(long inode, Name name) {
        return xattrs(inode).get(name);
    }

    List<Name> listXattrs(long inode) {
        return List.copyOf(xattrs(inode).keySet());
    }

    private Map<Name, byte[]> xattrs(long inode) {
        while (true) {
            Vnode v = core.vnodes.require(inode);
            long stamp = v.lock.readLock();
            try {
                if (!v.dead && v.loaded) {
                    return core.xattrs.read(inode);
                }
            } finally {
                v.lock.unlockRead(stamp);
            }
        }
    }

    void setXattr(long inode, Name name, byte[] value, Volume.XattrMode mode) {
        if (value.length > Xattrs.MAX_VALUE_BYTES) {
            throw new VolumeException(Errno.E2BIG, "an attribute's value has at most 64 KiB");
        }
        changeXattrs(inode, attributes -> {
            boolean present = attributes.containsKey(name);
            if (present && mode == Volume.XattrMode.CREATE) {
                throw new VolumeException(Errno.EEXIST);
            }
            if (!present && mode == Volume.XattrMode.REPLACE) {
                throw new VolumeException(Errno.ENODATA);
            }
            attributes.put(name, value);
        });
    }

    void removeXattr(long inode, Name name) {
        changeXattrs(inode, attributes -> {
            if (attributes.remove(name) == null) {
                throw new VolumeException(Errno.ENODATA);
            }
        });
    }

    private void changeXattrs(long inode, java.util.function.Consumer<Map<Name, byte[]>> change) {
        Vnode v = core.vnodes.lock(inode);
        try {
            Map<Name, byte[]> attributes = core.xattrs.read(inode);
            change.accept(attributes);
            Transaction tx = core.journal.begin();
            try {
                core.touchChange(tx, v, core.now());
                core.xattrs.replace(tx, inode, attributes);
                core.commit(tx, v);
            } finally {
                tx.abort();
            }
        } finally {
            core.vnodes.unlock(v);
        }
    }
}
