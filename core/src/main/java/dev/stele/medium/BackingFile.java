package dev.stele.medium;

import java.lang.foreign.MemorySegment;

/// What an image file asks of the file under it. Every effect on the disk goes through here, so that a test can record
/// it, cut the power between any two, or fail one.
interface BackingFile extends AutoCloseable {
    long sizeBytes();

    /// Fills `to`.
    ///
    /// @return bytes read, fewer than asked only at the end of the file
    long read(MemorySegment to, long at);

    /// Writes all of `from`; durable only once [#sync()] has returned.
    void write(MemorySegment from, long at);

    /// Makes everything written, stored through shared mappings and truncated until now durable.
    void sync();

    /// Cuts or extends with a hole.
    void truncate(long sizeBytes);

    /// Finds room on the disk for the range, which keeps its content.
    void allocate(long at, long byteCount);

    /// For mapping the file.
    int descriptor();

    @Override
    void close();
}
