package dev.stele.dirty;

/// Sends bytes of one file on their way, as the volume can and the index cannot: it knows where they stand.
public interface Flusher {
    /// Sends the lines of the range on their way. Bytes the file no longer owns there are passed over.
    ///
    /// @param offset byte offset in the file, a multiple of 64
    /// @param byteCount a multiple of 64, more than 0
    /// @throws dev.stele.error.VolumeException where the medium fails
    void flush(long offset, long byteCount);

    /// Waits until everything this thread flushed has arrived.
    void drain();

    /// Keeps the file's blocks in their places until [#release]: takes the inode's lock, shared. Called around each
    /// harvest and each part of at most 2 MiB, while pages of the index may be locked: so nobody may wait for a page
    /// with that lock.
    ///
    /// @return what to give to [#release]
    default long hold() {
        return 0;
    }

    default void release(long held) {
    }
}
