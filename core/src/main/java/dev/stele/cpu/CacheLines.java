package dev.stele.cpu;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Sends cache lines on their way to memory and waits for them. Chosen once at start among three [Tier]s; the system
/// property `stele.cpu.tier` (`code`, `jdk` or `none`) forces one.
///
/// Every verb checks its ranges and that the segments are alive. The destination must stay mapped until the verb
/// returns: whoever unmaps it has stopped all stores through it. A file that shrinks under its mapping ends the
/// process in these verbs: they are for memory and DAX, not for an image file.
public abstract class CacheLines {
    /// What was chosen, for people.
    ///
    /// @param instructions by name; empty for [Tier#NONE]
    /// @param reason why no better tier, in one line; empty for the best
    public record Report(Tier tier, String instructions, String reason) {
        @Override
        public String toString() {
            String what = switch (tier) {
                case CODE -> "machine code (" + instructions + ")";
                case JDK -> "the JDK's write-back (" + instructions + ")";
                case NONE -> "none";
            };
            return reason.isEmpty() ? what : what + ": " + reason;
        }
    }

    /// Bytes in a cache line, the unit of flushing.
    public static final int LINE_BYTES = 64;

    // A critical call keeps the whole JVM from a safepoint: some 60 us for this much.
    private static final long PART_BYTES = 1 << 20;

    CacheLines() {
    }

    /// The chosen means.
    ///
    /// @throws VolumeException EOPNOTSUPP where there is none, with the reason
    public static CacheLines require() {
        CacheLines chosen = Chosen.CHOICE.lines();
        if (chosen == null) {
            throw new VolumeException(Errno.EOPNOTSUPP,
                    "this processor's caches cannot be flushed from here: " + Chosen.CHOICE.report().reason());
        }
        return chosen;
    }

    /// What was chosen and why.
    public static Report report() {
        return Chosen.CHOICE.report();
    }

    private static final class Chosen {
        static final CacheLinesChoice CHOICE = CacheLinesChoice.detect(System.getProperty("stele.cpu.tier", ""));
    }

    /// The same means for memory that another thread may unmap meanwhile by closing its arena: segments stay alive
    /// while a verb works on them, and one that is closed is refused. Costs two atomic additions a call where an arena
    /// is shared. The JDK's write-back cannot do that: there a segment is looked at when a verb begins.
    public CacheLines held() {
        return this;
    }

    /// Sends the lines of the range on their way.
    public final void flush(MemorySegment of, long at, long byteCount) {
        checkRange(of, at, byteCount);
        for (long done = 0; done < byteCount; done += PART_BYTES) {
            flushLines(of, at + done, Math.min(byteCount - done, PART_BYTES));
        }
    }

    /// [#flush] and [#drain] in one call: what a line or a small range needs.
    public final void persist(MemorySegment of, long at, long byteCount) {
        checkRange(of, at, byteCount);
        long done = 0;
        for (; byteCount - done > PART_BYTES; done += PART_BYTES) {
            flushLines(of, at + done, PART_BYTES);
        }
        if (byteCount > done) {
            persistLines(of, at + done, byteCount - done);
        } else {
            drain();
        }
    }

    /// [#persist(MemorySegment, long, long)] of memory that another thread may unmap meanwhile, without a hold on it
    /// where machine code serves.
    ///
    /// @param lifetime ends before the memory is unmapped
    /// @throws IllegalStateException where it has ended
    public final void persist(Lifetime lifetime, MemorySegment of, long at, long byteCount) {
        checkRange(of, at, byteCount);
        requireAccess(of);
        long done = 0;
        do {
            long part = Math.min(byteCount - done, PART_BYTES);
            if (part > 0) {
                persistLines(lifetime, of, at + done, part);
            } else {
                drain();
            }
            done += PART_BYTES;
        } while (done < byteCount);
    }

