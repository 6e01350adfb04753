package dev.stele.node;

/// Where a name was found in a directory; filled by [Directory#find], reusable.
public final class Entry {
    long blockAt;
    int slot;
    long entryAt;
    /// The inode the name leads to.
    public long inode;
    /// As `d_type`.
    public int type;
}
