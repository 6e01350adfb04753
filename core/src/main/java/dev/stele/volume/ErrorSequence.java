package dev.stele.volume;

import java.util.concurrent.atomic.AtomicLong;

/// Failures of syncs, numbered, so that everybody who has the file open is told once (W-6). As the kernel's errseq: a
/// word that counts failures, and one bit that says whether anybody has seen the last one. Failures that nobody has
/// seen in between are one.
final class ErrorSequence {
    private static final long SEEN = 1;

    /// twice the number of the last failure, plus [#SEEN]; 0 before the first
    private final AtomicLong word = new AtomicLong();
    private volatile RuntimeException last;

    void record(RuntimeException failure) {
        last = failure;
        word.updateAndGet(now -> now == 0 || (now & SEEN) != 0 ? (now & ~SEEN) + 2 : now);
    }

    /// Where one begins who opens the file now: behind the last failure, unless nobody has been told of it.
    long sample() {
        long now = word.get();
        return (now & SEEN) != 0 ? now : 0;
    }

    /// Where one stands who has been told of everything so far.
    long see() {
        return word.updateAndGet(now -> now == 0 ? 0 : now | SEEN);
    }

    /// Whether there was a failure since.
    boolean isBehind(long since) {
        return word.get() != since;
    }

    /// Whether a failure is kept that nobody was told of.
    boolean isUnseen() {
        long now = word.get();
        return now != 0 && (now & SEEN) == 0;
    }

    /// The last failure.
    RuntimeException last() {
        return last;
    }
}
