package dev.stele.medium.sim;

import dev.stele.cpu.Granularity;
import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Persistent memory as a program sees it, in memory whose every line is watched: what of it is durable, what is on its
/// way, and by whose hand. See the package for the model, [PowerCuts] for what it is good for.
///
/// Volumes of a few MiB are meant: three copies of the content and one word per line are kept in memory.
public final class SimMedium extends Medium {
    /// Somebody told of the moments at which cutting the power is interesting; called with the monitor held.
    interface Observer {
        /// Before a drain takes effect, and again after it.
        void drain(boolean done);

        /// After every store of a word, and every line of a longer one, where caches persist.
        void stored();
    }

    /// Somebody told of flushes that a program could have saved; called with the monitor held, by the thread that
    /// flushes.
    @FunctionalInterface
    public interface FlushWatch {
        /// @param lineAt byte where the line begins
        void wasted(FlushWaste waste, long lineAt);
    }

    private static final Observer NOBODY = new Observer() {
        @Override
        public void drain(boolean done) {
        }

        @Override
        public void stored() {
        }
    };

    private static final Witness NO_WITNESS = new Witness() {
        @Override
        public void storing(long at, long byteCount) {
        }

        @Override
        public void stored(long at, long byteCount, boolean isStreamed) {
        }

        @Override
        public void flushing(long at, long byteCount) {
        }

        @Override
        public void draining() {
        }
    };
    /// Every simulated medium there is, by the inode of its memory.
    private static final Map<Long, SimMedium> BY_INODE = new ConcurrentHashMap<>();

    private final Arena arena = Arena.ofShared();
    private final int descriptor;
    private final long inode;
    private final Granularity granularity;
    private final SimView view;
    /// guarded by this
    private final Lines lines;
    /// guarded by this
    private Observer observer = NOBODY;
    /// guarded by this
    private Witness witness = NO_WITNESS;
    /// guarded by this
    private final Poison poison = new Poison();
    /// verbs that still succeed before one fails; negative for all; guarded by this
    private long verbsUntilFault = -1;
    /// whether every verb after the first fault fails too; guarded by this
    private boolean failsForGood;
    /// verbs until the thread of one is interrupted; negative for never; guarded by this
    private long verbsUntilInterrupt = -1;
    /// flushes and streams that still take place before one is forgotten; negative for all; guarded by this
    private long flushesUntilForgotten = -1;
    /// guarded by this
    private long verbCount;
    /// What of an image is undecided, null for nothing; guarded by this
    private LazyCut lazy;
    private final boolean lent;
    /// Of an image: the bytes it was laid over, and their hash.
    private MemorySegment ground;
    private LineHash groundHash;
    private final LineHash hash = new LineHash();
    /// Hash of a range of the ground, and of which.
    private final LineHash range = new LineHash();
    private final LineHash rangeOf = new LineHash();
    private long rangeFrom;
    private long rangeTo;

    private SimMedium(int descriptor, long sizeBytes, Granularity granularity, boolean lent) {
        this.descriptor = descriptor;
        this.granularity = granularity;
        this.lent = lent;
        this.view = new SimView(this, map(sizeBytes));
        // A mapping of its own, from which no page is taken away.
        this.lines = new Lines(arena, map(sizeBytes), granularity == Granularity.BYTE);
        this.inode = Native.status(descriptor).inode();
        BY_INODE.put(inode, this);
    }

    /// The simulated medium whose memory a segment shows, through its own mapping or another. Costs nothing where
    /// nothing is simulated.
    public static Optional<SimMedium> under(MemorySegment segment) {
        return BY_INODE.values().stream().filter(each -> each.isShownBy(segment)).findAny();
    }

    private boolean isShownBy(MemorySegment segment) {
        long distance = segment.address() - view.segment().address();
        return distance >= 0 && distance <= sizeBytes() - segment.byteSize()
                || ShownRanges.of(descriptor).cover(segment);
    }

    /// Durable zeros with the granularity of persistent memory, CACHE_LINE.
    public static SimMedium create(long sizeBytes) {
        return create(sizeBytes, Granularity.CACHE_LINE);
    }

    /// Durable zeros.
    ///
    /// @param granularity CACHE_LINE, or BYTE for a machine whose caches survive (eADR)
    public static SimMedium create(long sizeBytes, Granularity granularity) {
        return create(sizeBytes, granularity, false);
    }

