package dev.stele.medium;

import java.lang.foreign.MemorySegment;

/// One mapping of a medium's bytes with the verbs that change it. Offsets count bytes from the start of the medium.
///
/// Reading goes straight to [#segment()]; **every** store goes through a verb, so that counting, simulating and the
/// checkpoint of an image file see all of them. A `put` leaves its lines dirty in the cache: the caller flushes them. A
/// `stream` sends its lines on their way itself (non-temporal where the CPU can), so that only a drain is missing.
/// Nothing here waits; [Medium#drain()] does.
///
/// Source segments must be native (a heap segment would pollute the profile of every access and is refused).
public abstract class View {
    private MemorySegment segment;

    protected View(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("a view is native memory");
        }
        this.segment = segment;
    }

    /// The whole medium, for reading. Its size is the size of the medium; access beyond it throws. Growing the medium
    /// replaces it; the old segment stays valid until the medium closes, so a reader need not be stopped.
    public final MemorySegment segment() {
        return segment;
    }

    protected final void replaceSegment(MemorySegment larger) {
        segment = larger;
    }

    /// Stores one aligned little-endian word of 4 bytes. A power cut leaves the old or the new word.
    public abstract void putInt(long at, int value);

    /// Stores one aligned little-endian word of 8 bytes. A power cut leaves the old or the new word.
    public abstract void putLong(long at, long value);

    /// Sets the bits of `mask` in the aligned word at `at`, atomically against other threads doing likewise.
    public abstract void setBits(long at, long mask);

    /// Clears the bits of `mask` in the aligned word at `at`, atomically against other threads doing likewise.
    public abstract void clearBits(long at, long mask);

    /// Copies `byteCount` bytes in with ordinary stores; they stay dirty in the cache.
    public abstract void put(long at, MemorySegment source, long sourceAt, long byteCount);

    /// Fills with zeros by ordinary stores; they stay dirty in the cache.
    public abstract void putZeros(long at, long byteCount);

    /// Copies `byteCount` bytes in and sends every touched line on its way.
    public abstract void stream(long at, MemorySegment source, long sourceAt, long byteCount);

    /// Fills with zeros and sends every touched line on its way.
    public abstract void streamZeros(long at, long byteCount);

    /// Sends the lines of the range on their way; nothing where the granularity is not CACHE_LINE.
    public abstract void flush(long at, long byteCount);
}
