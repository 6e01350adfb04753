package dev.stele.error;

import java.util.Objects;

/// An operation ended with an [Errno]. It carries no stack and no path: it is an expected outcome, thrown often and
/// cheaply, and only a door (`nio`, `fuse`, `cli`) knows by which name the user called the file.
public class VolumeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    public VolumeException(Errno errno) {
        this(errno, errno.meaning());
    }

    /// @param detail one line that says what to do or what was found; no path, no stack
    public VolumeException(Errno errno, String detail) {
        super(detail, null, false, false);
        this.errno = Objects.requireNonNull(errno);
    }

    public final Errno errno() {
        return errno;
    }
}
