package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.UnreadableException;
import dev.stele.error.VolumeException;
import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.journal.Transaction;
import java.lang.foreign.MemorySegment;

/// Writing bytes of files. What a file owns already is overwritten in place, without a record; what it does not own yet
/// is written to new blocks, and one record publishes them together with the size. Callers are inside the gate.
///
/// New bytes are named in that record with a checksum, so that one drain makes both durable. Beyond
/// [#MAX_VERIFIED_BYTES] the checksum would cost more than a drain; then the bytes are drained first.
final class FileWrites {
    /// Taking the checksum of more bytes than this costs more than the drain it saves.
    static final long MAX_VERIFIED_BYTES = 16 << 10;
    /// A deferred write of more than this goes past the cache, which it would sweep.
    static final long MAX_CACHED_BYTES = 64 << 10;
    /// Largest size of a file.
    static final long MAX_SIZE_BYTES = Long.MAX_VALUE;

    private final Core core;
    private final Ownership ownership;

    FileWrites(Core core) {
        this.core = core;
        this.ownership = new Ownership(core);
    }

    long write(
            long inode, long offset, MemorySegment from, long fromAt, long byteCount, Volume.Durability durability) {
        if (offset < 0 || byteCount < 0) {
            throw new VolumeException(Errno.EINVAL);
        }
        Vnode v = core.vnodes.lock(inode);
        try {
            core.requireRegular(v);
            return writeLocked(v, offset, from, fromAt, byteCount, durability);
        } finally {
            core.vnodes.unlock(v);
        }
    }

    /// @return where the bytes stand
    /// @throws PartAppended where there was room for a part
    long append(long inode, MemorySegment from, long fromAt, long byteCount, Volume.Durability durability) {
        Vnode v = core.vnodes.lock(inode);
        try {
            core.requireRegular(v);
            long offset = Inode.size(core.segment(), v.at);
            appendFrom(v, offset, 0, from, fromAt, byteCount, durability);
            return offset;
        } finally {
            core.vnodes.unlock(v);
        }
    }

    /// Goes on with an append where it was refused, unless the file ends elsewhere by now.
    ///
    /// @return where the bytes stand, with the part that was there
    /// @throws PartAppended where there still is no room for all
    long appendRest(long inode, PartAppended part, MemorySegment from, long fromAt, long byteCount,
            Volume.Durability durability) {
        Vnode v = core.vnodes.lock(inode);
        try {
            core.requireRegular(v);
            if (Inode.size(core.segment(), v.at) != part.offset + part.byteCount) {
                throw part;
            }
            appendFrom(v, part.offset, part.byteCount, from, fromAt, byteCount, durability);
            return part.offset;
        } finally {
            core.vnodes.unlock(v);
        }
    }

    /// @param before bytes that are there already
    private void appendFrom(Vnode v, long offset, long before, MemorySegment from, long fromAt, long byteCount,
            Volume.Durability durability) {
        long done = before;
        try {
            while (done < byteCount) {
                done += writeLocked(v, offset + done, from, fromAt + done, byteCount - done, durability);
            }
        } catch (VolumeException refused) {
            throw done > 0 && refused.errno() == Errno.ENOSPC ? new PartAppended(offset, done) : refused;
        }
    }

    /// Caller holds the lock. Writes all, or throws having written nothing, or returns how much fitted.
    long writeLocked(
            Vnode v, long offset, MemorySegment from, long fromAt, long byteCount, Volume.Durability durability) {
        if (byteCount == 0) {
            return 0;
        }
        if (byteCount > MAX_SIZE_BYTES - offset) {
            throw new VolumeException(Errno.EFBIG);
        }
        // Before the part below the end is overwritten: what is refused changes nothing.
        requireUnsealedToGrow(v, Inode.size(core.segment(), v.at), offset + byteCount);
        ownership.beforeGrowth(v, offset);
        if (durability == Volume.Durability.ATOMIC) {
            writeAtomically(v, offset, from, fromAt, byteCount);
            return byteCount;
        }
        long done = 0;
        try {
            while (done < byteCount) {
                long overwritten = overwrite(v, offset + done, from, fromAt + done, byteCount - done, durability);
                done += overwritten;
                if (overwritten == 0) {
                    done += extend(v, offset + done, from, fromAt + done, byteCount - done);
                }
            }
        } catch (VolumeException refused) {
            if (done == 0 || refused.errno() != Errno.ENOSPC) {
                throw refused;
            }
        }
        return done;
    }

