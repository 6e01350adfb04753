package dev.stele.volume;

import dev.stele.error.Errno;
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
        try {
            copyBlocks(v.inode, offset, into, intoAt, count);
        } catch (InternalError mediumGone) {
            throw new VolumeException(Errno.EIO, "the medium failed or its file shrank");
        }
        return count;
    }

    private void copyBlocks(long inode, long offset, MemorySegment into, long intoAt, long byteCount) {
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
                core.data.read(Geometry.at(extent.start()) + within, into, intoAt + done, part);
            }
            done += part;
        }
    }

    /// Bytes of a number of blocks, which for a hole may be as many as there are.
    static long bytesOf(long blockCount) {
        return blockCount >= Reclaimer.END_BLOCK ? Long.MAX_VALUE : Geometry.at(blockCount);
    }
}
