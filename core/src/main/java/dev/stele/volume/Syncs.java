package dev.stele.volume;

import dev.stele.dirty.Flusher;
import dev.stele.dirty.Harvester;
import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import java.util.concurrent.locks.ReentrantLock;

/// Makes stores durable: of a file, of a range of it, of the volume. Callers are outside the gate.
///
/// Metadata is durable already, except on media of granularity PAGE, where a checkpoint makes all of it so at once.
final class Syncs {
    private final Core core;
    /// Held while a checkpoint is under way.
    private final ReentrantLock checkpoint = new ReentrantLock();

    Syncs(Core core) {
        this.core = core;
    }

    /// fsync, or fdatasync where times do not matter.
    void file(long inode, boolean dataOnly) {
        range(inode, 0, Long.MAX_VALUE, dataOnly);
    }

    /// msync of the pages that the range touches, and fsync's metadata.
    void range(long inode, long offset, long byteCount, boolean dataOnly) {
        Vnode v = core.vnodes.require(inode);
        if (core.isReadOnly()) {
            return;
        }
        int token = core.gate.enter();
        try {
            if (v.file != null && core.lines && byteCount > 0) {
                long end = byteCount > Long.MAX_VALUE - offset ? Reclaimer.END_BLOCK
                        : Geometry.blocksFor(offset + byteCount);
                flush(v, Geometry.blockOf(offset), end - Geometry.blockOf(offset));
            }
            if (!dataOnly && v.lazyModifyNanos != 0) {
                commitTimes(inode);
            }
        } finally {
            core.gate.leave(token);
        }
        if (core.pages) {
            checkpoint();
        } else if (v.file == null) {
            core.medium.drain();
        }
    }

    private void commitTimes(long inode) {
        Vnode v = core.vnodes.lock(inode);
        try {
            if (v.lazyModifyNanos != 0) {
                core.commitTimes(v);
            }
        } finally {
            core.vnodes.unlock(v);
        }
    }

    private void flush(Vnode v, long firstPage, long pageCount) {
        long stamp = v.lock.readLock();
        try {
            FileState file = v.file;
            if (file != null && v.loaded && !Inode.isInline(core.segment(), v.at)) {
                file.dirty.sync(firstPage, pageCount, file.mappings.isEmpty() ? Harvester.NONE : file.mappings,
                        new FileFlusher(v.inode));
            }
        } finally {
            v.lock.unlockRead(stamp);
        }
    }

    /// Flushes where the file's bytes stand. The inode's lock is held, so that they stay there.
    private final class FileFlusher implements Flusher {
        private final long inode;
        private final Extent extent = new Extent();

        FileFlusher(long inode) {
            this.inode = inode;
        }

        @Override
        public void flush(long offset, long byteCount) {
            for (long done = 0; done < byteCount; ) {
                core.extents.find(inode, Geometry.blockOf(offset + done), extent);
                long within = offset + done & Geometry.BLOCK_BYTES - 1;
                long part = Math.min(byteCount - done, FileReads.bytesOf(extent.count()) - within);
                if (extent.isData()) {
                    core.data.flush(Geometry.at(extent.start()) + within, part);
                }
                done += part;
            }
        }

        @Override
        public void drain() {
            core.medium.drain();
        }
    }

    /// Every store of every file, and all metadata.
    void volume() {
        if (core.isReadOnly()) {
            return;
        }
        core.vnodes.forEach(v -> {
            if (v.loaded && (v.file != null || v.lazyModifyNanos != 0)) {
                syncIfThere(v);
            }
        });
        if (core.pages) {
            checkpoint();
        } else {
            core.medium.drain();
        }
    }

    private void syncIfThere(Vnode v) {
        int token = core.gate.enter();
        try {
            if (v.file != null && core.lines) {
                flush(v, 0, Reclaimer.END_BLOCK);
            }
            if (v.lazyModifyNanos != 0 && v.loaded && !v.dead) {
                commitTimes(v.inode);
            }
        } finally {
            core.gate.leave(token);
        }
    }

    /// Makes the metadata of this moment durable, with all file data stored before. Nothing where it is so anyway.
    void checkpoint() {
        if (!core.pages || core.openedReadOnly) {
            return;
        }
        checkpoint.lock();
        try {
            core.gate.shut();
            try {
                core.medium.beginCheckpoint();
                core.space.checkpointBegun();
            } finally {
                core.gate.open();
            }
            core.medium.finishCheckpoint();
            core.space.checkpointDone();
        } finally {
            checkpoint.unlock();
        }
    }
}
