package dev.stele.crash;

/// Numbers, each once; forgets them all when there are too many.
final class LongSet {
    private final int maxSize;
    private long[] slots = new long[1 << 10];
    private int size;

    LongSet(int maxSize) {
        this.maxSize = maxSize;
    }

    /// @return false where it was there
    boolean add(long number) {
        long value = number == 0 ? 1 : number;
        if (size * 2 > slots.length) {
            grow();
        }
        int mask = slots.length - 1;
        int slot = (int) (value ^ value >>> 32) & mask;
        while (slots[slot] != 0) {
            if (slots[slot] == value) {
                return false;
            }
            slot = slot + 1 & mask;
        }
        slots[slot] = value;
        size++;
        return true;
    }

    boolean contains(long number) {
        long value = number == 0 ? 1 : number;
        int mask = slots.length - 1;
        int slot = (int) (value ^ value >>> 32) & mask;
        while (slots[slot] != 0 && slots[slot] != value) {
            slot = slot + 1 & mask;
        }
        return slots[slot] != 0;
    }

    private void grow() {
        long[] old = slots;
        boolean forgets = size >= maxSize;
        slots = new long[forgets ? 1 << 10 : old.length * 2];
        size = 0;
        for (long each : forgets ? new long[0] : old) {
            if (each != 0) {
                add(each);
            }
        }
    }
}
