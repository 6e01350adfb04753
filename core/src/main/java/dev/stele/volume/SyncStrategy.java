package dev.stele.volume;

/// Who remembers what was stored and is not durable yet, and so what a sync costs. All of them keep P5: when a sync
/// returns, every store before it is durable, whoever made it. On media without cache lines to flush they are the same.
public enum SyncStrategy {
    /// Every write flushes and drains what it stored before it returns, and a sync finds nothing of it to do. Stores
    /// through mappings, which nobody sees, are flushed by the sync of their file.
    IMMEDIATE,

    /// One list for the whole medium: any sync flushes all of it, of whichever file, and never takes anything off. What
    /// a driver below the file system could do, which does not know files: the measure of what the next saves.
    VOLUME,

    /// An index of dirty pages for each file: a sync flushes what its file, in its range, has dirtied since it was last
    /// flushed.
    FILE
}
