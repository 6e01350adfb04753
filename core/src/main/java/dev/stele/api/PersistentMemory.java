package dev.stele.api;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.stele.cpu.AddressSpace;
import dev.stele.cpu.CacheLines;
import dev.stele.cpu.Granularity;
import dev.stele.cpu.Native;
import dev.stele.cpu.Tier;
import dev.stele.error.VolumeException;
import dev.stele.medium.PersistenceCounters;
import dev.stele.medium.View;
import dev.stele.medium.sim.SimMedium;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Any native memory segment, with what it takes to make stores to it durable: a mapping of a file on a DAX file
/// system, of a DAX device, of an ordinary file, or memory. A type of its own, so that a segment about which nothing is
/// known is not taken for a durable one.
///
/// What the segment lies on is asked of the kernel once, by [#of], and decides as in libpmem2:
///
/// | the segment lies on                                   | persistent | granularity | durable by                |
/// |-------------------------------------------------------|------------|-------------|---------------------------|
/// | a DAX device; a file mapped with MAP_SYNC             | yes        | CACHE_LINE  | flush and drain           |
/// | the same, where caches survive loss of power (eADR)   | yes        | BYTE        | drain                     |
/// | any other shared mapping of a file                    | no         | PAGE        | the kernel's `msync`      |
/// | a MAP_SYNC mapping where caches cannot be flushed     | no         | PAGE        | the kernel's `msync`      |
/// | memory: anonymous, private, tmpfs, hugetlbfs, memfd   | no         | BYTE        | nothing: it is volatile   |
///
/// The words are those of the whole project: a *flush* sends what is stored in the lines of a range on its way, a
/// *drain* waits until everything this thread has sent has arrived, *persist* is both, for a line or a few in one call
/// of some nanoseconds. Flushes know no order: many, then one drain, is the way to make a batch durable. Where the
/// granularity is PAGE a flush is an `msync` and waits.
///
/// Memory of the simulator ([SimMedium]) is persistent memory of the granularity that is simulated, and every verb
/// reaches it: what a power cut would leave is known then.
///
/// A mapping of a file on a Stele volume is persisted by [DaxMapping#persist], which also knows the volume's metadata;
/// this class sees in it what the volume's medium is.
///
/// Ranges are checked against the segment. Another thread may close its arena at any moment: verbs then throw
/// `IllegalStateException`. May be used by any threads that may use the segment.
public final class PersistentMemory {
    /// What a segment lies on.
    public enum Kind {
        /// A `/dev/dax` character device.
        DAX_DEVICE,
        /// A file mapped with MAP_SYNC: a flushed line of it is durable with everything needed to find it.
        DAX_FILE,
        /// Any other file, through the page cache or not: only the kernel can make it durable.
        FILE,
        /// Memory that ends with the power, if not sooner.
        VOLATILE
    }

    /// How a copy or a fill goes to memory.
    public enum Way {
        /// Past the cache where it is long enough to fill a line, else through it.
        BY_SIZE,
        /// Through the cache, whose lines are then flushed: for what is soon read again.
        TEMPORAL,
        /// Past the cache, as far as it fills lines.
        NON_TEMPORAL,
        /// Into the cache and no further: the caller flushes.
        NO_FLUSH
    }

    /// Whether what is in the processor's caches survives loss of power.
    public enum Caches {
        /// Every region of persistent memory says so (eADR).
        PERSISTENT,
        /// Some region of persistent memory says that it does not.
        VOLATILE,
        /// There is no persistent memory that could say: taken for volatile.
        UNKNOWN
    }

    /// What this processor can do for persistent memory.
    ///
    /// @param tier by which means
    /// @param instructions by name; empty for [Tier#NONE]
    /// @param reason why no better tier; empty for the best
    /// @param lineBytes the unit of flushing
    /// @param canFlush whether stores can be made durable by the line
    /// @param canInvalidate whether lines can be taken out of the caches
    public record Capabilities(Tier tier, String instructions, String reason, int lineBytes, boolean canFlush,
            boolean canInvalidate, Caches caches) {
    }

    private static final long LINE_BYTES = CacheLines.LINE_BYTES;
    private static final long PAGE_BYTES = 4096;

