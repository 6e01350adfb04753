package dev.stele.medium.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stele.medium.Medium;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/// A power cut of which nothing is chosen before somebody reads it: recovery and check run again and again, each time
/// with the next combination of choices among those that the run before met, until there is none. What nobody reads is
/// never chosen, and stays as if lost.
///
/// A run that read a word has chosen that word alone: which of the loose stores to it are left, and up to where the
/// ordered stores to its line, as far as this word tells. So each run stands for all images that agree on what it read,
/// and all runs together for every image.
///
/// A checksum chooses a moment between two verbs, at which all its words were as they are, or that there was none. Then
/// the sum is wrong whatever they are, but for what a sum cannot tell (one in 2^32): that is the only thing taken for
/// granted here. One run stands for all that is wrong, unless somebody reads these words all the same: such a run is
/// void, and made again with a choice for each word.
///
/// Used by one thread at a time; loads of another are an error, because they would come in another order next time.
final class LazyCut {
    private static final int MANY_LOOSE = 62;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    /// A copy of a part of the image, of which undecided words are undecided too.
    private record Copy(MemorySegment bytes, long address, long at, long byteCount) {
        long placeOf(long wanted) {
            long distance = wanted - address;
            return distance >= 0 && distance < byteCount && bytes.scope().isAlive() ? at + distance : -1;
        }
    }

    /// Words that are not, all together, as they ever were: what a checksum found. Their values are only an example.
    ///
    /// @param words line and word of each
    /// @param choice which choice that was
    /// @param right what they are not, all together
    /// @param of for what
    private record Wrong(List<int[]> words, int choice, List<Option[]> right, LazyCut of) {
        boolean isWithin(long from, long to) {
            for (int[] each : words) {
                long at = of.lineAt(each[0]) + each[1] * 8L;
                if (at + 8 <= from || at >= to || (of.open[each[0]] >>> 8 + each[1] & 1) != 0) {
                    return false;
                }
            }
            return true;
        }

        boolean holds(int[] word) {
            return words.stream().anyMatch(each -> each[0] == word[0] && each[1] == word[1]);
        }

        boolean allows(int[] ordered, long[] looseLeft) {
            for (Option[] each : right) {
                boolean isSame = true;
                for (int i = 0; i < each.length; i++) {
                    int[] word = words.get(i);
                    isSame &= of.valueOf(word[0], word[1], ordered[word[0]], looseLeft[word[0]]) == each[i].value;
                }
                if (isSame) {
                    return false;
                }
            }
            return true;
        }
    }

    /// An undecided word that was given out undecided.
    ///
    /// @param line index of its line here
    /// @param word index of the word in its line
    /// @param toAt where the word begins in what it was copied to; below 0 where only its end was copied
    private record Given(int line, int word, long toAt) {
    }

    private record Range(long at, long end) {
    }

    /// Work that ends with everything chosen behind the choices made so far.
    ///
    /// @param depth number of choices made before
    private record Part(int depth, long key, LongConsumer whole) {
    }

    private final PowerCut cut;
    private final LineHistory[] histories;
    private final Lines image;
    private final long address;
    private final long byteCount;
    private final int itsDescriptor;
    private final Thread reader = Thread.currentThread();

    // What is chosen in this run, by line.
    /// Fewest and most ordered stores that may be left.
    private final int[] fewest;
    private final int[] most;
    /// Loose stores that are left, as far as that is chosen.
    private final long[] left;
    /// Bit w: word w was read.
    private final int[] decided;
    /// Bit w: somebody who reads word w has a choice; bit 8 + w: word w was stored to since; bit 16 + w: word w is one
    /// of some that are wrong.
    private final int[] open;
    private int openCount;
    private final List<Copy> copies = new ArrayList<>();
    private final List<Given> given = new ArrayList<>();
    private boolean isGiving;

