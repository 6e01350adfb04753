package dev.stele.journal;

import dev.stele.format.Geometry;

/// The bytes behind the journal's header block, addressed by log position.
final class Ring {
    private final long startAt;
    private final long byteCount;

    Ring(Geometry geometry) {
        this.startAt = Geometry.at(Geometry.JOURNAL + 1);
        this.byteCount = Geometry.at(geometry.journalBlockCount() - 1);
    }

    long byteCount() {
        return byteCount;
    }

    /// Where on the medium a log position stands.
    long at(long position) {
        return startAt + position % byteCount;
    }

    /// The first position at or behind `position` where a record of `recordBytes` does not cross the end of the ring.
    long skipEnd(long position, long recordBytes) {
        long left = byteCount - position % byteCount;
        return recordBytes <= left ? position : position + left;
    }
}
