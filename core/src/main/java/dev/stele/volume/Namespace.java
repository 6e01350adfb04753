package dev.stele.volume;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Crc32c;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.node.Entry;
import dev.stele.node.FileType;
import dev.stele.node.Inodes;
import dev.stele.node.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.ReentrantLock;

/// Names and what they lead to: the operations that change directories. Callers are inside the gate.
final class Namespace {
    private static final ThreadLocal<Entry> FROM = ThreadLocal.withInitial(Entry::new);
    private static final ThreadLocal<Entry> TO = ThreadLocal.withInitial(Entry::new);
    private static final int MAX_TARGET_BYTES = 4095;
    private static final int SET_GID = 02000;

    private final Core core;
    private final Reclaimer reclaimer;
    /// Held while a directory may get another parent: who is whose ancestor must not change meanwhile.
    private final ReentrantLock topology = new ReentrantLock();
    private final Removals removals;

    Namespace(Core core, Reclaimer reclaimer, Removals removals) {
        this.core = core;
        this.reclaimer = reclaimer;
        this.removals = removals;
    }

    /// @param removals as of the walk that found the directory, or [Volume#PINNED]
    /// @param mode type and permissions of anything but a symlink
    /// @param pins how often the new inode is pinned
    long create(long directory, long removals, Name name, int mode, long device, int uid, int gid, int pins) {
        FileType type = FileType.ofMode(mode);
        Vnode d = lockDirectory(directory, removals);
        try {
            requireAbsent(d, name);
            if (type == FileType.DIRECTORY && Inode.linkCount(core.segment(), d.at) >= Inode.MAX_LINKS) {
                throw new VolumeException(Errno.EMLINK);
            }
            long now = core.now();
            Transaction tx = core.journal.begin();
            try {
                long inode = core.space.allocateInode(tx, Inode.blockOf(directory));
                int handedDown = type == FileType.DIRECTORY ? core.mode(d) & SET_GID : 0;
                long base = Inodes.stageNew(tx, inode, mode | handedDown, uid, gidIn(d, gid), now);
                Inode.device(tx.segment(), base, type == FileType.DIRECTORY ? directory : device);
                Inode.linkCount(tx.segment(), base, type == FileType.DIRECTORY ? 2 : 1);
                commitNew(tx, d, name, inode, type, now, pins);
                return inode;
            } finally {
                tx.abort();
            }
        } finally {
            core.vnodes.unlock(d);
        }
    }

    /// Of what group a new inode is: a set-group-id directory hands its own down, and to directories the bit.
    private int gidIn(Vnode directory, int gid) {
        return (core.mode(directory) & SET_GID) != 0 ? Inode.gid(core.segment(), directory.at) : gid;
    }

    long symlink(long directory, Name name, byte[] target, int uid, int gid) {
        if (target.length == 0) {
            throw new VolumeException(Errno.ENOENT, "a symbolic link leads somewhere");
        }
        if (target.length > MAX_TARGET_BYTES) {
            throw new VolumeException(Errno.ENAMETOOLONG, "a symbolic link's target has at most 4095 bytes");
        }
        Vnode d = lockDirectory(directory);
        try {
            requireAbsent(d, name);
            long now = core.now();
            Transaction tx = core.journal.begin();
            try {
                long inode = core.space.allocateInode(tx, Inode.blockOf(directory));
                long run = target.length > Inode.PAYLOAD_BYTES ? storeTarget(tx, inode, target) : 0;
                long base = Inodes.stageNew(tx, inode, FileType.SYMLINK.modeBits() | 0777, uid, gidIn(d, gid), now);
                MemorySegment s = tx.segment();
                Inode.size(s, base, target.length);
                if (run == 0) {
                    Inode.flags(s, base, Inode.INLINE);
                    MemorySegment.copy(
                            target, 0, s, ValueLayout.JAVA_BYTE, base + Inode.PAYLOAD_OFFSET, target.length);
                } else {
                    Inode.rootCount(s, base, 1);
                    Inode.blockCount(s, base, 1);
                    Layouts.WORD.set(s, Inode.rootEntryAt(base, 0) + 8, run);
                }
                commitNew(tx, d, name, inode, FileType.SYMLINK, now, 0);
                return inode;
            } finally {
                tx.abort();
            }
        } finally {
            core.vnodes.unlock(d);
        }
    }

