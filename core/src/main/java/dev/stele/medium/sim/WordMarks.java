package dev.stele.medium.sim;

import java.util.ArrayList;
import java.util.List;

/// What a run has done with the words of the lines of a cut: bit w of a line stands for its word w.
final class WordMarks {
    private final CutLines lines;
    /// Somebody who reads the word has a choice.
    private final int[] open;
    private int openCount;
    /// The word was chosen for itself: somebody read it.
    private final int[] decided;
    /// The word was stored to since: what was chosen no longer stands in the image.
    private final int[] stored;
    /// The word is one of some that are wrong.
    private final int[] wrong;

    WordMarks(CutLines lines) {
        this.lines = lines;
        this.open = new int[lines.count()];
        this.decided = new int[lines.count()];
        this.stored = new int[lines.count()];
        this.wrong = new int[lines.count()];
    }

    /// Begins a run with nothing read.
    void begin() {
        openCount = 0;
        for (int i = 0; i < lines.count(); i++) {
            open[i] = lines.history(i).words();
            openCount += Integer.bitCount(open[i]);
            decided[i] = 0;
            stored[i] = 0;
            wrong[i] = 0;
        }
    }

    boolean isNoneOpen() {
        return openCount == 0;
    }

    int open(int index) {
        return open[index];
    }

    int wrong(int index) {
        return wrong[index];
    }

    int decided(int index) {
        return decided[index];
    }

    /// Words that were decided and still stand in the image as they were.
    int standing(int index) {
        return decided[index] & ~stored[index];
    }

    boolean isStored(CutWord word) {
        return (stored[word.line()] >>> word.word() & 1) != 0;
    }

    /// A word has its value.
    ///
    /// @param isWitness whether it only stands for all others that are wrong together with it
    void show(CutWord word, boolean isWitness) {
        open[word.line()] &= ~(1 << word.word());
        decided[word.line()] |= isWitness ? 0 : 1 << word.word();
        openCount--;
    }

    void beWrong(CutWord word) {
        wrong[word.line()] |= 1 << word.word();
    }

    /// Words are stored to as a whole.
    ///
    /// @param isCopied whether what they were may be read somewhere else still
    void store(int index, int all, boolean isCopied) {
        if (!isCopied) {
            openCount -= Integer.bitCount(open[index] & all);
            open[index] &= ~all;
        }
        wrong[index] &= ~all;
        stored[index] |= all;
    }

    /// All words of a range that are open.
    List<CutWord> openWithin(long at, long end) {
        List<CutWord> found = new ArrayList<>();
        for (int i = lines.firstFrom(at); lines.isBefore(i, end); i++) {
            for (int some = lines.wordsWithin(i, at, end) & open[i]; some != 0; some &= some - 1) {
                found.add(new CutWord(i, Integer.numberOfTrailingZeros(some)));
            }
        }
        return found;
    }

    /// A number that stands for what is undecided, or wrong, of a line; 0 where nothing is.
    long hash(int index) {
        return open[index] == 0 && wrong[index] == 0 ? 0
                : lines.at(index) + (open[index] | stored[index] << 8 | wrong[index] << 16);
    }
}
