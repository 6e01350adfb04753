package dev.stele.space;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Journal;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;

/// A volume of blocks and slots and nothing else.
final class Bare implements AutoCloseable {
    final Medium medium;
    Geometry geometry;
    Journal journal;
    Space space;
    Orphans orphans;

    private Bare(Geometry geometry, Medium medium) {
        this.medium = medium;
        this.geometry = geometry;
    }

    /// What is on a medium, recovered.
    static Bare recover(Medium medium, Geometry geometry) {
        Bare bare = new Bare(geometry, medium);
        bare.reopen();
        return bare;
    }

    Bare(Medium medium, Geometry geometry) {
        this(geometry, medium);
        Journal.format(medium, geometry);
        Orphans.format(medium);
        medium.drain();
        reopen();
    }

    static Bare memory(long blockCount) {
        return new Bare(MemoryMedium.create(blockCount * Geometry.BLOCK_BYTES), geometry(blockCount));
    }

    static Bare page(long blockCount) {
        return new Bare(new PageMedium(blockCount * Geometry.BLOCK_BYTES), geometry(blockCount));
    }

    static Geometry geometry(long blockCount) {
        return new Geometry(blockCount, Geometry.defaultJournalBlocks(blockCount));
    }

    /// Forgets what is in memory, as a crash would.
    void reopen() {
        journal = Journal.recover(medium, geometry);
        space = new Space(medium, geometry);
        orphans = Orphans.open(medium, space);
    }

    long allocate(long goal, long minCount, long maxCount) {
        Transaction tx = journal.begin();
        try {
            long run = space.allocate(tx, goal, minCount, maxCount);
            tx.commit();
            return run;
        } finally {
            tx.abort();
        }
    }

    void free(long run) {
        Transaction tx = journal.begin();
        try {
            space.free(tx, Run.start(run), Run.count(run));
            tx.commit();
        } finally {
            tx.abort();
        }
    }

    /// Takes a slot and makes it look used.
    long create(long goal) {
        Transaction tx = journal.begin();
        try {
            long inode = space.allocateInode(tx, goal);
            use(tx, inode);
            tx.commit();
            return inode;
        } finally {
            tx.abort();
        }
    }

    static void use(Transaction tx, long inode) {
        tx.putLong(Inode.at(inode), 0x1234_5678_0000_81A4L);
    }

    void delete(long inode) {
        Transaction tx = journal.begin();
        try {
            space.freeInode(tx, inode);
            tx.commit();
        } finally {
            tx.abort();
        }
    }

    /// As before ENOSPC is told to a user.
    void sweep() {
        Transaction tx = journal.begin();
        space.sweep(tx);
        tx.commit();
    }

    @Override
    public void close() {
        medium.close();
    }
}
