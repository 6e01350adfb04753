package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Superblock;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/// The file or device a volume lies in: finding, making and opening it.
final class Pool {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Pool() {
    }

    /// Whether the file begins as a volume does, or has the copy of how it begins. A device is taken at its word: it
    /// may not be readable but by mapping.
    static boolean isVolume(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (attributes.isOther()) {
            return true;
        }
        if (!attributes.isRegularFile()) {
            return false;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(path)) {
            return hasMagic(channel, 0) || hasMagic(channel, Geometry.at(Geometry.SUPERBLOCK_COPY));
        }
    }

    private static boolean hasMagic(SeekableByteChannel channel, long at) throws IOException {
        ByteBuffer magic = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        channel.position(at);
        while (magic.hasRemaining() && channel.read(magic) >= 0) {
            // A short read is followed by the rest.
        }
        return !magic.hasRemaining() && magic.getLong(0) == Superblock.MAGIC;
    }

    /// The same for every path that leads to the file.
    static String location(Path path) {
        try {
            return DaxUri.location(path.toRealPath());
        } catch (IOException e) {
            return DaxUri.location(locationToBe(path.toAbsolutePath().normalize()));
        }
    }

    private static Path locationToBe(Path path) {
        try {
            return path.getParent().toRealPath().resolve(path.getFileName());
        } catch (IOException | NullPointerException e) {
            return path;
        }
    }

    /// @throws VolumeException where the medium or the volume cannot be opened
    static Volume open(Path path, PoolOptions options) throws IOException {
        if (!options.create() && !Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        MediumOptions how = MediumOptions.DEFAULT.withReadOnly(options.readOnly()).withAsPmem(options.asPmem());
        Medium medium = options.create() ? Media.create(path, options.sizeBytes(), how) : Media.open(path, how);
        try {
            return options.create() ? format(medium, options) : open(medium, options);
        } catch (RuntimeException e) {
            if (options.create()) {
                Files.delete(path);
            }
            throw e;
        }
    }

    /// Formats and opens; the medium is closed where either fails.
    static Volume format(Medium medium, PoolOptions options) {
        try {
            Volume.format(medium, formatOptions(options.label()));
        } catch (IllegalArgumentException e) {
            medium.close();
            throw new VolumeException(Errno.EINVAL, e.getMessage());
        } catch (RuntimeException e) {
            medium.close();
            throw e;
        }
        return open(medium, options);
    }

    private static Volume open(Medium medium, PoolOptions options) {
        return Volume.open(medium,
                new OpenOptions(options.readOnly(), Pool::now, true).withStrategy(options.strategy())
                        .withTracking(options.tracking()));
    }

    private static FormatOptions formatOptions(String label) {
        SecureRandom random = new SecureRandom();
        Creator creator = Creator.CURRENT;
        return new FormatOptions(label, UUID.randomUUID(), random.nextLong(), random.nextLong(), 0, creator.uid(),
                creator.gid(), now());
    }

    /// Nanoseconds since the epoch.
    static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    }
}
