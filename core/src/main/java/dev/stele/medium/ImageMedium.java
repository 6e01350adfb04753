package dev.stele.medium;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;

/// An image file on any file system: granularity PAGE.
///
/// The data view is a shared mapping: the operating system writes it back when it likes, and a mapped file's own
/// `force()` works. The metadata view is a private mapping: a page stored to is this process's copy, noted in
/// [DirtyPages], and reaches the file at a checkpoint only ([Checkpoint] says why any power cut is safe). Both show
/// the same bytes as long as a page is stored to through one of them.
///
/// An image that shrinks while open is EIO: the JVM turns the signal into an error in Java code, so no machine code
/// runs on these mappings.
final class ImageMedium extends Medium {
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final int READ_WRITE = Native.PROT_READ | Native.PROT_WRITE;
    /// "STELEVOL", the first word of a superblock
    private static final long SUPERBLOCK_MAGIC = 0x4C4F56454C455453L;
    private static final long SUPERBLOCK_BLOCK_BYTES_AT = 12;
    private static final long SUPERBLOCK_BLOCK_COUNT_AT = 16;
    /// Private copies of clean pages are given back to the system when there are more of them than this.
    private static final long COPIED_PAGES_MAX = 16384;

    private final Arena arena = Arena.ofShared();
    private final BackingFile file;
    private final MediumOptions options;
    private final String place;
    private final boolean isDurable;
    private final DirtyPages dirty;
    /// pages whose private copy exists; guarded by this
    private final DirtyPages copied;
    private final Reservation reservation;
    private final ByteView metadata;
    private final ByteView data;
    /// guarded by this; null when read-only
    private Checkpoint checkpoint;
    /// pages copied by [#beginCheckpoint()] and not yet on the disk, or null; guarded by this
    private long[] pending;
    /// their contents; guarded by this
    private final CopyBuffer copies = new CopyBuffer();

    private ImageMedium(BackingFile file, MediumOptions options, String place, boolean isDurable, long sizeBytes) {
        this.file = file;
        this.options = options;
        this.place = place;
        this.isDurable = isDurable;
        this.dirty = new DirtyPages(sizeBytes, CheckpointHeader.AT / PAGE_BYTES);
        this.copied = new DirtyPages(sizeBytes, -1);
        this.reservation = new Reservation(file::allocate, sizeBytes);
        try {
            this.data = new ByteView(counters(), mapShared(sizeBytes), reservation);
            this.metadata = new ByteView(counters(), mapPrivate(sizeBytes), dirty);
            data.ofPages();
            metadata.ofPages();
            data.replacesBy((at, content) -> {
                requireWholeFile();
                file.write(content, at);
            });
        } catch (RuntimeException failed) {
            arena.close();
            throw failed;
        }
    }

    /// Opens an image; what a power cut left unfinished is finished or forgotten. The medium closes the file, unless
    /// this fails.
    ///
    /// @param place words for people
    static ImageMedium open(BackingFile file, MediumOptions options, String place, boolean isDurable) {
        CheckpointHeader live = Checkpoint.find(file);
        if (live != null && !options.readOnly()) {
            // Not synced: until the next checkpoint is, the next opening finds the same and does it again (K3, K4).
            Checkpoint.replay(file, live, (index, content) -> file.write(content, index * PAGE_BYTES));
        }
        long sizeBytes = live != null ? live.volumeBytes() : volumeBytes(file);
        if (sizeBytes < PAGE_BYTES) {
            throw new VolumeException(Errno.EINVAL,
                    "a file of " + file.sizeBytes() + " bytes is too small for a volume");
        }
        ImageMedium medium = new ImageMedium(file, options, place, isDurable, sizeBytes);
        if (!options.readOnly()) {
            medium.checkpoint = new Checkpoint(file, sizeBytes, live);
        } else if (live != null) {
            Checkpoint.replay(file, live, (index, content) ->
                    MemorySegment.copy(content, 0, medium.metadata.segment(), index * PAGE_BYTES, PAGE_BYTES));
        }
        return medium;
    }

    /// The size that the superblock gives, or that of the file, in whole pages; a part of a checkpoint that was cut off
    /// may lie behind the volume. Which of the superblock and its copy is damaged is not known here: the larger size
    /// shows whatever the volume holds.
    private static long volumeBytes(BackingFile file) {
        long whole = file.sizeBytes() & -PAGE_BYTES;
        long blockCount = Math.max(blockCount(file, 0, whole), blockCount(file, PAGE_BYTES, whole));
        return blockCount > 0 ? blockCount * PAGE_BYTES : whole;
    }

