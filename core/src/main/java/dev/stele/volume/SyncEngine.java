package dev.stele.volume;

/// What stands between a store through the CPU's cache and its durability, on media whose cache lines must be flushed:
/// a [SyncStrategy] at work.
///
/// Whoever stores tells it afterwards, under the inode's lock. A sync has it flush what a file, or the volume, has to
/// make durable, into a [SyncRun], and drains; it holds no inode's lock.
sealed interface SyncEngine permits FileEngine, VolumeEngine {
    static SyncEngine of(SyncStrategy strategy, Core core) {
        return switch (strategy) {
            case IMMEDIATE -> new FileEngine(core, true);
            case VOLUME -> new VolumeEngine(core);
            case FILE -> new FileEngine(core, false);
        };
    }

    /// Bytes of the file were stored in place.
    ///
    /// @param at where they stand on the medium
    void stored(Vnode v, long offset, long at, long byteCount);

    /// Blocks of the file stand at another place of it now, with whatever was stored to them before.
    void moved(Vnode v, long fileBlock, long mediumBlock, long count);

    /// Flushes what was stored to a range of the file.
    void flush(SyncRun run, Vnode v, long firstPage, long pageCount);

    /// Flushes what was stored to any file. One whose flush fails does not keep the others from theirs; [SyncRun] keeps
    /// the failure.
    void flushAll(SyncRun run);
}
