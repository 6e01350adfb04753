package dev.stele.interleave;

import java.util.Arrays;
import java.util.List;

/// What one transition has done to the state that tasks share, by keys made by [Names]. Two transitions are dependent
/// where both have touched something, and not both only read it nor both only counted it up or down: only then can
/// their order matter.
final class Accesses {
    private static final int READ = 0;
    private static final int COUNT = 1;
    private static final int WRITE = 2;

    private long[] keys = new long[16];
    private byte[] kinds = new byte[16];
    private int size;
    /// For each kind a Bloom filter of one word: most pairs of transitions have nothing in common.
    private final long[] masks = new long[3];
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

    void read(long key) {
        add(key, READ);
    }

    void write(long key) {
        add(key, WRITE);
    }

    /// Counts up or down without looking.
    void count(long key) {
        add(key, COUNT);
    }

    private void add(long key, int kind) {
        masks[kind] |= 1L << (key * 0x9E3779B97F4A7C15L >>> 58);
        for (int i = 0; i < size; i++) {
            if (keys[i] == key) {
                if (kinds[i] != kind) {
                    kinds[i] = WRITE;
                    masks[WRITE] |= 1L << (key * 0x9E3779B97F4A7C15L >>> 58);
                }
                return;
            }
        }
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            kinds = Arrays.copyOf(kinds, 2 * size);
        }
        keys[size] = key;
        kinds[size++] = (byte) kind;
    }

    boolean conflictsWith(Accesses other) {
        if (!mayConflict(other)) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < other.size; j++) {
                if (keys[i] == other.keys[j] && (kinds[i] != other.kinds[j] || kinds[i] == WRITE)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean mayConflict(Accesses other) {
        long touched = masks[READ] | masks[COUNT] | masks[WRITE];
        long touchedThere = other.masks[READ] | other.masks[COUNT] | other.masks[WRITE];
        return (masks[WRITE] & touchedThere | touched & other.masks[WRITE]
                | masks[READ] & other.masks[COUNT] | masks[COUNT] & other.masks[READ]) != 0;
    }

    /// Whether this changes something that `other` has touched.
    boolean changesWhatIsTouchedBy(Accesses other) {
        for (int i = 0; i < size; i++) {
            for (int j = 0; kinds[i] != READ && j < other.size; j++) {
                if (keys[i] == other.keys[j]) {
                    return true;
                }
            }
        }
        return false;
    }
}
