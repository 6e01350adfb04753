package dev.stele.medium.sim;

/// Hashes of images that were seen, each once: open addressing, forgotten all at once when there are too many.
final class HashedImages {
    private static final int MAX_SIZE = 1 << 20;

    private long[] hashes = new long[2 << 10];
    private int size;

    /// @return false where it was there
    boolean add(long high, long low) {
        if (size * 4 > hashes.length) {
            grow();
        }
        long first = high == 0 && low == 0 ? 1 : high;
        int slot = slotOf(first, low);
        if (hashes[slot] != 0 || hashes[slot + 1] != 0) {
            return false;
        }
        hashes[slot] = first;
        hashes[slot + 1] = low;
        size++;
        return true;
    }

    private int slotOf(long high, long low) {
        int mask = hashes.length - 1;
        int slot = (int) (high ^ low >>> 7) * 2 & mask;
        while ((hashes[slot] != 0 || hashes[slot + 1] != 0) && (hashes[slot] != high || hashes[slot + 1] != low)) {
            slot = slot + 2 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] old = hashes;
        size = 0;
        if (old.length >= 4 * MAX_SIZE) {
            hashes = new long[2 << 10];
            return;
        }
        hashes = new long[old.length * 2];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0 || old[i + 1] != 0) {
                add(old[i], old[i + 1]);
            }
        }
    }
}
