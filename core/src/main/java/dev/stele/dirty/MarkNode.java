package dev.stele.dirty;

/// A node of the tree: 64 slots, and for each slot one bit in each of three words, the marks. Slots of a [Leaf] are
/// pages; those of a [Branch] leaves; those of an [Inner] nodes, and a bit there says that the node has such a bit.
abstract sealed class MarkNode permits Leaf, Branch, Inner {
    static final int SLOTS = 64;
    static final int SHIFT = 6;

    /// stored to, and not known to be durable
    long dirty;
    /// to be flushed by a sync that is under way; only where dirty
    long toWrite;
    /// being flushed
    long locked;

    final boolean isUnmarked() {
        return (dirty | toWrite | locked) == 0;
    }

    /// The slots with any of the marks.
    final long word(int marks) {
        return ((marks & MarkTree.DIRTY) != 0 ? dirty : 0) | ((marks & MarkTree.TO_WRITE) != 0 ? toWrite : 0)
                | ((marks & MarkTree.LOCKED) != 0 ? locked : 0);
    }

    static long with(long word, long bits, boolean isSet) {
        return isSet ? word | bits : word & ~bits;
    }
}
