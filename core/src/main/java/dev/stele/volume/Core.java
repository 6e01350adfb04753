package dev.stele.volume;

import dev.stele.cpu.Granularity;
import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.extent.Extent;
import dev.stele.extent.Extents;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Superblock;
import dev.stele.journal.Journal;
import dev.stele.journal.Transaction;
import dev.stele.mapping.BlockMap;
import dev.stele.mapping.Mmu;
import dev.stele.mapping.SliceSpace;
import dev.stele.mapping.TrackingMode;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import dev.stele.node.Directory;
import dev.stele.node.Entry;
import dev.stele.node.FileType;
import dev.stele.node.Inodes;
import dev.stele.node.Xattrs;
import dev.stele.space.Orphans;
import dev.stele.space.Space;
import dev.stele.tree.Tree;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/// The parts of an open volume, put together once, and the few steps that every operation shares.
final class Core {
    final Medium medium;
    final View metadata;
    final View data;
    /// Whether only a checkpoint makes things durable.
    final boolean pages;
    /// Whether cache lines must be flushed to make things durable.
    final boolean lines;
    final Superblock.Contents identity;
    final Journal journal;
    final Space space;
    final Tree tree;
    final Extents extents;
    final Directory directory;
    final Xattrs xattrs;
    final Inodes inodes;
    final Orphans orphans;
    final Vnodes vnodes;
    final Gate gate = new Gate();
    final Mmu mmu;
    final SliceSpace slices;
    final TrackingMode tracking;
    final SyncEngine engine;
    final LongSupplier clock;
    final boolean openedReadOnly;
    private volatile Geometry geometry;
    /// Why the volume turned read-only after it was opened; null while it is whole.
    private volatile String damage;

    Core(Medium medium, Superblock.Contents identity, Journal journal, OpenOptions options) {
        this.medium = medium;
        this.metadata = medium.metadata();
        this.data = medium.data();
        this.pages = medium.granularity() == Granularity.PAGE;
        this.lines = medium.granularity() == Granularity.CACHE_LINE;
        this.identity = identity;
        this.geometry = identity.geometry();
        this.journal = journal;
        this.space = new Space(medium, geometry);
        this.tree = new Tree(medium, space);
        this.extents = new Extents(space, tree);
        this.directory = new Directory(medium, geometry, space, tree, identity.hashKey0(), identity.hashKey1());
        this.xattrs = new Xattrs(medium, geometry, space);
        this.inodes = new Inodes(medium);
        this.orphans = Orphans.open(medium, space);
        this.vnodes = new Vnodes(metadata, geometry, space, journal);
        this.mmu = options.mmu() == null ? Mmu.ofKernel(medium) : options.mmu();
        this.slices = new SliceSpace(medium, mmu);
        this.tracking = options.tracking();
        this.engine = SyncEngine.of(options.strategy(), this);
        this.clock = options.clock();
        this.openedReadOnly = options.readOnly();
    }

    Geometry geometry() {
        return geometry;
    }

    void grow(Geometry larger) {
        geometry = larger;
        space.grow(larger);
        directory.grow(larger);
        xattrs.grow(larger);
        vnodes.grow(larger);
    }

    MemorySegment segment() {
        return metadata.segment();
    }

    long now() {
        return clock.getAsLong();
    }

    boolean isReadOnly() {
        return openedReadOnly || damage() != null;
    }

    /// What damage turned the volume read-only; null while it is whole. A record that the medium left half carried out
    /// is damage, too, until the next open: no other may follow it.
    String damage() {
        if (damage == null && journal.failure() != null) {
            turnReadOnly("the medium failed in the middle of a change (" + journal.failure().getMessage()
                    + "); open the volume again to have it made whole");
        }
        return damage;
    }

    void requireWritable() {
        if (isReadOnly()) {
            throw new VolumeException(Errno.EROFS,
                    damage() == null ? Errno.EROFS.meaning() : "read-only since damage was found: " + damage);
        }
    }

    /// From here on nothing is written: what is whole stays as it is.
    void turnReadOnly(String reason) {
        if (damage == null) {
            damage = reason;
            System.getLogger("dev.stele").log(System.Logger.Level.WARNING,
                    "volume {0} is read-only from now on: {1}", identity.uuid(), reason);
        }
    }

    /// Remembers damage and hands the failure back for throwing.
    RuntimeException failed(RuntimeException failure) {
        if (failure instanceof CorruptionException) {
            turnReadOnly(failure.getMessage());
        }
        return failure;
    }

    int mode(Vnode v) {
        return Inode.mode(segment(), v.at);
    }

    /// @throws VolumeException as [Inodes#type]
    FileType type(Vnode v) {
        return Inodes.type(mode(v), v.at);
    }

    boolean isDirectory(Vnode v) {
        return mode(v) >>> 12 == FileType.DIRECTORY.number();
    }

    /// @throws VolumeException ENOTDIR
    void requireDirectory(Vnode v) {
        if (!isDirectory(v)) {
            throw new VolumeException(Errno.ENOTDIR);
        }
    }

    /// @throws VolumeException EISDIR or EINVAL where this is no file of bytes
    void requireRegular(Vnode v) {
        FileType type = type(v);
        if (type != FileType.REGULAR) {
            throw new VolumeException(type == FileType.DIRECTORY ? Errno.EISDIR : Errno.EINVAL);
        }
    }