    // The choices of this run and how many there were to choose from.
    private int[] choices = new int[64];
    private int[] counts = new int[64];
    private int size;
    private int position;
    /// Choices of a moment, by place, that are made word by word instead.
    private final BitSet splits = new BitSet();
    /// The first choice of this run that must be, so that the run is void; -1 for none.
    private int split = -1;
    private final List<Wrong> wrongs = new ArrayList<>();
    /// What may be left of words that no ordered store is to, by line and word: in each run the same.
    private final List<List<Option>> looseOptions;
    private final Map<Range, long[]> momentsOf = new HashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private final long[] words = new long[Lines.LINE_WORDS];

    private LazyCut(PowerCut cut, SimMedium medium) {
        this.cut = cut;
        this.histories = cut.histories();
        this.image = medium.lines();
        this.address = medium.metadata().segment().address();
        this.byteCount = medium.sizeBytes();
        this.itsDescriptor = medium.descriptor();
        this.fewest = new int[histories.length];
        this.most = new int[histories.length];
        this.left = new long[histories.length];
        this.decided = new int[histories.length];
        this.open = new int[histories.length];
        this.looseOptions = new ArrayList<>(Collections.nCopies(histories.length * Lines.LINE_WORDS, null));
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
        return !isSettled() && (holds(at) || !copies.isEmpty());
    }

    private boolean holds(long at) {
        return at >= address && at - address < byteCount;
    }

    /// Begins a run with nothing read; the image holds the durable content.
    void begin() {
        position = 0;
        openCount = 0;
        split = -1;
        copies.clear();
        wrongs.clear();
        for (int i = 0; i < histories.length; i++) {
            fewest[i] = 0;
            most[i] = histories[i].orderedCount();
            left[i] = 0;
            decided[i] = 0;
            open[i] = histories[i].words();
            openCount += Integer.bitCount(open[i]);
        }
    }

    /// Ends a run.
    ///
    /// @return whether there is another
    boolean next() {
        if (position != size) {
            throw new IllegalStateException("what recovery reads depends on something else than the image");
        }
        if (split >= 0) {
            size = split + 1;
            counts[split] = 1;
            choices[split] = 0;
            splits.clear(split, Integer.MAX_VALUE);
            splits.set(split);
            parts.removeIf(each -> each.depth > split);
            return true;
        }
        while (size > 0 && choices[size - 1] + 1 == counts[size - 1]) {
            splits.clear(--size);
        }
        while (!parts.isEmpty() && parts.getLast().depth >= size) {
            Part done = parts.removeLast();
            done.whole.accept(done.key);
        }
        if (size > 0) {
            choices[size - 1]++;
        }
        return size > 0;
    }

    private int choose(int count) {
        if (count == 1) {
            return 0;
        }
        if (position < size) {
            if (counts[position] != count) {
                throw new IllegalStateException("what recovery reads depends on something else than the image");
            }
            return choices[position++];
        }
        if (size == choices.length) {
            choices = Arrays.copyOf(choices, size * 2);
            counts = Arrays.copyOf(counts, size * 2);
        }
        choices[size] = 0;
        counts[size++] = count;
        position++;
        return 0;
    }

    /// Tells `whole` once every run that begins with the choices made so far has ended.
    void whenWhole(long key, LongConsumer whole) {
        if (parts.isEmpty() || parts.getLast().depth < position) {
            parts.add(new Part(position, key, whole));
        }
    }

    /// A number that stands for what is undecided, but for a range of the image.
    long undecided(long from, long to) {
        long hash = 0;
        for (int i = 0; !isSettled() && i < histories.length; i++) {
            long at = (long) histories[i].line << Lines.LINE_SHIFT;
            if ((open[i] & 0xFF00FF) != 0 && (at < from || at >= to)) {
                hash += LineHash.mix(hash ^ at + open[i], 0x9E3779B97F4A7C15L)
                        + LineHash.mix(fewest[i] * 31L + most[i] + 7, 0xC2B2AE3D27D4EB4FL);
            }
        }
        return hash;
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
        for (int i = 0; i < copies.size(); i++) {
            long place = copies.get(i).placeOf(wanted);
            if (place >= 0) {
                return place;
            }
        }
        return holds(wanted) ? wanted - address : -1;
    }

    /// Whether there is nothing left to be chosen, or to be made again.
    private boolean isSettled() {
        return openCount == 0 && wrongs.isEmpty();
    }

