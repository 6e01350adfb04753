package dev.stele.medium.sim;

import java.util.ArrayList;
import java.util.List;

/// One run of a [LazyCut]: the words of the image that are undecided, what the run has chosen of the others, and where
/// that shows. What a run chooses and how, [ChoicePath] says.
final class LazyRun {
    private final Lines image;
    private final CutLines lines;
    private final ChoicePath path;
    private final ImageCopies copies;
    private final Remains remains;
    private final WordMarks marks;
    private final List<WrongWords> wrongs = new ArrayList<>();
    /// The first choice of this run that must be made word by word, so that the run is void; -1 for none.
    private int split = -1;

    LazyRun(Lines image, CutLines lines, ChoicePath path, ImageCopies copies) {
        this.image = image;
        this.lines = lines;
        this.path = path;
        this.copies = copies;
        this.remains = new Remains(lines);
        this.marks = new WordMarks(lines);
    }

    /// Begins it anew with nothing read; the image holds the durable content.
    void begin() {
        split = -1;
        path.begin();
        remains.begin();
        marks.begin();
        copies.clear();
        wrongs.clear();
    }

    Remains remains() {
        return remains;
    }

    WordMarks marks() {
        return marks;
    }

    /// Whether there is nothing left to be chosen, or to be made again.
    boolean isSettled() {
        return marks.isNoneOpen() && wrongs.isEmpty();
    }

    /// The choice that must be made word by word; -1 where the run counts as it is.
    int split() {
        return split;
    }

    /// A number that stands for what is undecided, but for a range of the image.
    long undecided(long from, long to) {
        long hash = 0;
        for (int i = 0; !isSettled() && i < lines.count(); i++) {
            long ofLine = marks.hash(i);
            if (ofLine != 0 && (lines.at(i) < from || lines.at(i) >= to)) {
                hash += LineHash.mix(hash ^ ofLine, 0x9E3779B97F4A7C15L) + remains.orderedHash(i);
            }
        }
        return hash;
    }

    /// Decides every word of a range.
    void read(long at, long end) {
        if (isSettled()) {
            return;
        }
        passWrong(at, end);
        for (int i = lines.firstFrom(at); lines.isBefore(i, end); i++) {
            int wanted = lines.wordsWithin(i, at, end) & marks.open(i);
            for (; wanted != 0; wanted &= wanted - 1) {
                decide(new CutWord(i, Integer.numberOfTrailingZeros(wanted)));
            }
        }
    }

    /// Somebody looks at the words of a range for themselves: the run is void where some are wrong all together.
    void passWrong(long at, long end) {
        for (int i = lines.firstFrom(at); !wrongs.isEmpty() && lines.isBefore(i, end); i++) {
            splitAt(i, marks.wrong(i) & lines.wordsWithin(i, at, end));
        }
    }

    private void splitAt(int index, int wanted) {
        for (int some = wanted; some != 0; some &= some - 1) {
            CutWord word = new CutWord(index, Integer.numberOfTrailingZeros(some));
            for (WrongWords each : wrongs) {
                if (each.words().contains(word) && (split < 0 || each.choice() < split)) {
                    split = each.choice();
                }
            }
        }
    }

    /// Chooses what is left of a word.
    void decide(CutWord word) {
        List<WordOption> options = remains.options(word.line(), word.word());
        take(word, options.get(path.choose(options.size())), false);
    }

    private void take(CutWord word, WordOption option, boolean isWitness) {
        remains.take(word.line(), option);
        show(word, isWitness);
    }

    /// Words are as they were at some moment.
    void beRight(List<CutWord> words, WordOption[] options) {
        for (int i = 0; i < options.length; i++) {
            take(words.get(i), options[i], false);
        }
    }

    /// Words are not, all together, as they ever were; the first of them are an example of that.
    void beWrong(WrongWords words, WordOption[] example) {
        for (int i = 0; i < example.length; i++) {
            take(words.words().get(i), example[i], true);
        }
        wrongs.add(words);
        words.words().forEach(marks::beWrong);
    }

    /// Whether words are wrong that stand all in a range.
    boolean isWrongWithin(long at, long end) {
        return wrongs.stream().anyMatch(each -> each.areWithin(at, end, lines, marks));
    }

    /// Has the image, and copies of it, hold a word that is decided.
    ///
    /// @param isWitness whether it only stands for all others that are wrong together with it
    private void show(CutWord word, boolean isWitness) {
        marks.show(word, isWitness);
        long value = remains.valueOf(word.line(), word.word());
        long before = lines.durable(word.line(), word.word());
        if (value != before) {
            copies.show(lines.at(word), before, value);
            if (!marks.isStored(word)) {
                image.setWord(lines.history(word.line()).line, word.word(), value);
            }
        }
    }

    /// A range is about to be stored to: a word that is overwritten as a whole need not be decided.
    void store(long at, long end) {
        if ((at & 7) != 0) {
            read(at & -8, (at & -8) + 8);
        }
        if ((end & 7) != 0) {
            read(end & -8, (end & -8) + 8);
        }
        for (int i = lines.firstFrom(at); lines.isBefore(i, end); i++) {
            marks.store(i, lines.wordsWithin(i, at, end), copies.isAnyAlive());
        }
    }

    /// Whether an image is one of those that this run stands for.
    boolean standsFor(int[] ordered, long[] looseLeft) {
        for (int i = 0; i < lines.count(); i++) {
            if (!remains.mayLeave(i, ordered[i])) {
                return false;
            }
            for (int some = marks.decided(i); some != 0; some &= some - 1) {
                int word = Integer.numberOfTrailingZeros(some);
                if (remains.valueOf(i, word, ordered[i], looseLeft[i]) != remains.valueOf(i, word)) {
                    return false;
                }
            }
        }
        return wrongs.stream().allMatch(each -> each.allow(ordered, looseLeft, remains));
    }
}
