package dev.stele.journal;

import dev.stele.format.Geometry;
import dev.stele.format.JournalHeader;
import dev.stele.format.Layouts;
import dev.stele.medium.sim.SimMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The smallest volume that has a journal, on a simulated medium, for tests of this package: 256 blocks, a ring of 15.
final class Log implements AutoCloseable {
    static final Geometry GEOMETRY = new Geometry(256, 16);
    static final long RING_BYTES = Geometry.at(15);
    static final long RING_AT = Geometry.at(Geometry.JOURNAL + 1);
    /// The first byte behind the journal.
    static final long FREE_AT = Geometry.at(Geometry.JOURNAL + 16);
    static final long BITMAP_AT = Geometry.blockBitmapAt(0);

    final SimMedium medium;
    Journal journal;

    Log() {
        this(SimMedium.create(GEOMETRY.sizeBytes()));
    }

    Log(SimMedium medium) {
        this.medium = medium;
        Journal.format(medium, GEOMETRY);
        medium.drain();
        journal = Journal.recover(medium, GEOMETRY);
        medium.settle();
    }

    /// What comes up when the power is cut now and nothing is left that need not be.
    void loseEverythingUndurable() {
        MemorySegment left = Arena.ofAuto().allocate(medium.sizeBytes(), 8).copyFrom(medium.durableBytes());
        medium.metadata().put(0, left, 0, left.byteSize());
        medium.settle();
    }

    void reopen() {
        journal = Journal.recover(medium, GEOMETRY);
    }

    /// One transaction that stores one word.
    void put(long at, long value) {
        Transaction tx = journal.begin();
        tx.putLong(at, value);
        tx.commit();
    }

    long word(long at) {
        return word(medium, at);
    }

    long durableWord(long at) {
        return (long) Layouts.WORD.get(medium.durableBytes(), at);
    }

    static long word(SimMedium medium, long at) {
        return (long) Layouts.WORD.get(medium.metadata().segment(), at);
    }

    long tail() {
        return JournalHeader.tail(medium.metadata().segment(), Geometry.at(Geometry.JOURNAL));
    }

    long drains() {
        return medium.counters().ofThisThread().drains();
    }

    static MemorySegment words(long... values) {
        MemorySegment segment = Arena.ofAuto().allocate(values.length * 8L, 64);
        for (int i = 0; i < values.length; i++) {
            Layouts.WORD.set(segment, i * 8L, values[i]);
        }
        return segment;
    }

    @Override
    public void close() {
        medium.close();
    }
}
