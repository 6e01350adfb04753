package dev.stele.node;

/// A change to some of an inode's attributes: what was not set stays as it is. Reusable after [#clear()].
public final class AttributeChange {
    private static final int MODE = 1, UID = 2, GID = 4, SIZE = 8, ATIME = 16, MTIME = 32, BTIME = 64;

    private int fields;
    private int permissions;
    private int uid;
    private int gid;
    private long sizeBytes;
    private long accessTimeNanos;
    private long modifyTimeNanos;
    private long birthTimeNanos;

    public AttributeChange clear() {
        fields = 0;
        return this;
    }

    /// @param permissions 0 to 07777; the type cannot change
    public AttributeChange permissions(int permissions) {
        this.permissions = permissions & 07777;
        fields |= MODE;
        return this;
    }

    public AttributeChange uid(int uid) {
        this.uid = uid;
        fields |= UID;
        return this;
    }

    public AttributeChange gid(int gid) {
        this.gid = gid;
        fields |= GID;
        return this;
    }

    public AttributeChange sizeBytes(long sizeBytes) {
        this.sizeBytes = sizeBytes;
        fields |= SIZE;
        return this;
    }

    public AttributeChange accessTimeNanos(long nanos) {
        this.accessTimeNanos = nanos;
        fields |= ATIME;
        return this;
    }

    public AttributeChange modifyTimeNanos(long nanos) {
        this.modifyTimeNanos = nanos;
        fields |= MTIME;
        return this;
    }

    public AttributeChange birthTimeNanos(long nanos) {
        this.birthTimeNanos = nanos;
        fields |= BTIME;
        return this;
    }

    public boolean isEmpty() {
        return fields == 0;
    }

    public boolean hasSize() {
        return (fields & SIZE) != 0;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    public boolean hasPermissions() {
        return (fields & MODE) != 0;
    }

    public int permissions() {
        return permissions;
    }

    public boolean hasUid() {
        return (fields & UID) != 0;
    }

    public int uid() {
        return uid;
    }

    public boolean hasGid() {
        return (fields & GID) != 0;
    }

    public int gid() {
        return gid;
    }

    public boolean hasAccessTime() {
        return (fields & ATIME) != 0;
    }

    public long accessTimeNanos() {
        return accessTimeNanos;
    }

    public boolean hasModifyTime() {
        return (fields & MTIME) != 0;
    }

    public long modifyTimeNanos() {
        return modifyTimeNanos;
    }

    public boolean hasBirthTime() {
        return (fields & BTIME) != 0;
    }

    public long birthTimeNanos() {
        return birthTimeNanos;
    }
}
