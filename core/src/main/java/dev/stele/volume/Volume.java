package dev.stele.volume;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Superblock;
import dev.stele.format.SuperblockPair;
import dev.stele.journal.Journal;
import dev.stele.journal.Transaction;
import dev.stele.mapping.MappedRange;
import dev.stele.mapping.TrackerChoice;
import dev.stele.mapping.Tracking;
import dev.stele.mapping.TrackingMode;
import dev.stele.medium.Medium;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.node.Directory;
import dev.stele.node.Entry;
import dev.stele.node.FileType;
import dev.stele.node.Listing;
import dev.stele.node.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/// An open volume: every POSIX operation by inode number, for the doors (`nio`, `fuse`, `cli`) to stand on.
///
/// Every method may be called from any thread. Each metadata operation is durable, all or nothing, when it returns, at
/// the cost of at most one drain (P1, P2); on media of granularity PAGE it is durable at the next [#sync()] or
/// checkpoint. Expected failures are `VolumeException` with the errno Linux would give; damage is
/// `CorruptionException`, after which the volume is read-only. Permissions are kept, not enforced.
public final class Volume implements AutoCloseable {

    public record Statistics(long blockCount, long freeBlocks, long usedInodes, int blockSizeBytes) {}

    public record FileExtent(long fileOffset, long mediumOffset, long byteCount, boolean unwritten) {}

    /// How durable a write is when it returns.
    public enum Durability { DEFERRED, DSYNC, SYNC, ATOMIC }

    public enum RenameMode { REPLACE, NOREPLACE, EXCHANGE }

    public enum XattrMode { SET, CREATE, REPLACE }

    public enum MapMode { READ_ONLY, READ_WRITE, PRIVATE }

    /// What is asked of a mapping besides.
    public enum MapOption {
        /// All metadata that is needed to find the range is durable before the segment is handed out, and stays so, so
        /// that the program may make its stores durable itself, by flush and drain. Refused with EOPNOTSUPP on media
        /// where that would be in vain ([Medium#isPersistable()]). Stores are tracked all the same: a sync by whomever
        /// makes them durable. Who wants nobody to write [Durability#ATOMIC] into the blocks that he stores to, which
        /// puts others in their place, seals the file ([#seal]).
        SYNC,
        /// The MMU is asked which pages were stored to, however small the range. After a sync the next store to a page
        /// is a page fault; the sync costs the pages stored to.
        TRACKED,
        /// Every page of the range counts as stored to, at every sync, however large it is. No store is a page fault
        /// after the first touch: for programs that make their stores durable themselves, or store to most pages
        /// between syncs.
        UNTRACKED,
        /// The pages are put in place before the segment is handed out, 0.4 to 0.9 µs for each, so that their first
        /// touch is no page fault; where stores are tracked, the first store is one fault and not two.
        POPULATED,
        /// The segment is a slice of the medium, in address space that all slices share: handed out without a system
        /// call, and without a page fault where a slice was used before. The file must be sealed, for a slice cannot
        /// follow blocks that move, and the range stand in one piece, or it is EOPNOTSUPP. The segment is not *mapped*:
        /// its own `force()` and `load()` are refused. Every page counts as stored to, at every sync.
        SLICE
    }

    public interface EntryVisitor {
        /// @param cookie pass to [#readDirectory] to continue behind this entry; stable while the entry lives
        /// @param type as `d_type`
        /// @return false to stop
        boolean entry(Name name, long inode, int type, long cookie);
    }

    /// Instead of a number of [#removals()]: the directory is pinned, or is the root.
    public static final long PINNED = -1;

    private static final ThreadLocal<Entry> ENTRY = ThreadLocal.withInitial(Entry::new);
    private static final int OPTIMISTIC_TRIES = 3;
    /// Pages of metadata that may wait for a checkpoint: 64 MiB.
    private static final long MAX_DIRTY_PAGES = 16 << 10;

    private final Core core;
    private final Reclaimer reclaimer;
    private final Removals removals = new Removals();
    private final Namespace namespace;
    private final FileReads reads;
    private final FileWrites writes;
    private final FileShape shape;
    private final Attributing attributing;
    private final Syncs syncs;
    private final Maps maps;
    private final CheckpointTimer timer;
    private volatile boolean closed;

