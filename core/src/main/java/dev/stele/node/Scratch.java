package dev.stele.node;

import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// What a thread needs at hand to work on directories, so that it need not allocate: two blocks of native working
/// memory and room to sort the entries of one directory block and the one that joins them.
final class Scratch {
    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    final MemorySegment blocks = Arena.ofAuto().allocate(2L * Geometry.BLOCK_BYTES, 64);
    /// The same memory, as checksums want it.
    final ByteBuffer bytes = blocks.asByteBuffer();
    /// Where the entries gathered stand: on the medium, or -1 for the new one.
    final long[] entryAts = new long[DirectoryBlock.SLOT_COUNT + 1];
    final long[] keys = new long[DirectoryBlock.SLOT_COUNT + 1];
    /// Whether a transaction has staged something in the block they were gathered from.
    boolean isStaged;
    final int[] entryBytes = new int[DirectoryBlock.SLOT_COUNT + 1];
    final long[] pairs = new long[4];
    int count;

    private Scratch() {
    }

    static Scratch get() {
        return OF_THREAD.get();
    }

    void add(long entryAt, long key, int bytes) {
        entryAts[count] = entryAt;
        keys[count] = key;
        entryBytes[count] = bytes;
        count++;
    }

    /// Sorts what was gathered by key, then by place: insertion sort, for at most 129.
    void sort() {
        for (int i = 1; i < count; i++) {
            long key = keys[i];
            long entryAt = entryAts[i];
            int bytes = entryBytes[i];
            int j = i - 1;
            while (j >= 0 && (keys[j] > key || keys[j] == key && entryAts[j] > entryAt)) {
                keys[j + 1] = keys[j];
                entryAts[j + 1] = entryAts[j];
                entryBytes[j + 1] = entryBytes[j];
                j--;
            }
            keys[j + 1] = key;
            entryAts[j + 1] = entryAt;
            entryBytes[j + 1] = bytes;
        }
    }
}
