package dev.stele.journal;

import java.util.concurrent.atomic.AtomicLong;

/// Where the log goes on: threads reserve room for their records there side by side, each with one compare-and-swap.
final class Head {
    private final Ring ring;
    private final AtomicLong position;

    Head(Ring ring, long position) {
        this.ring = ring;
        this.position = new AtomicLong(position);
    }

    /// Position behind the last reservation.
    long position() {
        return position.get();
    }

    /// Reserves room for a record, and for what has to be skipped before it so that it does not cross the end of the
    /// ring.
    ///
    /// @param reusable everything before this position may be overwritten
    /// @return position at which the reservation begins; -1 where there is no room
    long reserve(int byteCount, long reusable) {
        while (true) {
            long start = position.get();
            long end = ring.skipEnd(start, byteCount) + byteCount;
            if (end - reusable > ring.byteCount()) {
                return -1;
            }
            if (position.compareAndSet(start, end)) {
                return start;
            }
        }
    }
}
