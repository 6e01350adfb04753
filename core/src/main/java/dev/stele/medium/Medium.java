package dev.stele.medium;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Lifetime;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// Byte-addressable bytes that may survive: persistent memory, CXL memory, tmpfs, an image file, or the simulator.
///
/// On memory-like media [#metadata()] and [#data()] are one view. On a medium of granularity PAGE they are two mappings
/// of the same bytes: the data view is shared with the file, the metadata view is private and reaches the file only by
/// [#beginCheckpoint()] and [#finishCheckpoint()].
public abstract class Medium implements AutoCloseable {
    /// Bytes in a cache line: the unit of flushing.
    public static final int LINE_BYTES = 64;
    static final int LINE_SHIFT = 6;
    /// Bytes in a page: the unit of sizes and of checkpoints.
    public static final int PAGE_BYTES = 4096;

    private static final Object NOBODYS_LOCK = new Object();

    private final PersistenceCounters counters = new PersistenceCounters();

    /// What was asked of this medium, by thread and in all.
    public final PersistenceCounters counters() {
        return counters;
    }

    /// Where the structures of the volume are read and stored.
    public abstract View metadata();

    /// Where the bytes of files are read and stored.
    public abstract View data();

    /// Waits until every line this thread flushed or streamed, through either view, has arrived. It covers no other
    /// thread's.
    public final void drain() {
        counters.drained();
        awaitLines();
    }

    /// See [#drain()]; nothing on a medium whose granularity is not CACHE_LINE, except that stores keep their order.
    protected abstract void awaitLines();

    public abstract Granularity granularity();

    /// Whether durable bytes survive loss of power. A volatile medium says `false`, whatever its granularity.
    public abstract boolean isDurable();

    /// Whether the medium refuses to change. Stores through [#data()] fail with EROFS; where the metadata view is a
    /// mapping of its own, stores through it stay in this process's memory and go when the medium closes, so that
    /// recovery can be played without touching the medium ([#canOverlay()]).
    public abstract boolean isReadOnly();

    /// Whether stores through [#metadata()] are private to this process: only when read-only, and not on every device.
    public final boolean canOverlay() {
        return isReadOnly() && !metadata().segment().isReadOnly();
    }

    /// Size in bytes.
    public final long sizeBytes() {
        return metadata().segment().byteSize();
    }

    /// One line for people: kind, place, granularity, durability.
    public abstract String description();

    /// Makes sure that storing to the range through [#data()] cannot fail for want of space underneath
    /// (`fallocate(2)` on an image file); nothing on memory.
    ///
    /// @throws dev.stele.error.VolumeException ENOSPC
    public void reserve(long at, long byteCount) {
    }

    /// A path by which `FileChannel` can open the file under the medium and map parts of it; empty where there is none.
    /// It stays right when the file is renamed, and ends with the medium.
    public Optional<Path> mappableFile() {
        return Optional.empty();
    }

    /// Makes durable what was stored to the range of [#data()] before, by whatever mapping: waits.
    ///
    /// @throws dev.stele.error.VolumeException EIO
    public void forceData(long at, long byteCount) {
        data().flush(at, byteCount);
        drain();
    }

    /// [View#flush] for a mapping of the medium's bytes that is not, or not only, a slice of [#data()]'s segment: of
    /// its file, at another address. Counted like any flush; nothing where the granularity is not CACHE_LINE.
    public final void flushMapped(MemorySegment mapped, long at, long byteCount) {
        Objects.checkFromIndexSize(at, byteCount, mapped.byteSize());
        MemorySegment own = data().segment();
        long inOwn = mapped.address() + at - own.address();
        if (inOwn >= 0 && inOwn <= own.byteSize() - byteCount) {
            data().flush(inOwn, byteCount);
        } else if (byteCount > 0) {
            sendMapped(mapped, at, byteCount);
            counters.flushed(View.lineCount(mapped.address() + at, byteCount));
        }
    }

    /// See [#flushMapped]; the range is not empty and within the segment.
    protected void sendMapped(MemorySegment mapped, long at, long byteCount) {
    }

    /// [#flushMapped] and [#drain] in one.
    public final void persistMapped(MemorySegment mapped, long at, long byteCount) {
        flushMapped(mapped, at, byteCount);
        drain();
    }

    /// The same, where lines are flushed by machine code in one call of it that needs no hold on the memory.
    ///
    /// @param lifetime ends before the memory is unmapped
    public void persistMappedWhile(Lifetime lifetime, MemorySegment mapped, long at, long byteCount) {
        persistMapped(mapped, at, byteCount);
    }

    /// Copies into such a mapping, and waits until that has arrived: past the cache where lines are flushed by machine
    /// code.
    ///
    /// @param lifetime ends before the memory is unmapped
    public void copyPersistMappedWhile(
            Lifetime lifetime, MemorySegment mapped, long at, MemorySegment from, long fromAt, long byteCount) {
        MemorySegment.copy(from, fromAt, mapped, at, byteCount);
        counters.stored(byteCount);
        persistMapped(mapped, at, byteCount);
    }

    /// Whether a program that stores to a mapping can make its stores durable itself, by flush and drain, with no sync:
    /// not where only the operating system can, nor where nothing lasts. Memory that is treated as persistent plays
    /// along.
    public final boolean isPersistable() {
        return switch (granularity()) {
            case BYTE -> isDurable();
            case CACHE_LINE -> data().isDirect();
            case PAGE -> false;
        };
    }