    private void requireReader() {
        if (Thread.currentThread() != reader) {
            throw new IllegalStateException("another thread reads the image: " + Thread.currentThread());
        }
    }

    /// Decides every word of a range of the image.
    void read(long at, long count) {
        if (isSettled() || count <= 0) {
            return;
        }
        long end = Math.min(byteCount, at + count);
        for (int i = firstFrom(at); i < histories.length && lineAt(i) < end; i++) {
            int wanted = wordsWithin(i, at, end);
            splitAt(i, open[i] >>> 16 & wanted);
            for (wanted &= open[i]; wanted != 0; wanted &= wanted - 1) {
                decide(i, Integer.numberOfTrailingZeros(wanted));
            }
        }
    }

    /// Somebody reads words that are wrong.
    private void splitAt(int index, int wanted) {
        for (int some = wanted; some != 0; some &= some - 1) {
            int[] word = {index, Integer.numberOfTrailingZeros(some)};
            for (Wrong each : wrongs) {
                if (each.holds(word) && (split < 0 || each.choice < split)) {
                    split = each.choice;
                }
            }
        }
    }

    /// Whether this run says nothing: it must be made again with more choices.
    boolean isVoid() {
        return split >= 0;
    }

    private long lineAt(int index) {
        return (long) histories[index].line << Lines.LINE_SHIFT;
    }

    /// Index of the first line that holds a byte at or behind a place.
    private int firstFrom(long at) {
        int line = Lines.lineOf(at);
        int low = 0;
        int high = histories.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (histories[middle].line < line) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Words of a line that hold a byte of a range.
    private int wordsWithin(int index, long from, long end) {
        int first = (int) Math.max(0, from - lineAt(index)) >>> 3;
        int last = (int) Math.min(Lines.LINE_WORDS - 1, end - 1 - lineAt(index) >>> 3);
        return 0xFF >>> Lines.LINE_WORDS - 1 - last & 0xFF << first;
    }

    /// What may be left of a word, as far as nothing is chosen that says otherwise.
    ///
    /// @param fewest ordered stores to its line; -1 where they make no difference to the word
    /// @param most of them
    /// @param left loose stores to it
    private record Option(int fewest, int most, long left, long value) {
    }

    private void decide(int index, int word) {
        List<Option> options = options(index, word);
        take(index, options.get(choose(options.size())));
        show(index, word, false);
    }

    private void take(int index, Option option) {
        if (option.fewest >= 0) {
            fewest[index] = option.fewest;
            most[index] = option.most;
        }
        left[index] |= option.left;
    }

    /// Numbers of ordered stores that leave the word the same are one option: those between two stores to it.
    private List<Option> options(int index, int word) {
        List<Option> same = looseOptions.get(index * Lines.LINE_WORDS + word);
        if (same != null) {
            return same;
        }
        List<Option> options = new ArrayList<>(2);
        if (!histories[index].holdsOrdered(word)) {
            addOptions(index, word, -1, -1, options);
            looseOptions.set(index * Lines.LINE_WORDS + word, options);
            return options;
        }
        int from = fewest[index];
        int ordered = 0;
        for (Store each : histories[index].stores()) {
            if (each.isOrdered()) {
                ordered++;
                if (each.word() == word && ordered > fewest[index] && ordered <= most[index]) {
                    addOptions(index, word, from, ordered - 1, options);
                    from = ordered;
                }
            }
        }
        addOptions(index, word, from, most[index], options);
        return options;
    }

    /// Loose stores that leave the word the same are one option, too.
    private void addOptions(int index, int word, int from, int to, List<Option> options) {
        int first = options.size();
        long mine = histories[index].looseTo(word);
        long subset = 0;
        do {
            long value = valueOf(index, word, Math.max(0, from), subset);
            boolean isNew = true;
            for (int i = first; i < options.size(); i++) {
                isNew &= options.get(i).value != value;
            }
            if (isNew) {
                options.add(new Option(from, to, subset, value));
            }
            subset = subset - mine & mine;
        } while (subset != 0);
    }

    /// Has the image, and copies of it, hold a word that is decided.
    ///
    /// @param isWitness whether it only stands for all others that are wrong together with it
    private void show(int index, int word, boolean isWitness) {
        open[index] &= ~(1 << word);
        decided[index] |= isWitness ? 0 : 1 << word;
        openCount--;
        long value = valueOf(index, word, fewest[index], left[index]);
        int line = histories[index].line;
        long at = lineAt(index) + word * 8L;
        long before = cut.durableWord(line, word);
        if (value == before) {
            return;
        }
        for (Copy each : copies) {
            if (at >= each.at && at + 8 <= each.at + each.byteCount && each.bytes.scope().isAlive()) {
                if (each.bytes.get(WORD, at - each.at) != before) {
                    throw new IllegalStateException("a copy of the medium was stored to while it was undecided");
                }
                each.bytes.set(WORD, at - each.at, value);
            }
        }
        if ((open[index] >>> 8 + word & 1) == 0) {
            image.setWord(line, word, value);
        }
    }

    /// What a word holds where so many ordered stores are left, and these loose ones.
    private long valueOf(int index, int word, int ordered, long looseLeft) {
        // Words of the image that are not decided are still as they are durably.
        Arrays.fill(words, 0);
        words[word] = cut.durableWord(histories[index].line, word);
        histories[index].choose(ordered, looseLeft, words);
        return words[word];
    }

    /// The bytes of a range are about to be stored to: a word that is overwritten as a whole need not be decided.
    void store(long at, long count) {
        if (isSettled() || count <= 0) {
            return;
        }
        requireReader();
        long end = at + count;
        if ((at & 7) != 0) {
            read(at & -8, 8);
        }
        if ((end & 7) != 0) {
            read(end & -8, 8);
        }
        for (int i = firstFrom(at); i < histories.length && lineAt(i) < end; i++) {
            overwrite(i, wordsWithin(i, at, end));
        }
    }

    private void overwrite(int index, int stored) {
        if (copies.stream().noneMatch(each -> each.bytes.scope().isAlive())) {
            openCount -= Integer.bitCount(open[index] & stored);
            open[index] &= ~stored;
        }
        open[index] = open[index] & ~(stored << 16) | stored << 8;
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
            copies.removeIf(each -> !each.bytes.scope().isAlive());
            copies.add(new Copy(to.asSlice(toAt, count), to.address() + toAt, place, count));
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
            sum(place, count);
        }
    }

