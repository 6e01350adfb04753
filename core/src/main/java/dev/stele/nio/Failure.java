package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.ReadOnlyFileSystemException;

/// The one translator from the volume's outcomes to the exceptions of `java.nio.file` (N2).
final class Failure {
    private Failure() {
    }

    static IOException of(VolumeException cause, DaxPath file) {
        return of(cause, nameOf(file), null);
    }

    static IOException of(VolumeException cause, DaxPath file, DaxPath other) {
        return of(cause, nameOf(file), nameOf(other));
    }

    /// @param file the name the caller used, or null
    /// @param other the second name the caller used, or null
    /// @throws ReadOnlyFileSystemException on EROFS, which is no `IOException`
    static IOException of(VolumeException cause, String file, String other) {
        return switch (cause.errno()) {
            case EACCES -> new AccessDeniedException(file, other, null);
            case ENOENT, ESTALE -> new NoSuchFileException(file, other, null);
            case EEXIST -> new FileAlreadyExistsException(file, other, null);
            case ELOOP -> general(cause, file, other, " or unable to access attributes of symbolic link");
            case EROFS -> throw new ReadOnlyFileSystemException();
            case EPERM, EINTR, EIO, E2BIG, EBADF, EAGAIN, EBUSY, EXDEV, ENOTDIR, EISDIR, EINVAL, ETXTBSY, EFBIG, ENOSPC,
                    EMLINK, ERANGE, ENAMETOOLONG, ENOTEMPTY, ENODATA, EOPNOTSUPP, EUCLEAN ->
                general(cause, file, other, "");
        };
    }

    /// For a channel or a volume's own file: there EROFS is no matter of the file system as a whole.
    static IOException onChannel(VolumeException cause, String file) {
        return cause.errno() == Errno.EROFS ? general(cause, file, null, "") : of(cause, file, null);
    }

    /// A medium that went away under its mapping: the JVM reports the fault as an error of its own.
    ///
    /// @throws InternalError where it is another one
    static VolumeException lost(InternalError fault) {
        if (String.valueOf(fault.getMessage()).contains("fault occurred")) {
            return Medium.lost(fault);
        }
        throw fault;
    }

    private static FileSystemException general(VolumeException cause, String file, String other, String suffix) {
        FileSystemException failure = new FileSystemException(file, other, cause.getMessage() + suffix);
        failure.initCause(cause);
        return failure;
    }

    private static String nameOf(DaxPath path) {
        return path == null ? null : path.toString();
    }
}
