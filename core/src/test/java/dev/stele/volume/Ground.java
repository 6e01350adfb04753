package dev.stele.volume;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.medium.Medium;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/// A small volume on a simulated medium, the same bytes each time, and short words to do things to it.
final class Ground implements AutoCloseable {
    static final long SIZE_BYTES = 1 << 20;

    /// What stands on the volume before the operation under test.
    enum Fill { EMPTY, POPULATED, NEARLY_FULL, LARGE }

    final SimMedium medium;
    final AtomicLong clock = new AtomicLong(1_000_000);
    Volume volume;

    Ground() {
        this(SimMedium.create(SIZE_BYTES, Granularity.CACHE_LINE));
    }

    Ground(SimMedium medium) {
        this(medium, UnaryOperator.identity());
    }

    /// @param seen what the volume sees of the medium, such as a window
    Ground(SimMedium medium, UnaryOperator<Medium> seen) {
        this.medium = medium;
        Medium shown = seen.apply(medium);
        Volume.format(shown, new FormatOptions("cut", new UUID(1, 2), 3, 4, 16, 1000, 1000, 1));
        poison(medium);
        medium.settle();
        volume = open(shown, clock);
    }

    /// P8: whoever reads what stood in a free block is found. Some lines of each are enough, and leave few that a new
    /// block must store to.
    private static void poison(SimMedium medium) {
        Geometry geometry = new Geometry(medium.sizeBytes() >>> Geometry.BLOCK_SHIFT, 16);
        MemorySegment bytes = medium.metadata().segment();
        for (int block = geometry.firstUsableBit(0); block < geometry.blockCount(); block++) {
            long word = (long) Layouts.WORD.get(bytes, Geometry.blockBitmapAt(0) + (block >>> 6) * 8L);
            for (long at = 0; (word >>> (block & 63) & 1) == 0 && at < Geometry.BLOCK_BYTES; at += 21 * 64) {
                Layouts.WORD.set(bytes, Geometry.at(block) + at, 0xDEAD_B10C_DEAD_B10CL);
            }
        }
    }

    static Volume open(Medium medium, AtomicLong clock) {
        return Volume.open(medium, new OpenOptions(false, clock::incrementAndGet, false));
    }

    static Volume open(Medium medium) {
        return open(medium, new AtomicLong(1L << 40));
    }

    void fill(Fill fill) {
        if (fill == Fill.POPULATED) {
            populate();
        }
    }

    private void populate() {
        mkdir("p");
        for (int i = 0; i < 30; i++) {
            create("p/name-" + i);
        }
        mkdir("p/sub");
        write("p/name-1", 0, 100);
        write("p/name-2", 0, 9000);
        for (int i = 0; i < 24; i++) {
            write("p/name-3", i * 8192, 4096);
        }
        volume.symlink(at("p"), Name.of("short"), new byte[] {'x'}, 0, 0);
        volume.symlink(at("p"), Name.of("long"), bytes(1000, 3), 0, 0);
        volume.setXattr(at("p/name-4"), Name.of("user.big"), bytes(9000, 5), Volume.XattrMode.SET);
        volume.link(at("p/name-5"), at("p/sub"), Name.of("link"));
    }

    /// @param leaves free blocks that are left
    void fillUp(int leaves) {
        create("filler");
        long size = 0;
        try {
            while (true) {
                volume.allocate(at("filler"), size, 4096, false);
                size += 4096;
            }
        } catch (VolumeException full) {
            if (full.errno() != Errno.ENOSPC) {
                throw full;
            }
        }
        volume.truncate(at("filler"), size - leaves * 4096L);
    }

    long at(String path) {
        return at(volume, path);
    }

    static long at(Volume volume, String path) {
        long inode = volume.root();
        for (String each : path.split("/")) {
            inode = each.isEmpty() ? inode : volume.lookup(inode, Name.of(each));
            if (inode == 0) {
                throw new VolumeException(Errno.ENOENT);
            }
        }
        return inode;
    }

    private long parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? volume.root() : at(path.substring(0, slash));
    }

    private static Name last(String path) {
        return Name.of(path.substring(path.lastIndexOf('/') + 1));
    }

    long create(String path) {
        return volume.create(parent(path), last(path), 0644, 10, 20);
    }

    long mkdir(String path) {
        return volume.mkdir(parent(path), last(path), 0755, 10, 20);
    }

    void unlink(String path) {
        volume.unlink(parent(path), last(path));
    }

    void rmdir(String path) {
        volume.rmdir(parent(path), last(path));
    }

    void link(String path, String other) {
        volume.link(at(path), parent(other), last(other));
    }

    void rename(String from, String to, Volume.RenameMode mode) {
        volume.rename(parent(from), last(from), parent(to), last(to), mode);
    }

    void symlink(String path, byte[] target) {
        volume.symlink(parent(path), last(path), target, 10, 20);
    }

    void rename(String from, String to) {
        rename(from, to, Volume.RenameMode.REPLACE);
    }

    void write(String path, long offset, int byteCount) {
        write(path, offset, byteCount, Volume.Durability.DEFERRED);
    }

    void write(String path, long offset, int byteCount, Volume.Durability durability) {
        MemorySegment from = nativeBytes(byteCount, offset + byteCount);
        long written = volume.write(at(path), offset, from, 0, byteCount, durability);
        if (written != byteCount) {
            throw new VolumeException(Errno.ENOSPC);
        }
    }

    void append(String path, int byteCount) {
        volume.append(at(path), nativeBytes(byteCount, byteCount), 0, byteCount, Volume.Durability.DEFERRED);
    }

    static MemorySegment nativeBytes(int byteCount, long seed) {
        MemorySegment bytes = MemorySegment.ofArray(bytes(byteCount, seed));
        return Arena.ofAuto().allocate(Math.max(1, byteCount), 8).copyFrom(bytes);
    }

    /// Bytes of which none is zero.
    static byte[] bytes(int byteCount, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = new byte[byteCount];
        for (int i = 0; i < byteCount; i++) {
            bytes[i] = (byte) (1 + random.nextInt(255));
        }
        return bytes;
    }

    @Override
    public void close() {
        medium.close();
    }
}