    /// A sum is right for what the range held as a whole at some moment, between two verbs. Whatever else it holds
    /// makes it wrong, and one run stands for all of that as long as nobody reads these words one by one.
    private void sum(long at, long count) {
        long end = Math.min(byteCount, at + count);
        if (wrongs.stream().anyMatch(each -> each.isWithin(at, end))) {
            return;
        }
        for (int i = firstFrom(at); i < histories.length && lineAt(i) < end; i++) {
            splitAt(i, open[i] >>> 16 & wordsWithin(i, at, end));
        }
        if (hasStoresWithoutVerb(at, end)) {
            read(at, count);
            return;
        }
        long[] moments = momentsOf.computeIfAbsent(new Range(at, end), range -> moments(at, end));
        BitSet possible = possible(at, end, moments);
        List<int[]> undecided = openWords(at, end);
        if (possible.isEmpty() || undecided.isEmpty()) {
            return;
        }
        if (!chooseMoment(undecided, moments, possible)) {
            for (int i = 0; i < undecided.size() && !possible.isEmpty(); i++) {
                int[] each = undecided.get(i);
                decide(each[0], each[1]);
                restrict(possible, moments, each[0], each[1], valueOf(each[0], each[1]));
            }
        }
    }

    /// When such a store was made is not known.
    private boolean hasStoresWithoutVerb(long at, long end) {
        for (int i = firstFrom(at); i < histories.length && lineAt(i) < end; i++) {
            int wanted = wordsWithin(i, at, end) & open[i];
            for (Store each : histories[i].stores()) {
                if (each.owner() == Store.LOOSE && (wanted >>> each.word() & 1) != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /// The verbs that stored to a range, and before them 0 for what was there at first.
    private long[] moments(long at, long end) {
        SortedSet<Long> verbs = new TreeSet<>(Set.of(0L));
        for (int i = firstFrom(at); i < histories.length && lineAt(i) < end; i++) {
            int wanted = wordsWithin(i, at, end);
            for (Store each : histories[i].stores()) {
                if ((wanted >>> each.word() & 1) != 0) {
                    verbs.add(each.verb());
                }
            }
        }
        return verbs.stream().mapToLong(Long::longValue).toArray();
    }

    /// The moments at which all words of a range that are decided were as they are.
    private BitSet possible(long at, long end, long[] moments) {
        BitSet possible = new BitSet();
        possible.set(0, moments.length);
        for (int i = firstFrom(at); i < histories.length && lineAt(i) < end; i++) {
            int settled = wordsWithin(i, at, end) & decided[i] & ~(open[i] >>> 8);
            for (; settled != 0; settled &= settled - 1) {
                int word = Integer.numberOfTrailingZeros(settled);
                restrict(possible, moments, i, word, valueOf(i, word));
            }
        }
        return possible;
    }

    /// Leaves the moments at which a word held a value.
    private void restrict(BitSet possible, long[] moments, int index, int word, long value) {
        long durable = cut.durableWord(histories[index].line, word);
        for (int m = possible.nextSetBit(0); m >= 0; m = possible.nextSetBit(m + 1)) {
            if (histories[index].valueBehind(word, moments[m], durable) != value) {
                possible.clear(m);
            }
        }
    }

    /// Line and word of all that is undecided of a range.
    private List<int[]> openWords(long at, long end) {
        List<int[]> undecided = new ArrayList<>();
        for (int i = firstFrom(at); i < histories.length && lineAt(i) < end; i++) {
            for (int some = wordsWithin(i, at, end) & open[i]; some != 0; some &= some - 1) {
                undecided.add(new int[] {i, Integer.numberOfTrailingZeros(some)});
            }
        }
        return undecided;
    }

    /// Chooses the moment that a range is as at, or none.
    ///
    /// @return false where that cannot be said in one choice
    private boolean chooseMoment(List<int[]> undecided, long[] moments, BitSet possible) {
        if (position < size && splits.get(position)) {
            position++;
            return false;
        }
        List<Option[]> right = new ArrayList<>();
        for (int m = possible.nextSetBit(0); m >= 0; m = possible.nextSetBit(m + 1)) {
            Option[] options = asAt(undecided, moments[m]);
            if (options == null) {
                return false;
            }
            if (right.stream().noneMatch(each -> Arrays.equals(each, options))) {
                right.add(options);
            }
        }
        Option[] wrong = asNever(undecided, moments, possible);
        if (wrong == null) {
            return false;
        }
        int way = choose(right.size() + 1);
        boolean isWrong = way == right.size();
        Option[] options = isWrong ? wrong : right.get(way);
        for (int i = 0; i < options.length; i++) {
            take(undecided.get(i)[0], options[i]);
            show(undecided.get(i)[0], undecided.get(i)[1], isWrong);
        }
        if (isWrong) {
            beWrong(new Wrong(undecided, position - 1, right, this));
        }
        return true;
    }

    private void beWrong(Wrong wrong) {
        wrongs.add(wrong);
        for (int[] each : wrong.words) {
            open[each[0]] |= 1 << 16 + each[1];
        }
    }

    /// For each word what it may be so that all are as at a moment; null where they cannot be so in one way only.
    private Option[] asAt(List<int[]> words, long moment) {
        return attempt(words, (each, options) -> {
            long wanted = histories[each[0]].valueBehind(each[1], moment,
                    cut.durableWord(histories[each[0]].line, each[1]));
            Option found = null;
            for (Option option : options) {
                if (option.value == wanted) {
                    if (found != null) {
                        return null;
                    }
                    found = option;
                }
            }
            return found;
        }, () -> false);
    }

    /// For the first words what they may be so that they never were so together; null where none was found.
    private Option[] asNever(List<int[]> words, long[] moments, BitSet possible) {
        BitSet rest = (BitSet) possible.clone();
        Option[] found = attempt(words, (each, options) -> {
            BitSet fewest = null;
            Option best = null;
            for (Option option : options) {
                BitSet some = (BitSet) rest.clone();
                restrict(some, moments, each[0], each[1], option.value);
                if (fewest == null || some.cardinality() < fewest.cardinality()) {
                    fewest = some;
                    best = option;
                }
            }
            rest.and(fewest);
            return best;
        }, rest::isEmpty);
        return rest.isEmpty() ? found : null;
    }

    private interface Picking {
        Option pick(int[] word, List<Option> options);
    }

    /// Picks an option for each word, knowing those before, until there are enough, and takes none of them.
    private Option[] attempt(List<int[]> words, Picking picking, BooleanSupplier isEnough) {
        int[] fewestBefore = fewest.clone();
        int[] mostBefore = most.clone();
        long[] leftBefore = left.clone();
        List<Option> picked = new ArrayList<>();
        for (int i = 0; i < words.size() && picked != null && !isEnough.getAsBoolean(); i++) {
            int[] each = words.get(i);
            Option option = picking.pick(each, options(each[0], each[1]));
            if (option == null) {
                picked = null;
            } else {
                take(each[0], option);
                picked.add(option);
            }
        }
        System.arraycopy(fewestBefore, 0, fewest, 0, fewest.length);
        System.arraycopy(mostBefore, 0, most, 0, most.length);
        System.arraycopy(leftBefore, 0, left, 0, left.length);
        return picked == null ? null : picked.toArray(Option[]::new);
    }

    private long valueOf(int index, int word) {
        return valueOf(index, word, fewest[index], left[index]);
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
        if (!isGiving) {
            read(at, count);
            return;
        }
        long end = at + count;
        for (int i = firstFrom(at); i < histories.length && lineAt(i) < end; i++) {
            splitAt(i, open[i] >>> 16 & wordsWithin(i, at, end));
            for (int some = open[i] & wordsWithin(i, at, end); some != 0; some &= some - 1) {
                give(i, Integer.numberOfTrailingZeros(some), toAt + lineAt(i) - at);
            }
        }
    }

    private void give(int index, int word, long toAt) {
        long lost = cut.durableWord(histories[index].line, word);
        if (options(index, word).stream().noneMatch(each -> each.value == lost)) {
            // What the image holds instead of it is none of what it may be.
            decide(index, word);
        } else {
            given.add(new Given(index, word, toAt + word * 8L));
        }
    }

    /// Tells every value that each word may have that was given out undecided. Where `value` throws the word is decided
    /// so, and stays so in this run.
    void forEachGiven(SimMedium.WordValue value) {
        for (Given each : given) {
            tellAll(each, histories[each.line].looseTo(each.word), value);
        }
    }

    private void tellAll(Given each, long mine, SimMedium.WordValue value) {
        int i = each.line;
        int fewestBefore = fewest[i];
        int mostBefore = most[i];
        long leftBefore = left[i];
        for (int ordered = fewestBefore; ordered <= mostBefore; ordered++) {
            long subset = 0;
            do {
                fewest[i] = ordered;
                left[i] = leftBefore | subset;
                value.may(each.toAt, valueOf(i, each.word, ordered, left[i]));
                subset = subset - mine & mine;
            } while (subset != 0);
        }
        fewest[i] = fewestBefore;
        most[i] = mostBefore;
        left[i] = leftBefore;
    }

    /// Has the cut be what this run has chosen, and what it has not lost.
    void assign() {
        cut.choose(fewest, left);
    }

    /// Whether an image is one of those that this run stands for.
    boolean standsFor(int[] ordered, long[] looseLeft) {
        for (int i = 0; i < histories.length; i++) {
            if (ordered[i] < fewest[i] || ordered[i] > most[i]) {
                return false;
            }
            for (int some = decided[i]; some != 0; some &= some - 1) {
                int word = Integer.numberOfTrailingZeros(some);
                if (valueOf(i, word, ordered[i], looseLeft[i]) != valueOf(i, word, fewest[i], left[i])) {
                    return false;
                }
            }
        }
        return wrongs.stream().allMatch(each -> each.allows(ordered, looseLeft));
    }
}