    /// What the superblock at `at` says; all of the file where that is more than there is, for a truncated image is
    /// mapped as far as it goes, and opening the volume tells what is missing; 0 where there is no superblock.
    private static long blockCount(BackingFile file, long at, long whole) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(PAGE_BYTES);
            if (file.read(page, at) < PAGE_BYTES || page.get(U64, 0) != SUPERBLOCK_MAGIC
                    || page.get(U32, SUPERBLOCK_BLOCK_BYTES_AT) != PAGE_BYTES) {
                return 0;
            }
            long blockCount = page.get(U64, SUPERBLOCK_BLOCK_COUNT_AT);
            return blockCount > 0 && blockCount < whole / PAGE_BYTES ? blockCount : whole / PAGE_BYTES;
        }
    }

    private MemorySegment mapShared(long sizeBytes) {
        return Mapping.map(arena, file.descriptor(), 0, sizeBytes, options.readOnly() ? Native.PROT_READ : READ_WRITE,
                Native.MAP_SHARED | Native.MAP_NORESERVE | (options.prefault() ? Native.MAP_POPULATE : 0));
    }

    private MemorySegment mapPrivate(long sizeBytes) {
        return Mapping.map(arena, file.descriptor(), 0, sizeBytes, READ_WRITE,
                Native.MAP_PRIVATE | Native.MAP_NORESERVE);
    }

    @Override
    public View metadata() {
        return metadata;
    }

    @Override
    public View data() {
        return data;
    }

    @Override
    protected void awaitLines() {
        VarHandle.releaseFence();
    }

    @Override
    public Granularity granularity() {
        return Granularity.PAGE;
    }

    @Override
    public boolean isDurable() {
        return isDurable;
    }

    @Override
    public boolean isReadOnly() {
        return options.readOnly();
    }

    @Override
    public String description() {
        return place + (isDurable ? ", durable" : ", volatile") + ", granularity PAGE, metadata by checkpoints"
                + (options.readOnly() ? ", read-only" : "");
    }

    @Override
    public int descriptor() {
        return file.descriptor();
    }

    @Override
    public Optional<Path> mappableFile() {
        return Optional.of(Path.of("/proc/self/fd/" + file.descriptor()));
    }

    @Override
    public void reserve(long at, long byteCount) {
        if (byteCount > 0 && !options.readOnly()) {
            reservation.beforeStore(at, byteCount);
        }
    }

    @Override
    public void forceData(long at, long byteCount) {
        super.forceData(at, byteCount);
        MemorySegment mapped = data.segment();
        if (byteCount > 0 && !options.readOnly()) {
            long first = at & -PAGE_BYTES;
            try {
                Native.syncMapped(mapped.address() + first, at + byteCount - first);
            } catch (VolumeException failed) {
                synchronized (this) {
                    throw checkpoint.syncFailed(failed);
                }
            }
        }
    }

    @Override
    public synchronized VolumeException failure() {
        return checkpoint == null ? null : checkpoint.failure();
    }

    @Override
    public long dirtyPageCount() {
        return options.readOnly() ? 0 : dirty.count();
    }

    @Override
    public synchronized void beginCheckpoint() {
        if (options.readOnly()) {
            return;
        }
        requireWholeFile();
        if (pending != null) {
            dirty.markAll(pending);
        }
        long[] pages = dirty.list();
        MemorySegment contents = copies.ofPages(pages.length);
        MemorySegment from = metadata.segment();
        try {
            for (int each = 0; each < pages.length; each++) {
                MemorySegment.copy(from, pages[each] * PAGE_BYTES, contents, (long) each * PAGE_BYTES, PAGE_BYTES);
            }
        } catch (InternalError fault) {
            throw lost(fault);
        }
        copied.markAll(pages);
        if (copied.count() > COPIED_PAGES_MAX) {
            giveBackCleanCopies();
        }
        dirty.clear();
        pending = pages;
    }

    /// A clean page's private copy says what the file says: without the copy the file is shown. Only while all
    /// operations are stopped, or a store between asking and giving back would be lost.
    private void giveBackCleanCopies() {
        long base = metadata.segment().address();
        long[] pages = copied.list();
        for (int each = 0; each < pages.length;) {
            int first = each;
            while (each < pages.length && !dirty.contains(pages[each]) && pages[each] == pages[first] + each - first) {
                each++;
            }
            if (each > first) {
                Native.advise(base + pages[first] * PAGE_BYTES, (long) (each - first) * PAGE_BYTES,
                        Native.MADV_DONTNEED);
            } else {
                each++;
            }
        }
        copied.clear();
        copied.markAll(dirty.list());
    }

    @Override
    public synchronized void finishCheckpoint() {
        if (options.readOnly()) {
            return;
        }
        long[] pages = pending == null ? new long[0] : pending;
        try {
            requireWholeFile();
            checkpoint.write(pages, copies.ofPages(pages.length));
        } catch (VolumeException failed) {
            // they are copied again with the next checkpoint, as they are then
            dirty.markAll(pages);
            throw failed;
        } finally {
            pending = null;
            copies.trim();
        }
    }

    private void requireWholeFile() {
        if (file.sizeBytes() < sizeBytes()) {
            throw new VolumeException(Errno.EIO, "the image shrank to " + file.sizeBytes() + " bytes of " + sizeBytes()
                    + " while open: restore it and run `stele check`");
        }
    }

    @Override
    public synchronized void grow(long newSizeBytes) {
        checkGrowth(newSizeBytes);
        requireWholeFile();
        if (pending != null || checkpoint.isIncomplete()) {
            beginCheckpoint();
            finishCheckpoint();
        }
        checkpoint.requireSound();
        checkpoint.close();
        // what lies behind the volume, such as the rest of a growth that was cut off, must not show
        file.truncate(sizeBytes());
        file.truncate(newSizeBytes);
        MemorySegment largerData = mapShared(newSizeBytes);
        MemorySegment largerMetadata = mapPrivate(newSizeBytes);
        for (long page : dirty.list()) {
            MemorySegment.copy(metadata.segment(), page * PAGE_BYTES, largerMetadata, page * PAGE_BYTES, PAGE_BYTES);
        }
        dirty.grow(newSizeBytes);
        copied.clear();
        copied.grow(newSizeBytes);
        copied.markAll(dirty.list());
        reservation.grow(newSizeBytes);
        checkpoint = new Checkpoint(file, newSizeBytes, null);
        data.replaceSegment(largerData);
        metadata.replaceSegment(largerMetadata);
    }

    /// Metadata stored to since the last checkpoint is forgotten: who wants it makes one first.
    @Override
    public synchronized void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        try {
            if (checkpoint != null) {
                checkpoint.close();
            }
        } finally {
            arena.close();
            copies.close();
            file.close();
        }
    }
}
