package dev.stele.medium.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/// What is left of each line of a cut, as far as a run has chosen: some number of its ordered stores, and loose ones.
final class Remains {
    /// Picks what is left of a word; null where nothing will do.
    interface Picking {
        WordOption pick(CutWord word, List<WordOption> options);
    }

    private final CutLines lines;
    /// Fewest and most ordered stores that may be left.
    private final int[] fewest;
    private final int[] most;
    /// Loose stores that are left, as far as that is chosen.
    private final long[] left;
    /// What may be left of words that no ordered store is to, by line and word: in each run the same.
    private final List<List<WordOption>> looseOptions;
    private final long[] words = new long[Lines.LINE_WORDS];

    Remains(CutLines lines) {
        this.lines = lines;
        this.fewest = new int[lines.count()];
        this.most = new int[lines.count()];
        this.left = new long[lines.count()];
        this.looseOptions = new ArrayList<>(Collections.nCopies(lines.count() * Lines.LINE_WORDS, null));
    }

    /// Begins a run with nothing chosen.
    void begin() {
        for (int i = 0; i < lines.count(); i++) {
            fewest[i] = 0;
            most[i] = lines.history(i).orderedCount();
            left[i] = 0;
        }
    }

    /// Chooses what is left of a word.
    void take(int index, WordOption option) {
        if (option.fewest() >= 0) {
            fewest[index] = option.fewest();
            most[index] = option.most();
        }
        left[index] |= option.left();
    }

    /// What may be left of a word. Numbers of ordered stores that leave it the same are one option: those between two
    /// stores to it.
    List<WordOption> options(int index, int word) {
        List<WordOption> same = looseOptions.get(index * Lines.LINE_WORDS + word);
        if (same != null) {
            return same;
        }
        List<WordOption> options = new ArrayList<>(2);
        if (!lines.history(index).holdsOrdered(word)) {
            addOptions(index, word, -1, -1, options);
            looseOptions.set(index * Lines.LINE_WORDS + word, options);
            return options;
        }
        int from = fewest[index];
        int ordered = 0;
        for (Store each : lines.history(index).stores()) {
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
    private void addOptions(int index, int word, int from, int to, List<WordOption> options) {
        int first = options.size();
        long mine = lines.history(index).looseTo(word);
        long subset = 0;
        do {
            long value = valueOf(index, word, Math.max(0, from), subset);
            boolean isNew = true;
            for (int i = first; i < options.size(); i++) {
                isNew &= options.get(i).value() != value;
            }
            if (isNew) {
                options.add(new WordOption(from, to, subset, value));
            }
            subset = subset - mine & mine;
        } while (subset != 0);
    }

    /// What a word holds as it is chosen.
    long valueOf(int index, int word) {
        return valueOf(index, word, fewest[index], left[index]);
    }

    /// What a word holds where so many ordered stores are left, and these loose ones.
    long valueOf(int index, int word, int ordered, long looseLeft) {
        // Words of the image that are not decided are still as they are durably.
        Arrays.fill(words, 0);
        words[word] = lines.durable(index, word);
        lines.history(index).choose(ordered, looseLeft, words);
        return words[word];
    }

    /// Picks an option for each word, knowing those before, until there are enough, and takes none of them.
    ///
    /// @return null where one was not to be had
    WordOption[] attempt(List<CutWord> all, Picking picking, BooleanSupplier isEnough) {
        int[] fewestBefore = fewest.clone();
        int[] mostBefore = most.clone();
        long[] leftBefore = left.clone();
        List<WordOption> picked = new ArrayList<>();
        for (int i = 0; i < all.size() && picked != null && !isEnough.getAsBoolean(); i++) {
            CutWord each = all.get(i);
            WordOption option = picking.pick(each, options(each.line(), each.word()));
            if (option == null) {
                picked = null;
            } else {
                take(each.line(), option);
                picked.add(option);
            }
        }
        System.arraycopy(fewestBefore, 0, fewest, 0, fewest.length);
        System.arraycopy(mostBefore, 0, most, 0, most.length);
        System.arraycopy(leftBefore, 0, left, 0, left.length);
        return picked == null ? null : picked.toArray(WordOption[]::new);
    }

    /// Tells every value that a word may have. Where `value` throws the word is chosen so, and stays so.
    void forEachValue(CutWord word, LongConsumer value) {
        int i = word.line();
        long mine = lines.history(i).looseTo(word.word());
        int fewestBefore = fewest[i];
        int mostBefore = most[i];
        long leftBefore = left[i];
        for (int ordered = fewestBefore; ordered <= mostBefore; ordered++) {
            long subset = 0;
            do {
                fewest[i] = ordered;
                left[i] = leftBefore | subset;
                value.accept(valueOf(i, word.word()));
                subset = subset - mine & mine;
            } while (subset != 0);
        }
        fewest[i] = fewestBefore;
        most[i] = mostBefore;
        left[i] = leftBefore;
    }

    /// A number that stands for how many ordered stores may be left of a line.
    long orderedHash(int index) {
        return LineHash.mix(fewest[index] * 31L + most[index] + 7, 0xC2B2AE3D27D4EB4FL);
    }

    /// Whether so many ordered stores may be left of a line.
    boolean mayLeave(int index, int ordered) {
        return ordered >= fewest[index] && ordered <= most[index];
    }

    /// Has the cut be what is chosen, and nothing left that is not.
    void assign() {
        lines.choose(fewest, left);
    }
}
