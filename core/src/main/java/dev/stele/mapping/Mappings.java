package dev.stele.mapping;

import dev.stele.cpu.Granularity;
import dev.stele.dirty.DirtyIndex;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// The live mappings of one file: makes them, keeps them in step with the file, and keeps the blocks they show.
///
/// See the package for the protocol between a volume and its mappings. All methods may be called from any thread; those
/// that take a [BlockMap], and [#detach], under the lock of the inode. Block arguments are indices in the file.
public final class Mappings {
    private static final long PAGE_BYTES = Medium.PAGE_BYTES;
    /// Size of a huge page: ranges as long are placed so that the kernel can use them.
    private static final long HUGE_BYTES = 2L << 20;

    private final Medium medium;
    private final BlockHolds holds;
    /// null where stores need no flush
    private final DirtyIndex dirty;
    /// guarded by this
    private final List<LiveMapping> live = new ArrayList<>();
    /// written under the lock; read without, to pass by a file nobody maps
    private volatile int liveCount;

    /// @param dirty marks of the file's pages, which a writable mapping leaves behind when it ends
    public Mappings(Medium medium, BlockHolds holds, DirtyIndex dirty) {
        this.medium = medium;
        this.holds = holds;
        this.dirty = medium.granularity() == Granularity.CACHE_LINE ? dirty : null;
    }

    /// Maps `byteCount` bytes of the file from `offset` on, neither of which need be a multiple of anything. The
    /// segment is *mapped* and lives as long as the arena.
    ///
    /// @param blocks the file's blocks; for READ_WRITE there must be no hole in the pages of the range
    /// @param whenClosed called when the mapping has ended, by whichever thread ended it; never called where this
    ///     method throws, where the arena is global, or after [#revoke()]
    /// @throws VolumeException EOPNOTSUPP on a medium without a file or whose pages are too large for the file's
    ///     extents; EIO where the kernel has no more address space or mappings
    /// @throws IllegalStateException where the arena is closed
    public MemorySegment map(BlockMap blocks, long offset, long byteCount, Access access, Arena arena,
            Runnable whenClosed) {
        boolean isWritable = access != Access.READ_ONLY;
        if (byteCount == 0) {
            MemorySegment empty = Anchor.map(isWritable, 0, arena);
            ArenaHook.onClose(arena, whenClosed);
            return empty;
        }
        long firstBlock = offset / PAGE_BYTES;
        long blockCount = (offset + byteCount - 1) / PAGE_BYTES + 1 - firstBlock;
        ShownPages shown = shownPages(blocks, firstBlock, blockCount, access);
        LiveMapping mapping =
                new LiveMapping(medium.descriptor(), holds, access, firstBlock, shown, whenClosed);
        ArenaHook.takeFirstPlace(arena);
        Placement placement = Placement.of(shown, medium.mappingUnitBytes(), HUGE_BYTES);
        MemorySegment space = Anchor.map(isWritable, placement.spaceBytes(), arena);
        ArenaHook.onClose(arena, () -> closed(mapping));
        long skipBytes = placement.skipBytes(space.address());
        add(mapping, space.address() + skipBytes);
        return space.asSlice(skipBytes + offset % PAGE_BYTES, byteCount);
    }

    private ShownPages shownPages(BlockMap blocks, long firstBlock, long blockCount, Access access) {
        if (medium.descriptor() < 0) {
            throw new VolumeException(Errno.EOPNOTSUPP, "this medium has no file to map: " + medium.description());
        }
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
    private void add(LiveMapping mapping, long address) {
        synchronized (this) {
            if (mapping.isClosed()) {
                throw new IllegalStateException("Already closed");
            }
            try {
                mapping.stitch(address);
            } catch (RuntimeException failed) {
                mapping.unstitch();
                mapping.close();
                throw failed;
            }
            live.add(mapping);
            liveCount = live.size();
        }
    }

    private void closed(LiveMapping mapping) {
        synchronized (this) {
            if (live.contains(mapping) && mapping.access() == Access.READ_WRITE && dirty != null) {
                // before it is gone from the list, where the next sync would look for it
                dirty.markPages(mapping.firstBlock(), mapping.blockCount());
            }
            boolean wasLive = live.remove(mapping);
            liveCount = live.size();
            if (mapping.isClosed()) {
                return;
            }
            mapping.close();
            if (!wasLive) {
                return;
            }
        }
        // without the lock: it may well take the inode's, which comes before this one
        mapping.whenClosed().run();
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

    private synchronized boolean find(long block, long count, Access access) {
        for (LiveMapping each : live) {
            if ((access == null || each.access() == access) && each.covers(block, count)) {
                return true;
            }
        }
        return false;
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
        synchronized (this) {
            ranges = ranges(block, count, access);
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

    /// The file is about to give up the blocks of the range, or to use others in their place: holds those that a
    /// mapping shows. Followed, in the same hold of the inode's lock, by [#refresh] if the range has blocks
    /// afterwards, or if nothing came of it.
    public void detach(long block, long count) {
        if (isEmpty()) {
            return;
        }
        synchronized (this) {
            for (LiveMapping each : live) {
                if (each.covers(block, count)) {
                    each.detach(block, count);
                }
            }
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
        synchronized (this) {
            for (LiveMapping each : live) {
                try {
                    if (each.covers(block, count)) {
                        each.refresh(block, count, blocks);
                    }
                } catch (RuntimeException e) {
                    failure = e;
                }
            }
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
        synchronized (this) {
            for (LiveMapping each : live) {
                if (each.access() == Access.READ_ONLY && each.covers(block, count)) {
                    each.clear(block, count);
                }
            }
        }
    }

    /// The volume closes: every mapping shows zeros from here on and takes no more part in anything.
    public synchronized void revoke() {
        for (LiveMapping each : live) {
            each.revoke();
        }
        live.clear();
        liveCount = 0;
    }
}
