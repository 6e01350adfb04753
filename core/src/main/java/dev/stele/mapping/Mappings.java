package dev.stele.mapping;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Lifetime;
import dev.stele.cpu.Mapping;
import dev.stele.dirty.DirtyIndex;
import dev.stele.dirty.Harvester;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;

/// The live mappings of one file: makes them, keeps them in step with the file, and keeps the blocks they show.
///
/// See the package for the protocol between a volume and its mappings. All methods may be called from any thread; those
/// that take a [BlockMap], and [#detach], under the lock of the inode. Block arguments are indices in the file.
public final class Mappings implements Harvester {
    private static final long PAGE_BYTES = Medium.PAGE_BYTES;
    /// Size of a huge page: ranges as long are placed so that the kernel can use them.
    private static final Tracking NOTHING_TO_TRACK = new Tracking(Tracking.Kind.NONE, "it has no bytes");

    private final Medium medium;
    private final BlockHolds holds;
    private final DirtyIndex dirty;
    private final Mmu mmu;
    private final TrackerChoice trackers;
    private final ReentrantLock lock = new ReentrantLock();
    /// guarded by the lock
    private final List<LiveMapping> live = new ArrayList<>();
    /// whether something may have been stored through a mapping that has ended; guarded by the lock
    private boolean hasStored;
    /// written under the lock; read without, to pass by a file nobody maps
    private volatile int liveCount;
    /// guarded by the lock
    private long harvestedPageCount;

    /// @param dirty marks of the file's pages
    public Mappings(Medium medium, BlockHolds holds, DirtyIndex dirty, Mmu mmu) {
        this.medium = medium;
        this.holds = holds;
        this.dirty = dirty;
        this.mmu = mmu;
        this.trackers = new TrackerChoice(medium, mmu);
    }

    /// See [#map(BlockMap, long, long, Access, TrackingMode, boolean, Arena, Runnable)]; pages come as they are
    /// touched.
    public MappedRange map(BlockMap blocks, long offset, long byteCount, Access access, TrackingMode tracking,
            Arena arena, Runnable whenClosed) {
        return map(blocks, offset, byteCount, access, tracking, false, arena, whenClosed);
    }

    /// Maps `byteCount` bytes of the file from `offset` on, neither of which need be a multiple of anything. The
    /// segment is *mapped* and lives as long as the arena.
    ///
    /// @param blocks the file's blocks; for READ_WRITE there must be no hole in the pages of the range
    /// @param tracking how stores are to be noticed
    /// @param populates whether the pages are put in place now
    /// @param whenClosed called when the mapping has ended, by whichever thread ended it; never called where this
    ///     method throws, where the arena is global, or after [#revoke()]
    /// @throws VolumeException EOPNOTSUPP on a medium without a file or whose pages are too large for the file's
    ///     extents; EIO where the kernel has no more address space or mappings
    /// @throws IllegalStateException where the arena is closed
    public MappedRange map(BlockMap blocks, long offset, long byteCount, Access access, TrackingMode tracking,
            boolean populates, Arena arena, Runnable whenClosed) {
        boolean isWritable = access != Access.READ_ONLY;
        if (byteCount == 0) {
            MemorySegment empty = mmu.reserve(isWritable, 0, arena);
            ArenaHook.onClose(arena, whenClosed);
            return new MappedRange(empty, () -> NOTHING_TO_TRACK, Lifetime::new);
        }
        // before it is rounded up, and beyond the largest number
        Anchor.requireMappable(byteCount);
        long firstBlock = offset / PAGE_BYTES;
        long blockCount = (offset + byteCount - 1) / PAGE_BYTES + 1 - firstBlock;
        ShownPages shown = shownPages(blocks, firstBlock, blockCount, access);
        LiveMapping mapping =
                new LiveMapping(mmu, holds, dirty, access, firstBlock, shown, whenClosed);
        ArenaHook.takeFirstPlace(arena);
        Placement placement = Placement.of(shown, medium.mappingUnitBytes(), Mapping.HUGE_PAGE_BYTES);
        MemorySegment space = mmu.reserve(isWritable, placement.spaceBytes(), arena);
        ArenaHook.onClose(arena, () -> closed(mapping));
        long skipBytes = placement.skipBytes(space.address());
        add(mapping, space.address() + skipBytes, tracking, populates);
        return new MappedRange(space.asSlice(skipBytes + offset % PAGE_BYTES, byteCount), () -> tracking(mapping),
                () -> lifetime(mapping));
    }