    private final MemorySegment segment;
    private final Backing backing;
    private final Granularity granularity;
    /// null where caches cannot be flushed
    private final CacheLines lines;
    /// null where the memory is real
    private final Simulated simulated;
    private final PersistenceCounters counters = new PersistenceCounters();

    private PersistentMemory(MemorySegment segment, Backing backing, Granularity granularity) {
        this.segment = segment;
        this.backing = backing;
        this.granularity = granularity;
        this.lines = canFlush() ? CacheLines.require().held() : null;
        this.simulated = null;
    }

    private PersistentMemory(MemorySegment segment, SimMedium medium) {
        this.segment = segment;
        this.backing = Backing.simulated(medium);
        this.granularity = medium.granularity();
        this.lines = null;
        this.simulated = new Simulated(segment, medium);
    }

    /// Finds out what the segment lies on.
    ///
    /// @throws IllegalArgumentException where it is on the heap or read-only: nothing could be stored, or be durable
    /// @throws UnsupportedOperationException where nothing can be promised, with the reason
    public static PersistentMemory of(MemorySegment segment) {
        check(segment);
        return SimMedium.under(segment).map(medium -> new PersistentMemory(segment, medium)).orElseGet(() -> {
            Backing backing = backing(segment);
            return new PersistentMemory(segment, backing, backing.granularity());
        });
    }

    /// The same, treated as if its granularity was another, as libpmem2's `PMEM2_FORCE_GRANULARITY` does: for tests,
    /// and for taking numbers on a machine without persistent memory. What [#isPersistent()] says stays true. A file
    /// that shrinks while it is treated so ends the process.
    ///
    /// @throws UnsupportedOperationException for CACHE_LINE where caches cannot be flushed
    public static PersistentMemory of(MemorySegment segment, Granularity assumed) {
        check(segment);
        Backing backing = backing(segment);
        if (assumed == Granularity.CACHE_LINE && !canFlush()) {
            throw new UnsupportedOperationException(
                    "this processor's caches cannot be flushed from here: " + CacheLines.report().reason());
        }
        return new PersistentMemory(segment, backing, assumed);
    }