    private Volume(Core core, OpenOptions options) {
        this.core = core;
        this.reclaimer = new Reclaimer(core, options.background());
        this.namespace = new Namespace(core, reclaimer, removals);
        this.reads = new FileReads(core);
        this.writes = new FileWrites(core);
        this.shape = new FileShape(core, reclaimer);
        this.attributing = new Attributing(core, shape);
        this.syncs = new Syncs(core);
        this.maps = new Maps(core);
        this.timer = options.background() && core.pages && !options.readOnly() ? new CheckpointTimer(this) : null;
    }

    /// Creates an empty volume over everything on the medium. The root directory belongs to uid and gid with mode 0755.
    ///
    /// @throws IllegalArgumentException where medium or journal have an impossible size
    public static void format(Medium medium, FormatOptions options) {
        new Formatter(medium, options).run();
    }

    /// Recovers and opens. The volume owns the medium from here on and closes it, also when opening fails.
    ///
    /// @throws CorruptionException where this is no whole volume
    /// @throws VolumeException EOPNOTSUPP for a format this program does not know, EROFS for one it may only read
    public static Volume open(Medium medium, OpenOptions options) {
        try {
            Superblock.Contents identity = new Identification(medium).read(options.readOnly());
            Journal journal = options.readOnly() ? Journal.openReadOnly(medium, identity.geometry())
                    : Journal.recover(medium, identity.geometry());
            Volume volume = new Volume(new Core(medium, identity, journal, options), options);
            volume.adoptOrphans();
            return volume;
        } catch (InternalError fault) {
            medium.close();
            throw Medium.lost(fault);
        } catch (Throwable failure) {
            medium.close();
            throw failure;
        }
    }

    private void adoptOrphans() {
        core.vnodes.require(core.identity.rootInode());
        if (!core.openedReadOnly) {
            try {
                SuperblockPair.store(core.medium, core.identity);
                core.orphans.forEach(reclaimer::adopt);
                reclaimer.run();
            } catch (VolumeException damaged) {
                core.turnReadOnly(damaged.getMessage());
            }
        }
    }

    public Medium medium() {
        return core.medium;
    }

    /// Whether it was opened so, or turned so because of damage ([#damage()]).
    public boolean isReadOnly() {
        return core.isReadOnly();
    }

    /// What damage turned the volume read-only; null while none was met.
    public String damage() {
        return core.damage();
    }

    public String label() {
        return core.identity.label();
    }

    public UUID uuid() {
        return core.identity.uuid();
    }

    /// Bytes ever logged since the volume was opened, padding included; 0 on media of granularity PAGE.
    public long loggedBytes() {
        return core.journal.loggedBytes();
    }

    /// Inode number of the root directory.
    public long root() {
        return core.identity.rootInode();
    }

    /// @return the inode number, or 0 where there is no such name
    /// @throws VolumeException ENOTDIR, ESTALE
    public long lookup(long directory, Name name) {
        Entry entry = ENTRY.get();
        return lookup(directory, name, entry) ? entry.inode : 0;
    }

    /// Counts the directories that lost their name, or nearly, because they were removed or moved. Who asks before he
    /// walks need not pin the directories that he finds: whether each is still itself [#isSame] tells afterwards, and
    /// an operation that is given the count as `removals` is refused with ESTALE where its directory is not.
    public long removals() {
        return removals.now();
    }

    /// Whether a directory's number is still that directory's.
    ///
    /// @param removals as of before the walk that found it
    /// @return false also, now and then, because of others
    public boolean isSame(long directory, long removals) {
        return this.removals.isSame(directory, removals);
    }

    /// Whether it is, and also has the name still that the walk found it by.
    ///
    /// @param removals as of before the walk that found it
    /// @return false also, now and then, because of others
    public boolean isInPlace(long directory, long removals) {
        return this.removals.isInPlace(directory, removals);
    }

    /// As [#lookup(long, Name)], and says of what type the inode is, as the directory has it.
    ///
    /// @return whether there is such a name; if so it is in `entry`
    public boolean lookup(long directory, Name name, Entry entry) {
        return lookup(directory, name, entry, null);
    }

