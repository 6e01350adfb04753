package dev.stele.volume;

import dev.stele.dirty.Flusher;
import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;

/// Flushes where a file's bytes stand, as long as it holds them there with the inode's lock, shared.
class FileFlusher implements Flusher {
    final Core core;
    private final Vnode v;
    private final FileState file;
    private final Extent extent = new Extent();
    /// The file was removed while its sync was under way.
    private boolean isGone;

    FileFlusher(Core core, Vnode v, FileState file) {
        this.core = core;
        this.v = v;
        this.file = file;
    }

    @Override
    public final long hold() {
        long stamp = v.lock.readLock();
        boolean isHeld = false;
        try {
            isGone = v.file != file || v.dead || !v.loaded || Inode.isInline(core.segment(), v.at);
            isHeld = true;
            return stamp;
        } finally {
            if (!isHeld) {
                // The medium went away: nobody is to wait for this as well.
                v.lock.unlockRead(stamp);
            }
        }
    }

    @Override
    public final void release(long held) {
        v.lock.unlockRead(held);
    }

    @Override
    public final void flush(long offset, long byteCount) {
        for (long done = 0; done < byteCount && !isGone; ) {
            core.extents.find(v.inode, Geometry.blockOf(offset + done), extent);
            long within = offset + done & Geometry.BLOCK_BYTES - 1;
            long part = Math.min(byteCount - done, FileReads.bytesOf(extent.count()) - within);
            if (extent.isData()) {
                flushMedium(Geometry.at(extent.start()) + within, part);
            }
            done += part;
        }
    }

    /// @param at where the bytes stand on the medium
    void flushMedium(long at, long byteCount) {
        core.data.flush(at, byteCount);
    }

    @Override
    public final void drain() {
        core.medium.drain();
    }
}
