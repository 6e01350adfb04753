package dev.stele.api;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Lifetime;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.mapping.MappedRange;
import dev.stele.mapping.Tracking;
import dev.stele.medium.Medium;
import dev.stele.volume.SyncErrors;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A range of a file as memory. A store is seen at once by everybody who reads the file, and lasts once it is
/// persisted.
///
/// | | CACHE_LINE (persistent memory) | BYTE (caches persist, or nothing does) | PAGE (image file) |
/// |---|---|---|---|
/// | [#flush] | sends the lines of the range on their way | nothing | a sync of the range of the file |
/// | [#drain] | waits for what this thread flushed | orders stores | orders stores |
/// | [#persist] | both, in one call of machine code for up to a MiB | orders stores | as flush |
/// | [#copyPersist] | copies past the cache, and waits | copies, orders stores | copies, then as flush |
/// | [#force] | flushes what is dirty in the file, whoever stored it | nothing | msync, checkpoint, fdatasync |
/// | [#deepSync] | force, then empties the memory controllers' buffers where there is a way | force | force |
///
/// Persist costs a cache line's way to memory for each line of the range, whatever else is dirty, and no system call,
/// on media where a store can be flushed by the line. Stores that nobody persists last from the next sync of the file
/// on, whoever calls it; what was persisted is flushed once more then, for nobody can tell. A store persisted through a
/// mapping with [MapOption#SYNC], or of a sealed file, can be found after a crash without any sync; without either it
/// can, too, as long as nobody changes the file's extents.
///
/// Offsets count bytes from the start of the mapping; a range that is not inside it is an `IndexOutOfBoundsException`.
/// Every method may be called from any thread that may access the segment. Another thread that closes the arena waits
/// until a [#persist] or [#copyPersist] is done; while a thread is in another method, it is told so by an
/// `IllegalStateException`. When the arena is closed, all but [#drain] and [#tracking] fail with that.
public final class DaxMapping implements AutoCloseable {
    private final Volume volume;
    private final Medium medium;
    private final Granularity granularity;
    private final long inode;
    private final SyncErrors syncErrors;
    private final long fileOffset;
    private final MapMode mode;
    private final MappedRange range;
    private final MemorySegment segment;
    private final Runnable onClose;
    /// null until something is persisted; the same whoever sets it
    private Lifetime lifetime;

    /// @param syncErrors of the file that it was mapped from
    /// @param fileOffset where in the file the segment starts
    DaxMapping(Volume volume, long inode, SyncErrors syncErrors, long fileOffset, MapMode mode, MappedRange range,
            Runnable onClose) {
        this.volume = volume;
        this.medium = volume.medium();
        this.granularity = medium.granularity();
        this.inode = inode;
        this.syncErrors = syncErrors;
        this.fileOffset = fileOffset;
        this.mode = mode;
        this.range = range;
        this.segment = mode == MapMode.READ_ONLY ? range.segment().asReadOnly() : range.segment();
        this.onClose = onClose;
    }

    /// The bytes. Accessible until the mapping or its arena is closed; `isMapped()`, so that `force()` and `load()`
    /// work. Not so `unload()` where the MMU is asked ([#tracking]) and the volume is a file of a DAX file system:
    /// Linux (6.12) never comes back from touching a page that was dropped there, see docs/dax.md.
    public MemorySegment segment() {
        return segment;
    }

    /// How stores to the segment are noticed, so that a sync finds them, and why so.
    public Tracking tracking() {
        return range.tracking();
    }

    /// Makes durable what is stored in the range: [#flush] and [#drain].
    ///
    /// @throws UnsupportedOperationException on a private mapping
    /// @throws UncheckedIOException on an image file, where its sync fails
    public void persist(long offset, long byteCount) {
        if (granularity == Granularity.CACHE_LINE && mode == MapMode.READ_WRITE) {
            medium.persistMappedWhile(lifetime(), segment, offset, byteCount);
        } else {
            flush(offset, byteCount);
            medium.drain();
        }
    }

    /// Copies bytes into the range and makes them durable, past the cache where lines can be flushed: for what is not
    /// soon read again.
    ///
    /// @param from native memory that does not overlap where they go
    /// @throws IllegalArgumentException on a mapping for reading only
    /// @throws UnsupportedOperationException on a private mapping
    /// @throws UncheckedIOException on an image file, where its sync fails
    public void copyPersist(long offset, MemorySegment from, long fromOffset, long byteCount) {
        if (granularity == Granularity.CACHE_LINE && mode == MapMode.READ_WRITE) {
            medium.copyPersistMappedWhile(lifetime(), segment, offset, from, fromOffset, byteCount);
        } else if (mode == MapMode.PRIVATE) {
            throw new UnsupportedOperationException("what is stored to a private mapping stays there");
        } else {
            MemorySegment.copy(from, fromOffset, segment, offset, byteCount);
            persist(offset, byteCount);
        }
    }

    private Lifetime lifetime() {
        Lifetime known = lifetime;
        if (known == null) {
            known = range.lifetime();
            lifetime = known;
        }
        return known;
    }

    /// Sends what is stored in the range on its way; it has arrived when [#drain] returns, called by the same thread.
    ///
    /// @throws UnsupportedOperationException on a private mapping
    /// @throws UncheckedIOException on an image file, where its sync fails
    public void flush(long offset, long byteCount) {
        Objects.checkFromIndexSize(offset, byteCount, segment.byteSize());
        requireAlive();
        switch (mode) {
            case READ_ONLY -> {
                return;
            }
            case READ_WRITE -> {
            }
            case PRIVATE -> throw new UnsupportedOperationException("what is stored to a private mapping stays there");
        }
        switch (granularity) {
            case BYTE -> {
                // As durable as it will ever be.
            }
            case CACHE_LINE -> medium.flushMapped(segment, offset, byteCount);
            case PAGE -> sync(() -> volume.syncRange(inode, fileOffset + offset, byteCount, syncErrors));
        }
    }

    /// Waits until everything this thread has flushed, through whichever mapping, has arrived.
    public void drain() {
        medium.drain();
    }

    /// Makes durable everything stored in the file, through this mapping or any other door, as a sync of the file does.
    ///
    /// @throws UncheckedIOException where the medium fails
    public void force() {
        requireAlive();
        sync(() -> volume.sync(inode, false, syncErrors));
    }

    /// [#force], and where the system can be asked to, everything on the medium beyond the buffers that it saves when
    /// power fails: by fdatasync of the file under a volume on a DAX mount, by `deep_flush` of the region of a
    /// `/dev/dax` device. For those who do not trust these.
    ///
    /// @throws UncheckedIOException where the medium fails
    public void deepSync() {
        requireAlive();
        sync(() -> {
            volume.sync(inode, false, syncErrors);
            medium.deepSync();
        });
    }

    /// Where nothing touches the segment; and its file may be another by now.
    private void requireAlive() {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("Already closed");
        }
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
