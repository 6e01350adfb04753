package dev.stele.node;

import dev.stele.cpu.Apart;

/// What [Entry] says.
abstract sealed class Found extends Apart permits Entry {
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
