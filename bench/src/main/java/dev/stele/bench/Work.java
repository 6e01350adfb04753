package dev.stele.bench;

import dev.stele.cpu.Apart;

/// Something that is done over and over and timed in slices. Used by one thread at a time, and apart from what another
/// does beside it.
///
/// Subclasses are flat, without nested classes, so that [OwnCode] can copy them.
abstract class Work extends Apart implements AutoCloseable {
    /// Most operations that one slice may have.
    int operationsMax() {
        return Integer.MAX_VALUE;
    }

    /// Least number of operations before anything counts, however little time there is. Works whose operations take
    /// so long that a share of time is all they can have want none.
    int warmUpOperations() {
        return Slices.WARM_UP_OPERATIONS;
    }

    /// What a slice needs before it starts; not timed.
    void prepare(int operationCount) throws Exception {
    }

    /// The slice; timed.
    abstract void run(int operationCount) throws Exception;

    /// Whether the slice did what it is there for; not timed.
    ///
    /// @throws WrongResult where it did not
    void check(int operationCount) throws Exception {
    }

    /// How many operations a slice of that many really has, where they come in groups.
    int operationsOf(int operationCount) {
        return operationCount;
    }

    /// How long the loop of [CoreProbe] takes the thread that ran the last slice; where there were several, the slowest
    /// of them, all at the same time.
    long coreNanos() {
        return CoreProbe.nanos();
    }

    /// Adds what other threads did in the last slice.
    void addElsewhere(Tally tally) {
    }

    @Override
    public void close() throws Exception {
    }
}
