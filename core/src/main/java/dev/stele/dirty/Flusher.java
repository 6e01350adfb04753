package dev.stele.dirty;

/// Makes bytes of one file durable, as the volume can and the index cannot: it knows where they stand.
public interface Flusher {
    /// Sends the lines of the range on their way. Bytes the file no longer owns there are passed over. It must not wait
    /// for an inode's lock: the caller of a sync holds that, and entries of the index are locked meanwhile.
    ///
    /// @param offset byte offset in the file, a multiple of 64
    /// @param byteCount a multiple of 64, more than 0
    /// @throws dev.stele.error.VolumeException where the medium fails
    void flush(long offset, long byteCount);

    /// Waits until everything this thread flushed has arrived.
    void drain();
}
