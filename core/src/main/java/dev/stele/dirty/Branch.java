package dev.stele.dirty;

/// The marks of 16 MiB: 64 leaves, or entries of 2 MiB in the place of eight of them, as the kernel's tree has them. A
/// node of 64 bytes, and 272 once it has a leaf.
///
/// An entry of 2 MiB has marks of its own, the same bit for each of its eight slots in `huge...`. Beneath one that is
/// dirty no leaf has a mark; beneath one that is only locked leaves may be dirty, by stores since. Single pages are
/// never locked beneath any (I10).
final class Branch extends MarkNode {
    private static final int LEAVES_PER_HUGE = 8;

    private long hugeDirty;
    private long hugeToWrite;
    private long hugeLocked;
    /// null before the first
    private Leaf[] leaves;

    boolean isHugeDirty(int slot) {
        return (hugeDirty >>> slot & 1) != 0;
    }

    boolean isHugeToWrite(int slot) {
        return (hugeToWrite >>> slot & 1) != 0;
    }

    boolean isHugeLocked(int slot) {
        return (hugeLocked >>> slot & 1) != 0;
    }

    boolean isHuge(int slot) {
        return isHugeDirty(slot) || isHugeLocked(slot);
    }

    /// Null where no page of it has a mark.
    Leaf leaf(int slot) {
        return leaves == null ? null : leaves[slot];
    }

    /// @return whether there was none
    boolean make(int slot) {
        if (leaves == null) {
            leaves = new Leaf[SLOTS];
        }
        if (leaves[slot] != null) {
            return false;
        }
        leaves[slot] = new Leaf();
        return true;
    }

    /// There is one.
    void drop(int slot) {
        leaves[slot] = null;
    }

    int leafCount() {
        int count = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            count += leaf(slot) == null ? 0 : 1;
        }
        return count;
    }

    /// Whether a single page is locked among those of eight leaves.
    boolean hasLockedPage(int firstSlot) {
        return (locked & ~hugeLocked & eight(firstSlot)) != 0;
    }

    /// Number of dirty pages among those of eight leaves.
    int dirtyPages(int firstSlot) {
        if (isHugeDirty(firstSlot)) {
            return LEAVES_PER_HUGE * SLOTS;
        }
        int count = 0;
        for (int slot = firstSlot; slot < firstSlot + LEAVES_PER_HUGE; slot++) {
            count += leaf(slot) == null ? 0 : Long.bitCount(leaf(slot).dirty);
        }
        return count;
    }

    /// An entry of 2 MiB becomes dirty, in the place of whatever marks its pages had: it has them now (C3).
    void markHuge(int firstSlot) {
        long bits = eight(firstSlot);
        hugeToWrite = with(hugeToWrite, bits, (toWrite & bits) != 0);
        hugeDirty |= bits;
        for (int slot = firstSlot; slot < firstSlot + LEAVES_PER_HUGE; slot++) {
            if (leaf(slot) != null) {
                leaf(slot).clean(-1);
            }
        }
        update(bits);
    }

    void tagHuge(int firstSlot) {
        hugeToWrite |= eight(firstSlot);
        update(eight(firstSlot));
    }

    /// Takes DIRTY and TOWRITE of an entry of 2 MiB, and locks it.
    void lockHuge(int firstSlot) {
        long bits = eight(firstSlot);
        hugeDirty &= ~bits;
        hugeToWrite &= ~bits;
        hugeLocked |= bits;
        update(bits);
    }

    void unlockHuge(int firstSlot) {
        hugeLocked &= ~eight(firstSlot);
        update(eight(firstSlot));
    }

    /// An entry of 2 MiB, and every mark of its pages, is gone.
    void clearHuge(int firstSlot) {
        long bits = eight(firstSlot);
        hugeDirty &= ~bits;
        hugeToWrite &= ~bits;
        hugeLocked &= ~bits;
        for (int slot = firstSlot; slot < firstSlot + LEAVES_PER_HUGE; slot++) {
            if (leaf(slot) != null) {
                leaf(slot).clean(-1);
            }
        }
        update(bits);
    }

    /// The pages of an entry of 2 MiB get its marks, each for itself. The eight leaves have been made.
    void splitHuge(int firstSlot) {
        long bits = eight(firstSlot);
        for (int slot = firstSlot; slot < firstSlot + LEAVES_PER_HUGE; slot++) {
            Leaf leaf = leaves[slot];
            if (isHugeDirty(slot)) {
                leaf.markPages(-1);
            }
            leaf.toWrite |= isHugeToWrite(slot) ? -1 : 0;
            leaf.locked |= isHugeLocked(slot) ? -1 : 0;
        }
        hugeDirty &= ~bits;
        hugeToWrite &= ~bits;
        hugeLocked &= ~bits;
        update(bits);
    }

    /// Makes the bits of slots say what their leaves and their entries of 2 MiB say.
    void update(long slots) {
        dirty = dirty & ~slots | hugeDirty & slots;
        toWrite = toWrite & ~slots | hugeToWrite & slots;
        locked = locked & ~slots | hugeLocked & slots;
        for (long left = leaves == null ? 0 : slots; left != 0; left &= left - 1) {
            int slot = Long.numberOfTrailingZeros(left);
            Leaf leaf = leaves[slot];
            if (leaf != null) {
                long bit = 1L << slot;
                dirty |= leaf.dirty == 0 ? 0 : bit;
                toWrite |= leaf.toWrite == 0 ? 0 : bit;
                locked |= leaf.locked == 0 ? 0 : bit;
            }
        }
    }

    static long eight(int firstSlot) {
        return 0xFFL << firstSlot;
    }
}
