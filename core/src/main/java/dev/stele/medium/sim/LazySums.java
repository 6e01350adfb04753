package dev.stele.medium.sim;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Checksums that somebody takes in runs of a [LazyCut]. A sum is right for what its range held as a whole at some
/// moment, between two verbs. Whatever else it holds makes it wrong, and one run stands for all of that as long as
/// nobody reads these words one by one.
final class LazySums {
    private record Range(long at, long end) {
    }

    private final CutLines lines;
    private final ChoicePath path;
    private final LazyRun run;
    private final Remains remains;
    private final WordMarks marks;
    private final Map<Range, Moments> momentsOf = new HashMap<>();

    LazySums(CutLines lines, ChoicePath path, LazyRun run) {
        this.lines = lines;
        this.path = path;
        this.run = run;
        this.remains = run.remains();
        this.marks = run.marks();
    }

    /// Somebody is about to take the sum of a range.
    void sum(long at, long end) {
        if (run.isWrongWithin(at, end)) {
            return;
        }
        run.passWrong(at, end);
        if (hasStoresWithoutVerb(at, end)) {
            run.read(at, end);
            return;
        }
        Moments moments = momentsOf.computeIfAbsent(new Range(at, end), range -> Moments.of(lines, at, end));
        BitSet possible = possible(at, end, moments);
        List<CutWord> undecided = marks.openWithin(at, end);
        if (possible.isEmpty() || undecided.isEmpty() || chooseMoment(undecided, moments, possible)) {
            return;
        }
        for (int i = 0; i < undecided.size() && !possible.isEmpty(); i++) {
            CutWord each = undecided.get(i);
            run.decide(each);
            moments.restrict(possible, each.line(), each.word(), remains.valueOf(each.line(), each.word()));
        }
    }

    /// When such a store was made is not known.
    private boolean hasStoresWithoutVerb(long at, long end) {
        for (int i = lines.firstFrom(at); lines.isBefore(i, end); i++) {
            int wanted = lines.wordsWithin(i, at, end) & marks.open(i);
            for (Store each : lines.history(i).stores()) {
                if (each.owner() == Store.LOOSE && (wanted >>> each.word() & 1) != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /// The moments at which all words of a range that are decided were as they are.
    private BitSet possible(long at, long end, Moments moments) {
        BitSet possible = moments.all();
        for (int i = lines.firstFrom(at); lines.isBefore(i, end); i++) {
            int standing = lines.wordsWithin(i, at, end) & marks.standing(i);
            for (; standing != 0; standing &= standing - 1) {
                int word = Integer.numberOfTrailingZeros(standing);
                moments.restrict(possible, i, word, remains.valueOf(i, word));
            }
        }
        return possible;
    }

    /// Chooses the moment that a range is as at, or none.
    ///
    /// @return false where that cannot be said in one choice
    private boolean chooseMoment(List<CutWord> undecided, Moments moments, BitSet possible) {
        if (path.passSplit()) {
            return false;
        }
        List<WordOption[]> right = moments.asAtEach(possible, remains, undecided);
        WordOption[] wrong = right == null ? null : moments.asAtNone(possible, remains, undecided);
        if (wrong == null) {
            return false;
        }
        int way = path.choose(right.size() + 1);
        if (way < right.size()) {
            run.beRight(undecided, right.get(way));
        } else {
            run.beWrong(new WrongWords(undecided, path.last(), right), wrong);
        }
        return true;
    }
}
