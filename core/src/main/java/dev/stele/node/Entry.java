package dev.stele.node;

/// Where a name was found in a directory; filled by [Directory#find], reusable.
public final class Entry {
    /// Of the name that was looked for, there or not.
    long key;
    long blockAt;
    int slot;
    long entryAt;
    /// The inode the name leads to.
    public long inode;
    /// As `d_type`.
    public int type;
}
