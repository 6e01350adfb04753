package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Attributes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Copies a range between files in pieces, through working memory: no lock is held across both files.
final class RangeCopy {
    private static final long PIECE_BYTES = 1 << 20;

    private final Volume volume;

    RangeCopy(Volume volume) {
        this.volume = volume;
    }

    long copy(long source, long sourceOffset, long target, long targetOffset, long byteCount) {
        if (sourceOffset < 0 || targetOffset < 0 || byteCount < 0) {
            throw new VolumeException(Errno.EINVAL);
        }
        Attributes attributes = new Attributes();
        volume.attributes(source, attributes);
        long count = Math.min(byteCount, attributes.sizeBytes - sourceOffset);
        if (source == target && count > 0 && Math.abs(sourceOffset - targetOffset) < count) {
            throw new VolumeException(Errno.EINVAL, "the ranges overlap");
        }
        if (count <= 0) {
            return 0;
        }
        if (targetOffset > Long.MAX_VALUE - count) {
            throw new VolumeException(Errno.EFBIG);
        }
        return copyPieces(source, sourceOffset, target, targetOffset, count);
    }

    private long copyPieces(long source, long sourceOffset, long target, long targetOffset, long count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment piece = arena.allocate(Math.min(PIECE_BYTES, count), 64);
            long done = 0;
            long last = 1;
            while (done < count && last > 0) {
                try {
                    last = copyPiece(source, sourceOffset + done, target, targetOffset + done, count - done, piece);
                } catch (VolumeException refused) {
                    // As for a write: what was copied is said, and the next call says why there was no more.
                    if (done == 0 || refused.errno() != Errno.ENOSPC) {
                        throw refused;
                    }
                    return done;
                }
                done += last;
            }
            return done;
        }
    }

    /// @return bytes that were copied; fewer than there were, possibly 0, where no more can be
    private long copyPiece(
            long source, long sourceOffset, long target, long targetOffset, long count, MemorySegment piece) {
        long hole = holeAt(source, sourceOffset, count);
        if (hole > 0) {
            leaveHole(target, targetOffset, hole);
            return hole;
        }
        long want = Math.min(piece.byteSize(), dataAt(source, sourceOffset, count));
        long read = volume.read(source, sourceOffset, piece, 0, want);
        return read == 0 ? 0 : volume.write(target, targetOffset, piece, 0, read, Volume.Durability.DEFERRED);
    }

    private long holeAt(long inode, long offset, long limit) {
        long data = volume.seekData(inode, offset);
        return Math.min(limit, data < 0 ? limit : data - offset);
    }

    private long dataAt(long inode, long offset, long limit) {
        long hole = volume.seekHole(inode, offset);
        return hole < 0 ? limit : Math.min(limit, hole - offset);
    }

    private void leaveHole(long inode, long offset, long byteCount) {
        volume.punchHole(inode, offset, byteCount);
        Attributes attributes = new Attributes();
        volume.attributes(inode, attributes);
        if (attributes.sizeBytes < offset + byteCount) {
            volume.truncate(inode, offset + byteCount);
        }
    }
}