    /// Overwrites in place as far as the file has written blocks below its end.
    ///
    /// @return bytes written, 0 where the first belongs to a hole or lies behind the end
    private long overwrite(
            Vnode v, long offset, MemorySegment from, long fromAt, long byteCount, Volume.Durability durability) {
        long size = Inode.size(core.segment(), v.at);
        long count = Math.min(byteCount, size - offset);
        if (count <= 0 || Inode.isInline(core.segment(), v.at)) {
            return 0;
        }
        Extent extent = IoScratch.get().extent;
        core.extents.find(v.inode, Geometry.blockOf(offset), extent);
        if (extent.isHole() || extent.isUnwritten()) {
            return 0;
        }
        core.requireAttested(v);
        long within = offset & Geometry.BLOCK_BYTES - 1;
        count = Math.min(count, Geometry.at(extent.count()) - within);
        long at = Geometry.at(extent.start()) + within;
        try {
            if (durability == Volume.Durability.DEFERRED) {
                overwriteDeferred(v, offset, at, from, fromAt, count);
                return count;
            }
            core.data.stream(at, from, fromAt, count);
        } catch (VolumeException failed) {
            throw named(failed, offset, at, count);
        }
        v.lazyModifyNanos = core.now();
        if (durability == Volume.Durability.SYNC) {
            core.commitTimes(v);
        } else {
            core.medium.drain();
        }
        return count;
    }

    /// A failed store, with the byte of the file that was in the way: one of the blocks at both ends that the write
    /// does not cover, and that cannot be read to be kept.
    private VolumeException named(VolumeException failed, long offset, long at, long count) {
        long from = at & -Geometry.BLOCK_BYTES;
        long to = (at + count + Geometry.BLOCK_BYTES - 1) & -Geometry.BLOCK_BYTES;
        long bad = failed.errno() == Errno.EIO ? core.medium.firstUnreadable(from, to - from) : -1;
        return bad < 0 ? failed : new UnreadableException(bad, offset + bad - at);
    }

    /// Stores what a later sync, by whatever thread, will make durable (P5). What is streamed only the thread that did
    /// it can drain: so little is stored through the cache, from where anybody can flush it, and much is drained here,
    /// where a drain no longer counts.
    private void overwriteDeferred(Vnode v, long offset, long at, MemorySegment from, long fromAt, long count) {
        if (count <= MAX_CACHED_BYTES) {
            core.data.put(at, from, fromAt, count);
            core.stored(v, offset, at, count);
        } else {
            core.data.stream(at, from, fromAt, count);
            core.medium.drain();
        }
        v.lazyModifyNanos = core.now();
    }

    /// Writes a part of which at least the first byte needs a record: behind the end, into a hole, or inline.
    ///
    /// @return bytes written
    private long extend(Vnode v, long offset, MemorySegment from, long fromAt, long byteCount) {
        MemorySegment s = core.segment();
        long size = Inode.size(s, v.at);
        boolean inline = Inode.isInline(s, v.at);
        if (offset + byteCount <= Inode.PAYLOAD_BYTES && (inline || size == 0 && !Inode.hasRoot(s, v.at))
                && v.isUnmapped()) {
            writeInline(v, offset, from, fromAt, byteCount);
            return byteCount;
        }
        core.requireUnsealed(v);
        if (offset < size) {
            // Parts below the old end may overwrite bytes in place, too.
            core.requireAttested(v);
        }
        long count = byteCount;
        while (true) {
            Transaction tx = core.journal.begin();
            WritePart part = new WritePart(core, tx, v, count);
            try {
                long written = part.write(offset, from, fromAt, count);
                part.commit();
                return written;
            } catch (VolumeException full) {
                if (full.errno() != Errno.ENOSPC || part.done() == 0) {
                    throw full;
                }
                // Once more, with as much as fitted: the run that did not fit may have staged half of itself.
                count = part.done();
            } finally {
                tx.abort();
                part.refreshMappings();
            }
        }
    }

    private void requireUnsealedToGrow(Vnode v, long size, long end) {
        if (end > size) {
            core.requireUnsealed(v);
        }
    }

    private void writeInline(Vnode v, long offset, MemorySegment from, long fromAt, long byteCount) {
        Transaction tx = core.journal.begin();
        try {
            long base = core.touch(tx, v, core.now());
            MemorySegment staged = tx.segment();
            if (!Inode.isInline(staged, base)) {
                Inode.flags(staged, base, Inode.flags(staged, base) | Inode.INLINE);
                staged.asSlice(base + Inode.PAYLOAD_OFFSET, Inode.PAYLOAD_BYTES).fill((byte) 0);
            }
            MemorySegment.copy(from, fromAt, staged, base + Inode.PAYLOAD_OFFSET + offset, byteCount);
            Inode.size(staged, base, Math.max(Inode.size(staged, base), offset + byteCount));
            core.commit(tx, v);
        } finally {
            tx.abort();
        }
    }

    /// Every byte into new blocks, and one record that swaps them in: all of the write or nothing.
    private void writeAtomically(Vnode v, long offset, MemorySegment from, long fromAt, long byteCount) {
        MemorySegment s = core.segment();
        long size = Inode.size(s, v.at);
        boolean inline = Inode.isInline(s, v.at);
        if (offset + byteCount <= Inode.PAYLOAD_BYTES && (inline || size == 0 && !Inode.hasRoot(s, v.at))
                && v.isUnmapped()) {
            writeInline(v, offset, from, fromAt, byteCount);
            return;
        }
        core.requireUnsealed(v);
        Transaction tx = core.journal.begin();
        WritePart part = new WritePart(core, tx, v, byteCount);
        try {
            part.replace(offset, from, fromAt, byteCount);
            part.commit();
        } finally {
            tx.abort();
            part.refreshMappings();
        }
    }
}
