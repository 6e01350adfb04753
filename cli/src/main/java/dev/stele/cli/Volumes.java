package dev.stele.cli;

import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Superblock;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Function;

/// Volumes as such, for the commands that are about the volume and not about its files.
final class Volumes {
    private Volumes() {
    }

    /// Nanoseconds since the epoch.
    static long nowNanos() {
        Instant now = Instant.now();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    }

    /// User or group (`uid`, `gid`) that this process runs as; 0 where the host does not say.
    static int ownId(String which) {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:" + which);
        } catch (IOException | UnsupportedOperationException e) {
            return 0;
        }
    }

    static <T> T reading(Path image, Function<Volume, T> work) {
        return with(image, true, work);
    }

    static <T> T writing(Path image, Function<Volume, T> work) {
        return with(image, false, work);
    }

    private static <T> T with(Path image, boolean readOnly, Function<Volume, T> work) {
        requireImage(image);
        try (Volume volume = open(image, readOnly)) {
            return work.apply(volume);
        } catch (VolumeException e) {
            throw new CommandFailure(image + ": " + e.getMessage(), e);
        }
    }

    private static Volume open(Path image, boolean readOnly) {
        Medium medium = Media.open(image, MediumOptions.DEFAULT.withReadOnly(readOnly));
        try {
            return Volume.open(medium, new OpenOptions(readOnly, Volumes::nowNanos, false));
        } catch (RuntimeException | Error e) {
            medium.close();
            throw e;
        }
    }

    /// @throws CommandFailure where there is nothing, or a directory
    static void requireImage(Path image) {
        if (!Files.exists(image)) {
            throw new CommandFailure(image + ": no such image; `stele mkfs " + image + " 1G` makes one");
        }
        if (Files.isDirectory(image)) {
            throw new CommandFailure(image + ": is a directory, not an image");
        }
    }

    /// Whether the file begins as a volume does, whole or damaged.
    static boolean isVolume(Path path) {
        if (!Files.isRegularFile(path)) {
            return false;
        }
        int byteCount = (int) (Geometry.at(Geometry.SUPERBLOCK_COPY) + Superblock.BYTES);
        try (InputStream in = Files.newInputStream(path); Arena arena = Arena.ofConfined()) {
            MemorySegment start = arena.allocate(byteCount, 8);
            byte[] bytes = in.readNBytes(byteCount);
            MemorySegment.copy(bytes, 0, start, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return Superblock.hasMagic(start, Geometry.at(Geometry.SUPERBLOCK))
                    || Superblock.hasMagic(start, Geometry.at(Geometry.SUPERBLOCK_COPY));
        } catch (IOException e) {
            return false;
        }
    }

    /// A copy onto `pool.stele` where `pool.stele:/` was meant must not cost the volume.
    static void refuseOverVolume(Path place) {
        if (isVolume(place)) {
            throw new CommandFailure(place + ": is a volume, and copying onto it would destroy it; write "
                    + place + ":/ for a place inside it");
        }
    }
}
