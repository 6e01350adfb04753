package dev.stele.medium;

import dev.stele.cpu.CacheLines;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A `/dev/dax` character device: persistent memory without a file system. `FileChannel` cannot map it; its size, its
/// alignment and that it is one are in sysfs.
final class DevdaxMedium extends DirectMedium {
    /// What sysfs says of a device.
    ///
    /// @param alignmentBytes mappings begin and end at multiples of it
    record Device(long sizeBytes, long alignmentBytes) {
        /// @param sysfs usually `/sys`
        /// @throws VolumeException EOPNOTSUPP where the character device is no DAX device
        static Device read(Path sysfs, int major, int minor) {
            Path device = sysfs.resolve("dev/char/" + major + ":" + minor);
            try {
                Path subsystem = device.resolve("subsystem").toRealPath();
                if (!subsystem.getFileName().toString().equals("dax")) {
                    throw new VolumeException(Errno.EOPNOTSUPP, "a character device of kind "
                            + subsystem.getFileName() + " holds no volume: use a /dev/dax device or a file");
                }
                return new Device(number(device.resolve("size")), alignment(device));
            } catch (IOException | NumberFormatException e) {
                throw new VolumeException(Errno.EOPNOTSUPP, "not a DAX device, or sysfs does not tell: " + device);
            }
        }

        private static long alignment(Path device) throws IOException {
            Path align = device.resolve("align");
            return Files.exists(align) ? number(align) : DEFAULT_ALIGNMENT;
        }

        private static long number(Path file) throws IOException {
            return Long.decode(Files.readString(file).strip());
        }

        /// The file by which the region that a device lies in is told to empty the buffers of its memory controllers.
        ///
        /// @return null where the region has none
        static Path deepFlush(Path sysfs, int major, int minor) {
            try {
                Path at = sysfs.resolve("dev/char/" + major + ":" + minor).toRealPath();
                while (at != null && at.getFileName() != null && !at.getFileName().toString().matches("region\\d+")) {
                    at = at.getParent();
                }
                Path file = at == null || at.getFileName() == null ? null : at.resolve("deep_flush");
                return file != null && Files.exists(file) ? file : null;
            } catch (IOException gone) {
                return null;
            }
        }

        /// The bytes that can be mapped.
        long usableBytes() {
            if (alignmentBytes < PAGE_BYTES || Long.bitCount(alignmentBytes) != 1 || sizeBytes < alignmentBytes) {
                throw new VolumeException(Errno.EOPNOTSUPP,
                        "DAX device of " + sizeBytes + " bytes, aligned to " + alignmentBytes + ", cannot be mapped");
            }
            return sizeBytes & -alignmentBytes;
        }
    }

    private static final long DEFAULT_ALIGNMENT = 2L << 20;

    private final OwnedFile device;
    /// null where there is no way to ask
    private final Path deepFlush;

    private DevdaxMedium(Ground ground, MediumOptions options, OwnedFile device, Path deepFlush) {
        super(ground, options, CacheLines.require());
        this.device = device;
        this.deepFlush = deepFlush;
    }

    static DevdaxMedium over(OwnedFile device, MediumOptions options) {
        Native.FileStatus status = device.status();
        Device described = Device.read(Path.of("/sys"), status.deviceMajor(), status.deviceMinor());
        Ground ground = new Ground(device.descriptor(), described.usableBytes(), Native.MAP_SHARED, false, false,
                described.alignmentBytes());
        Path deepFlush = Device.deepFlush(Path.of("/sys"), status.deviceMajor(), status.deviceMinor());
        return new DevdaxMedium(ground, options, device, deepFlush);
    }

    @Override
    public boolean isDurable() {
        return true;
    }

    @Override
    public Optional<Path> mappableFile() {
        return Optional.empty();
    }

    @Override
    public void deepSync() {
        if (deepFlush != null) {
            try {
                Files.writeString(deepFlush, "1");
            } catch (IOException e) {
                throw new VolumeException(Errno.EIO, "no deep flush by " + deepFlush + ": " + e.getMessage());
            }
        }
    }

    @Override
    String place() {
        return "DAX device " + device.path();
    }

    @Override
    public void grow(long newSizeBytes) {
        throw new VolumeException(Errno.EOPNOTSUPP, "a DAX device has the size it has");
    }

    @Override
    void closeGround() {
        device.close();
    }
}
