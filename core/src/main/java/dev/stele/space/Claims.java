package dev.stele.space;

import dev.stele.format.Run;
import dev.stele.journal.Outcome;
import dev.stele.journal.Transaction;
import java.util.Arrays;

/// What one transaction took and gave, in order: one object per thread, used over and over.
final class Claims implements Outcome {
    /// Blocks taken; value is a run.
    static final byte TAKEN = 1;
    /// Blocks freed; value is a run.
    static final byte FREED = 2;
    /// An inode slot taken; value is the inode.
    static final byte SLOT_TAKEN = 3;
    /// An inode slot freed; value is the inode.
    static final byte SLOT_FREED = 4;
    /// A new block of inodes, the first of which is taken; value is that inode.
    static final byte INODES_ADDED = 5;
    /// A block of inodes freed with its last inode; value is that inode.
    static final byte INODES_DROPPED = 6;
    /// A block of inodes freed that held none; value is its first inode.
    static final byte EMPTY_DROPPED = 7;

    /// Null while no transaction is open, so that a thread that lives on does not keep a closed volume.
    private Space space;
    private byte[] kinds = new byte[16];
    private long[] values = new long[16];
    private int count;
    /// All blocks taken lie in [takenFrom, takenTo).
    private long takenFrom = Long.MAX_VALUE;
    private long takenTo;
    private long home;

    /// Makes this hear of the transaction's end, with room for `more` claims.
    void open(Space owner, Transaction tx, int more) {
        if (space == null) {
            tx.attach(this);
            space = owner;
        }
        if (count + more > kinds.length) {
            kinds = Arrays.copyOf(kinds, kinds.length * 2);
            values = Arrays.copyOf(values, values.length * 2);
        }
    }

    /// The group in which this thread takes what may be anywhere.
    long home() {
        return home;
    }

    void home(long group) {
        home = group;
    }

    void add(byte kind, long value) {
        if (kind == TAKEN) {
            takenFrom = Math.min(takenFrom, Run.start(value));
            takenTo = Math.max(takenTo, Run.start(value) + Run.count(value));
        }
        kinds[count] = kind;
        values[count++] = value;
    }

    /// Whether this transaction took a block that it is about to free.
    boolean hasTaken(long start, long blockCount) {
        if (start >= takenTo || start + blockCount <= takenFrom) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (kinds[i] == TAKEN && overlaps(values[i], start, blockCount)) {
                return true;
            }
        }
        return false;
    }

    private static boolean overlaps(long run, long start, long blockCount) {
        return Run.start(run) < start + blockCount && start < Run.start(run) + Run.count(run);
    }

    @Override
    public void committed() {
        for (int i = 0; i < count; i++) {
            space.committed(kinds[i], values[i]);
        }
        close();
    }

    @Override
    public void aborted() {
        for (int i = count - 1; i >= 0; i--) {
            space.aborted(kinds[i], values[i]);
        }
        close();
    }

    private void close() {
        space = null;
        count = 0;
        takenFrom = Long.MAX_VALUE;
        takenTo = 0;
    }
}