    private static void check(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("the segment is on the heap: only native memory can be made durable");
        }
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException("the segment is read-only: there is nothing to make durable");
        }
        if (segment.byteSize() == 0) {
            throw new IllegalArgumentException("the segment has no bytes: it lies on nothing");
        }
        requireAlive(segment);
    }

    private static Backing backing(MemorySegment segment) {
        try {
            return Backing.of(AddressSpace.under(segment), Host.THIS, canFlush());
        } catch (VolumeException unknown) {
            throw new UnsupportedOperationException(
                    "what the segment lies on cannot be found out: " + unknown.getMessage());
        }
    }

    private static boolean canFlush() {
        return CacheLines.report().tier() != Tier.NONE;
    }

    private static void requireAlive(MemorySegment segment) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("Already closed");
        }
    }

    /// What this processor can do.
    public static Capabilities capabilities() {
        CacheLines.Report report = CacheLines.report();
        return new Capabilities(report.tier(), report.instructions(), report.reason(), CacheLines.LINE_BYTES,
                canFlush(), canFlush() && CacheLines.require().canInvalidate(), Host.THIS.caches());
    }

    public MemorySegment segment() {
        return segment;
    }

    public Kind kind() {
        return backing.kind();
    }

    /// Whether the segment is persistent memory: a store that was flushed and drained survives loss of power, without
    /// the kernel's help.
    public boolean isPersistent() {
        return backing.isPersistent();
    }

    /// How much must be pushed, and by whom, before a store is durable.
    public Granularity granularity() {
        return granularity;
    }

    /// What was asked of this memory through this object. Flushed and invalidated lines are those that a range touches,
    /// each counted once a call.
    public PersistenceCounters counters() {
        return counters;
    }

    /// Sends what is stored in the range on its way.
    ///
    /// @throws IndexOutOfBoundsException where the range is not inside the segment
    /// @throws UncheckedIOException where the granularity is PAGE and the kernel fails to write
    public void flush(long at, long byteCount) {
        switch (granularity) {
            case BYTE -> check(at, byteCount);
            case CACHE_LINE -> flushLines(at, byteCount);
            case PAGE -> sync(at, byteCount);
        }
        counters.flushed(lineCount(at, byteCount));
    }

    private void flushLines(long at, long byteCount) {
        if (simulated == null) {
            lines.flush(segment, at, byteCount);
        } else {
            simulated.flush(at, byteCount);
        }
    }

    /// Waits until everything this thread has sent on its way has arrived.
    public void drain() {
        await();
        counters.drained();
    }

    private void await() {
        if (simulated != null) {
            simulated.drain();
        } else if (granularity != Granularity.PAGE && lines != null) {
            // also where caches persist: what went past them is on its way
            lines.drain();
        } else {
            VarHandle.releaseFence();
        }
    }

    /// Makes durable what is stored in the range: [#flush] and [#drain] at once.
    public void persist(long at, long byteCount) {
        if (granularity == Granularity.CACHE_LINE && simulated == null) {
            lines.persist(segment, at, byteCount);
            counters.persisted(lineCount(at, byteCount));
        } else {
            flush(at, byteCount);
            drain();
        }
    }

    /// [#persist], and beyond it out of the memory controller's queues, which on most machines a spare of power
    /// empties: for those who mean to survive the failure of that, too. A system call.
    ///
    /// @throws UnsupportedOperationException where nothing can be promised: on volatile memory, or where the kernel
    ///     offers no way
    /// @throws UncheckedIOException where the kernel fails
    public void deepPersist(long at, long byteCount) {
        check(at, byteCount);
        switch (backing.kind()) {
            case VOLATILE -> throw new UnsupportedOperationException(
                    backing.place() + " is volatile: nothing in it survives loss of power");
            case DAX_DEVICE -> {
                persist(at, byteCount);
                deepFlush();
            }
            case DAX_FILE, FILE -> {
                persist(at, byteCount);
                if (granularity != Granularity.PAGE && simulated == null) {
                    sync(at, byteCount);
                }
            }
        }
    }

    private void deepFlush() {
        Path file = backing.deepFlush();
        if (file == null) {
            throw new UnsupportedOperationException("the kernel has no deep flush for " + backing.place());
        }
        try {
            Files.writeString(file, "1");
        } catch (IOException failed) {
            throw new UncheckedIOException("the deep flush of " + backing.place() + " failed", failed);
        }
    }

    /// Takes the lines of the range out of every cache, so that the next load asks the memory: for memory that changes
    /// behind the processor's back, not for making anything durable. Another thing than [#flush]: that may leave lines
    /// where they are. What was stored in them is written back first.
    ///
    /// @throws UnsupportedOperationException where this processor, or the tier that serves, does not offer it
    public void invalidate(long at, long byteCount) {
        check(at, byteCount);
        if (lines == null || !lines.canInvalidate()) {
            throw new UnsupportedOperationException(
                    "lines cannot be taken out of the caches from here: only machine code does that, and there is "
                            + CacheLines.report());
        }
        lines.invalidate(segment, at, byteCount);
        counters.invalidated(lineCount(at, byteCount));
    }

    /// Copies bytes in and makes them durable.
    public void copyPersist(long at, MemorySegment from, long fromAt, long byteCount) {
        copyPersist(at, from, fromAt, byteCount, Way.BY_SIZE);
    }

    /// Copies bytes in and makes them durable.
    ///
    /// @param way any but NO_FLUSH
    public void copyPersist(long at, MemorySegment from, long fromAt, long byteCount, Way way) {
        requireFlushing(way);
        if (granularity == Granularity.CACHE_LINE && isThroughCache(way, byteCount)) {
            put(at, from, fromAt, byteCount);
            persist(at, byteCount);
        } else if (granularity == Granularity.CACHE_LINE && simulated == null) {
            lines.copy(segment, at, from, fromAt, byteCount);
            lines.drain();
            counters.streamedAndDrained(byteCount);
        } else {
            copy(at, from, fromAt, byteCount, way);
            drain();
        }
    }

    /// Copies bytes in and sends them on their way, unless that is NO_FLUSH; a drain makes them durable.
    ///
    /// @param from native memory that does not overlap where they go
    public void copy(long at, MemorySegment from, long fromAt, long byteCount, Way way) {
        if (way == Way.NO_FLUSH || granularity != Granularity.CACHE_LINE || isThroughCache(way, byteCount)) {
            put(at, from, fromAt, byteCount);
            if (way != Way.NO_FLUSH) {
                flush(at, byteCount);
            }
        } else {
            stream(at, from, fromAt, byteCount);
            counters.streamed(byteCount);
        }
    }

    private void stream(long at, MemorySegment from, long fromAt, long byteCount) {
        if (simulated == null) {
            lines.copy(segment, at, from, fromAt, byteCount);
        } else {
            simulated.stream(at, from, fromAt, byteCount);
        }
    }

    /// Fills with a byte and makes it durable.
    public void fillPersist(long at, long byteCount, byte value) {
        fill(at, byteCount, value, Way.BY_SIZE);
        drain();
    }

    /// Fills with a byte and sends it on its way, unless that is NO_FLUSH; a drain makes it durable.
    public void fill(long at, long byteCount, byte value, Way way) {
        check(at, byteCount);
        if (way == Way.NO_FLUSH || granularity != Granularity.CACHE_LINE || isThroughCache(way, byteCount)) {
            putFill(at, byteCount, value);
            counters.stored(byteCount);
            if (way != Way.NO_FLUSH) {
                flush(at, byteCount);
            }
        } else if (simulated != null) {
            simulated.streamFill(at, byteCount, value);
            counters.streamed(byteCount);
        } else if (value == 0) {
            lines.zero(segment, at, byteCount);
            counters.streamed(byteCount);
        } else {
            streamPattern(at, byteCount, value);
        }
    }

    private void putFill(long at, long byteCount, byte value) {
        if (simulated == null) {
            segment.asSlice(at, byteCount).fill(value);
        } else {
            simulated.putFill(at, byteCount, value);
        }
    }

    /// The first piece is filled through the cache and the others are copies of it; sent on its way last, because that
    /// may take it out of the cache.
    private void streamPattern(long at, long byteCount, byte value) {
        long piece = Math.min(byteCount, PAGE_BYTES);
        segment.asSlice(at, piece).fill(value);
        for (long done = piece; done < byteCount; done += piece) {
            lines.copy(segment, at + done, segment, at, Math.min(piece, byteCount - done));
        }
        lines.flush(segment, at, piece);
        counters.streamed(byteCount);
    }

    private void put(long at, MemorySegment from, long fromAt, long byteCount) {
        if (!from.isNative()) {
            throw new IllegalArgumentException("the source is on the heap: it must be native memory");
        }
        if (simulated == null) {
            MemorySegment.copy(from, fromAt, segment, at, byteCount);
        } else {
            simulated.put(at, from, fromAt, byteCount);
        }
        counters.stored(byteCount);
    }

    private static void requireFlushing(Way way) {
        if (way == Way.NO_FLUSH) {
            throw new IllegalArgumentException("what is not flushed is not persisted: use copy");
        }
    }

    private static boolean isThroughCache(Way way, long byteCount) {
        return way == Way.TEMPORAL || way == Way.BY_SIZE && byteCount < LINE_BYTES;
    }

    /// `msync` of the pages that the range touches.
    private void sync(long at, long byteCount) {
        check(at, byteCount);
        if (byteCount == 0) {
            return;
        }
        long first = segment.address() + at & -PAGE_BYTES;
        try {
            Native.syncMapped(first, segment.address() + at + byteCount - first);
        } catch (VolumeException failed) {
            requireAlive(segment);
            throw new UncheckedIOException(
                    new IOException(backing.place() + " could not be made durable: " + failed.getMessage(), failed));
        }
    }

    private void check(long at, long byteCount) {
        Objects.checkFromIndexSize(at, byteCount, segment.byteSize());
        requireAlive(segment);
    }

    private long lineCount(long at, long byteCount) {
        return View.lineCount(segment.address() + at, byteCount);
    }

    /// One line for people: what it is, how durable, by which means.
    @Override
    public String toString() {
        boolean isFlushed = granularity == Granularity.CACHE_LINE && simulated == null;
        return backing.place() + (backing.isPersistent() ? ", persistent" : ", not persistent") + ", granularity "
                + granularity + (isFlushed ? ", flushed by " + CacheLines.report() : "");
    }
}
