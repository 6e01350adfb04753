package dev.stele.medium;

import java.util.concurrent.atomic.AtomicLongArray;

/// Sees to it that a store to a file's shared mapping finds room on the disk: a store to a hole of a full file system
/// is a signal, this is an exception (P9). Room is made by chunks of 2 MiB and remembered, so that asking again costs
/// a load.
final class Reservation implements StoreGuard {
    static final int CHUNK_SHIFT = 21;
    private static final long CHUNK_BYTES = 1L << CHUNK_SHIFT;

    /// Makes room in a file.
    interface Allocator {
        void allocate(long at, long byteCount);
    }

    private final Allocator allocator;
    /// guarded by this
    private long sizeBytes;
    /// one bit per chunk; bits are set under this monitor and read without
    private volatile AtomicLongArray reserved;

    Reservation(Allocator allocator, long sizeBytes) {
        this.allocator = allocator;
        this.sizeBytes = sizeBytes;
        this.reserved = new AtomicLongArray(wordCount(sizeBytes));
    }

    private static int wordCount(long sizeBytes) {
        long chunkCount = (sizeBytes + CHUNK_BYTES - 1) >> CHUNK_SHIFT;
        return Math.toIntExact((chunkCount + 63) >> 6);
    }

    @Override
    public void beforeStore(long at, long byteCount) {
        long first = at >> CHUNK_SHIFT;
        long last = (at + byteCount - 1) >> CHUNK_SHIFT;
        for (long chunk = first; chunk <= last; chunk++) {
            if (!isReserved(chunk)) {
                reserve(chunk);
            }
        }
    }

    private boolean isReserved(long chunk) {
        AtomicLongArray words = reserved;
        int word = (int) (chunk >> 6);
        // an offset outside the medium is refused by the access itself
        return word < 0 || word >= words.length() || (words.getPlain(word) & 1L << chunk) != 0;
    }

    private synchronized void reserve(long chunk) {
        if (!isReserved(chunk)) {
            long at = chunk << CHUNK_SHIFT;
            if (at >= sizeBytes) {
                return;
            }
            allocator.allocate(at, Math.min(CHUNK_BYTES, sizeBytes - at));
            int word = (int) (chunk >> 6);
            reserved.set(word, reserved.get(word) | 1L << chunk);
        }
    }

    /// The last chunk of the old size may have been allocated only in part.
    synchronized void grow(long newSizeBytes) {
        AtomicLongArray larger = new AtomicLongArray(wordCount(newSizeBytes));
        for (int word = 0; word < reserved.length(); word++) {
            larger.set(word, reserved.get(word));
        }
        long lastChunk = (sizeBytes - 1) >> CHUNK_SHIFT;
        int word = (int) (lastChunk >> 6);
        larger.set(word, larger.get(word) & ~(1L << lastChunk));
        sizeBytes = newSizeBytes;
        reserved = larger;
    }
}