    /// As the other, and reads the attributes of what has the name, in one step: between two, it could go, and its
    /// number come back as another's.
    ///
    /// @param into null where nothing is to be read
    public boolean lookup(long directory, Name name, Entry entry, Attributes into) {
        for (int i = 0; i < OPTIMISTIC_TRIES; i++) {
            Vnode d = core.vnodes.require(directory);
            long stamp = d.lock.tryOptimisticRead();
            if (stamp == 0 || d.dead || !d.loaded) {
                continue;
            }
            try {
                core.requireDirectory(d);
                boolean found = core.directory.find(directory, name, entry);
                if (found && into != null && d.lock.validate(stamp)) {
                    attributing.read(entry.inode, into);
                }
                if (d.lock.validate(stamp)) {
                    return found;
                }
            } catch (RuntimeException failure) {
                // Beside a writer anything may have been read; without one it is the truth.
                if (d.lock.validate(stamp)) {
                    throw core.failed(failure);
                }
            } catch (AssertionError failure) {
                if (d.lock.validate(stamp)) {
                    throw failure;
                }
            } catch (InternalError fault) {
                if (d.lock.validate(stamp)) {
                    throw Medium.lost(fault);
                }
            }
        }
        Vnode d = core.vnodes.lock(directory);
        try {
            core.requireDirectory(d);
            boolean found = core.directory.find(directory, name, entry);
            if (found && into != null) {
                core.requireChild(d, entry);
                attributing.read(entry.inode, into);
            }
            return found;
        } catch (RuntimeException failure) {
            throw core.failed(failure);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        } finally {
            core.vnodes.unlock(d);
        }
    }

    /// Looks a name up and pins what it leads to, in one step: between two, the file could go and its number come back.
    ///
    /// @return the inode number, or 0 where there is no such name
    public long lookupAndPin(long directory, Name name) {
        Vnode d = core.vnodes.lock(directory);
        try {
            core.requireDirectory(d);
            Entry entry = ENTRY.get();
            if (!core.directory.find(directory, name, entry)) {
                return 0;
            }
            core.requireChild(d, entry);
            pin(entry.inode);
            return entry.inode;
        } catch (RuntimeException failure) {
            throw core.failed(failure);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        } finally {
            core.vnodes.unlock(d);
        }
    }

    /// The directory that holds `directory`; the root's parent is the root.
    public long parent(long directory) {
        Vnode d = core.vnodes.require(directory);
        core.requireDirectory(d);
        return Inode.device(core.segment(), d.at);
    }

    /// As all that make something, it gives it the directory's group in place of `gid` where the directory is
    /// set-group-id; a directory that is made there is so, too.
    ///
    /// @param mode permission bits; the type is regular. EEXIST where the name is taken.
    public long create(long directory, Name name, int mode, int uid, int gid) {
        return change(() -> namespace.create(
                directory, PINNED, name, FileType.REGULAR.modeBits() | mode & 07777, 0, uid, gid, 0));
    }

    /// As the other, and pins the new file in the same step.
    ///
    /// @param removals see [#removals()]; [#PINNED] for a directory that is pinned
    public long createAndPin(long directory, long removals, Name name, int mode, int uid, int gid) {
        return change(() -> namespace.create(
                directory, removals, name, FileType.REGULAR.modeBits() | mode & 07777, 0, uid, gid, 1));
    }

    public long mkdir(long directory, Name name, int mode, int uid, int gid) {
        return mkdir(directory, PINNED, name, mode, uid, gid);
    }

    /// @param removals see [#removals()]; [#PINNED] for a directory that is pinned
    public long mkdir(long directory, long removals, Name name, int mode, int uid, int gid) {
        return change(() -> namespace.create(
                directory, removals, name, FileType.DIRECTORY.modeBits() | mode & 07777, 0, uid, gid, 0));
    }

    /// @param mode type bits FIFO, SOCKET, CHARACTER_DEVICE or BLOCK_DEVICE (or none, for a regular file), and
    ///     permission bits
    public long mknod(long directory, Name name, int mode, long device, int uid, int gid) {
        int whole = mode >>> 12 == 0 ? mode | FileType.REGULAR.modeBits() : mode;
        FileType type = whole >>> 16 == 0 ? FileType.ofMode(whole) : null;
        if (type == null || type == FileType.DIRECTORY || type == FileType.SYMLINK) {
            throw new VolumeException(Errno.EINVAL, "mknod makes no file of this type");
        }
        return change(() -> namespace.create(directory, PINNED, name, whole, device, uid, gid, 0));
    }

    /// @param target 1 to 4095 bytes, stored as they are
    public long symlink(long directory, Name name, byte[] target, int uid, int gid) {
        return change(() -> namespace.symlink(directory, name, target, uid, gid));
    }

