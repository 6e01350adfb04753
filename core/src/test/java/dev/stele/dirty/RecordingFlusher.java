package dev.stele.dirty;

import java.util.BitSet;

/// Notes which lines were flushed, and how often it drained.
class RecordingFlusher implements Flusher {
    final BitSet lines = new BitSet();
    int flushes;
    int drains;

    @Override
    public void flush(long offset, long byteCount) {
        if (offset % 64 != 0 || byteCount % 64 != 0 || byteCount <= 0) {
            throw new AssertionError(offset + "+" + byteCount + " are not lines");
        }
        int from = Math.toIntExact(offset / 64);
        int to = Math.toIntExact((offset + byteCount) / 64);
        if (lines.get(from, to).cardinality() > 0) {
            throw new AssertionError("flushed twice in one sync: " + offset + "+" + byteCount);
        }
        lines.set(from, to);
        flushes++;
    }

    @Override
    public void drain() {
        drains++;
    }
}
