package dev.stele.space;

import dev.stele.journal.Outcome;
import dev.stele.journal.Transaction;
import java.util.Arrays;

/// The slots of the orphan table that one transaction fills and empties, in order.
final class OrphanClaims implements Outcome {
    /// Null while no transaction is open.
    private Orphans orphans;
    private int[] slots = new int[4];
    private boolean[] added = new boolean[4];
    private int count;

    void open(Orphans owner, Transaction tx) {
        if (orphans == null) {
            tx.attach(this);
            orphans = owner;
        }
        if (count == slots.length) {
            slots = Arrays.copyOf(slots, count * 2);
            added = Arrays.copyOf(added, count * 2);
        }
    }

    void add(int slot, boolean isAdded) {
        slots[count] = slot;
        added[count++] = isAdded;
    }

    int count() {
        return count;
    }

    int slot(int index) {
        return slots[index];
    }

    boolean isAdded(int index) {
        return added[index];
    }

    @Override
    public void committed() {
        orphans.committed(this);
        close();
    }

    @Override
    public void aborted() {
        orphans.aborted(this);
        close();
    }

    private void close() {
        orphans = null;
        count = 0;
    }
}