    /// Puts a symlink's target into a block of its own, as the data of a file.
    private long storeTarget(Transaction tx, long inode, byte[] target) {
        long run = core.space.allocate(tx, Inode.blockOf(inode), 1, 1);
        long at = Geometry.at(Run.start(run));
        core.medium.reserve(at, Geometry.BLOCK_BYTES);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(Geometry.BLOCK_BYTES, 64);
            MemorySegment.copy(target, 0, block, ValueLayout.JAVA_BYTE, 0, target.length);
            core.data.stream(at, block, 0, Geometry.BLOCK_BYTES);
            tx.verify(at, Geometry.BLOCK_BYTES, Crc32c.of(block, 0, Geometry.BLOCK_BYTES));
        }
        return run;
    }

    /// Names the new inode in the directory and commits. The new vnode is locked until it is whole.
    private void commitNew(Transaction tx, Vnode d, Name name, long inode, FileType type, long now,
            int pins) {
        if (inode == d.inode) {
            // Bitmaps that lie gave out the slot of the directory itself: it would wait for the lock it has.
            throw new CorruptionException("inodeBitmap", Inode.at(inode), "a free slot", "that of the directory");
        }
        Vnode v = core.vnodes.lockSlot(inode);
        try {
            core.directory.insert(tx, d.inode, name, inode, type.number(), TO.get());
            long base = core.touch(tx, d, now);
            if (type == FileType.DIRECTORY) {
                Inode.linkCount(tx.segment(), base, Inode.linkCount(tx.segment(), base) + 1);
            }
            tx.commit();
            v.loaded = true;
            v.pins += pins;
        } finally {
            core.vnodes.unlock(v);
        }
    }

    void link(long inode, long directory, Name name) {
        Vnode d = lockDirectory(directory);
        try {
            Vnode v = lockLeaf(inode);
            try {
                requireAbsent(d, name);
                int links = Inode.linkCount(core.segment(), v.at);
                if (links == 0) {
                    throw new VolumeException(Errno.ENOENT, "the file has no name any more");
                }
                if (links >= Inode.MAX_LINKS) {
                    throw new VolumeException(Errno.EMLINK);
                }
                long now = core.now();
                Transaction tx = core.journal.begin();
                try {
                    core.directory.insert(tx, d.inode, name, inode, core.type(v).number(), TO.get());
                    core.touch(tx, d, now);
                    long base = core.touchChange(tx, v, now);
                    Inode.linkCount(tx.segment(), base, links + 1);
                    core.commit(tx, v);
                } finally {
                    tx.abort();
                }
            } finally {
                core.vnodes.unlock(v);
            }
        } finally {
            core.vnodes.unlock(d);
        }
    }

    /// Locks an inode that is no directory: one below a directory that is locked already.
    private Vnode lockLeaf(long inode) {
        // A directory is locked only below its parent; looking at its type first keeps this from waiting for one above.
        if (core.isDirectory(core.vnodes.require(inode))) {
            throw new VolumeException(Errno.EPERM, "a directory has one name only");
        }
        Vnode v = core.vnodes.lock(inode);
        if (core.isDirectory(v)) {
            core.vnodes.unlock(v);
            throw new VolumeException(Errno.EPERM, "a directory has one name only");
        }
        return v;
    }

    /// @param removals as of the walk that found the directory, or [Volume#PINNED]
    void remove(long directory, long removals, Name name, boolean isDirectory) {
        Vnode d = lockDirectory(directory, removals);
        try {
            Entry entry = FROM.get();
            requirePresent(d, name, entry);
            requireKind(entry, isDirectory);
            core.requireChild(d, entry);
            Vnode v = lockChild(entry);
            try {
                if (isDirectory && Inode.entryCount(core.segment(), v.at) != 0) {
                    throw new VolumeException(Errno.ENOTEMPTY);
                }
                long now = core.now();
                Transaction tx = core.journal.begin();
                try {
                    core.directory.remove(tx, d.inode, entry);
                    long base = core.touch(tx, d, now);
                    if (isDirectory) {
                        Inode.linkCount(tx.segment(), base, Inode.linkCount(tx.segment(), base) - 1);
                    }
                    boolean released = dropLink(tx, v, now);
                    tx.commit();
                    dropped(v, released);
                } finally {
                    tx.abort();
                }
            } finally {
                core.vnodes.unlock(v);
            }
        } finally {
            core.vnodes.unlock(d);
        }
    }

    private static void requireKind(Entry entry, boolean isDirectory) {
        if (isDirectory != (entry.type == FileType.DIRECTORY.number())) {
            throw new VolumeException(isDirectory ? Errno.ENOTDIR : Errno.EISDIR);
        }
    }

    /// Stages one name less for an inode; both names of an empty directory at once.
    ///
    /// @return whether that was the last and the inode is gone with the transaction
    private boolean dropLink(Transaction tx, Vnode v, long now) {
        if (Inode.linkCount(core.segment(), v.at) == 1 && reclaimer.isBare(v)) {
            // The word that says that the slot is in use is all that changes.
            core.space.freeInode(tx, v.inode);
            return true;
        }
        long base = core.touchChange(tx, v, now);
        boolean isDirectory = core.isDirectory(v);
        if (isDirectory) {
            removals.remove(v.inode);
        }
        int links = isDirectory ? 0 : Inode.linkCount(tx.segment(), base) - 1;
        if (links < 0) {
            throw new CorruptionException("inode.linkCount", v.at, "at least 1", "0");
        }
        Inode.linkCount(tx.segment(), base, links);
        return links == 0 && reclaimer.removeLast(tx, v);
    }

    private void dropped(Vnode v, boolean released) {
        core.committed(v);
        if (released || Inode.linkCount(core.segment(), v.at) == 0) {
            reclaimer.removed(v, released);
        }
    }

    /// @param fromRemovals as of the walk that found the directory, or [Volume#PINNED]
    /// @param toRemovals likewise
    void rename(long fromDirectory, long fromRemovals, Name from, long toDirectory, long toRemovals, Name to,
            Volume.RenameMode mode) {
        if (fromDirectory == toDirectory) {
            Vnode d = lockDirectory(fromDirectory, fromRemovals);
            try {
                requireSame(toDirectory, toRemovals);
                renameLocked(d, from, d, to, mode);
            } finally {
                core.vnodes.unlock(d);
            }
            return;
        }
        topology.lock();
        try {
            boolean toIsAbove = isAncestor(toDirectory, fromDirectory);
            boolean fromIsAbove = isAncestor(fromDirectory, toDirectory);
            boolean fromFirst = fromIsAbove || !toIsAbove && fromDirectory < toDirectory;
            Vnode first = lockDirectory(
                    fromFirst ? fromDirectory : toDirectory, fromFirst ? fromRemovals : toRemovals);
            try {
                Vnode second = lockDirectory(
                        fromFirst ? toDirectory : fromDirectory, fromFirst ? toRemovals : fromRemovals);
                try {
                    renameLocked(fromFirst ? first : second, from, fromFirst ? second : first, to, mode);
                } finally {
                    core.vnodes.unlock(second);
                }
            } finally {
                core.vnodes.unlock(first);
            }
        } finally {
            topology.unlock();
        }
    }

    /// Whether `above` is `below` or one of the directories that hold it. Caller holds the topology.
    private boolean isAncestor(long above, long below) {
        long met = 0;
        long steps = 0;
        for (long inode = below; ; steps++) {
            if (inode == above) {
                return true;
            }
            Vnode v = core.vnodes.require(inode);
            core.requireDirectory(v);
            long parent = Inode.device(core.segment(), v.at);
            if (parent == inode) {
                return false;
            }
            // A circle comes back to where it was noted, after at most three times its length (Brent).
            if (inode == met) {
                throw new CorruptionException("inode.device", v.at, "a path to the root", "a cycle of parents");
            }
            if (Long.bitCount(steps) <= 1) {
                met = inode;
            }
            inode = parent;
        }
    }

    private void renameLocked(Vnode fromDir, Name from, Vnode toDir, Name to, Volume.RenameMode mode) {
        Entry source = FROM.get();
        Entry target = TO.get();
        requirePresent(fromDir, from, source);
        core.requireChild(fromDir, source);
        boolean replaces = core.directory.find(toDir.inode, to, target);
        if (replaces) {
            core.requireChild(toDir, target);
        }
        if (replaces && mode == Volume.RenameMode.NOREPLACE) {
            throw new VolumeException(Errno.EEXIST);
        }
        if (!replaces && mode == Volume.RenameMode.EXCHANGE) {
            throw new VolumeException(Errno.ENOENT);
        }
        if (replaces && source.inode == target.inode) {
            return;
        }
        if (fromDir != toDir) {
            requireNotBelow(source, toDir);
            if (replaces && mode == Volume.RenameMode.EXCHANGE) {
                requireNotBelow(target, fromDir);
            }
        }
        if (!replaces) {
            move(fromDir, from, source, toDir, to, target);
        } else if (mode == Volume.RenameMode.EXCHANGE) {
            exchange(fromDir, source, toDir, target);
        } else {
            replace(fromDir, source, toDir, target);
        }
    }

    /// A directory cannot go into itself or below.
    private void requireNotBelow(Entry moved, Vnode into) {
        if (isDirectory(moved) && isAncestor(moved.inode, into.inode)) {
            throw new VolumeException(Errno.EINVAL, "a directory cannot be moved into itself");
        }
    }

    /// @param absent where the new name would go
    private void move(Vnode fromDir, Name from, Entry source, Vnode toDir, Name to, Entry absent) {
        if (fromDir != toDir && isDirectory(source)) {
            requireRoomForSubdirectory(toDir);
        }
        Vnode v = lockChild(source);
        try {
            long now = core.now();
            Transaction tx = core.journal.begin();
            try {
                core.directory.insert(tx, toDir.inode, to, source.inode, source.type, absent);
                if (fromDir == toDir) {
                    core.directory.findAgain(tx, fromDir.inode, from, source);
                }
                core.directory.remove(tx, fromDir.inode, source);
                core.touch(tx, fromDir, now);
                core.touch(tx, toDir, now);
                long base = core.touchChange(tx, v, now);
                if (isDirectory(source)) {
                    removals.move(source.inode);
                    if (fromDir != toDir) {
                        Inode.device(tx.segment(), base, toDir.inode);
                        addSubdirectories(tx, fromDir, -1);
                        addSubdirectories(tx, toDir, 1);
                    }
                }
                core.commit(tx, v);
            } finally {
                tx.abort();
            }
        } finally {
            core.vnodes.unlock(v);
        }
    }

    private void replace(Vnode fromDir, Entry source, Vnode toDir, Entry target) {
        if (isDirectory(source) != isDirectory(target)) {
            throw new VolumeException(isDirectory(source) ? Errno.ENOTDIR : Errno.EISDIR);
        }
        if (fromDir != toDir && isDirectory(target) && isAncestor(target.inode, fromDir.inode)) {
            // Nor may it be locked below what it holds: who comes from above would be waited for, and wait.
            throw new VolumeException(Errno.ENOTEMPTY);
        }
        Vnode first = lockFirst(source, target);
        try {
            Vnode second = lockSecond(source, target);
            try {
                Vnode moved = first.inode == source.inode ? first : second;
                Vnode gone = first.inode == source.inode ? second : first;
                replaceLocked(fromDir, source, toDir, target, moved, gone);
            } finally {
                core.vnodes.unlock(second);
            }
        } finally {
            core.vnodes.unlock(first);
        }
    }

    private void replaceLocked(Vnode fromDir, Entry source, Vnode toDir, Entry target, Vnode moved, Vnode gone) {
        boolean directories = isDirectory(source);
        if (directories && Inode.entryCount(core.segment(), gone.at) != 0) {
            throw new VolumeException(Errno.ENOTEMPTY);
        }
        long now = core.now();
        Transaction tx = core.journal.begin();
        try {
            core.directory.replace(tx, target, source.inode, source.type);
            core.directory.remove(tx, fromDir.inode, source);
            core.touch(tx, fromDir, now);
            core.touch(tx, toDir, now);
            long base = core.touchChange(tx, moved, now);
            if (directories) {
                removals.move(moved.inode);
                Inode.device(tx.segment(), base, toDir.inode);
                // One subdirectory left `from`; `to` lost one and got one.
                addSubdirectories(tx, fromDir, -1);
            }
            boolean released = dropLink(tx, gone, now);
            tx.commit();
            core.committed(moved);
            dropped(gone, released);
        } finally {
            tx.abort();
        }
    }

    private void exchange(Vnode fromDir, Entry source, Vnode toDir, Entry target) {
        Vnode first = lockFirst(source, target);
        try {
            Vnode second = lockSecond(source, target);
            try {
                Vnode a = first.inode == source.inode ? first : second;
                Vnode b = first.inode == source.inode ? second : first;
                long now = core.now();
                Transaction tx = core.journal.begin();
                try {
                    if (isDirectory(source)) {
                        removals.move(source.inode);
                    }
                    if (isDirectory(target)) {
                        removals.move(target.inode);
                    }
                    long inode = source.inode;
                    int type = source.type;
                    core.directory.replace(tx, source, target.inode, target.type);
                    core.directory.replace(tx, target, inode, type);
                    core.touch(tx, fromDir, now);
                    core.touch(tx, toDir, now);
                    exchangeParents(tx, fromDir, source, toDir, target, core.touchChange(tx, a, now),
                            core.touchChange(tx, b, now));
                    tx.commit();
                    core.committed(a);
                    core.committed(b);
                } finally {
                    tx.abort();
                }
            } finally {
                core.vnodes.unlock(second);
            }
        } finally {
            core.vnodes.unlock(first);
        }
    }

    private void exchangeParents(
            Transaction tx, Vnode fromDir, Entry source, Vnode toDir, Entry target, long sourceBase, long targetBase) {
        if (fromDir == toDir) {
            return;
        }
        if (isDirectory(source)) {
            Inode.device(tx.segment(), sourceBase, toDir.inode);
        }
        if (isDirectory(target)) {
            Inode.device(tx.segment(), targetBase, fromDir.inode);
        }
        int moved = (isDirectory(source) ? 1 : 0) - (isDirectory(target) ? 1 : 0);
        if (moved != 0) {
            requireRoomForSubdirectory(moved > 0 ? toDir : fromDir);
            addSubdirectories(tx, fromDir, -moved);
            addSubdirectories(tx, toDir, moved);
        }
    }

    private void requireRoomForSubdirectory(Vnode directory) {
        if (Inode.linkCount(core.segment(), directory.at) >= Inode.MAX_LINKS) {
            throw new VolumeException(Errno.EMLINK);
        }
    }

    private static void addSubdirectories(Transaction tx, Vnode directory, int count) {
        long base = tx.stageInode(directory.inode);
        Inode.linkCount(tx.segment(), base, Inode.linkCount(tx.segment(), base) + count);
    }

    private static boolean isDirectory(Entry entry) {
        return entry.type == FileType.DIRECTORY.number();
    }

    private Vnode lockFirst(Entry a, Entry b) {
        return isFirst(a, b) ? lockChild(a) : lockChild(b);
    }

    private Vnode lockSecond(Entry a, Entry b) {
        return isFirst(a, b) ? lockChild(b) : lockChild(a);
    }

    /// A directory comes before a file, of which it may hold a link; two of a kind, neither below the other, by number.
    private static boolean isFirst(Entry a, Entry b) {
        return isDirectory(a) == isDirectory(b) ? a.inode < b.inode : isDirectory(a);
    }

    /// Locks what an entry leads to. An entry that leads nowhere, or to something else than it says, is damage.
    private Vnode lockChild(Entry entry) {
        Vnode v;
        try {
            v = core.vnodes.lock(entry.inode);
        } catch (VolumeException stale) {
            throw stale.errno() == Errno.ESTALE ? Core.dangling(entry) : stale;
        }
        if (core.mode(v) >>> 12 != entry.type) {
            core.vnodes.unlock(v);
            throw Core.dangling(entry);
        }
        return v;
    }

    private Vnode lockDirectory(long directory) {
        return lockDirectory(directory, Volume.PINNED);
    }

    private Vnode lockDirectory(long directory, long knownRemovals) {
        // Looking at the type first keeps a file from being locked above another.
        Vnode known = core.vnodes.require(directory);
        core.requireDirectory(known);
        Vnode d = core.vnodes.lock(known);
        try {
            core.requireDirectory(d);
            if (Inode.linkCount(core.segment(), d.at) == 0) {
                throw new VolumeException(Errno.ENOENT, "the directory was removed");
            }
            requireSame(directory, knownRemovals);
            return d;
        } catch (RuntimeException refused) {
            core.vnodes.unlock(d);
            throw refused;
        }
    }

    /// That a directory is still whom the walk found. Its lock is held, under which its removal would be noted.
    private void requireSame(long directory, long knownRemovals) {
        if (knownRemovals != Volume.PINNED && !removals.isSame(directory, knownRemovals)) {
            throw new VolumeException(Errno.ESTALE);
        }
    }

    /// Afterwards [#TO] says where the name would go.
    private void requireAbsent(Vnode directory, Name name) {
        if (core.directory.find(directory.inode, name, TO.get())) {
            throw new VolumeException(Errno.EEXIST);
        }
    }

    private void requirePresent(Vnode directory, Name name, Entry into) {
        if (!core.directory.find(directory.inode, name, into)) {
            throw new VolumeException(Errno.ENOENT);
        }
    }
}
