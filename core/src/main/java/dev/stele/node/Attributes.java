package dev.stele.node;

/// The attributes of one inode at one moment, filled by [dev.stele.volume.Volume#attributes]: mutable so that a caller
/// on a hot path may use one over and over. Times are nanoseconds since 1970-01-01T00:00Z (years 1677 to 2262).
public final class Attributes {
    public long inode;
    /// Type and permission bits, as `st_mode`.
    public int mode;
    public int linkCount;
    public int uid;
    public int gid;
    /// Device number of a device node, as `st_rdev`; else 0.
    public long device;
    /// Size in bytes. Of a directory: the bytes its blocks take.
    public long sizeBytes;
    /// Blocks of 4 KiB owned, metadata of the file included.
    public long blockCount;
    public long accessTimeNanos;
    public long modifyTimeNanos;
    public long changeTimeNanos;
    public long birthTimeNanos;
    public int generation;
    /// Bit 0: sealed.
    public int flags;

    public FileType type() {
        return FileType.ofMode(mode);
    }

    /// Permission bits with set-id and sticky bits, 0 to 07777.
    public int permissions() {
        return mode & 07777;
    }
}
