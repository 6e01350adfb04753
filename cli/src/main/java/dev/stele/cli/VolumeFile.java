package dev.stele.cli;

import dev.stele.error.VolumeException;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/// The file or device that a new volume is made in.
final class VolumeFile {
    /// For [#make]: take the device as it is.
    static final long SIZE_OF_DEVICE = -1;

    private final Path path;
    private final MediumOptions options;

    VolumeFile(Path path, MediumOptions options) {
        this.path = path;
        this.options = options;
    }

    /// Makes an empty volume, over whatever is there: who calls has asked whether that may be lost. A file that another
    /// process has open as a volume is refused, and a file that was not there is not left behind by a failure.
    ///
    /// @param sizeBytes a multiple of 4096, or [#SIZE_OF_DEVICE]
    /// @param report told of the medium before it closes
    void make(long sizeBytes, FormatOptions format, Consumer<Medium> report) {
        boolean existed = Files.exists(path);
        boolean made = false;
        try {
            try (Medium medium = existed ? existing(sizeBytes) : Media.create(path, sizeBytes, options)) {
                Volume.format(medium, format);
                report.accept(medium);
            }
            made = true;
        } catch (VolumeException | IllegalArgumentException e) {
            throw new CommandFailure(path + ": " + e.getMessage(), e);
        } finally {
            if (!existed && !made) {
                delete();
            }
        }
    }

    private Medium existing(long sizeBytes) {
        if (Files.isRegularFile(path)) {
            if (sizeBytes(path) != sizeBytes) {
                requireUnowned();
                resize(sizeBytes);
            }
            return Media.open(path, options);
        }
        Medium medium = Media.open(path, options);
        if (sizeBytes != SIZE_OF_DEVICE && sizeBytes != medium.sizeBytes()) {
            long has = medium.sizeBytes();
            medium.close();
            throw new CommandFailure(path + ": the device has " + ByteSize.format(has)
                    + "; leave the size away to use all of it");
        }
        return medium;
    }

    private void requireUnowned() {
        if (sizeBytes(path) >= Medium.PAGE_BYTES) {
            Media.open(path, options).close();
        }
    }

    /// To zeros: what was there is gone, and its blocks with it.
    private void resize(long sizeBytes) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(0);
            file.setLength(sizeBytes);
        } catch (IOException e) {
            throw new CommandFailure(path + ": cannot be made " + ByteSize.format(sizeBytes) + " long: "
                    + Failures.describe(e), e);
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException left) {
            // The failure that led here says more.
            assert left.getMessage() != null;
        }
    }

    /// 0 for what is not there.
    static long sizeBytes(Path path) {
        try {
            return Files.exists(path) ? Files.size(path) : 0;
        } catch (IOException e) {
            throw new CommandFailure(path + ": " + Failures.describe(e), e);
        }
    }
}
