package dev.stele.crash.mutants.inside;

import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.journal.Journal;
import dev.stele.journal.Transaction;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The log by itself, used by threads that take turns as no volume makes them: it goes round, or is full, and what a
/// thread did that came no more must be made durable by another. Turns are taken at places in the core, never by time.
final class Laps {
    private static final Geometry GEOMETRY = new Geometry(256, 16);
    private static final long RING_BYTES = Geometry.at(15);
    private static final long FIRST_BLOCK = Geometry.JOURNAL + 17;
    private static final long BITMAP_AT = Geometry.blockBitmapAt(0);
    private static final int FIRST_BIT = 200;
    private static final int BIT_COUNT = 9;
    /// Of a record with these, four fill the ring, nearly.
    private static final int[] PUTS = {4096, 4096, 4096, 2048};
    private static final String MOVES_TAIL = "journal.Retirement.drain Medium.drain 2";

    private final long seed;

    Laps(long seed) {
        this.seed = seed;
    }

    void add(List<Scenario> all) {
        all.add(Scenario.of("the log goes round behind who moved its tail", (begins, isQuick) -> behindTail(begins)));
        all.add(Scenario.of("the log is full, and who could make room waits", (begins, isQuick) -> full(begins)));
        all.add(Scenario.of("the log goes round over bits of who has gone", (begins, isQuick) -> overBits(begins)));
    }

    /// A journal, and large records that each fill blocks of their own.
    private static final class Log {
        final SimMedium medium = SimMedium.create(GEOMETRY.sizeBytes());
        final Journal journal;
        /// where the first lap of this begins
        private final long start;
        /// records begun
        private final AtomicInteger begun = new AtomicInteger();
        /// records whose commit returned
        private final AtomicInteger returned = new AtomicInteger();
        /// whether a record with bits was committed
        private boolean hasBits;

        Log() {
            Journal.format(medium, GEOMETRY);
            medium.drain();
            journal = Journal.recover(medium, GEOMETRY);
            start = journal.loggedBytes() / RING_BYTES * RING_BYTES;
        }

        /// From the beginning of the ring, where the first lap began.
        long loggedBytes() {
            return journal.loggedBytes() - start;
        }

        static long recordBytes() {
            Log log = new Log();
            try (SimMedium medium = log.medium) {
                long before = log.loggedBytes();
                log.put();
                return log.loggedBytes() - before;
            }
        }

        void put() {
            int number = begun.getAndIncrement();
            Transaction tx = journal.begin();
            try {
                for (int i = 0; i < PUTS.length; i++) {
                    long staged = tx.stage(at(number, i), PUTS[i]);
                    for (int word = 0; word < PUTS[i]; word += 8) {
                        Layouts.WORD.set(tx.segment(), staged + word, value(number, word));
                    }
                }
                tx.commit();
            } finally {
                tx.abort();
            }
            returned.getAndIncrement();
        }

        /// A small record, of what nobody looks at.
        void step() {
            Transaction tx = journal.begin();
            try {
                tx.putLong(Geometry.at(FIRST_BLOCK - 1), journal.loggedBytes());
                tx.commit();
            } finally {
                tx.abort();
            }
        }

        private static long at(int number, int put) {
            return Geometry.at(FIRST_BLOCK + (long) number * PUTS.length + put);
        }

        private static long value(int number, int word) {
            return (number + 1L) << 32 | word + 1;
        }

        /// Of all whose commit has returned.
        void require(SimMedium image) {
            for (int number = 0; number < returned.get(); number++) {
                for (int i = 0; i < PUTS.length; i++) {
                    for (int word = 0; word < PUTS[i]; word += 8) {
                        long found = (long) Layouts.WORD.get(image.metadata().segment(), at(number, i) + word);
                        if (found != value(number, word)) {
                            throw new IllegalStateException("a word of record " + number + " is lost");
                        }
                    }
                }
            }
        }
    }

    /// Somebody else, whose failure is this scenario's.
    private static final class Other {
        private final Thread thread;
        private volatile Throwable failure;