    /// A medium that a check may close like any other without ending it: the next image will stand on it. Only
    /// [#end()] does.
    public static SimMedium lent(long sizeBytes, Granularity granularity) {
        return create(sizeBytes, granularity, true);
    }

    private static SimMedium create(long sizeBytes, Granularity granularity, boolean lent) {
        if (sizeBytes <= 0 || sizeBytes % PAGE_BYTES != 0 || sizeBytes > 1L << 34) {
            throw new VolumeException(Errno.EINVAL, "size must be a multiple of 4096, at most 16 GiB: " + sizeBytes);
        }
        if (granularity == Granularity.PAGE) {
            throw new VolumeException(Errno.EINVAL, "granularity PAGE is not simulated");
        }
        int descriptor = Native.memfd("stele-sim", 0);
        try {
            Native.truncate(descriptor, sizeBytes);
            return new SimMedium(descriptor, sizeBytes, granularity, lent);
        } catch (RuntimeException failed) {
            Native.close(descriptor);
            throw failed;
        }
    }

    private MemorySegment map(long sizeBytes) {
        return Mapping.map(arena, descriptor, 0, sizeBytes, Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED);
    }

    @Override
    public View metadata() {
        return view;
    }

    @Override
    public View data() {
        return view;
    }

    @Override
    protected synchronized void awaitLines() {
        countVerb();
        witness.draining();
        observer.drain(false);
        lines.drained();
        observer.drain(true);
    }

    /// What the kernel says the addresses show is flushed: other mappings of the file under the medium are told apart
    /// by nothing else.
    @Override
    protected void sendMapped(MemorySegment mapped, long at, long byteCount) {
        ShownRanges.of(descriptor).forEach(mapped.address() + at, byteCount, (mediumAt, count) -> {
            synchronized (this) {
                beforeFlush(mediumAt, count);
                sent(mediumAt, count, false);
            }
        });
    }

    @Override
    public Granularity granularity() {
        return granularity;
    }

    /// Always: that is what is simulated.
    @Override
    public boolean isDurable() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public String description() {
        return "simulated persistent memory, granularity " + granularity;
    }

    @Override
    public synchronized void grow(long newSizeBytes) {
        if (newSizeBytes <= sizeBytes() || newSizeBytes % PAGE_BYTES != 0) {
            throw new VolumeException(Errno.EINVAL, "new size must be larger and a multiple of 4096: " + newSizeBytes);
        }
        if (lazy != null) {
            // From here on it is read at another address.
            lazy.read(0, sizeBytes());
        }
        Native.truncate(descriptor, newSizeBytes);
        MemorySegment larger = map(newSizeBytes);
        lines.grow(map(newSizeBytes));
        poison.shownAt(larger);
        view.grown(larger);
    }

    @Override
    public void close() {
        if (!lent) {
            end();
        }
    }

    /// Frees the memory, also of a medium that was lent.
    public void end() {
        if (arena.scope().isAlive()) {
            BY_INODE.remove(inode, this);
            arena.close();
            Native.close(descriptor);
        }
    }

    /// Makes everything stored so far durable without a drain: the state a test starts from.
    public synchronized void settle() {
        lines.settle();
    }

    /// Makes the medium hold these bytes, durably, as if nothing had happened since: the start of a next run. Made
    /// twice with the same segment, which nobody may have changed, it costs only what was stored to in between.
    ///
    /// @throws VolumeException EINVAL where the medium has another size
    public synchronized void restore(MemorySegment bytes) {
        if (bytes.byteSize() != sizeBytes()) {
            throw new VolumeException(Errno.EINVAL, "the medium has another size: " + sizeBytes());
        }
        poison.removeAll(view.segment(), descriptor);
        lines.restoreFrom(bytes);
    }

    /// Offsets of the lines, ascending, that hold a store which nobody has flushed: nothing but the line's eviction
    /// from the cache would make it durable.
    public synchronized long[] unflushedLines() {
        lines.noticeAll();
        return lines.unflushed().stream().mapToLong(line -> (long) line << Lines.LINE_SHIFT).toArray();
    }

    /// Lines flushed, so far, to no avail, for one reason: work that a program could have saved.
    public synchronized long wastedFlushCount(FlushWaste waste) {
        return lines.wastes(waste);
    }

    /// Has somebody told of each such line from now on; null for nobody.
    public synchronized void watchFlushes(FlushWatch watch) {
        lines.watch(watch);
    }

