package dev.stele.medium;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// One mapping of a medium's bytes with the verbs that change it. Offsets count bytes from the start of the medium.
///
/// Structures are read straight from [#segment()], and the bytes of files by [#read], which also serves a view that
/// shows only part of the medium at a time; **every** store goes through a verb, so that counting, simulating and the
/// checkpoint of an image file see all of them. A `put` leaves its lines dirty in the cache: the caller flushes them. A
/// `stream` sends its lines on their way itself (non-temporal where the CPU can), so that only a drain is missing.
/// Nothing here waits; [Medium#drain()] does.
///
/// The public verbs check and count, alike on every medium; the protected ones (`store…` puts bytes in the cache,
/// `send…` sends lines on their way) are what a kind of medium implements, and may rely on checked arguments.
///
/// A file that shrinks under its mapping, or a page that its disk cannot read, is a signal at the access; the JVM
/// makes an `InternalError` of it where Java code runs, a few instructions late, and the verbs make EIO of that
/// ([Medium#lost]). A verb that stores whole blocks, or all of a block that cannot be read, writes it anew where the
/// medium has a way to do that ([#replaceBlock]): poison goes by being overwritten.
///
/// Source segments must be native (a heap segment would pollute the profile of every access and is refused).
public abstract class View {
    private final PersistenceCounters counters;
    /// null where not all bytes can be seen at once
    private MemorySegment segment;
    private long sizeBytes;

    /// @param counters those of the medium, see [Medium#counters()]
    protected View(PersistenceCounters counters, MemorySegment segment) {
        this.counters = Objects.requireNonNull(counters);
        replaceSegment(segment);
    }

    /// A view without a segment: its bytes cannot all be seen at once.
    protected View(PersistenceCounters counters, long sizeBytes) {
        this.counters = Objects.requireNonNull(counters);
        this.sizeBytes = sizeBytes;
    }

    /// The whole medium, for reading. Its size is the size of the medium; access beyond it throws. Growing the medium
    /// replaces it; the old segment stays valid until the medium closes, so a reader need not be stopped.
    ///
    /// @throws VolumeException EOPNOTSUPP where this view is not direct
    public final MemorySegment segment() {
        if (segment == null) {
            throw new VolumeException(Errno.EOPNOTSUPP, "the medium does not show all its bytes at once");
        }
        return segment;
    }

    /// Whether all bytes are there to be seen, in [#segment()].
    public final boolean isDirect() {
        return segment != null;
    }

    public final long sizeBytes() {
        return sizeBytes;
    }

    protected final void replaceSegment(MemorySegment larger) {
        requireNative(larger);
        segment = larger;
        sizeBytes = larger.byteSize();
    }

    /// For a view without a segment, when the medium has grown.
    protected final void replaceSize(long largerBytes) {
        sizeBytes = largerBytes;
    }

