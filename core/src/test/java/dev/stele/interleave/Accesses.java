package dev.stele.interleave;

import java.util.Arrays;
import java.util.List;

/// What one transition has read and written of the state that tasks share, as keys made by [Names]. Two transitions are
/// dependent where one has written what the other has read or written: only their order can matter.
final class Accesses {
    private long[] keys = new long[16];
    private boolean[] writes = new boolean[16];
    private int size;
    private long readMask;
    private long writeMask;
    /// The lock that the step took first of all, null for none.
    private Object acquired;
    private boolean isAcquiredAlone;

    /// The step took a lock.
    ///
    /// @param alone whether nobody else may hold it meanwhile
    void acquire(Object lock, boolean alone) {
        acquired = lock;
        isAcquiredAlone = alone;
    }

    /// Whether it could not have been taken while somebody else holds these locks.
    boolean isBarredBy(List<HeldLock> held) {
        for (HeldLock each : held) {
            if (each.lock() == acquired && (each.alone() || isAcquiredAlone)) {
                return true;
            }
        }
        return false;
    }

    void add(long key, boolean write) {
        for (int i = 0; i < size; i++) {
            if (keys[i] == key) {
                writes[i] |= write;
                note(key, write);
                return;
            }
        }
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            writes = Arrays.copyOf(writes, 2 * size);
        }
        keys[size] = key;
        writes[size++] = write;
        note(key, write);
    }

    /// A Bloom filter of one word: most pairs of transitions have nothing in common, and this says so at once.
    private void note(long key, boolean write) {
        long bit = 1L << (key * 0x9E3779B97F4A7C15L >>> 58);
        readMask |= bit;
        writeMask |= write ? bit : 0;
    }

    boolean conflictsWith(Accesses other) {
        if ((writeMask & other.readMask | readMask & other.writeMask) == 0) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < other.size; j++) {
                if (keys[i] == other.keys[j] && (writes[i] || other.writes[j])) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Whether this writes something that `other` has read.
    boolean changesWhatIsReadBy(Accesses other) {
        for (int i = 0; i < size; i++) {
            for (int j = 0; writes[i] && j < other.size; j++) {
                if (keys[i] == other.keys[j]) {
                    return true;
                }
            }
        }
        return false;
    }
}
