package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.UnreadableException;
import dev.stele.error.VolumeException;
import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.node.FileType;
import java.lang.foreign.MemorySegment;

/// Reading bytes of files: one copy from the medium to the caller, without a lock unless a writer is at work.
final class FileReads {
    private static final int OPTIMISTIC_TRIES = 3;
    /// Longer reads take the lock at once: a writer in between would cost a whole copy.
    private static final long OPTIMISTIC_BYTES = 1 << 20;

    private final Core core;

    FileReads(Core core) {
        this.core = core;
    }

    /// As [#read], once that has met a fault that was told too late to say of what it was: asks of every piece first
    /// whether it can be read.
    ///
    /// @throws UnreadableException with the byte of the file that cannot be read, where it is the first
    long readCarefully(long inode, long offset, MemorySegment into, long intoAt, long byteCount) {
        long done = 0;
        while (done < byteCount) {
            long at = offset + done;
            long part = Math.min(byteCount - done, Geometry.BLOCK_BYTES - (at & Geometry.BLOCK_BYTES - 1));
            long good = readable(inode, at, part);
            long count = good == 0 ? 0 : read(inode, at, into, intoAt + done, good);
            done += count;
            if (count < part) {
                if (done == 0 && good == 0) {
                    throw unreadable(inode, at);
                }
                return done;
            }
        }
        return done;
    }

    /// Bytes from `offset` on that can be read, of `byteCount` in one block.
    private long readable(long inode, long offset, long byteCount) {
        long at = place(inode, offset);
        long bad = at < 0 ? -1 : core.medium.firstUnreadable(at, byteCount);
        return bad < 0 ? byteCount : bad - at;
    }

    private UnreadableException unreadable(long inode, long offset) {
        return new UnreadableException(place(inode, offset), offset);
    }

    /// Where a byte of the file stands on the medium; -1 where it stands nowhere, or in its inode.
    private long place(long inode, long offset) {
        Vnode v = core.vnodes.require(inode);
        long stamp = v.lock.readLock();
        try {
            if (v.dead || !v.loaded || Inode.isInline(core.segment(), v.at)) {
                return -1;
            }
            Extent extent = IoScratch.get().extent;
            core.extents.find(inode, Geometry.blockOf(offset), extent);
            return extent.isData() ? Geometry.at(extent.start()) + (offset & Geometry.BLOCK_BYTES - 1) : -1;
        } finally {
            v.lock.unlockRead(stamp);
        }
    }

    /// @return bytes read, 0 at or behind the end
    long read(long inode, long offset, MemorySegment into, long intoAt, long byteCount) {
        if (offset < 0 || byteCount < 0) {
            throw new VolumeException(Errno.EINVAL);
        }
        for (int i = 0; i < OPTIMISTIC_TRIES && byteCount <= OPTIMISTIC_BYTES; i++) {
            Vnode v = core.vnodes.require(inode);
            long stamp = v.lock.tryOptimisticRead();
            if (stamp == 0 || v.dead || !v.loaded) {
                continue;
            }
            try {
                long count = copy(v, offset, into, intoAt, byteCount);
                if (v.lock.validate(stamp)) {
                    return count;
                }
            } catch (RuntimeException | AssertionError failure) {
                // Beside a writer anything may have been read; without one it is the truth.
                if (v.lock.validate(stamp)) {
                    throw failure;
                }
            }
        }
        return readLocked(inode, offset, into, intoAt, byteCount);
    }

    private long readLocked(long inode, long offset, MemorySegment into, long intoAt, long byteCount) {
        while (true) {
            Vnode v = core.vnodes.require(inode);
            long stamp = v.lock.readLock();
            try {
                if (!v.dead && v.loaded) {
                    return copy(v, offset, into, intoAt, byteCount);
                }
            } finally {
                v.lock.unlockRead(stamp);
            }
        }
    }

    /// Copies out what the file holds, whichever way. Caller holds the lock or validates afterwards.
    private long copy(Vnode v, long offset, MemorySegment into, long intoAt, long byteCount) {
        MemorySegment s = core.segment();
        int type = Inode.mode(s, v.at) >>> 12;
        if (type != FileType.REGULAR.number() && type != FileType.SYMLINK.number()) {
            throw new VolumeException(type == FileType.DIRECTORY.number() ? Errno.EISDIR : Errno.EINVAL);
        }
        long count = Math.min(byteCount, Inode.size(s, v.at) - offset);
        if (count <= 0) {
            return 0;
        }
        if (Inode.isInline(s, v.at)) {
            MemorySegment.copy(s, v.at + Inode.PAYLOAD_OFFSET + offset, into, intoAt, count);
            return count;
        }
        long done = copyBlocks(v.inode, offset, into, intoAt, count);
        if (done < count && type == FileType.SYMLINK.number()) {
            throw new VolumeException(Errno.EIO, "the target of the link cannot be read: the medium has failed there");
        }
        return done;
    }

    /// @return bytes copied: all, or those before the first that cannot be read
    private long copyBlocks(long inode, long offset, MemorySegment into, long intoAt, long byteCount) {
        Extent extent = IoScratch.get().extent;
        long done = 0;
        while (done < byteCount) {
            long at = offset + done;
            core.extents.find(inode, Geometry.blockOf(at), extent);
            long within = at & Geometry.BLOCK_BYTES - 1;
            long part = Math.min(byteCount - done, bytesOf(extent.count()) - within);
            if (extent.isHole() || extent.isUnwritten()) {
                into.asSlice(intoAt + done, part).fill((byte) 0);
            } else {
                long good = copyPart(Geometry.at(extent.start()) + within, at, into, intoAt + done, part);
                if (good < part) {
                    return done + good;
                }
            }
            done += part;
        }
        return done;
    }

    /// As read(2) of a page that is known to be bad (P-2): what stands before it is given out first.
    ///
    /// @return bytes copied
    private long copyPart(long at, long offset, MemorySegment into, long intoAt, long byteCount) {
        try {
            core.data.read(at, into, intoAt, byteCount);
            return byteCount;
        } catch (VolumeException failed) {
            long bad = core.medium.firstUnreadable(at, byteCount);
            if (bad < 0) {
                throw failed;
            }
            if (bad == at) {
                throw new UnreadableException(at, offset);
            }
            core.data.read(at, into, intoAt, bad - at);
            return bad - at;
        }
    }

    /// Bytes of a number of blocks, which for a hole may be as many as there are.
    static long bytesOf(long blockCount) {
        return blockCount >= Reclaimer.END_BLOCK ? Long.MAX_VALUE : Geometry.at(blockCount);
    }
}