    /// Offsets of the words, ascending, that may be lost yet: stored to, and the content not known to be durable.
    public synchronized long[] undurableWords() {
        lines.noticeAll();
        return lines.undurable().stream().flatMapToLong(LineHistory::wordOffsets).toArray();
    }

    /// A hash of everything that programs read here, but for a range of it; of an image under a [PowerCuts.Check] it
    /// costs the lines that differ from what was durable.
    ///
    /// @param from first byte left out, on a line
    /// @param to byte behind the last left out, on a line
    /// @param into two words, set to the hash
    public synchronized void hash(long from, long to, long[] into) {
        if (ground == null || ground.byteSize() != sizeBytes()) {
            hash.high = 0;
            hash.low = 0;
            for (int line = 0; line < lines.lineCount(); line++) {
                toggle(line, lines.cache(), from, to);
            }
        } else {
            hash.set(groundHash);
            LineHash leftOut = groundRange(from, to);
            hash.high ^= leftOut.high;
            hash.low ^= leftOut.low;
            LineSet touched = lines.touched();
            for (int i = 0; i < touched.size(); i++) {
                toggle(touched.get(i), ground, from, to);
                toggle(touched.get(i), lines.cache(), from, to);
            }
        }
        into[0] = hash.high;
        into[1] = hash.low;
    }

    /// Hash of the part of the ground that is left out, computed once for each ground.
    private LineHash groundRange(long from, long to) {
        if (rangeOf.high != groundHash.high || rangeOf.low != groundHash.low || rangeFrom != from || rangeTo != to) {
            rangeOf.set(groundHash);
            rangeFrom = from;
            rangeTo = to;
            range.high = 0;
            range.low = 0;
            for (int line = Lines.lineOf(from); line < Lines.lineOf(to); line++) {
                range.toggle(line, ground);
            }
        }
        return range;
    }

    private void toggle(int line, MemorySegment content, long from, long to) {
        long at = (long) line << Lines.LINE_SHIFT;
        if (at < from || at >= to) {
            hash.toggle(line, content);
        }
    }

    /// Tells `whole` of a key when every image has been looked at that is like this one in what was read of it so far:
    /// at once, unless this is an image of which something is undecided until it is read.
    public synchronized void whenExplored(long key, LongConsumer whole) {
        if (lazy == null) {
            whole.accept(key);
        } else {
            lazy.whenWhole(key, whole);
        }
    }

    /// A number that stands for what of an image is undecided and for what it may be, outside of a range; 0 for
    /// nothing.
    public synchronized long undecided(long from, long to) {
        return lazy == null ? 0 : lazy.undecided(from, to);
    }

    /// Has something read bytes of files by verbs without deciding them: what is undecided of them is as if it were
    /// lost, and [#forEachUndecided] tells what else it may be. For who judges each word by itself, so that one look at
    /// all values of each stands for all images.
    public synchronized long reading(LongSupplier read) {
        if (lazy == null) {
            return read.getAsLong();
        }
        lazy.beginGiving();
        try {
            return read.getAsLong();
        } finally {
            lazy.endGiving();
        }
    }

    /// Somebody told of a word that something read.
    @FunctionalInterface
    public interface WordValue {
        /// @param toAt where the word begins in what it was copied to; below 0 where only its end was copied
        void may(long toAt, long value);
    }

    /// Tells every value that each undecided word may have which the last [#reading] came upon. When somebody throws,
    /// the image is decided to hold the value he was told.
    public synchronized void forEachUndecided(WordValue each) {
        if (lazy != null) {
            lazy.forEachGiven(each);
        }
    }

    void standsOn(MemorySegment durable, LineHash itsHash) {
        ground = durable;
        groundHash = itsHash;
    }

    /// What would be there after a power cut in which no line was written back that need not be. Belongs to the medium;
    /// read it while nobody stores.
    public MemorySegment durableBytes() {
        return lines.durable().asReadOnly();
    }

    /// Number of lines whose content is not yet known to be durable.
    public synchronized int undurableLineCount() {
        lines.noticeAll();
        return lines.undurable().size();
    }

    /// Verbs carried out so far: stores, streams, flushes and drains, each call one.
    public synchronized long verbCount() {
        return verbCount;
    }

    /// Has one verb fail with EIO, having done nothing: the one behind `succeeding` more.
    ///
    /// @param forGood whether all that follow fail likewise
    public synchronized void failAfter(long succeeding, boolean forGood) {
        if (succeeding < 0) {
            throw new IllegalArgumentException("fewer than none succeed: " + succeeding);
        }
        verbsUntilFault = succeeding;
        failsForGood = forGood;
    }