    /// [#copy] and [#drain] of memory that another thread may unmap meanwhile, without a hold on it where machine code
    /// serves.
    ///
    /// @param lifetime ends before the memory is unmapped
    /// @throws IllegalStateException where it has ended
    public final void copyPersist(
            Lifetime lifetime, MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount) {
        checkDestination(to, at, byteCount);
        requireAccess(to);
        checkSource(from, fromAt, byteCount);
        for (long done = 0; done < byteCount; done += PART_BYTES) {
            copyLines(lifetime, to, at + done, from, fromAt + done, Math.min(byteCount - done, PART_BYTES));
        }
        drain();
    }

    private static void requireAccess(MemorySegment segment) {
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("the segment belongs to another thread");
        }
    }

    /// Whether [#invalidate] is offered.
    public abstract boolean canInvalidate();

    /// Takes the lines of the range out of every cache, so that the next load asks the memory itself: for memory that
    /// changes behind the processor's back, such as a window that has moved. Not a means to make anything durable. A
    /// line that is dirty is written back first; no processor lets a program drop it. Waits until it is done.
    ///
    /// @throws VolumeException EOPNOTSUPP where this is not offered
    public final void invalidate(MemorySegment of, long at, long byteCount) {
        checkRange(of, at, byteCount);
        if (!canInvalidate()) {
            throw new VolumeException(Errno.EOPNOTSUPP,
                    "only machine code can take lines out of the caches, and here there is " + Chosen.CHOICE.report());
        }
        for (long done = 0; done < byteCount; done += PART_BYTES) {
            invalidateLines(of, at + done, Math.min(byteCount - done, PART_BYTES));
        }
    }

    /// Waits until the lines that this thread flushed, copied or zeroed have arrived.
    public abstract void drain();

    /// Copies and sends the touched lines on their way.
    public final void copy(MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount) {
        checkDestination(to, at, byteCount);
        checkSource(from, fromAt, byteCount);
        for (long done = 0; done < byteCount; done += PART_BYTES) {
            copyLines(to, at + done, from, fromAt + done, Math.min(byteCount - done, PART_BYTES));
        }
    }

    /// Fills with zeros and sends the touched lines on their way.
    public final void zero(MemorySegment to, long at, long byteCount) {
        checkDestination(to, at, byteCount);
        for (long done = 0; done < byteCount; done += PART_BYTES) {
            zeroLines(to, at + done, Math.min(byteCount - done, PART_BYTES));
        }
    }

    abstract void flushLines(MemorySegment of, long at, long byteCount);

    abstract void persistLines(MemorySegment of, long at, long byteCount);

    /// See [#persist(Lifetime, MemorySegment, long, long)]; the range is not empty and within the segment.
    void persistLines(Lifetime lifetime, MemorySegment of, long at, long byteCount) {
        lifetime.requireNotOver();
        held().persistLines(of, at, byteCount);
    }

    /// See [#copyPersist]; the range is not empty and within the segment, and so is that of the source.
    void copyLines(Lifetime lifetime, MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount) {
        lifetime.requireNotOver();
        held().copyLines(to, at, from, fromAt, byteCount);
    }

    abstract void invalidateLines(MemorySegment of, long at, long byteCount);

    abstract void copyLines(MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount);

    abstract void zeroLines(MemorySegment to, long at, long byteCount);

    private static void checkSource(MemorySegment from, long fromAt, long byteCount) {
        Objects.checkFromIndexSize(fromAt, byteCount, from.byteSize());
        if (!from.isNative()) {
            throw new IllegalArgumentException("the source must be native memory");
        }
    }

    private static void checkDestination(MemorySegment segment, long at, long byteCount) {
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException("the segment must be writable");
        }
        checkRange(segment, at, byteCount);
    }

    private static void checkRange(MemorySegment segment, long at, long byteCount) {
        Objects.checkFromIndexSize(at, byteCount, segment.byteSize());
        if (!segment.isNative()) {
            throw new IllegalArgumentException("the segment must be native memory");
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("Already closed");
        }
    }
}
