package dev.stele.journal;

import java.util.Arrays;

/// Numbers of lines. Forgets all when it is full: for who would rather do something twice than remember everything.
final class LineSet {
    private static final int CAPACITY_BITS = 11;
    private static final int COUNT_MAX = (1 << CAPACITY_BITS) * 3 / 4;
    /// 2^64 divided by the golden ratio spreads neighbours.
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    /// 0 for none: line 0 is a superblock's, which no record stores to (J10).
    private final long[] slots = new long[1 << CAPACITY_BITS];
    private int count;

    /// @return whether the line is new
    boolean add(long line) {
        int slot = (int) (line * SPREAD >>> Long.SIZE - CAPACITY_BITS);
        while (slots[slot] != 0) {
            if (slots[slot] == line) {
                return false;
            }
            slot = slot + 1 & slots.length - 1;
        }
        if (count == COUNT_MAX) {
            clear();
            return add(line);
        }
        slots[slot] = line;
        count++;
        return true;
    }

    void clear() {
        Arrays.fill(slots, 0);
        count = 0;
    }
}
