package dev.stele.node;

import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// What a thread needs at hand to work on directories, so that it need not allocate: two blocks of native working
/// memory and room to sort the entries of one directory block and the one that joins them.
final class Scratch {
    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);
    /// A word to sort by is the high bits of a key of 60, and the number of its entry among those gathered.
    private static final int ORDINAL_BITS = 8;
    private static final int KEY_BITS_LEFT_OUT = 60 + ORDINAL_BITS - 63;
    private static final int COUNT_MAX = DirectoryBlock.SLOT_COUNT + 1;

    final MemorySegment blocks = Arena.ofAuto().allocate(2L * Geometry.BLOCK_BYTES, 64);
    /// The same memory, as checksums want it.
    final ByteBuffer bytes = blocks.asByteBuffer();
    /// Where the entries gathered stand: on the medium, or -1 for the new one.
    final long[] entryAts = new long[COUNT_MAX];
    final long[] keys = new long[COUNT_MAX];
    /// Whether a transaction has staged something in the block they were gathered from.
    boolean isStaged;
    final int[] entryBytes = new int[COUNT_MAX];
    final long[] pairs = new long[4];
    int count;
    private final long[] order = new long[COUNT_MAX];
    private final long[] unsortedKeys = new long[COUNT_MAX];
    private final long[] unsortedAts = new long[COUNT_MAX];
    private final int[] unsortedBytes = new int[COUNT_MAX];

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

    /// Sorts what was gathered by key, then by place.
    void sort() {
        for (int i = 0; i < count; i++) {
            order[i] = keys[i] >>> KEY_BITS_LEFT_OUT << ORDINAL_BITS | i;
        }
        Arrays.sort(order, 0, count);
        System.arraycopy(keys, 0, unsortedKeys, 0, count);
        System.arraycopy(entryAts, 0, unsortedAts, 0, count);
        System.arraycopy(entryBytes, 0, unsortedBytes, 0, count);
        for (int i = 0; i < count; i++) {
            int from = (int) order[i] & (1 << ORDINAL_BITS) - 1;
            insert(i, unsortedKeys[from], unsortedAts[from], unsortedBytes[from]);
        }
    }

    /// Puts the entry behind the first `i`, or before those of them that it precedes: keys alike in the bits that
    /// order them come in no order.
    private void insert(int i, long key, long entryAt, int bytes) {
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
