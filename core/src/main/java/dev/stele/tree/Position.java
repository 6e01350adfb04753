package dev.stele.tree;

import dev.stele.cpu.Apart;
import java.lang.foreign.MemorySegment;

/// Where a [Cursor] is.
abstract sealed class Position extends Apart permits Cursor {
    /// The tree's inode.
    long inode;
    /// The node last opened: memory, byte of its first entry, number of its entries.
    MemorySegment segment;
    long entriesAt;
    int count;
    int index;
    long key;
    long value;
    /// No entry of a node behind this one has a lesser key; -1 where there is none.
    long outerLimit;
    /// Holds a node as a transaction will leave it; null until first needed.
    MemorySegment copy;
}
