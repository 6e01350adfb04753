package dev.stele.medium.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The moments between two verbs at which a range held something else than before: a checksum of it is right for what
/// it held as a whole at one of them. Some of them are a [BitSet] of their indices.
final class Moments {
    private final CutLines lines;
    /// The verbs that stored to the range, and before them 0 for what was there at first.
    private final long[] verbs;

    private Moments(CutLines lines, long[] verbs) {
        this.lines = lines;
        this.verbs = verbs;
    }

    static Moments of(CutLines lines, long at, long end) {
        SortedSet<Long> verbs = new TreeSet<>(Set.of(0L));
        for (int i = lines.firstFrom(at); lines.isBefore(i, end); i++) {
            int wanted = lines.wordsWithin(i, at, end);
            for (Store each : lines.history(i).stores()) {
                if ((wanted >>> each.word() & 1) != 0) {
                    verbs.add(each.verb());
                }
            }
        }
        return new Moments(lines, verbs.stream().mapToLong(Long::longValue).toArray());
    }

    BitSet all() {
        BitSet all = new BitSet();
        all.set(0, verbs.length);
        return all;
    }

    /// Leaves the moments at which a word held a value.
    void restrict(BitSet some, int index, int word, long value) {
        long durable = lines.durable(index, word);
        for (int m = some.nextSetBit(0); m >= 0; m = some.nextSetBit(m + 1)) {
            if (lines.history(index).valueBehind(word, verbs[m], durable) != value) {
                some.clear(m);
            }
        }
    }

    /// For each of some moments what the words may be so that all are as they were then, each way once; null where they
    /// cannot be so in one way only.
    List<WordOption[]> asAtEach(BitSet some, Remains remains, List<CutWord> words) {
        List<WordOption[]> right = new ArrayList<>();
        for (int m = some.nextSetBit(0); m >= 0; m = some.nextSetBit(m + 1)) {
            WordOption[] options = asAt(verbs[m], remains, words);
            if (options == null) {
                return null;
            }
            if (right.stream().noneMatch(each -> Arrays.equals(each, options))) {
                right.add(options);
            }
        }
        return right;
    }

    private WordOption[] asAt(long verb, Remains remains, List<CutWord> words) {
        return remains.attempt(words, (each, options) -> {
            long wanted = lines.history(each.line()).valueBehind(each.word(), verb,
                    lines.durable(each.line(), each.word()));
            WordOption found = null;
            for (WordOption option : options) {
                if (option.value() == wanted) {
                    if (found != null) {
                        return null;
                    }
                    found = option;
                }
            }
            return found;
        }, () -> false);
    }

    /// For the first words what they may be so that they were so together at none of some moments; null where nothing
    /// was found.
    WordOption[] asAtNone(BitSet some, Remains remains, List<CutWord> words) {
        BitSet rest = (BitSet) some.clone();
        WordOption[] found = remains.attempt(words, (each, options) -> {
            BitSet fewest = null;
            WordOption best = null;
            for (WordOption option : options) {
                BitSet agreeing = (BitSet) rest.clone();
                restrict(agreeing, each.line(), each.word(), option.value());
                if (fewest == null || agreeing.cardinality() < fewest.cardinality()) {
                    fewest = agreeing;
                    best = option;
                }
            }
            rest.and(fewest);
            return best;
        }, rest::isEmpty);
        return rest.isEmpty() ? found : null;
    }
}
