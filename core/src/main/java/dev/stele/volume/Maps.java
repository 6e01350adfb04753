package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.mapping.Access;
import dev.stele.mapping.BlockMap;
import dev.stele.mapping.MappedRange;
import dev.stele.mapping.TrackingMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Mapping files into memory. Before a writable mapping is handed out the file owns every block of it, zeroed and
/// written, and all metadata to find them is durable.
final class Maps {
    private final Core core;
    private final Ownership ownership;

    Maps(Core core) {
        this.core = core;
        this.ownership = new Ownership(core);
    }

    /// Where lines become durable by themselves, every operation's metadata is durable when it returns, and a mapping
    /// owns all its blocks before it is handed out: a sync mapping asks for nothing more, but is refused elsewhere.
    ///
    /// @throws VolumeException EOPNOTSUPP, EINVAL
    void requireSupported(Volume.MapMode mode, Volume.MapOption... options) {
        core.medium.requireDirect();
        for (Volume.MapOption each : options) {
            switch (each) {
                case SYNC -> {
                    if (mode == Volume.MapMode.PRIVATE) {
                        throw new VolumeException(Errno.EINVAL, "a private mapping has nothing to make durable");
                    }
                    if (!core.medium.isPersistable()) {
                        throw new VolumeException(Errno.EOPNOTSUPP, "Operation not supported: no store can be made "
                                + "durable by flushing its line on " + core.medium.description());
                    }
                }
                case SLICE -> {
                    if (mode == Volume.MapMode.PRIVATE || isAmong(options, Volume.MapOption.TRACKED)) {
                        throw new VolumeException(Errno.EINVAL, "a slice is neither private nor tracked");
                    }
                }
                case TRACKED, UNTRACKED, POPULATED -> {
                    // taken as advice
                }
            }
        }
        if (isAmong(options, Volume.MapOption.TRACKED) && isAmong(options, Volume.MapOption.UNTRACKED)) {
            throw new VolumeException(Errno.EINVAL, "a mapping is tracked or untracked");
        }
    }

    /// How a mapping with these options is tracked.
    TrackingMode tracking(Volume.MapOption... options) {
        return isAmong(options, Volume.MapOption.TRACKED) ? TrackingMode.MMU
                : isAmong(options, Volume.MapOption.UNTRACKED) ? TrackingMode.PESSIMISTIC : core.tracking;
    }

    static boolean isAmong(Volume.MapOption[] options, Volume.MapOption wanted) {
        for (Volume.MapOption each : options) {
            if (each == wanted) {
                return true;
            }
        }
        return false;
    }

    /// Caller is inside the gate.
    ///
    /// @param whenClosed called once when the mapping has ended; the mapping pins the inode until then
    MappedRange map(long inode, long offset, long byteCount, Volume.MapMode mode, TrackingMode tracking,
            boolean populates, Arena arena, Runnable whenClosed) {
        if (offset < 0 || byteCount < 0 || byteCount > Long.MAX_VALUE - offset) {
            throw new VolumeException(Errno.EINVAL);
        }
        Vnode v = core.vnodes.lock(inode);
        try {
            core.requireRegular(v);
            if (mode == Volume.MapMode.READ_WRITE) {
                core.requireWritable();
                ownership.own(v, Geometry.blockOf(offset), Geometry.blocksFor(offset + byteCount));
                // Afterwards: the record of what was filled attests all before it.
                core.requireAttested(v);
            } else if (Inode.isInline(core.segment(), v.at) && byteCount > 0 && !core.isReadOnly()) {
                ownership.own(v, 0, 0);
            }
            v.pins++;
            try {
                if (Inode.isInline(core.segment(), v.at) && byteCount > 0) {
                    return mapInline(v, offset, byteCount, mode, tracking, arena, whenClosed);
                }
                return core.file(v).mappings.map(
                        core.blockMap(v), offset, byteCount, access(mode), tracking, populates, arena, whenClosed);
            } catch (RuntimeException refused) {
                v.pins--;
                throw refused;
            }
        } finally {
            core.vnodes.unlock(v);
        }
    }

    /// A range of a sealed file: its blocks stay where they are, and it stays sealed until the slice has ended.
    MappedRange slice(
            long inode, long offset, long byteCount, Volume.MapMode mode, Arena arena, Runnable whenClosed) {
        if (offset < 0 || byteCount <= 0 || byteCount > Long.MAX_VALUE - offset) {
            throw new VolumeException(Errno.EINVAL, "a slice begins in the file and has bytes");
        }
        Vnode v = core.vnodes.lock(inode);
        try {
            core.requireRegular(v);
            if (mode == Volume.MapMode.READ_WRITE) {
                core.requireWritable();
            }
            Extent extent = requireOnePiece(v, offset, byteCount);
            v.pins++;
            try {
                return core.file(v).mappings.slice(
                        core.slices, extent.start(), offset, byteCount, access(mode), arena, whenClosed);
            } catch (RuntimeException refused) {
                v.pins--;
                throw refused;
            }
        } finally {
            core.vnodes.unlock(v);
        }
    }

    private Extent requireOnePiece(Vnode v, long offset, long byteCount) {
        if (!core.isSealed(v)) {
            throw new VolumeException(Errno.EOPNOTSUPP, "only a sealed file can be sliced: seal it first");
        }
        if (byteCount > Inode.size(core.segment(), v.at) - offset) {
            throw new VolumeException(Errno.EINVAL, "a slice ends in the file");
        }
        Extent extent = IoScratch.get().extent;
        core.extents.find(v.inode, Geometry.blockOf(offset), extent);
        long within = offset & Geometry.BLOCK_BYTES - 1;
        if (!extent.isData() || byteCount > FileReads.bytesOf(extent.count()) - within) {
            throw new VolumeException(Errno.EOPNOTSUPP, "the range stands in more than one piece: map it as it is");
        }
        return extent;
    }

    /// Of a volume where nothing changes any more, and no block can be had: a copy of the bytes in the inode.
    private MappedRange mapInline(Vnode v, long offset, long byteCount, Volume.MapMode mode, TrackingMode tracking,
            Arena arena, Runnable whenClosed) {
        MappedRange range = core.file(v).mappings.map(
                BlockMap.ofHole(), offset, byteCount, Access.PRIVATE, tracking, false, arena, whenClosed);
        long count = Math.min(byteCount, Inode.size(core.segment(), v.at) - offset);
        if (count > 0) {
            try {
                MemorySegment.copy(
                        core.segment(), v.at + Inode.PAYLOAD_OFFSET + offset, range.segment(), 0, count);
            } catch (IllegalStateException closed) {
                // The arena has closed meanwhile, and the mapping has ended as any other: nobody will see it.
                assert !arena.scope().isAlive();
            }
        }
        return mode == Volume.MapMode.READ_ONLY ? range.asReadOnly() : range;
    }

    private static Access access(Volume.MapMode mode) {
        return switch (mode) {
            case READ_ONLY -> Access.READ_ONLY;
            case READ_WRITE -> Access.READ_WRITE;
            case PRIVATE -> Access.PRIVATE;
        };
    }
}
