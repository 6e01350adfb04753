package dev.stele.api;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.volume.SyncErrors;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A range of a file as memory. A store is seen at once by everybody who reads the file, and lasts once it is
/// persisted.
///
/// [#persist] costs a cache line's way to memory for each line of the range, whatever else is dirty, and no system
/// call, on media where a store can be flushed by the line; on an image file it is a sync of the file. Stores that
/// nobody persists last from the next sync of the file on, whoever calls it.
public final class DaxMapping implements AutoCloseable {
    private final Volume volume;
    private final Medium medium;
    private final Granularity granularity;
    private final long inode;
    private final SyncErrors syncErrors;
    private final long fileOffset;
    private final MemorySegment segment;
    private final Runnable onClose;

    /// @param syncErrors of the file that it was mapped from
    /// @param fileOffset where in the file the segment starts
    DaxMapping(Volume volume, long inode, SyncErrors syncErrors, long fileOffset, MemorySegment segment,
            Runnable onClose) {
        this.volume = volume;
        this.medium = volume.medium();
        this.granularity = medium.granularity();
        this.inode = inode;
        this.syncErrors = syncErrors;
        this.fileOffset = fileOffset;
        this.segment = segment;
        this.onClose = onClose;
    }

    /// The bytes. Accessible until the mapping or its arena is closed; `isMapped()`, so that `force()` and `load()`
    /// work.
    public MemorySegment segment() {
        return segment;
    }

    /// Makes durable what is stored in the range: [#flush] and [#drain].
    ///
    /// @param offset from the start of the mapping, in bytes
    /// @throws IndexOutOfBoundsException if the range is not inside the mapping
    /// @throws UncheckedIOException on an image file, where its sync fails
    public void persist(long offset, long byteCount) {
        flush(offset, byteCount);
        drain();
    }

    /// Sends what is stored in the range on its way; it has arrived when [#drain] returns, called by the same thread.
    public void flush(long offset, long byteCount) {
        Objects.checkFromIndexSize(offset, byteCount, segment.byteSize());
        if (segment.isReadOnly()) {
            return;
        }
        switch (granularity) {
            case BYTE -> {
                // As durable as it will ever be.
            }
            case CACHE_LINE -> medium.flushMapped(segment, offset, byteCount);
            case PAGE -> sync(() -> volume.syncRange(inode, fileOffset + offset, byteCount, syncErrors));
        }
    }

    /// Waits until everything this thread has flushed has arrived.
    public void drain() {
        medium.drain();
    }

    /// Makes durable everything stored in the file, through this mapping or any other door, as a sync of the file does.
    public void force() {
        sync(() -> volume.sync(inode, false, syncErrors));
    }

    private static void sync(Runnable operation) {
        try {
            operation.run();
        } catch (VolumeException e) {
            if (e.errno() == Errno.ESTALE) {
                // The file was deleted and closed: nothing of it could be found after a crash.
                return;
            }
            throw new UncheckedIOException(new IOException(e.getMessage(), e));
        }
    }

    /// Unmaps, unless the arena is the caller's.
    @Override
    public void close() {
        onClose.run();
    }
}
