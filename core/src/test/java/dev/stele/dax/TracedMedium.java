package dev.stele.dax;

import dev.stele.cpu.Granularity;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import dev.stele.medium.sim.SimMedium;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// The simulated medium with somebody watching: every verb is told before it is carried out, apart for structures and
/// for the bytes of files. The watcher may wait, or fail the verb.
final class TracedMedium extends Medium {
    enum Kind { STORE, STREAM, FLUSH, DRAIN }

    interface Watcher {
        /// @param isData whether the verb is one of the view of files' bytes; a drain is of neither
        void verb(Kind kind, boolean isData, long at, long byteCount);
    }

    static final Watcher NOBODY = (kind, isData, at, byteCount) -> { };

    final SimMedium sim;
    /// Lines of files' bytes that were asked to be flushed.
    final AtomicLong flushedDataLines = new AtomicLong();
    private final TracedView metadata;
    private final TracedView data;
    volatile Watcher watcher = NOBODY;
    /// Whether closing leaves the bytes for the next volume that is opened on it.
    boolean isKept;

    TracedMedium(SimMedium sim) {
        this.sim = sim;
        this.metadata = new TracedView(this, sim.metadata(), false);
        this.data = new TracedView(this, sim.data(), true);
    }

    @Override
    public View metadata() {
        return metadata;
    }

    @Override
    public View data() {
        return data;
    }

    @Override
    protected void awaitLines() {
        watcher.verb(Kind.DRAIN, false, 0, 0);
        sim.drain();
    }

    @Override
    public Granularity granularity() {
        return sim.granularity();
    }

    @Override
    public boolean isDurable() {
        return sim.isDurable();
    }

    @Override
    public boolean isReadOnly() {
        return sim.isReadOnly();
    }

    @Override
    public String description() {
        return "watched " + sim.description();
    }

    @Override
    public int descriptor() {
        return sim.descriptor();
    }

    @Override
    protected void sendMapped(MemorySegment mapped, long at, long byteCount) {
        sim.flushMapped(mapped, at, byteCount);
    }

    @Override
    public void grow(long newSizeBytes) {
        throw new UnsupportedOperationException("a watched medium keeps its size");
    }

    @Override
    public void close() {
        if (!isKept) {
            sim.close();
        }
    }
}
