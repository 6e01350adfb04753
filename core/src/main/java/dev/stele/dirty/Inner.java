package dev.stele.dirty;

/// A node whose slots are nodes: 312 bytes.
final class Inner extends MarkNode {
    final MarkNode[] children = new MarkNode[SLOTS];

    /// Makes the bits of a slot say what its node says.
    void inherit(int slot, MarkNode child) {
        long bit = 1L << slot;
        dirty = with(dirty, bit, child.dirty != 0);
        toWrite = with(toWrite, bit, child.toWrite != 0);
        locked = with(locked, bit, child.locked != 0);
    }
}
