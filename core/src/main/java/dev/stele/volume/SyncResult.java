package dev.stele.volume;

/// What one sync has done and what it cost.
///
/// @param inode the file; 0 where it was the volume
/// @param offset start of the range in the file, in bytes
/// @param byteCount length of the range, `Long.MAX_VALUE` for all behind `offset`
/// @param dataOnly whether it left the times alone
/// @param pages pages flushed, those of holes included
/// @param lines cache lines flushed
/// @param drains drains it paid for
/// @param waitedNanos time spent waiting for other syncs, part of `nanos`
/// @param nanos time from call to return
public record SyncResult(long inode, long offset, long byteCount, boolean dataOnly, long pages, long lines, int drains,
        long waitedNanos, long nanos) {
}