    /// @throws VolumeException EINVAL where this is no symbolic link
    public byte[] readlink(long inode) {
        if (core.type(core.vnodes.require(inode)) != FileType.SYMLINK) {
            throw new VolumeException(Errno.EINVAL);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(Geometry.BLOCK_BYTES);
            return target.asSlice(0, read(inode, 0, target, 0, Geometry.BLOCK_BYTES)).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    public void link(long inode, long directory, Name name) {
        run(() -> namespace.link(inode, directory, name));
    }

    public void unlink(long directory, Name name) {
        unlink(directory, PINNED, name);
    }

    /// @param removals see [#removals()]; [#PINNED] for a directory that is pinned
    public void unlink(long directory, long removals, Name name) {
        run(() -> namespace.remove(directory, removals, name, false));
        reclaimer.run();
    }

    public void rmdir(long directory, Name name) {
        rmdir(directory, PINNED, name);
    }

    /// @param removals see [#removals()]; [#PINNED] for a directory that is pinned
    public void rmdir(long directory, long removals, Name name) {
        run(() -> namespace.remove(directory, removals, name, true));
        reclaimer.run();
    }

    public void rename(long fromDirectory, Name from, long toDirectory, Name to, RenameMode mode) {
        rename(fromDirectory, PINNED, from, toDirectory, PINNED, to, mode);
    }

    /// @param fromRemovals see [#removals()]; [#PINNED] for a directory that is pinned
    /// @param toRemovals likewise
    public void rename(long fromDirectory, long fromRemovals, Name from, long toDirectory, long toRemovals, Name to,
            RenameMode mode) {
        run(() -> namespace.rename(fromDirectory, fromRemovals, from, toDirectory, toRemovals, to, mode));
        reclaimer.run();
    }

    /// Calls the visitor for every entry behind `cookie` (0: from the start), without `.` and `..`. Entries that exist
    /// for the whole walk are seen exactly once, whatever else is created or removed meanwhile. No lock is held during
    /// a call.
    public void readDirectory(long directory, long cookie, EntryVisitor visitor) {
        Listing listing = new Listing();
        long from = cookie;
        do {
            list(directory, from, listing);
            for (int i = 0; i < listing.count(); i++) {
                if (!visitor.entry(listing.name(i), listing.inode(i), listing.type(i), listing.cookie(i))) {
                    return;
                }
            }
            from = listing.nextCookie();
        } while (listing.more());
    }

    /// Some of the entries behind `cookie` (0: from the start), as [#readDirectory] has them; where there may be more,
    /// go on from [Listing#nextCookie]. Where it fails nothing is listed.
    public void list(long directory, long cookie, Listing into) {
        into.clear();
        while (true) {
            Vnode d = core.vnodes.require(directory);
            long stamp = d.lock.readLock();
            try {
                if (!d.dead && d.loaded) {
                    core.requireDirectory(d);
                    core.directory.list(directory, cookie, into);
                    return;
                }
            } catch (RuntimeException failure) {
                throw core.failed(failure);
            } catch (InternalError fault) {
                throw Medium.lost(fault);
            } finally {
                d.lock.unlockRead(stamp);
            }
        }
    }

    public void attributes(long inode, Attributes into) {
        try {
            attributing.read(inode, into);
        } catch (CorruptionException damage) {
            throw core.failed(damage);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// All of the change or nothing; a size change truncates or extends.
    public void setAttributes(long inode, AttributeChange change) {
        run(() -> attributing.set(inode, change));
    }

    /// @return the value, or null where there is none
    public byte[] getXattr(long inode, Name name) {
        try {
            return attributing.getXattr(inode, name);
        } catch (CorruptionException damage) {
            throw core.failed(damage);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// @param value up to 64 KiB
    public void setXattr(long inode, Name name, byte[] value, XattrMode mode) {
        run(() -> attributing.setXattr(inode, name, value, mode));
    }

    /// @throws VolumeException ENODATA where there is none
    public void removeXattr(long inode, Name name) {
        run(() -> attributing.removeXattr(inode, name));
    }

    public List<Name> listXattrs(long inode) {
        try {
            return attributing.listXattrs(inode);
        } catch (CorruptionException damage) {
            throw core.failed(damage);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// Keeps the inode and its bytes although its last name may go. Every pin needs one [#unpin]. ESTALE if it is gone.
    public void pin(long inode) {
        try {
            Vnode v = core.vnodes.lock(inode);
            v.pins++;
            core.vnodes.unlock(v);
        } catch (CorruptionException damage) {
            throw core.failed(damage);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// The last one gives back what was set aside for the file, and the file itself where no name leads to it.
    public void unpin(long inode) {
        if (closed) {
            return;
        }
        int token = core.gate.enterUnlessClosed();
        if (token < 0) {
            return;
        }
        try {
            Vnode v = core.vnodes.lock(inode);
            try {
                assert v.pins > 0 : "unpin without pin";
                if (--v.pins == 0 && !core.isReadOnly()) {
                    lastUnpin(v);
                }
            } finally {
                core.vnodes.unlock(v);
            }
        } finally {
            core.gate.leave(token);
        }
    }

    private void lastUnpin(Vnode v) {
        if (Inode.linkCount(core.segment(), v.at) == 0) {
            reclaimer.destroy(v);
            return;
        }
        core.noteMappedStores(v);
        if (v.lazyModifyNanos != 0) {
            core.commitTimes(v);
        }
        if (v.file != null) {
            v.file.close();
        }
    }

    /// @return bytes read, 0 at end of file
    public long read(long inode, long offset, MemorySegment into, long intoAt, long byteCount) {
        try {
            return reads.read(inode, offset, into, intoAt, byteCount);
        } catch (CorruptionException damage) {
            throw core.failed(damage);
        } catch (InternalError fault) {
            return readCarefully(inode, offset, into, intoAt, byteCount);
        }
    }

    private long readCarefully(long inode, long offset, MemorySegment into, long intoAt, long byteCount) {
        try {
            return reads.readCarefully(inode, offset, into, intoAt, byteCount);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// Writes and grows the file where it ends later. A volume that fills up midway takes what fits.
    ///
    /// @return bytes written: all, or fewer where there was no space for the rest
    /// @throws VolumeException ENOSPC where there was none for the first
    public long write(long inode, long offset, MemorySegment from, long fromAt, long byteCount, Durability durability) {
        return write(inode, offset, from, fromAt, byteCount, durability, null);
    }

    /// As the other, through a handle: it is told of a failed sync, its own or an earlier one, where the write includes
    /// one.
    public long write(long inode, long offset, MemorySegment from, long fromAt, long byteCount, Durability durability,
            SyncErrors told) {
        core.requireWritable();
        for (boolean retried = false; ; retried = true) {
            long written;
            int token = core.gate.enter();
            try {
                written = writes.write(inode, offset, from, fromAt, byteCount, durability);
            } catch (RuntimeException refused) {
                core.gate.leave(token);
                token = -1;
                if (retried || !madeSpace(refused)) {
                    throw core.failed(refused);
                }
                continue;
            } catch (InternalError fault) {
                throw Medium.lost(fault);
            } finally {
                if (token >= 0) {
                    core.gate.leave(token);
                }
            }
            finishWrite(inode, durability, told);
            return written;
        }
    }

    /// Writes at the end, atomically against other appends.
    ///
    /// @return the offset at which the bytes stand
    /// @throws VolumeException ENOSPC; a part may have been appended then
    public long append(long inode, MemorySegment from, long fromAt, long byteCount, Durability durability) {
        return append(inode, from, fromAt, byteCount, durability, null);
    }

    /// As the other, through a handle.
    public long append(long inode, MemorySegment from, long fromAt, long byteCount, Durability durability,
            SyncErrors told) {
        long at;
        try {
            at = change(() -> writes.append(inode, from, fromAt, byteCount, durability));
        } catch (PartAppended part) {
            at = appendRest(inode, part, from, fromAt, byteCount, durability);
        }
        finishWrite(inode, durability, told);
        return at;
    }

    private long appendRest(
            long inode, PartAppended part, MemorySegment from, long fromAt, long byteCount, Durability durability) {
        madeSpace(part);
        return change(() -> writes.appendRest(inode, part, from, fromAt, byteCount, durability));
    }

    /// On media of granularity PAGE only a checkpoint makes a write durable.
    private void finishWrite(long inode, Durability durability, SyncErrors told) {
        if (core.pages) {
            if (durability != Durability.DEFERRED) {
                syncs.file(inode, durability == Durability.DSYNC, told == null ? errorsOf(inode) : told);
            } else {
                checkpointIfLarge();
            }
        }
    }

    public void truncate(long inode, long sizeBytes) {
        setAttributes(inode, new AttributeChange().sizeBytes(sizeBytes));
    }

    /// Owns blocks for the whole range; what was a hole reads as zeros. Grows the file unless `keepSize`.
    public void allocate(long inode, long offset, long byteCount, boolean keepSize) {
        shaped(inode, v -> shape.allocate(v, offset, byteCount, keepSize));
    }

    /// Gives the whole blocks of the range back; all of the range reads as zeros.
    public void punchHole(long inode, long offset, long byteCount) {
        shaped(inode, v -> shape.punchHole(v, offset, byteCount));
    }

    /// The range reads as zeros and is owned.
    public void zeroRange(long inode, long offset, long byteCount, boolean keepSize) {
        shaped(inode, v -> shape.zeroRange(v, offset, byteCount, keepSize));
    }

    /// Removes the range and moves what follows down. Offset and length are multiples of 4096.
    public void collapseRange(long inode, long offset, long byteCount) {
        shaped(inode, v -> shape.collapseRange(v, offset, byteCount));
    }

    /// Moves what follows up and leaves a hole. Offset and length are multiples of 4096.
    public void insertRange(long inode, long offset, long byteCount) {
        shaped(inode, v -> shape.insertRange(v, offset, byteCount));
    }

    private interface Shaping {
        void shape(Vnode v);
    }

    private void shaped(long inode, Shaping shaping) {
        run(() -> {
            Vnode v = core.vnodes.lock(inode);
            try {
                shaping.shape(v);
            } finally {
                core.vnodes.unlock(v);
            }
        });
    }

    /// @return offset of the first data byte at or behind `offset`, -1 where there is none
    public long seekData(long inode, long offset) {
        return seek(inode, offset, true);
    }

    /// @return offset of the first hole at or behind `offset` (the end of file is one); -1 at and behind the end
    public long seekHole(long inode, long offset) {
        return seek(inode, offset, false);
    }

    private long seek(long inode, long offset, boolean data) {
        Vnode v = core.vnodes.lock(inode);
        try {
            core.requireRegular(v);
            long size = Inode.size(core.segment(), v.at);
            if (offset < 0 || offset >= size) {
                return -1;
            }
            if (Inode.isInline(core.segment(), v.at)) {
                return data ? offset : size;
            }
            long block = Geometry.blockOf(offset);
            Extent scratch = IoScratch.get().extent;
            long next = data
                    ? core.extents.nextData(inode, block, scratch) : core.extents.nextHole(inode, block, scratch);
            if (next < 0 || next >= Geometry.blocksFor(size)) {
                return data ? -1 : size;
            }
            return Math.max(offset, Geometry.at(next));
        } finally {
            core.vnodes.unlock(v);
        }
    }

    /// What the file owns in the range, in order; none for a file whose bytes stand in its inode.
    public List<FileExtent> extents(long inode, long offset, long byteCount) {
        if (offset < 0 || byteCount < 0) {
            throw new VolumeException(Errno.EINVAL);
        }
        List<FileExtent> extents = new ArrayList<>();
        Vnode v = core.vnodes.lock(inode);
        try {
            core.requireRegular(v);
            long end = byteCount > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + byteCount;
            core.extents.list(inode, Geometry.blockOf(offset), Geometry.blocksFor(end), IoScratch.get().extent,
                    (fileBlock, start, count, unwritten) -> extents.add(new FileExtent(
                            Geometry.at(fileBlock), Geometry.at(start), Geometry.at(count), unwritten)));
        } finally {
            core.vnodes.unlock(v);
        }
        return extents;
    }

    /// Copies bytes of one file to another, or to another place of the same (the ranges apart); holes stay holes where
    /// the target has one.
    ///
    /// @return bytes copied, less than asked only at the end of the source or where the volume filled up
    public long copyRange(long source, long sourceOffset, long target, long targetOffset, long byteCount) {
        return new RangeCopy(this).copy(source, sourceOffset, target, targetOffset, byteCount);
    }

    /// What a handle of the file, opened now, is to be told of failed syncs. The caller keeps the inode pinned as long
    /// as he uses it.
    public SyncErrors errorsOf(long inode) {
        return syncs.errorsOf(inode);
    }

    /// What a handle of the volume, opened now, is to be told of failed syncs.
    public SyncErrors errors() {
        return syncs.errors();
    }

    /// fsync, or fdatasync with `dataOnly`, through no handle.
    public SyncResult sync(long inode, boolean dataOnly) {
        return sync(inode, dataOnly, errorsOf(inode));
    }

    /// fsync, or fdatasync with `dataOnly`.
    ///
    /// @param told of the handle through which it is called
    /// @throws VolumeException EIO where the medium failed: also when another handle, or the volume, was synced
    ///     meanwhile, and it failed then
    public SyncResult sync(long inode, boolean dataOnly, SyncErrors told) {
        return recorded(() -> syncs.file(inode, dataOnly, told));
    }

    /// msync, through no handle.
    public SyncResult syncRange(long inode, long offset, long byteCount) {
        return syncRange(inode, offset, byteCount, errorsOf(inode));
    }

    /// msync: makes durable what was stored to a range of the file.
    ///
    /// @param told of the handle through which it is called
    public SyncResult syncRange(long inode, long offset, long byteCount, SyncErrors told) {
        return recorded(() -> syncs.range(inode, offset, byteCount, true, told));
    }

    /// Makes durable every store of every file, and all metadata; through no handle.
    public SyncResult sync() {
        return sync(errors());
    }

    /// Makes durable every store of every file, and all metadata.
    ///
    /// @param told of the handle of the volume through which it is called
    public SyncResult sync(SyncErrors told) {
        return recorded(() -> syncs.volume(told));
    }

    private SyncResult recorded(Supplier<SyncResult> sync) {
        SyncEvent event = SyncEvent.begun();
        SyncResult result = null;
        try {
            result = guarded(sync);
            return result;
        } finally {
            if (event != null) {
                event.ended(uuid(), result);
            }
        }
    }

    private <T> T guarded(Supplier<T> action) {
        try {
            return action.get();
        } catch (RuntimeException failure) {
            throw core.failed(failure);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    void checkpointIfLarge() {
        if (core.medium.dirtyPageCount() > MAX_DIRTY_PAGES) {
            syncs.checkpoint();
        }
    }

    void checkpointIfDirty() {
        if (core.medium.dirtyPageCount() > 0) {
            syncs.checkpoint();
        }
    }

    /// Refuses what [#map] would refuse of any file: before the file is extended for it.
    ///
    /// @throws VolumeException EOPNOTSUPP, EINVAL
    public void requireMappable(MapMode mode, MapOption... options) {
        maps.requireSupported(mode, options);
    }

    /// How stores through mappings are noticed that are large and do not ask for anything else.
    public Tracking tracking() {
        return new TrackerChoice(core.medium, core.mmu).ofLargeMappings(core.tracking);
    }

    /// A segment of the file's own bytes, living as long as the arena, and truly mapped (`isMapped()`) unless it is a
    /// slice. READ_WRITE allocates (zeroed) first. The file need not be as long as the range.
    ///
    /// @throws VolumeException ENOSPC; ETXTBSY where a sealed file has no block for part of it; EOPNOTSUPP for an
    ///     option this medium cannot honour; EINVAL for options that contradict each other or the mode
    public MemorySegment map(
            long inode, long offset, long byteCount, MapMode mode, Arena arena, MapOption... options) {
        return map(inode, offset, byteCount, mode, null, arena, options).segment();
    }

    /// See [#map(long, long, long, MapMode, Arena, MapOption...)].
    ///
    /// @param tracking how stores are to be noticed; null for what the options or else the volume say
    public MappedRange map(long inode, long offset, long byteCount, MapMode mode, TrackingMode tracking, Arena arena,
            MapOption... options) {
        maps.requireSupported(mode, options);
        MappingEvent event = MappingEvent.begun();
        TrackingMode how = tracking == null ? maps.tracking(options) : tracking;
        MappedRange range = Maps.isAmong(options, MapOption.SLICE) ? slice(inode, offset, byteCount, mode, arena)
                : mapRange(inode, offset, byteCount, mode, how, Maps.isAmong(options, MapOption.POPULATED), arena);
        if (event != null) {
            event.ended(uuid(), inode, offset, mode, List.of(options).contains(MapOption.SYNC), range);
        }
        return range;
    }

    private MappedRange slice(long inode, long offset, long byteCount, MapMode mode, Arena arena) {
        int token = core.gate.enter();
        try {
            return maps.slice(inode, offset, byteCount, mode, arena, () -> unpin(inode));
        } catch (VolumeException refused) {
            throw core.failed(refused);
        } finally {
            core.gate.leave(token);
        }
    }

    private MappedRange mapRange(long inode, long offset, long byteCount, MapMode mode, TrackingMode tracking,
            boolean populates, Arena arena) {
        for (boolean retried = false; ; retried = true) {
            int token = core.gate.enter();
            try {
                return maps.map(inode, offset, byteCount, mode, tracking, populates, arena, () -> unpin(inode));
            } catch (VolumeException refused) {
                core.gate.leave(token);
                token = -1;
                if (retried || !madeSpace(refused)) {
                    throw core.failed(refused);
                }
            } finally {
                if (token >= 0) {
                    core.gate.leave(token);
                }
            }
        }
    }

    /// Forbids (or allows again) any change of where the file's bytes stand, until it is allowed again and whoever
    /// opens the volume: truncating, extending, allocating, punching, collapsing, inserting, zeroing, and writes that
    /// put other blocks in the place of its own (ATOMIC) are ETXTBSY. Stores and writes in place go on; names may come
    /// and go.
    ///
    /// Sealing gives every byte below the end of the file a block of zeros where it has none, and makes all metadata
    /// needed to find them durable, also on media of granularity PAGE. It may happen under a mapping, which shows the
    /// new blocks; unsealing may not.
    ///
    /// @throws VolumeException ENOSPC, with the file as it was; EBUSY for unsealing what is mapped
    public void seal(long inode, boolean sealed) {
        run(() -> attributing.seal(inode, sealed));
        if (core.pages) {
            sync(inode, true);
        }
    }

    public Statistics statistics() {
        Geometry geometry = core.geometry();
        return new Statistics(
                geometry.blockCount(), core.space.freeBlocks(), core.space.usedInodes(), Geometry.BLOCK_BYTES);
    }

    /// Extends medium and volume; multiples of 4096.
    ///
    /// @throws VolumeException EINVAL where it is not larger, EOPNOTSUPP where the medium cannot grow, ENOSPC
    public void grow(long newSizeBytes) {
        core.requireWritable();
        guarded(() -> {
            new Growth(core).run(newSizeBytes);
            return null;
        });
        syncs.checkpoint();
    }

    private interface Change {
        long run();
    }

    private interface Action {
        void run();
    }

    private void run(Action action) {
        change(() -> {
            action.run();
            return 0;
        });
    }

    /// Runs an operation that changes the volume inside the gate; where there is no space, once more after a checkpoint
    /// has made freed blocks usable.
    private long change(Change change) {
        core.requireWritable();
        for (boolean retried = false; ; retried = true) {
            int token = core.gate.enter();
            try {
                return change.run();
            } catch (RuntimeException failure) {
                core.gate.leave(token);
                token = -1;
                if (retried || failure instanceof PartAppended || !madeSpace(failure)) {
                    throw core.failed(failure);
                }
            } catch (InternalError fault) {
                throw Medium.lost(fault);
            } finally {
                if (token >= 0) {
                    core.gate.leave(token);
                }
                if (core.pages) {
                    checkpointIfLarge();
                }
            }
        }
    }

    private boolean madeSpace(RuntimeException failure) {
        if (!(failure instanceof VolumeException refused) || refused.errno() != Errno.ENOSPC) {
            return false;
        }
        reclaimer.drain();
        sweepInodes();
        if (core.pages && core.space.waitingBlocks() > 0) {
            syncs.checkpoint();
        }
        return true;
    }

    /// Frees what inodes stood in and do not any more.
    private void sweepInodes() {
        int token = core.gate.enter();
        Transaction tx = core.journal.begin();
        try {
            if (core.space.sweep(tx) > 0) {
                tx.commit();
            }
        } finally {
            tx.abort();
            core.gate.leave(token);
        }
    }

    /// Makes everything durable, empties the journal, closes the medium. Later calls fail with `IllegalStateException`.
    /// Mappings that are still open are no longer the file's: they read as zeros, and what is stored to them is lost.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (timer != null) {
            timer.stop();
        }
        boolean isSynced = false;
        try {
            if (!core.isReadOnly()) {
                reclaimer.drain();
                SyncErrors nobody = errors();
                nobody.told();
                syncs.volume(nobody);
            } else {
                syncs.dataOfDamaged();
            }
            isSynced = true;
        } finally {
            syncs.stop();
            closeStopped(isSynced);
        }
    }

    private void closeStopped(boolean isSynced) {
        try {
            if (isSynced && !core.isReadOnly()) {
                core.journal.close();
            }
        } finally {
            closed = true;
            try {
                // A store through a mapping that outlives the volume would reach blocks that may be another file's by
                // then.
                core.vnodes.forEach(Volume::revokeMappings);
                core.medium.close();
            } finally {
                // Whoever waits there finds the volume closed; the arena of a mapping must not wait for ever.
                core.gate.close();
            }
        }
    }

    private static void revokeMappings(Vnode v) {
        FileState file = v.file;
        if (file != null) {
            file.mappings.revoke();
        }
    }
}
