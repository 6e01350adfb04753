package dev.stele.dax;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.cpu.Granularity;
import dev.stele.medium.PersistenceCounters;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// A volume on a watched, simulated medium, and short words to use files of it.
final class Pool implements AutoCloseable {
    static final long PAGE = 4096;
    private static final long SIZE_BYTES = 4L << 20;

    /// What is to be found after a power cut.
    interface Looking {
        void at(Volume volume);
    }

    final TracedMedium medium;
    /// What every stamp of time is taken from; goes on by one each time.
    final AtomicLong clock = new AtomicLong(1_000_000);
    Volume volume;
    final Arena memory = Arena.ofShared();

    Pool() {
        this(Granularity.CACHE_LINE);
    }

    Pool(Granularity granularity) {
        SimMedium sim = SimMedium.create(SIZE_BYTES, granularity);
        Volume.format(sim, new FormatOptions("rules", new UUID(1, 2), 3, 4, 32, 0, 0, 1));
        sim.settle();
        medium = new TracedMedium(sim);
        volume = Volume.open(medium, options(clock));
    }

    /// Closes the volume and opens it anew, with nothing known of what is on it.
    void reopen() {
        medium.isKept = true;
        volume.close();
        medium.isKept = false;
        volume = Volume.open(medium, options(clock));
    }

    private static OpenOptions options(AtomicLong clock) {
        return new OpenOptions(false, clock::incrementAndGet, false);
    }

    /// Recovers what a power cut left.
    static Volume open(SimMedium image) {
        return Volume.open(image, options(new AtomicLong(1L << 40)));
    }

    /// A file of whole pages, all of it durable; every page starts with its number plus one.
    long file(String name, int pages) {
        long file = volume.create(volume.root(), Name.of(name), 0644, 0, 0);
        for (int page = 0; page < pages; page++) {
            writeLong(file, page * PAGE, page + 1);
        }
        volume.truncate(file, pages * PAGE);
        volume.sync();
        medium.sim.settle();
        return file;
    }

    static long find(Volume volume, String name) {
        return volume.lookup(volume.root(), Name.of(name));
    }

    void writeLong(long file, long offset, long value) {
        writeLong(file, offset, value, Durability.DEFERRED);
    }

    void writeLong(long file, long offset, long value, Durability durability) {
        MemorySegment word = Arena.ofAuto().allocate(8, 8);
        word.set(JAVA_LONG, 0, value);
        assertEquals(8, volume.write(file, offset, word, 0, 8, durability));
    }

    void write(long file, long offset, int byteCount, int value, Durability durability) {
        MemorySegment from = Arena.ofAuto().allocate(byteCount, 8).fill((byte) value);
        assertEquals(byteCount, volume.write(file, offset, from, 0, byteCount, durability));
    }

    long readLong(long file, long offset) {
        return readLong(volume, file, offset);
    }

    static long readLong(Volume volume, long file, long offset) {
        MemorySegment into = Arena.ofAuto().allocate(8, 8);
        volume.read(file, offset, into, 0, 8);
        return into.get(JAVA_LONG, 0);
    }

    static byte[] bytes(Volume volume, long file, long byteCount) {
        MemorySegment into = Arena.ofAuto().allocate(Math.max(1, byteCount), 8);
        return into.asSlice(0, volume.read(file, 0, into, 0, byteCount)).toArray(JAVA_BYTE);
    }

    static long size(Volume volume, long file) {
        return attributes(volume, file).sizeBytes;
    }

    static Attributes attributes(Volume volume, long file) {
        Attributes attributes = new Attributes();
        volume.attributes(file, attributes);
        return attributes;
    }

    MemorySegment map(long file, long page, long pages, MapMode mode, MapOption... options) {
        return volume.map(file, page * PAGE, pages * PAGE, mode, memory, options);
    }

    /// The word of the file that would be there if the power went now and nothing were written back by chance.
    long durable(long file, long offset) {
        Volume.FileExtent extent = volume.extents(file, offset, 8).getFirst();
        return medium.sim.durableBytes().get(JAVA_LONG, extent.mediumOffset() + offset - extent.fileOffset());
    }

    /// Cuts the power where it is told to, in every way there is to lose lines, and has what is left looked at.
    PowerCuts<Volume> cuts(Looking looking) {
        return PowerCuts.<Volume>of(medium.sim).seed(Long.getLong("stele.seed", 5)).exhaustiveTo(64).samples(40)
                .onlyNamedPoints().check(Pool::open, (volume, image, point) -> looking.at(volume));
    }

    PersistenceCounters.Snapshot counted() {
        return medium.counters().ofAllThreads();
    }

    /// How many lines of files' bytes the action flushes.
    long flushedLines(Runnable action) {
        long before = medium.flushedDataLines.get();
        action.run();
        return medium.flushedDataLines.get() - before;
    }

    @Override
    public void close() {
        medium.watcher = TracedMedium.NOBODY;
        volume.close();
        memory.close();
    }
}