    /// As [#map], but a slice of address space that exists already: no system call, and no page fault where a slice
    /// was used before. The segment is not *mapped*: it has no `force()` of its own. It cannot follow the file, whose
    /// blocks in the range therefore stay where they are until the arena is closed; the caller sees to that.
    ///
    /// @param space as all slices of the volume have it
    /// @param start block of the medium at which the first of the range stands; the others follow it
    /// @param access not PRIVATE
    /// @throws VolumeException EOPNOTSUPP where the medium's pages are too large for the range
    public MappedRange slice(SliceSpace space, long start, long offset, long byteCount, Access access, Arena arena,
            Runnable whenClosed) {
        assert byteCount > 0 && access != Access.PRIVATE;
        long firstBlock = offset / PAGE_BYTES;
        ShownPages shown = new ShownPages((offset + byteCount - 1) / PAGE_BYTES + 1 - firstBlock);
        shown.set(0, shown.pageCount(), start);
        // of a larger page no part can be replaced with zeros when the volume goes
        Placement.of(shown, medium.mappingUnitBytes(), Mapping.HUGE_PAGE_BYTES);
        LiveMapping mapping = new LiveMapping(mmu, holds, dirty, access, firstBlock, shown, whenClosed);
        MemorySegment whole = space.whole();
        long at = start * PAGE_BYTES;
        MemorySegment bytes = MemorySegment.ofAddress(whole.address() + at + offset % PAGE_BYTES)
                .reinterpret(byteCount, arena, null);
        ArenaHook.onClose(arena, () -> {
            closed(mapping);
            Reference.reachabilityFence(whole);
        });
        lock.lock();
        try {
            if (mapping.isClosed()) {
                throw new IllegalStateException("Already closed");
            }
            mapping.sliced(whole.address() + at, trackers);
            live.add(mapping);
            liveCount = live.size();
        } finally {
            lock.unlock();
        }
        return new MappedRange(access == Access.READ_ONLY ? bytes.asReadOnly() : bytes, () -> tracking(mapping),
                () -> lifetime(mapping));
    }

    private Tracking tracking(LiveMapping mapping) {
        lock.lock();
        try {
            return mapping.tracking();
        } finally {
            lock.unlock();
        }
    }

    private Lifetime lifetime(LiveMapping mapping) {
        lock.lock();
        try {
            return mapping.lifetime();
        } finally {
            lock.unlock();
        }
    }

    private ShownPages shownPages(BlockMap blocks, long firstBlock, long blockCount, Access access) {
        ShownPages shown = new ShownPages(blockCount);
        blocks.forEachWritten(firstBlock, blockCount,
                (fileBlock, mediumBlock, count) -> shown.set(fileBlock - firstBlock, count, mediumBlock));
        assert access != Access.READ_WRITE || hasNoHole(shown) : "a hole in a writable mapping swallows stores";
        return shown;
    }

    private static boolean hasNoHole(ShownPages shown) {
        boolean[] hole = new boolean[1];
        shown.forEach(0, shown.pageCount(), (page, target, count) -> hole[0] |= target == ShownPages.ZEROS);
        return !hole[0];
    }

    /// From here on the mapping follows the file, unless its arena was closed meanwhile: then its addresses may by now
    /// be somebody else's, and must not be touched.
    private void add(LiveMapping mapping, long address, TrackingMode tracking, boolean populates) {
        lock.lock();
        try {
            if (mapping.isClosed()) {
                throw new IllegalStateException("Already closed");
            }
            try {
                mapping.stitch(address);
                mapping.track(trackers, tracking);
                if (populates) {
                    mapping.populate(medium.granularity() != Granularity.PAGE);
                }
            } catch (RuntimeException failed) {
                mapping.unstitch();
                mapping.close();
                throw failed;
            }
            live.add(mapping);
            liveCount = live.size();
        } finally {
            lock.unlock();
        }
    }

    private void closed(LiveMapping mapping) {
        lock.lock();
        try {
            boolean wasLive = live.contains(mapping);
            try {
                mapping.endLifetime();
                if (wasLive) {
                    // before it is gone from the list, where the next sync would look for it, and before it is
                    // unmapped, when what the MMU knows is lost
                    mapping.harvest(mapping.firstBlock(), mapping.blockCount());
                }
            } finally {
                hasStored |= wasLive && mapping.takeStored();
                live.remove(mapping);
                liveCount = live.size();
            }
            if (mapping.isClosed()) {
                return;
            }
            mapping.close();
            if (!wasLive) {
                return;
            }
        } finally {
            lock.unlock();
        }
        // without the lock: it may well take the inode's, which comes before this one
        mapping.whenClosed().run();
    }

