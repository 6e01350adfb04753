package dev.stele.error;

/// The outcomes a file system operation may have besides success, named and numbered as on Linux (`errno(3)`).
public enum Errno {
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such file or directory"),
    EINTR(4, "interrupted"),
    EIO(5, "input/output error"),
    E2BIG(7, "value too large for the caller's buffer"),
    EBADF(9, "not open for this operation"),
    EAGAIN(11, "temporarily unavailable"),
    EACCES(13, "permission denied"),
    EBUSY(16, "in use"),
    EEXIST(17, "file exists"),
    EXDEV(18, "on another volume"),
    ENOTDIR(20, "not a directory"),
    EISDIR(21, "is a directory"),
    EINVAL(22, "invalid argument"),
    ETXTBSY(26, "sealed, or in use by a mapping"),
    EFBIG(27, "file too large"),
    ENOSPC(28, "no space left on volume"),
    EROFS(30, "volume is read-only"),
    EMLINK(31, "too many links"),
    ERANGE(34, "result too large for the caller's buffer"),
    ENAMETOOLONG(36, "name longer than 255 bytes"),
    ENOTEMPTY(39, "directory not empty"),
    ELOOP(40, "too many levels of symbolic links"),
    ENODATA(61, "no such attribute"),
    EOPNOTSUPP(95, "not supported by this medium or file type"),
    ESTALE(116, "the file this number named is gone"),
    EUCLEAN(117, "volume is damaged here; run `stele check`");

    private final int number;
    private final String meaning;

    Errno(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /// The value on Linux, always positive.
    public int number() {
        return number;
    }

    /// One short phrase in lower case, fit to follow a file name and a colon.
    public String meaning() {
        return meaning;
    }
}
