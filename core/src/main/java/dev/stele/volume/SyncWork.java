package dev.stele.volume;

import dev.stele.format.Geometry;
import dev.stele.mapping.MappedRange;
import dev.stele.mapping.Tracking;
import dev.stele.mapping.TrackingMode;
import dev.stele.medium.Medium;
import dev.stele.medium.PersistenceCounters;
import dev.stele.node.Name;
import dev.stele.volume.SyncCosts.Setting;
import dev.stele.volume.SyncCosts.Way;
import dev.stele.volume.Volume.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.UUID;

/// A volume with a large file that is stored to, written to and synced, one way or the other.
final class SyncWork implements AutoCloseable {
    /// Number of single pages that a case stores to.
    static final int PAGES_SPREAD = 64;

    private static final int SMALL_STORES = 1000;
    private static final long LINE_BYTES = 64;
    private static final int PIECE_BYTES = 1 << 20;
    /// Longest write that stays in the cache, and so dirty.
    private static final long DIRTY_PIECE_BYTES = FileWrites.MAX_CACHED_BYTES;

    private final Setting setting;
    private final Way way;
    private final Volume volume;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment piece = arena.allocate(PIECE_BYTES, Geometry.BLOCK_BYTES);
    private final long file;
    /// null where the file is not mapped
    private final MappedRange mapped;
    /// File pages that are stored to, no two the same and none the first.
    private final long[] places;
    private long value;

    SyncWork(Setting setting, Way way, boolean isMapped) {
        this.setting = setting;
        this.way = way;
        this.volume = open();
        this.file = fill("file");
        // Who flushes everything need not know what was stored to, and must not pay for it.
        this.mapped = isMapped ? volume.map(file, 0, setting.fileBytes(), Volume.MapMode.READ_WRITE,
                way == Way.EVERYTHING ? TrackingMode.PESSIMISTIC : TrackingMode.AUTO, arena) : null;
        this.places = new Random(setting.seed()).longs(1, setting.fileBytes() / Geometry.BLOCK_BYTES)
                .distinct().limit(SMALL_STORES).toArray();
    }

    private Volume open() {
        Medium medium = setting.media().apply(SyncCosts.memoryBytes(setting.fileBytes()) & -Geometry.BLOCK_BYTES);
        try {
            Volume.format(medium, new FormatOptions("strategies", new UUID(1, 2), 3, 4, 0, 0, 0, 0));
        } catch (RuntimeException failed) {
            medium.close();
            throw failed;
        }
        return Volume.open(medium, new OpenOptions(false, System::nanoTime, false).withStrategy(way.strategy));
    }

    /// A file whose every block is its own and written.
    private long fill(String name) {
        long inode = volume.create(volume.root(), Name.of(name), 0600, 0, 0);
        volume.allocate(inode, 0, setting.fileBytes(), false);
        write(inode, PIECE_BYTES, Durability.DSYNC);
        return inode;
    }

    private void write(long inode, long byteCount, Durability durability) {
        for (long at = 0; at < setting.fileBytes(); at += byteCount) {
            long part = Math.min(byteCount, setting.fileBytes() - at);
            long written = volume.write(inode, at, piece, 0, part, durability);
            assert written == part : "the volume has room for all";
        }
    }

    PersistenceCounters counters() {
        return volume.medium().counters();
    }

    Tracking tracking() {
        return mapped == null ? null : mapped.tracking();
    }

    /// Every line of a page, through the mapping.
    void storePage(long page) {
        mapped.segment().asSlice(page * Geometry.BLOCK_BYTES, Geometry.BLOCK_BYTES).fill((byte) ++value);
    }

    /// A word in each of a thousand pages, through the mapping.
    void storeWords() {
        value++;
        for (long page : places) {
            mapped.segment().set(ValueLayout.JAVA_LONG, page * Geometry.BLOCK_BYTES, value);
        }
    }

    /// A word in each of a few pages, as far from each other as the file is large.
    void storeSpread() {
        value++;
        long pages = setting.fileBytes() / Geometry.BLOCK_BYTES;
        for (long i = 0; i < PAGES_SPREAD; i++) {
            mapped.segment().set(ValueLayout.JAVA_LONG, i * pages / PAGES_SPREAD * Geometry.BLOCK_BYTES, value);
        }
    }

    /// A line in each of a thousand pages, with `write`.
    void writeLines() {
        piece.set(ValueLayout.JAVA_LONG, 0, ++value);
        for (long page : places) {
            volume.write(file, page * Geometry.BLOCK_BYTES, piece, 0, LINE_BYTES, Durability.DEFERRED);
        }
    }

    void dirtyOtherFile() {
        write(fill("other"), DIRTY_PIECE_BYTES, Durability.DEFERRED);
    }

    void sync() {
        if (way == Way.EVERYTHING) {
            flushAll();
        } else {
            volume.sync(file, true);
        }
    }

    /// A sync whose cost nobody looks at; flushing everything leaves nothing behind that the next could find.
    void syncQuietly() {
        if (way != Way.EVERYTHING) {
            volume.sync(file, true);
        }
    }

    void syncPage(long page) {
        if (way == Way.EVERYTHING) {
            flushAll();
        } else {
            volume.syncRange(file, page * Geometry.BLOCK_BYTES, Geometry.BLOCK_BYTES);
        }
    }

    private void flushAll() {
        Medium medium = volume.medium();
        for (Volume.FileExtent extent : volume.extents(file, 0, setting.fileBytes())) {
            medium.data().flush(extent.mediumOffset(), extent.byteCount());
        }
        medium.drain();
    }

    @Override
    public void close() {
        arena.close();
        volume.close();
    }
}
