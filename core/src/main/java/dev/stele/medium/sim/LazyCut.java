package dev.stele.medium.sim;

import dev.stele.medium.Medium;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/// A power cut of which nothing is chosen before somebody reads it: recovery and check run again and again, each time
/// with the next combination of choices among those that the run before met ([ChoicePath]), until there is none. What
/// nobody reads is never chosen, and stays as if lost.
///
/// A run that read a word has chosen that word alone: which of the loose stores to it are left, and up to where the
/// ordered stores to its line, as far as this word tells ([Remains]). So each run stands for all images that agree on
/// what it read, and all runs together for every image.
///
/// A checksum chooses a moment between two verbs ([Moments]), at which all its words were as they are, or that there
/// was none. Then the sum is wrong whatever they are, but for what a sum cannot tell (one in 2^32): that is the only
/// thing taken for granted here. One run stands for all that is wrong ([WrongWords]), unless somebody reads these words
/// all the same: such a run is void, and made again with a choice for each word.
///
/// Used by one thread at a time; loads of another are an error, because they would come in another order next time.
final class LazyCut {
    private static final int MANY_LOOSE = 62;

    private final Lines image;
    private final long address;
    private final long byteCount;
    private final int itsDescriptor;
    private final Thread reader = Thread.currentThread();

    private final ChoicePath path = new ChoicePath();
    private final ImageCopies copies = new ImageCopies();
    private final LazyRun run;
    private final LazySums sums;
    private final GivenWords given;
    private boolean isGiving;

    private LazyCut(PowerCut cut, SimMedium medium) {
        this.image = medium.lines();
        this.address = medium.metadata().segment().address();
        this.byteCount = medium.sizeBytes();
        this.itsDescriptor = medium.descriptor();
        CutLines lines = new CutLines(cut);
        this.run = new LazyRun(image, lines, path, copies);
        this.sums = new LazySums(lines, path, run);
        this.given = new GivenWords(lines, run);
    }

    /// @return null where a line has more stores than can be told apart
    static LazyCut of(PowerCut cut, SimMedium image) {
        for (LineHistory each : cut.histories()) {
            if (each.looseCount() > MANY_LOOSE) {
                return null;
            }
        }
        return new LazyCut(cut, image);
    }

    /// Whether there may be something to choose at an address.
    boolean concerns(long at) {
        if (Thread.currentThread() != reader) {
            if (holds(at)) {
                requireReader();
            }
            return false;
        }
        return !run.isSettled() && (holds(at) || !copies.isEmpty());
    }

    private boolean holds(long at) {
        return at >= address && at - address < byteCount;
    }

    private void requireReader() {
        if (Thread.currentThread() != reader) {
            throw new IllegalStateException("another thread reads the image: " + Thread.currentThread());
        }
    }

    /// Begins a run with nothing read; the image holds the durable content.
    void begin() {
        run.begin();
    }

    /// Ends a run.
    ///
    /// @return whether there is another
    boolean next() {
        if (isVoid()) {
            path.split(run.split());
            return true;
        }
        return path.next();
    }

    /// Whether this run says nothing: it must be made again with more choices.
    boolean isVoid() {
        return run.split() >= 0;
    }

    /// Tells `whole` once every run that begins with the choices made so far has ended.
    void whenWhole(long key, LongConsumer whole) {
        path.whenWhole(key, whole);
    }

    /// A number that stands for what is undecided, but for a range of the image.
    long undecided(long from, long to) {
        return run.undecided(from, to);
    }

    /// Somebody is about to load bytes of the image, or of a copy.
    void load(MemorySegment segment, long at, long count) {
        long place = placeOf(segment, at);
        if (place >= 0) {
            read(place, count);
        }
    }

    /// Somebody is about to look at a part of the medium through a mapping of his own.
    void mapped(int descriptor, long at, long count) {
        if (descriptor == itsDescriptor) {
            requireReader();
            read(at, count);
        }
    }

    private long placeOf(MemorySegment segment, long at) {
        long wanted = segment.address() + at;
        if (!concerns(wanted)) {
            return -1;
        }
        long place = copies.placeOf(wanted);
        return place >= 0 ? place : holds(wanted) ? wanted - address : -1;
    }

    /// Decides every word of a range of the image.
    void read(long at, long count) {
        if (count > 0) {
            run.read(at, Math.min(byteCount, at + count));
        }
    }

    /// The bytes of a range are about to be stored to: a word that is overwritten as a whole need not be decided.
    void store(long at, long count) {
        if (!run.isSettled() && count > 0) {
            requireReader();
            run.store(at, at + count);
        }
    }

    /// Somebody is about to copy a part of the image, to look at that later. Where it is more than a block, its words
    /// are decided when they are loaded from there; nobody may store to such a copy.
    void copy(MemorySegment from, long at, MemorySegment to, long toAt, long count) {
        long place = placeOf(from, at);
        if (place < 0) {
            return;
        }
        boolean isWhole = ((place | count | toAt) & 7) == 0;
        if (count > Medium.PAGE_BYTES && isWhole && holds(from.address() + at) && isApart(to)) {
            copies.add(to.asSlice(toAt, count), place);
        } else {
            read(place, count);
        }
    }

    /// Whether a segment is native and no part of the medium itself.
    private boolean isApart(MemorySegment to) {
        long distance = to.address() - image.cache().address();
        return to.isNative() && !holds(to.address()) && (distance < 0 || distance >= byteCount);
    }

    /// Somebody is about to take the checksum of a range.
    void sum(MemorySegment segment, long at, long count) {
        long place = count <= 0 ? -1 : placeOf(segment, at);
        if (place >= 0) {
            sums.sum(place, Math.min(byteCount, place + count));
        }
    }

    /// From here to [#endGiving] what a verb reads is given out undecided.
    void beginGiving() {
        given.clear();
        isGiving = true;
    }

    void endGiving() {
        isGiving = false;
    }

    /// A verb is about to read bytes of files.
    void give(long at, long toAt, long count) {
        requireReader();
        if (isGiving) {
            given.give(at, at + count, toAt);
        } else {
            read(at, count);
        }
    }

    /// Tells every value that each word may have that was given out undecided. Where `value` throws the word is decided
    /// so, and stays so in this run.
    void forEachGiven(SimMedium.WordValue value) {
        given.forEach(value);
    }

    /// Has the cut be what this run has chosen, and what it has not lost.
    void assign() {
        run.remains().assign();
    }

    /// Whether an image is one of those that this run stands for.
    boolean standsFor(int[] ordered, long[] looseLeft) {
        return run.standsFor(ordered, looseLeft);
    }
}