        Other(Runnable action) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    action.run();
                } catch (Throwable thrown) {
                    failure = thrown;
                }
            });
        }

        boolean isAlive() {
            return thread.isAlive();
        }

        void join() {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            if (failure != null) {
                throw new IllegalStateException("another thread failed: " + failure, failure);
            }
        }

        static void does(Runnable action) {
            new Other(action).join();
        }
    }

    private PowerCuts<Journal> cuts(Log log) {
        return PowerCuts.<Journal>of(log.medium).seed(seed).verbsOnly().exhaustiveTo(64).samples(80, 20).alone(32)
                .check(image -> Journal.recover(image, GEOMETRY), (journal, image, point) -> {
                    log.require(image);
                    requireBits(image, log);
                });
    }

    /// J6: one thread stores the tail and flushes its line, and does nothing more. The other drains that line before
    /// it stores over the record where the tail was.
    private String behindTail(Runnable begins) {
        long recordBytes = Log.recordBytes();
        Log log = new Log();
        try (SimMedium medium = log.medium) {
            // The fourth record does not fit behind the third, and where it is stored instead the first begins.
            while (log.loggedBytes() + 4 * recordBytes <= RING_BYTES) {
                log.step();
            }
            log.journal.close();
            if (log.loggedBytes() >= recordBytes) {
                return "records are too small";
            }
            medium.settle();
            begins.run();
            log.put();
            Other.does(log::put);
            try (PowerCuts<Journal> cuts = cuts(log)) {
                log.put();
                log.put();
                cuts.at("the log has gone round");
            }
            return log.loggedBytes() > RING_BYTES ? null : "the log has not gone round";
        }
    }

    /// Four records fill the log while the thread with the second of them moves its tail; who comes fifth must make
    /// room, for nobody comes behind.
    private static String full(Runnable begins) {
        long recordBytes = Log.recordBytes();
        Log log = new Log();
        try (SimMedium medium = log.medium) {
            log.put();
            begins.run();
            List<Other> others = new ArrayList<>();
            Switch.gate(MOVES_TAIL, () -> {
                long drains = medium.counters().ofAllThreads().drains();
                others.add(new Other(log::put));
                others.add(new Other(log::put));
                // Behind their drains, which move no tail while somebody else does, they wait for their turn.
                while (medium.counters().ofAllThreads().drains() < drains + 2 && others.getLast().isAlive()) {
                    Thread.onSpinWait();
                }
                if (log.loggedBytes() + recordBytes <= RING_BYTES) {
                    throw new IllegalStateException("the log is not full");
                }
                others.add(new Other(log::put));
            });
            Other.does(log::put);
            others.forEach(Other::join);
            log.require(medium);
            return others.size() == 3 ? null : "nobody has moved the tail";
        }
    }

    /// J2: a thread has committed, flushed what its record changed, and comes no more: it must be flushed again, and
    /// drained, before the record is stored over.
    private String overBits(Runnable begins) {
        Log log = new Log();
        try (SimMedium medium = log.medium) {
            begins.run();
            Other.does(() -> {
                Transaction tx = log.journal.begin();
                tx.setBits(BITMAP_AT, FIRST_BIT, BIT_COUNT);
                tx.commit();
            });
            log.hasBits = true;
            while (log.loggedBytes() < RING_BYTES + Geometry.BLOCK_BYTES) {
                log.step();
            }
            try (PowerCuts<Journal> cuts = cuts(log)) {
                cuts.at("the log has gone round");
            }
            return null;
        }
    }

    private static void requireBits(SimMedium image, Log log) {
        for (int bit = FIRST_BIT; log.hasBits && bit < FIRST_BIT + BIT_COUNT; bit++) {
            long word = (long) Layouts.WORD.get(image.metadata().segment(), BITMAP_AT + (bit >>> 6) * 8L);
            if ((word >>> (bit & 63) & 1) == 0) {
                throw new IllegalStateException("bit " + bit + " is lost");
            }
        }
    }
}
