package dev.stele.medium.sim;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;

/// Persistent memory behind a block aperture: of N bytes only a window of some KiB can be seen at a time, and a
/// register slides it. Its bytes are not always there to be loaded, so a file on it cannot be mapped, and reading and
/// writing copy through the window ([Aperture] says how, [ApertureDevice] what goes wrong otherwise).
///
/// Structures are read from a mirror in memory, into which the device is copied when the medium is opened and which
/// every store goes into as well as through the window: opening costs the size of the device, and as much memory, which
/// a simulated medium may. The bytes of files are read through the window. Stores through it are durable no later than
/// asked for, and sooner whenever the window slides: a drain here waits for what every thread has sent.
public final class WindowedMedium extends Medium {
    private static final int READ_WRITE = Native.PROT_READ | Native.PROT_WRITE;
    private static final int LOAD_BYTES = 1 << 20;

    private final Arena arena = Arena.ofShared();
    private final Medium ground;
    private final ApertureDevice device;
    private final Aperture aperture;
    private final ApertureView metadata;
    private final ApertureView data;
    private MemorySegment mirror;

    private WindowedMedium(Medium ground, int windowBytes, long seed, Set<Aperture.Step> steps) {
        this.ground = ground;
        this.device = new ApertureDevice(arena, ground, windowBytes, seed);
        this.aperture = new Aperture(device, counters(), steps);
        this.mirror = map(ground.sizeBytes());
        this.metadata = new ApertureView(this, aperture, mirror);
        this.data = new ApertureView(this, aperture, ground.sizeBytes());
        for (long at = 0; at < mirror.byteSize(); at += LOAD_BYTES) {
            aperture.read(at, mirror, at, Math.min(LOAD_BYTES, mirror.byteSize() - at));
        }
    }

    /// A device of zeros.
    ///
    /// @param windowBytes how much is seen at a time: a multiple of 64
    public static WindowedMedium create(long sizeBytes, int windowBytes) {
        return over(MemoryMedium.createAsPmem(sizeBytes), windowBytes);
    }

    /// A device that stores to another medium, of granularity CACHE_LINE, which closes with it.
    public static WindowedMedium over(Medium ground, int windowBytes) {
        return over(ground, windowBytes, 1, EnumSet.allOf(Aperture.Step.class));
    }

    /// @param seed what the cache writes back by itself, and when
    /// @param steps all, but in a test that shows what each is for
    static WindowedMedium over(Medium ground, int windowBytes, long seed, Set<Aperture.Step> steps) {
        if (windowBytes < LINE_BYTES || windowBytes % LINE_BYTES != 0) {
            throw new VolumeException(Errno.EINVAL, "a window is a multiple of 64 bytes, not " + windowBytes);
        }
        if (ground.granularity() != Granularity.CACHE_LINE || ground.isReadOnly()) {
            throw new VolumeException(Errno.EINVAL, "a window needs writable persistent memory behind it, not "
                    + ground.description());
        }
        return new WindowedMedium(ground, windowBytes, seed, steps);
    }

    private MemorySegment map(long sizeBytes) {
        return Mapping.map(arena, -1, 0, sizeBytes, READ_WRITE,
                Native.MAP_PRIVATE | Native.MAP_ANONYMOUS | Native.MAP_NORESERVE);
    }

    MemorySegment mirror() {
        return mirror;
    }

    ApertureDevice device() {
        return device;
    }

    /// @throws IllegalStateException once closed
    void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the medium is closed");
        }
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
        aperture.drain();
    }

    @Override
    public Granularity granularity() {
        return Granularity.CACHE_LINE;
    }

    @Override
    public boolean isDurable() {
        return ground.isDurable();
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String description() {
        return "a window of " + device.windowBytes() + " bytes onto " + ground.description();
    }

    @Override
    public synchronized void grow(long newSizeBytes) {
        if (newSizeBytes <= sizeBytes() || newSizeBytes % PAGE_BYTES != 0) {
            throw new VolumeException(Errno.EINVAL, "new size must be larger and a multiple of 4096: " + newSizeBytes);
        }
        ground.grow(newSizeBytes);
        MemorySegment larger = map(newSizeBytes);
        MemorySegment.copy(mirror, 0, larger, 0, mirror.byteSize());
        mirror = larger;
        metadata.grown(larger);
        data.grown(larger);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            ground.close();
        }
    }
}
