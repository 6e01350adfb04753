package dev.stele.medium;

import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// A disk in memory with one image file on it, of which it is known, sector by sector, what a power cut may leave.
///
/// - D1. What was written, stored through a shared mapping, or cut off before a sync that returned is durable.
/// - D2. Of everything since, the operating system may have brought any sector to the disk at any time, in any order:
///   a cut leaves of each sector what was durable or anything it held since, whatever it leaves of any other, and any
///   size the file had since.
///
/// Stores through a mapping are seen by comparison, before and after each write, sync and truncation, and at each cut:
/// values that came and went in between are not known.
///
/// Used by one thread at a time.
public final class SimulatedDisk implements AutoCloseable {
    /// Told before each write and truncation, and before and after each sync.
    @FunctionalInterface
    public interface Observer {
        void at(String effect);
    }

    private static final Observer NOBODY = effect -> {
    };

    private final Arena arena = Arena.ofShared();
    private final int sectorBytes;
    private final int descriptor;
    /// What programs read, as far as the file goes.
    private final MemorySegment cache;
    /// That as the last comparison found it; zeros behind the end, and so is the next.
    private final MemorySegment seen;
    private final MemorySegment durable;
    private long sizeBytes;
    /// What each sector has held since the last sync, oldest first.
    private final TreeMap<Integer, List<byte[]>> versions = new TreeMap<>();
    /// Sizes of the file since the last sync, that then first.
    private final List<Long> sizes = new ArrayList<>();
    private Observer observer = NOBODY;
    private long syncCount;
    /// Syncs that still take place before one is forgotten; negative for all.
    private long syncsUntilForgotten = -1;

    /// @param capacityBytes the most the file may grow to
    /// @param sectorBytes what the disk writes all or nothing: 512 or 4096
    public SimulatedDisk(long capacityBytes, int sectorBytes) {
        this.sectorBytes = sectorBytes;
        this.descriptor = Native.memfd("stele-disk", 0);
        this.cache = Mapping.map(arena, descriptor, 0, capacityBytes, Native.PROT_READ | Native.PROT_WRITE,
                Native.MAP_SHARED | Native.MAP_NORESERVE);
        this.seen = arena.allocate(capacityBytes, Medium.PAGE_BYTES);
        this.durable = arena.allocate(capacityBytes, Medium.PAGE_BYTES);
        sizes.add(0L);
    }

    /// Makes the file hold these bytes, durably.
    public void load(MemorySegment content, long byteCount) {
        long kept = Math.max(byteCount, Math.max(sizeBytes, sizes.stream().mapToLong(Long::longValue).max().orElse(0)));
        Native.truncate(descriptor, byteCount);
        for (MemorySegment each : List.of(cache, seen, durable)) {
            MemorySegment.copy(content, 0, each, 0, byteCount);
        }
        seen.asSlice(byteCount, kept - byteCount).fill((byte) 0);
        durable.asSlice(byteCount, kept - byteCount).fill((byte) 0);
        sizeBytes = byteCount;
        versions.clear();
        sizes.clear();
        sizes.add(byteCount);
    }

    /// Opens the file as an image. The medium may be closed, and the file opened once more.
    public Medium open() {
        return ImageMedium.open(new File(), MediumOptions.DEFAULT, "image file on a simulated disk", true);
    }

    /// @param somebody null for nobody
    public void observe(Observer somebody) {
        observer = somebody == null ? NOBODY : somebody;
    }

    /// Syncs that have returned.
    public long syncCount() {
        return syncCount;
    }

    /// Has one sync return having done nothing, the one behind `done` more; negative for none: as of a disk that lies,
    /// or of a program that forgot it. For tests of what finds such.
    public void forgetSync(long done) {
        syncsUntilForgotten = done;
    }

    /// What a power cut now may leave.
    public DiskCut cut() {
        notice();
        return new DiskCut(durable, sectorBytes, versions, sizes);
    }

    /// Finds what was stored since the last time.
    private void notice() {
        long from = 0;
        while (from < sizeBytes) {
            long distance = MemorySegment.mismatch(cache, from, sizeBytes, seen, from, sizeBytes);
            if (distance < 0) {
                return;
            }
            int sector = (int) ((from + distance) / sectorBytes);
            from = (long) sector * sectorBytes;
            MemorySegment.copy(cache, from, seen, from, Math.min(sectorBytes, sizeBytes - from));
            addVersion(sector);
            from += sectorBytes;
        }
    }

    private void addVersion(int sector) {
        byte[] content = seen.asSlice((long) sector * sectorBytes, sectorBytes)
                .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        versions.computeIfAbsent(sector, number -> new ArrayList<>()).add(content);
    }

    private void resized(long newSizeBytes) {
        for (long at = newSizeBytes; at < sizeBytes; at = (at / sectorBytes + 1) * sectorBytes) {
            long end = Math.min(sizeBytes, (at / sectorBytes + 1) * sectorBytes);
            MemorySegment cutOff = seen.asSlice(at, end - at);
            cutOff.fill((byte) 0);
            addVersion((int) (at / sectorBytes));
        }
        if (newSizeBytes != sizeBytes) {
            sizeBytes = newSizeBytes;
            sizes.add(newSizeBytes);
        }
    }

    private void synced() {
        versions.forEach((sector, held) -> MemorySegment.copy(held.getLast(), 0, durable,
                java.lang.foreign.ValueLayout.JAVA_BYTE, (long) sector * sectorBytes, sectorBytes));
        versions.clear();
        sizes.clear();
        sizes.add(sizeBytes);
        syncCount++;
    }

    @Override
    public void close() {
        arena.close();
        Native.close(descriptor);
    }

    /// The file as an image asks for it.
    private final class File implements BackingFile {
        @Override
        public long sizeBytes() {
            return sizeBytes;
        }

        @Override
        public long read(MemorySegment to, long at) {
            long count = Math.max(0, Math.min(to.byteSize(), sizeBytes - at));
            MemorySegment.copy(cache, at, to, 0, count);
            return count;
        }

        @Override
        public void write(MemorySegment from, long at) {
            notice();
            observer.at("before a write");
            if (at + from.byteSize() > sizeBytes) {
                Native.truncate(descriptor, at + from.byteSize());
                resized(at + from.byteSize());
            }
            MemorySegment.copy(from, 0, cache, at, from.byteSize());
            notice();
        }

        @Override
        public void sync() {
            notice();
            observer.at("before a sync");
            if (syncsUntilForgotten < 0 || syncsUntilForgotten-- != 0) {
                synced();
            }
            observer.at("after a sync");
        }

        @Override
        public void truncate(long newSizeBytes) {
            notice();
            observer.at("before the file's size changes");
            Native.truncate(descriptor, newSizeBytes);
            resized(newSizeBytes);
        }

        @Override
        public void allocate(long at, long byteCount) {
        }

        @Override
        public int descriptor() {
            return descriptor;
        }

        /// The disk stays.
        @Override
        public void close() {
        }
    }
}
