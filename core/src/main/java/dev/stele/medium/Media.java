package dev.stele.medium;

import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.nio.file.Path;

/// Opens and creates media; finds out by trying which kind a path is:
///
/// | path                                              | medium       | granularity | durable |
/// |---------------------------------------------------|--------------|-------------|---------|
/// | character device of kind dax                      | DAX device   | CACHE_LINE  | yes     |
/// | file that can be mapped with MAP_SYNC             | fsdax file   | CACHE_LINE  | yes     |
/// | file on tmpfs or hugetlbfs                        | memory       | BYTE        | no      |
/// | the same, run as persistent memory                | memory       | CACHE_LINE  | no      |
/// | any other file                                    | image file   | PAGE        | yes     |
public final class Media {
    /// The smallest medium that [#create] makes.
    public static final long SIZE_BYTES_MIN = 1L << 20;

    private Media() {
    }

    /// Opens what exists.
    ///
    /// @throws VolumeException ENOENT, EACCES, EBUSY with the owner's name, EINVAL where it is too small, EISDIR,
    ///     EOPNOTSUPP for devices that cannot be mapped and processors that cannot flush
    public static Medium open(Path path, MediumOptions options) {
        OwnedFile file = OwnedFile.open(path, options.readOnly());
        try {
            return over(file, options);
        } catch (RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    /// Opens a file as an image, also where it could be mapped as memory.
    public static Medium openImage(Path path, MediumOptions options) {
        OwnedFile file = OwnedFile.open(path, options.readOnly());
        try {
            requireRegularFile(file.status());
            return image(file, options, Native.fileSystemType(file.descriptor()));
        } catch (RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    /// Creates a file of zeros and opens it. It is sparse: room is taken when it is stored to.
    ///
    /// @param sizeBytes at least 1 MiB, a multiple of 4096 (of the huge page on hugetlbfs)
    /// @throws VolumeException EEXIST, ENOENT where the directory is missing, EINVAL, and as [#open]
    public static Medium create(Path path, long sizeBytes, MediumOptions options) {
        if (sizeBytes < SIZE_BYTES_MIN) {
            throw new VolumeException(Errno.EINVAL,
                    "a volume needs at least " + SIZE_BYTES_MIN + " bytes (1 MiB), not " + sizeBytes);
        }
        DirectMedium.checkSize(sizeBytes);
        OwnedFile file = OwnedFile.create(path, sizeBytes);
        try {
            return over(file, options.withReadOnly(false));
        } catch (RuntimeException failed) {
            file.close();
            file.delete();
            throw failed;
        }
    }

    /// Anonymous memory, gone when the medium closes.
    public static Medium memory(long sizeBytes, MediumOptions options) {
        return MemoryMedium.create(sizeBytes, options);
    }

    private static Medium over(OwnedFile file, MediumOptions options) {
        Native.FileStatus status = file.status();
        if (status.isCharacterDevice()) {
            return DevdaxMedium.over(file, options);
        }
        requireRegularFile(status);
        if (status.sizeBytes() < Medium.PAGE_BYTES) {
            throw new VolumeException(Errno.EINVAL,
                    "a file of " + status.sizeBytes() + " bytes is too small for a volume");
        }
        if (FsdaxMedium.isDirect(file)) {
            return FsdaxMedium.over(file, options);
        }
        long type = Native.fileSystemType(file.descriptor());
        if (type == Native.TMPFS_MAGIC || type == Native.HUGETLBFS_MAGIC) {
            return MemoryMedium.over(file, options, type == Native.HUGETLBFS_MAGIC);
        }
        return image(file, options, type);
    }

    private static Medium image(OwnedFile file, MediumOptions options, long type) {
        if (options.asPmem()) {
            throw new VolumeException(Errno.EINVAL, "only memory (tmpfs, hugetlbfs) can be run as persistent memory, "
                    + "and this file is on a disk");
        }
        return ImageMedium.open(file, options, "image file " + file.path(), type != Native.TMPFS_MAGIC);
    }

    private static void requireRegularFile(Native.FileStatus status) {
        if (status.isDirectory()) {
            throw new VolumeException(Errno.EISDIR, "a directory holds no volume: name a file in it");
        }
        if (!status.isRegularFile()) {
            throw new VolumeException(Errno.EOPNOTSUPP, status.isBlockDevice()
                    ? "a block device cannot be mapped directly: use a file on a file system, or a DAX device"
                    : "neither a file nor a DAX device");
        }
    }
}