    /// Copies `byteCount` bytes out. On a direct view this is a copy from [#segment()] and nothing else.
    public final void read(long at, MemorySegment to, long toAt, long byteCount) {
        checkRange(at, byteCount);
        try {
            loadBytes(at, to, toAt, byteCount);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// See [#read]; the range is within the view.
    protected void loadBytes(long at, MemorySegment to, long toAt, long byteCount) {
        MemorySegment.copy(segment, at, to, toAt, byteCount);
    }

    /// Stores one aligned little-endian word of 4 bytes. A power cut leaves the old or the new word.
    public final void putInt(long at, int value) {
        try {
            storeInt(at, value);
            counters.stored(Integer.BYTES);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// Stores one aligned little-endian word of 8 bytes. A power cut leaves the old or the new word.
    public final void putLong(long at, long value) {
        try {
            storeLong(at, value);
            counters.stored(Long.BYTES);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// Sets the bits of `mask` in the aligned word at `at`, atomically against other threads doing likewise.
    public final void setBits(long at, long mask) {
        try {
            storeSetBits(at, mask);
            counters.stored(Long.BYTES);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// Clears the bits of `mask` in the aligned word at `at`, atomically against other threads doing likewise.
    public final void clearBits(long at, long mask) {
        try {
            storeClearBits(at, mask);
            counters.stored(Long.BYTES);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// Copies `byteCount` bytes in with ordinary stores; they stay dirty in the cache.
    public final void put(long at, MemorySegment source, long sourceAt, long byteCount) {
        checkSource(at, source, sourceAt, byteCount);
        if (byteCount > 0) {
            try {
                storeBytes(at, source, sourceAt, byteCount);
                counters.stored(byteCount);
            } catch (InternalError fault) {
                mend(at, source, sourceAt, byteCount, fault);
            }
        }
    }

    /// Fills with zeros by ordinary stores; they stay dirty in the cache.
    public final void putZeros(long at, long byteCount) {
        checkRange(at, byteCount);
        if (byteCount > 0) {
            try {
                storeZeros(at, byteCount);
                counters.stored(byteCount);
            } catch (InternalError fault) {
                mend(at, null, 0, byteCount, fault);
            }
        }
    }

    /// Copies `byteCount` bytes in and sends every touched line on its way.
    public final void stream(long at, MemorySegment source, long sourceAt, long byteCount) {
        checkSource(at, source, sourceAt, byteCount);
        if (byteCount > 0) {
            try {
                sendBytes(at, source, sourceAt, byteCount);
                counters.streamed(byteCount);
            } catch (InternalError fault) {
                mend(at, source, sourceAt, byteCount, fault);
            }
        }
    }

    /// Fills with zeros and sends every touched line on its way.
    public final void streamZeros(long at, long byteCount) {
        checkRange(at, byteCount);
        if (byteCount > 0) {
            try {
                sendZeros(at, byteCount);
                counters.streamed(byteCount);
            } catch (InternalError fault) {
                mend(at, null, 0, byteCount, fault);
            }
        }
    }

    /// A store met bytes that cannot be read. Where it covers all of those in a block the block is written anew, by the
    /// medium's own way of doing that; what else is in it is kept.
    ///
    /// @param source null for zeros
    private void mend(long at, MemorySegment source, long sourceAt, long byteCount, InternalError fault) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment content = arena.allocate(Medium.PAGE_BYTES, Medium.LINE_BYTES);
            long end = at + byteCount;
            for (long from = at; from < end; ) {
                long block = from & -Medium.PAGE_BYTES;
                long to = Math.min(end, block + Medium.PAGE_BYTES);
                read(block, content, 0, from - block);
                read(to, content, to - block, Math.min(sizeBytes, block + Medium.PAGE_BYTES) - to);
                if (source == null) {
                    content.asSlice(from - block, to - from).fill((byte) 0);
                } else {
                    copyOut(source, sourceAt + from - at, content, from - block, to - from);
                }
                if (!replaceBlock(block, content)) {
                    throw Medium.lost(fault);
                }
                from = to;
            }
        }
        counters.streamed(byteCount);
    }

    private static void copyOut(MemorySegment source, long sourceAt, MemorySegment into, long intoAt, long byteCount) {
        try {
            MemorySegment.copy(source, sourceAt, into, intoAt, byteCount);
        } catch (InternalError fault) {
            throw Medium.lost(fault);
        }
    }

    /// Gives a whole block new content although it cannot be read, so that it can be read again; sends it on its way.
    ///
    /// @return false where this medium has no way to do that
    protected boolean replaceBlock(long at, MemorySegment content) {
        return false;
    }

    /// Sends the lines of the range on their way; nothing where the granularity is not CACHE_LINE.
    public final void flush(long at, long byteCount) {
        checkRange(at, byteCount);
        if (byteCount > 0) {
            try {
                sendLines(at, byteCount);
                counters.flushed(lineCount(at, byteCount));
            } catch (InternalError fault) {
                throw Medium.lost(fault);
            }
        }
    }

    /// See [#putInt]. Fails on a misaligned or too large offset.
    protected abstract void storeInt(long at, int value);

    /// See [#putLong]. Fails on a misaligned or too large offset.
    protected abstract void storeLong(long at, long value);

    /// See [#setBits]. Fails on a misaligned or too large offset.
    protected abstract void storeSetBits(long at, long mask);

    /// See [#clearBits]. Fails on a misaligned or too large offset.
    protected abstract void storeClearBits(long at, long mask);

    /// See [#put]; the range is not empty and within the view, and so is that of the source.
    protected abstract void storeBytes(long at, MemorySegment source, long sourceAt, long byteCount);

    /// See [#putZeros]; the range is not empty and within the view.
    protected abstract void storeZeros(long at, long byteCount);

    /// See [#stream]; the range is not empty and within the view, and so is that of the source.
    protected abstract void sendBytes(long at, MemorySegment source, long sourceAt, long byteCount);

    /// See [#streamZeros]; the range is not empty and within the view.
    protected abstract void sendZeros(long at, long byteCount);

    /// See [#flush]; the range is not empty and within the view.
    protected abstract void sendLines(long at, long byteCount);

    /// Number of cache lines that the range touches.
    public static long lineCount(long at, long byteCount) {
        return byteCount == 0 ? 0 : ((at + byteCount - 1) >> Medium.LINE_SHIFT) - (at >> Medium.LINE_SHIFT) + 1;
    }

    private void checkRange(long at, long byteCount) {
        Objects.checkFromIndexSize(at, byteCount, sizeBytes);
    }

    private void checkSource(long at, MemorySegment source, long sourceAt, long byteCount) {
        requireNative(source);
        Objects.checkFromIndexSize(sourceAt, byteCount, source.byteSize());
        checkRange(at, byteCount);
    }

    private static void requireNative(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("the segment must be native memory");
        }
    }
}