    /// Has the lines of one flush or stream stay where they are, as in a program that forgot it: those of the verb
    /// behind `done` more. For tests of what finds such programs.
    public synchronized void forgetFlush(long done) {
        flushesUntilForgotten = done;
    }

    /// Has the thread that makes a verb be interrupted while it does: at the one behind `before` more.
    public synchronized void interruptAfter(long before) {
        verbsUntilInterrupt = before;
    }

    /// Has the lines of a range lose their bytes: verbs that meet one fail, loads from their pages through the segment
    /// are signals. They come back when their whole block is written anew ([View#stream], [View#put]). Loads through
    /// mappings of files do not notice.
    public synchronized void poison(long at, long byteCount) {
        java.util.Objects.checkFromIndexSize(at, byteCount, sizeBytes());
        if (byteCount > 0) {
            poison.add(at, byteCount, view.segment());
        }
    }

    /// Lines that cannot be read.
    public synchronized int poisonedLineCount() {
        return poison.lineCount();
    }

    /// The lines of a block can be read again; it is about to be stored to.
    void cure(long at) {
        poison.remove(at / PAGE_BYTES, view.segment(), descriptor);
    }

    /// @throws InternalError where a line of the range has lost its bytes
    void requireReadable(long at, long byteCount) {
        poison.require(at, byteCount);
    }

    /// What programs read, at an address from which no page is taken away.
    MemorySegment cells() {
        return lines.cache();
    }

    /// No verb fails, is forgotten or interrupts any more.
    public synchronized void healFaults() {
        verbsUntilFault = -1;
        verbsUntilInterrupt = -1;
        flushesUntilForgotten = -1;
    }

    /// @throws VolumeException EIO where this verb is to fail
    private void countVerb() {
        if (verbsUntilInterrupt >= 0 && verbsUntilInterrupt-- == 0) {
            Thread.currentThread().interrupt();
        }
        if (verbsUntilFault == 0) {
            if (!failsForGood) {
                verbsUntilFault = -1;
            }
            throw new VolumeException(Errno.EIO, "simulated failure of the medium");
        }
        if (verbsUntilFault > 0) {
            verbsUntilFault--;
        }
        verbCount++;
    }

    void observe(Observer somebody) {
        observer = somebody == null ? NOBODY : somebody;
    }

    /// Has somebody told of everything that is done here from now on.
    ///
    /// @param somebody null for nobody
    public synchronized void tell(Witness somebody) {
        witness = somebody == null ? NO_WITNESS : somebody;
    }

    Lines lines() {
        return lines;
    }

    /// Has words be undecided until somebody reads them; null for none.
    void undecided(LazyCut cut) {
        lazy = cut;
    }

    /// Somebody reads a word in order to store it changed.
    void beforeLoad(long at) {
        if (lazy != null) {
            lazy.read(at, Long.BYTES);
        }
    }

    /// Somebody copies bytes out by a verb.
    void beforeRead(long at, long toAt, long byteCount) {
        if (lazy != null) {
            lazy.give(at, toAt, byteCount);
        }
    }

    void beforeStore(long at, long byteCount) {
        countVerb();
        poison.require(at, byteCount);
        if (lazy != null) {
            lazy.store(at, byteCount);
        }
        witness.storing(at, byteCount);
        lines.noticeBefore(at, byteCount);
    }

    void afterStore(long at, long byteCount, long owner) {
        witness.stored(at, byteCount, owner != Store.ORDERED);
        long end = at + byteCount;
        while (at < end) {
            int line = Lines.lineOf(at);
            long stop = Math.min(end, (long) line + 1 << Lines.LINE_SHIFT);
            lines.stored(line, at, stop, owner);
            if (granularity == Granularity.BYTE) {
                observer.stored();
            }
            at = stop;
        }
    }

    void beforeFlush(long at, long byteCount) {
        countVerb();
        lines.noticeBefore(at, byteCount);
    }

    void sent(long at, long byteCount, boolean streamed) {
        if (flushesUntilForgotten >= 0 && flushesUntilForgotten-- == 0) {
            return;
        }
        if (!streamed) {
            witness.flushing(at, byteCount);
        }
        lines.sent(at, byteCount, streamed);
    }
}
