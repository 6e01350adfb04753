package dev.stele.tree;

import dev.stele.error.CorruptionException;
import dev.stele.format.Inode;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.space.Space;

/// Copy-on-write B+trees of unsigned 64-bit keys and 64-bit values, each rooted in the payload of an inode.
///
/// Searches without a transaction read straight from the medium and do not allocate. They may run beside a writer of
/// the same tree if the caller discards what they gave, exceptions included, once it sees that there was one.
/// Everything else is for who holds the inode's lock for writing.
public final class Tree {
    private final Nodes nodes;
    private final ThreadLocal<Splice> splices;

    public Tree(Medium medium, Space space) {
        this.nodes = new Nodes(medium, space);
        this.splices = ThreadLocal.withInitial(() -> new Splice(nodes, space));
    }

    /// Finds the entry with the greatest key that is not above `key`.
    ///
    /// @return whether there is one
    public boolean floor(long inode, long key, Cursor into) {
        return floor(null, inode, key, into);
    }

    /// Finds the entry with the least key that is not below `key`.
    ///
    /// @return whether there is one
    public boolean ceiling(long inode, long key, Cursor into) {
        return ceiling(null, inode, key, into);
    }

    /// Moves to the next entry in order of keys.
    ///
    /// @return whether there is one
    public boolean next(Cursor cursor) {
        return next(null, cursor);
    }

    /// [#floor(long, long, Cursor)] of the tree as the transaction will leave it; null for as it is.
    public boolean floor(Transaction tx, long inode, long key, Cursor into) {
        int level = nodes.openRoot(tx, inode, into);
        long upper = -1;
        int beforeLevel = -1;
        long before = 0;
        long beforeLower = 0;
        long beforeUpper = 0;
        while (level > 0) {
            int index = childIndex(into, key);
            if (index > 0) {
                beforeLevel = level - 1;
                before = into.valueAt(index - 1);
                beforeLower = into.keyAt(index - 1);
                beforeUpper = into.keyAt(index);
            }
            upper = index + 1 < into.count ? into.keyAt(index + 1) : upper;
            nodes.open(tx, into.valueAt(index), --level, into.keyAt(index), upper, into);
        }
        int index = into.floorIndex(key);
        if (index < 0) {
            if (beforeLevel < 0) {
                return false;
            }
            upper = into.keyAt(0);
            index = openLast(tx, before, beforeLevel, beforeLower, beforeUpper, into);
        }
        into.outerLimit = upper;
        into.take(index);
        return true;
    }

    /// [#ceiling(long, long, Cursor)] of the tree as the transaction will leave it; null for as it is.
    public boolean ceiling(Transaction tx, long inode, long key, Cursor into) {
        int level = nodes.openRoot(tx, inode, into);
        long upper = -1;
        int afterLevel = -1;
        long after = 0;
        long afterUpper = 0;
        while (level > 0) {
            int index = childIndex(into, key);
            if (index + 1 < into.count) {
                afterLevel = level - 1;
                after = into.valueAt(index + 1);
                afterUpper = index + 2 < into.count ? into.keyAt(index + 2) : upper;
                upper = into.keyAt(index + 1);
            }
            nodes.open(tx, into.valueAt(index), --level, into.keyAt(index), upper, into);
        }
        int index = into.ceilingIndex(key);
        if (index == into.count) {
            if (afterLevel < 0) {
                return false;
            }
            upper = openFirst(tx, after, afterLevel, upper, afterUpper, into);
            index = 0;
        }
        into.outerLimit = upper;
        into.take(index);
        return true;
    }

    /// [#next(Cursor)] of the tree as the transaction will leave it; null for as it is.
    public boolean next(Transaction tx, Cursor cursor) {
        long key = cursor.key;
        boolean found;
        if (cursor.index + 1 < cursor.count) {
            cursor.take(cursor.index + 1);
            found = true;
        } else {
            found = cursor.outerLimit != -1 && ceiling(tx, cursor.inode, cursor.outerLimit, cursor);
        }
        if (found && Long.compareUnsigned(cursor.key, key) <= 0) {
            throw new CorruptionException("tree.key", Inode.at(cursor.inode), "a key above " + key,
                    Long.toString(cursor.key));
        }
        return found;
    }

    /// Removes all entries with `fromKey` ≤ key < `toKey` and puts the given ones in their place. Changes what little
    /// there is to change: words of a node where they are few, else nodes from the changed one upwards to the first
    /// in which one pointer changes. Keeps count of the inode's blocks.
    ///
    /// After an exception the transaction has to be aborted.
    ///
    /// @param fromKey unsigned
    /// @param toKey unsigned; -1 stands for "all that follow", so that no key is 2^64-1
    /// @param entries key, value, key, value …, ascending and within the range
    /// @param count number of pairs
    /// @throws dev.stele.error.VolumeException ENOSPC where nodes are needed and there is no block; EFBIG where one
    ///         transaction cannot hold the change
    public void splice(Transaction tx, long inode, long fromKey, long toKey, long[] entries, int count) {
        if (Long.compareUnsigned(fromKey, toKey) >= 0) {
            throw new IllegalArgumentException("an empty range of keys: " + fromKey + " to " + toKey);
        }
        splices.get().run(tx, inode, fromKey, toKey, entries, count);
    }

    /// Removes one entry.
    public void remove(Transaction tx, long inode, long key) {
        splices.get().run(tx, inode, key, key + 1, null, 0);
    }

    /// Adds an entry or changes the value of the one with this key.
    public void put(Transaction tx, long inode, long key, long value) {
        splices.get().runOne(tx, inode, key, value);
    }

    /// Changes the value of the entry that the cursor was moved to in this transaction, where that stands in the root
    /// of an inode that is staged already: one word.
    ///
    /// @return false where it stands elsewhere, and nothing was changed
    public boolean setInRoot(Transaction tx, Cursor at, long value) {
        if (at.segment != tx.segment()) {
            return false;
        }
        at.setValue(value);
        return true;
    }

    /// Removes every entry and gives back every node.
    public void clear(Transaction tx, long inode) {
        splices.get().run(tx, inode, 0, -1, null, 0);
    }

    /// Levels of nodes below the root as the transaction will leave it; null for as it is.
    public int depth(Transaction tx, long inode, Cursor scratch) {
        return nodes.openRoot(tx, inode, scratch);
    }

    private static int childIndex(Cursor node, long key) {
        int index = node.floorIndex(key);
        if (index < 0) {
            throw new CorruptionException("tree.key", Inode.at(node.inode), "a node for key " + key, "none");
        }
        return index;
    }

    /// Opens the last leaf of a subtree.
    ///
    /// @return index of its last entry
    private int openLast(Transaction tx, long block, int level, long lower, long upper, Cursor into) {
        nodes.open(tx, block, level, lower, upper, into);
        while (level > 0) {
            int last = into.count - 1;
            nodes.open(tx, into.valueAt(last), --level, into.keyAt(last), upper, into);
        }
        return into.count - 1;
    }

    /// Opens the first leaf of a subtree.
    ///
    /// @return bound for the keys of that leaf
    private long openFirst(Transaction tx, long block, int level, long lower, long upper, Cursor into) {
        nodes.open(tx, block, level, lower, upper, into);
        while (level > 0) {
            upper = into.count > 1 ? into.keyAt(1) : upper;
            nodes.open(tx, into.valueAt(0), --level, into.keyAt(0), upper, into);
        }
        return upper;
    }
}