    /// Before bytes of the medium are handed out as memory: all of them must always be there to be loaded.
    ///
    /// @throws VolumeException EOPNOTSUPP with the reason
    public final void requireDirect() {
        if (!data().isDirect()) {
            throw new VolumeException(Errno.EOPNOTSUPP, "no file here can be mapped, only read and written: "
                    + description() + " does not show all its bytes at once");
        }
    }

    /// Takes what is durable to the place where it survives the most: past the buffers of the memory controller, where
    /// the operating system has a way to ask for that. Waits. Nothing where there is no such place.
    ///
    /// @throws dev.stele.error.VolumeException EIO
    public void deepSync() {
    }

    /// Where the first byte of a range is that cannot be read, -1 where all can: tries line by line where a page
    /// fails.
    public final long firstUnreadable(long at, long byteCount) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(PAGE_BYTES, LINE_BYTES);
            for (long from = at; from < at + byteCount; ) {
                long to = Math.min(at + byteCount, (from & -PAGE_BYTES) + PAGE_BYTES);
                if (!isReadable(from, to, page)) {
                    for (long line = from; line < to; line = (line & -LINE_BYTES) + LINE_BYTES) {
                        if (!isReadable(line, Math.min(to, (line & -LINE_BYTES) + LINE_BYTES), page)) {
                            return line;
                        }
                    }
                }
                from = to;
            }
        }
        return -1;
    }

    private boolean isReadable(long from, long to, MemorySegment into) {
        try {
            data().read(from, into, 0, to - from);
            awaitFaults();
            return true;
        } catch (VolumeException | InternalError failed) {
            return false;
        }
    }

    /// Has the fault of an access that this thread has made, if there was one, be thrown here and not a few
    /// instructions later, where nobody would know any more what it was of: the JVM tells of it at the thread's next
    /// safepoint poll, and the return from a native method is one. Costs some tens of nanoseconds.
    ///
    /// @throws InternalError the fault
    public static void awaitFaults() {
        boolean held = Thread.holdsLock(NOBODYS_LOCK);
        assert !held;
    }

    /// What a fault at an access to a mapped file means: the JVM reports it as an `InternalError`. The verbs of [View]
    /// do this themselves; who reads a segment directly, or meets the error late, calls it.
    ///
    /// @throws InternalError where it is another one
    public static VolumeException lost(InternalError fault) {
        if (!String.valueOf(fault.getMessage()).contains("fault occurred")) {
            throw fault;
        }
        return new VolumeException(Errno.EIO,
                "the medium failed, or its image shrank (" + fault.getMessage() + "): restore it, run `stele check`");
    }

    /// @throws VolumeException EINVAL
    final void checkGrowth(long newSizeBytes) {
        if (newSizeBytes <= sizeBytes() || newSizeBytes % PAGE_BYTES != 0) {
            throw new VolumeException(Errno.EINVAL, "the new size must be larger than " + sizeBytes()
                    + " and a multiple of 4096 bytes, not " + newSizeBytes);
        }
        if (isReadOnly()) {
            throw new VolumeException(Errno.EROFS, "the medium is open for reading only");
        }
    }

    /// Extends the medium; what is new reads as zeros. On media of granularity PAGE the caller has
    /// stopped all operations.
    ///
    /// @throws dev.stele.error.VolumeException EOPNOTSUPP where the size is fixed, ENOSPC, EINVAL when not larger
    public abstract void grow(long newSizeBytes);

    /// Takes a copy of every metadata page stored to since the last call. The caller has stopped all operations; it may
    /// let them run again as soon as this returns. Nothing on media other than PAGE.
    ///
    /// @throws dev.stele.error.VolumeException EIO where the image has shrunk; no page is forgotten
    public void beginCheckpoint() {
    }

    /// Makes durable first everything stored through the data view, then, all or nothing, the copy taken by
    /// [#beginCheckpoint()]. On failure the copy is kept and joins the next checkpoint: nothing is lost but time.
    /// Nothing on media other than PAGE.
    ///
    /// @throws dev.stele.error.VolumeException ENOSPC or EIO
    public void finishCheckpoint() {
    }

    /// Why nothing can be made durable here any more, whatever is tried; null while it can. A disk that has failed to
    /// write back may have dropped what it could not write, and will not say so again.
    public VolumeException failure() {
        return null;
    }

    /// The open file whose byte n is byte n of the data view, for mapping parts of it elsewhere; -1 where there is
    /// none. It stays the medium's, which closes it.
    public int descriptor() {
        return -1;
    }

    /// Mappings of [#descriptor()] start, at either end, and are as long as multiples of this: a page, or more on
    /// `/dev/dax` and on hugetlbfs.
    public long mappingUnitBytes() {
        return PAGE_BYTES;
    }

    /// `MAP_…` flags of a mapping of [#descriptor()] that shares its bytes with the medium.
    public int sharedFlags() {
        return Native.MAP_SHARED;
    }

    /// Number of metadata pages stored to since the last [#beginCheckpoint()]; 0 on media other than PAGE.
    public long dirtyPageCount() {
        return 0;
    }

    /// Closes the mapping. Access to a view's segment afterwards throws `IllegalStateException`.
    @Override
    public abstract void close();
}