    /// Before an entry's inode is locked below the directory that is locked already. One that leads up, or back to its
    /// directory, would be waited for for ever; what stays the same while the directory is locked tells: an inode that
    /// is named keeps its type, and a directory that is named its parent.
    ///
    /// @throws CorruptionException where the entry leads to nothing that may be named here
    void requireChild(Vnode directory, Entry entry) {
        long at;
        try {
            at = vnodes.get(entry.inode).at;
        } catch (VolumeException impossible) {
            throw dangling(entry);
        }
        if (Inode.mode(segment(), at) >>> 12 != entry.type || entry.inode == directory.inode) {
            throw dangling(entry);
        }
        if (entry.type == FileType.DIRECTORY.number() && Inode.device(segment(), at) != directory.inode) {
            throw new CorruptionException("inode.device", at, directory.inode, Inode.device(segment(), at));
        }
    }

    static CorruptionException dangling(Entry entry) {
        return new CorruptionException("directory.entry.inode", Inode.at(entry.inode),
                "an inode of type " + entry.type, "none");
    }

    boolean isSealed(Vnode v) {
        return (Inode.flags(segment(), v.at) & Inode.SEALED) != 0;
    }

    /// @throws VolumeException ETXTBSY where the file's extents must not change
    void requireUnsealed(Vnode v) {
        if (isSealed(v)) {
            throw new VolumeException(Errno.ETXTBSY, "the file is sealed");
        }
    }

    /// Stages the inode with the time of its last write in it.
    long stage(Transaction tx, Vnode v) {
        long base = tx.stageInode(v.inode);
        if (v.lazyModifyNanos != 0) {
            Inode.modifyTime(tx.segment(), base, v.lazyModifyNanos);
            Inode.changeTime(tx.segment(), base, v.lazyModifyNanos);
        }
        return base;
    }

    /// Stages the inode as modified now, content and attributes.
    long touch(Transaction tx, Vnode v, long now) {
        long base = tx.stageInode(v.inode);
        Inode.modifyTime(tx.segment(), base, now);
        Inode.changeTime(tx.segment(), base, now);
        return base;
    }

    /// Stages the inode with only its attributes changed now.
    long touchChange(Transaction tx, Vnode v, long now) {
        long base = stage(tx, v);
        Inode.changeTime(tx.segment(), base, now);
        return base;
    }

    /// Commits a transaction in which every vnode given was staged by one of the above.
    void commit(Transaction tx, Vnode v) {
        tx.commit();
        committed(v);
        if (v.vouching) {
            v.vouching = false;
            v.unattested = tx.position();
        }
    }

    /// The record is durable in which the vnode was staged with the time of its last write.
    void committed(Vnode v) {
        // A volatile store waits until all before it are in the cache, and is hardly ever needed.
        if (v.lazyModifyNanos != 0) {
            v.lazyModifyNanos = 0;
        }
    }

    /// What a file that is written or mapped needs in memory. Caller holds the lock.
    FileState file(Vnode v) {
        if (v.file == null) {
            v.file = new FileState(this, v.inode);
        }
        return v.file;
    }

    /// Bytes of the file were stored in place and are in the cache until a sync flushes them. Caller holds the lock.
    ///
    /// @param at where they stand on the medium
    void stored(Vnode v, long offset, long at, long byteCount) {
        if (lines) {
            engine.stored(v, offset, at, byteCount);
        }
    }

    /// Blocks of the file, with what was stored to them, stand at another place of it now. Caller holds the lock.
    void moved(Vnode v, long fileBlock, long mediumBlock, long count) {
        if (lines) {
            engine.moved(v, fileBlock, mediumBlock, count);
        }
    }

    /// The file's blocks as its mappings want to see them.
    BlockMap blockMap(Vnode v) {
        return (firstBlock, blockCount, visitor) -> {
            Extent extent = new Extent();
            for (long block = firstBlock; block < firstBlock + blockCount; ) {
                extents.find(v.inode, block, extent);
                long count = Math.min(extent.count(), firstBlock + blockCount - block);
                if (!extent.isHole() && !extent.isUnwritten()) {
                    visitor.run(block, extent.start(), count);
                }
                block += count;
            }
        };
    }

    /// Has the file's times follow what was stored through mappings, as far as that is known. Caller holds the lock.
    void noteMappedStores(Vnode v) {
        FileState file = v.file;
        if (file != null && file.mappings.takeStored()) {
            v.lazyModifyNanos = now();
        }
    }

    /// Before bytes of the file are overwritten without a record that recovery would still compare with a checksum.
    /// Caller holds the lock and has no transaction.
    void requireAttested(Vnode v) {
        if (v.unattested >= 0) {
            if (!journal.isAttested(v.unattested)) {
                journal.attestDurable();
            }
            v.unattested = -1;
        }
    }

    /// Puts the time of the last write on the medium, and drains what this thread stored. Caller holds the lock.
    void commitTimes(Vnode v) {
        Transaction tx = journal.begin();
        try {
            stage(tx, v);
            commit(tx, v);
        } finally {
            tx.abort();
        }
    }
}