    /// Whether stores through mappings have been found, or may have been made, since this was last asked: the file
    /// has been modified. Where stores are tracked one by one, only what was harvested counts.
    public boolean takeStored() {
        lock.lock();
        try {
            boolean taken = hasStored;
            hasStored = false;
            for (LiveMapping each : live) {
                taken |= each.takeStored();
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// Whether nothing maps the file; cheap.
    public boolean isEmpty() {
        return liveCount == 0;
    }

    public int count() {
        return liveCount;
    }

    /// Whether a mapping of any kind covers one of the blocks.
    public boolean isMapped(long block, long count) {
        return !isEmpty() && find(block, count, null);
    }

    /// Whether a mapping that stores to the file covers one of the blocks.
    public boolean isMappedWritable(long block, long count) {
        return !isEmpty() && find(block, count, Access.READ_WRITE);
    }

    private boolean find(long block, long count, Access access) {
        lock.lock();
        try {
            for (LiveMapping each : live) {
                if ((access == null || each.access() == access) && each.covers(block, count)) {
                    return true;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Takes a range of blocks.
    @FunctionalInterface
    public interface RangeVisitor {
        void range(long block, long count);
    }

    /// Calls the visitor for the part of the range that each writable mapping covers; parts may overlap. No lock is
    /// held meanwhile.
    public void forEachWritable(long block, long count, RangeVisitor visitor) {
        forEach(block, count, Access.READ_WRITE, visitor);
    }

    /// Calls the visitor for the part of the range that each mapping covers which shares its bytes with the file,
    /// writable or not.
    public void forEachShared(long block, long count, RangeVisitor visitor) {
        forEach(block, count, Access.READ_WRITE, visitor);
        forEach(block, count, Access.READ_ONLY, visitor);
    }

    private void forEach(long block, long count, Access access, RangeVisitor visitor) {
        if (isEmpty()) {
            return;
        }
        long[] ranges;
        lock.lock();
        try {
            ranges = ranges(block, count, access);
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < ranges.length; i += 2) {
            visitor.range(ranges[i], ranges[i + 1]);
        }
    }

    private long[] ranges(long block, long count, Access access) {
        return live.stream().filter(each -> each.access() == access && each.covers(block, count))
                .flatMapToLong(each -> {
                    long from = Math.max(block, each.firstBlock());
                    long to = Math.min(block + count, each.firstBlock() + each.blockCount());
                    return LongStream.of(from, to - from);
                }).toArray();
    }

    /// Marks dirty every block of the range that was stored to through a mapping since it was last harvested.
    @Override
    public void harvest(long block, long count, DirtyIndex index) {
        assert index == dirty : "marks of another file";
        if (isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (LiveMapping each : live) {
                if (each.covers(block, count)) {
                    harvestedPageCount += each.harvest(block, count);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Number of pages that [#harvest] has ever marked; a page marked again, or for two mappings, counts again.
    public long harvestedPageCount() {
        lock.lock();
        try {
            return harvestedPageCount;
        } finally {
            lock.unlock();
        }
    }

    /// The file is about to give up the blocks of the range, or to use others in their place: holds those that a
    /// mapping shows. Followed, in the same hold of the inode's lock, by [#refresh] if the range has blocks
    /// afterwards, or if nothing came of it.
    public void detach(long block, long count) {
        if (isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (LiveMapping each : live) {
                if (each.covers(block, count)) {
                    each.detach(block, count);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// The file's blocks in the range have changed: every mapping shows the new ones before this returns. Where the
    /// file has none, blocks that were detached stay visible, and attached ones, which the file uses elsewhere by
    /// now, give way to zeros.
    ///
    /// @throws VolumeException EIO where the kernel has no more mappings; those not reached show what they did
    public void refresh(long block, long count, BlockMap blocks) {
        if (isEmpty()) {
            return;
        }
        RuntimeException failure = null;
        lock.lock();
        try {
            for (LiveMapping each : live) {
                try {
                    if (each.covers(block, count)) {
                        each.refresh(block, count, blocks);
                    }
                } catch (RuntimeException e) {
                    failure = e;
                }
            }
        } finally {
            lock.unlock();
        }
        if (failure != null) {
            throw failure;
        }
    }

    /// A hole has been filled: [#refresh] with a single run.
    public void filled(long block, long mediumBlock, long count) {
        if (!isEmpty()) {
            refresh(block, count, BlockMap.ofRun(block, mediumBlock, count));
        }
    }

    /// The range has changed, or is about to become part of the file: where read-only mappings show blocks that the
    /// file has given up, and so has none, they show zeros.
    public void clear(long block, long count) {
        if (isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (LiveMapping each : live) {
                if (each.access() == Access.READ_ONLY && each.covers(block, count)) {
                    each.clear(block, count);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// The volume closes: every mapping shows zeros from here on and takes no more part in anything.
    public void revoke() {
        lock.lock();
        try {
            for (LiveMapping each : live) {
                each.revoke();
            }
            live.clear();
            liveCount = 0;
        } finally {
            lock.unlock();
        }
    }
}
