package dev.stele.medium.sim;

import java.util.List;
import java.util.SplittableRandom;

/// The choices tried at one moment: all of them where they are few, else the telling ones first and then chance.
///
/// - Everything, word by word, where there are at most [#exhaustiveTo] choices.
/// - Else every prefix of program order; every combination of whole lines where those are at most [#exhaustiveTo], or
///   none, all, each line alone lost and alone kept, and each pair of lines so; and random choices of whole lines
///   and word by word.
final class Tiers {
    /// Tries one choice; throws where it finds something.
    interface Attempt {
        void attempt(PowerCut cut);
    }

    enum Reach { EVERY_WORD, EVERY_LINE, SAMPLED }

    long exhaustiveTo = 1 << 12;
    /// Random choices of whole lines.
    int lineSamples = 75;
    /// Random choices word by word.
    int wordSamples = 75;
    /// Up to how many lines each is lost, and kept, alone.
    int alone = 32;
    /// Up to how many lines each pair is lost, and kept.
    int pairs;
    /// Up to how many prefixes of program order; 0 for none.
    int moments;

    Tiers copy() {
        Tiers copy = new Tiers();
        copy.exhaustiveTo = exhaustiveTo;
        copy.lineSamples = lineSamples;
        copy.wordSamples = wordSamples;
        copy.alone = alone;
        copy.pairs = pairs;
        copy.moments = moments;
        return copy;
    }

    Reach explore(PowerCut cut, SplittableRandom random, Attempt attempt) {
        if (cut.choiceCount() <= exhaustiveTo) {
            for (long choice = cut.choiceCount() - 1; choice >= 0; choice--) {
                cut.choose(choice);
                attempt.attempt(cut);
            }
            return Reach.EVERY_WORD;
        }
        tryProgramOrder(cut, random, attempt);
        boolean everyLine = cut.wholeLineChoiceCount() <= exhaustiveTo;
        if (everyLine) {
            for (long bits = 0; bits < cut.wholeLineChoiceCount(); bits++) {
                cut.chooseWholeLines(bits);
                attempt.attempt(cut);
            }
        } else {
            tryFew(cut, random, attempt);
        }
        sample(cut, random, attempt, everyLine);
        return everyLine ? Reach.EVERY_LINE : Reach.SAMPLED;
    }

    private void tryProgramOrder(PowerCut cut, SplittableRandom random, Attempt attempt) {
        List<Long> all = moments == 0 ? List.of() : cut.moments();
        for (int i = 0; i < Math.min(all.size(), moments); i++) {
            int index = all.size() <= moments ? i : random.nextInt(all.size());
            cut.chooseProgramOrder(all.get(index));
            attempt.attempt(cut);
        }
    }

    private void sample(PowerCut cut, SplittableRandom random, Attempt attempt, boolean everyLine) {
        for (int i = 0; i < wordSamples; i++) {
            cut.chooseAtRandom(random);
            attempt.attempt(cut);
        }
        for (int i = 0; !everyLine && i < lineSamples; i++) {
            cut.chooseWholeLinesAtRandom(random);
            attempt.attempt(cut);
        }
    }

    /// None, all, one lost, one kept: where there are many lines, those at the ends of runs of neighbours come first.
    private void tryFew(PowerCut cut, SplittableRandom random, Attempt attempt) {
        cut.loseAll();
        attempt.attempt(cut);
        cut.keepAll();
        attempt.attempt(cut);
        int done = 0;
        for (int i = 0; i < cut.lineCount() && done < alone; i++) {
            if (cut.lineCount() <= alone || isEdge(cut, i)) {
                tryAlone(cut, i, i, attempt);
                done++;
            }
        }
        for (; done < Math.min(alone, cut.lineCount()); done++) {
            int index = random.nextInt(cut.lineCount());
            tryAlone(cut, index, index, attempt);
        }
        for (int i = 0; cut.lineCount() <= pairs && i < cut.lineCount(); i++) {
            for (int j = i + 1; j < cut.lineCount(); j++) {
                tryAlone(cut, i, j, attempt);
            }
        }
    }

    private static boolean isEdge(PowerCut cut, int index) {
        return index == 0 || index == cut.lineCount() - 1
                || cut.line(index - 1) != cut.line(index) - 1 || cut.line(index + 1) != cut.line(index) + 1;
    }

    private static void tryAlone(PowerCut cut, int one, int other, Attempt attempt) {
        cut.keepAll();
        cut.lose(one);
        cut.lose(other);
        attempt.attempt(cut);
        cut.loseAll();
        cut.keep(one);
        cut.keep(other);
        attempt.attempt(cut);
    }
}
