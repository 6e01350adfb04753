package dev.stele.medium.sim;

import java.util.List;
import java.util.SplittableRandom;

/// The choices tried at one moment: all of them where they are few, else the telling ones first and then chance.
///
/// - Everything, word by word, where there are at most [#exhaustiveTo] choices.
/// - Else every prefix of program order; every combination of whole lines where those are at most [#exhaustiveTo], or
///   none, all, each line alone lost and alone kept, and each pair of lines so; and random choices, half of whole
///   lines, half word by word.
final class Tiers {
    /// Tries one choice; throws where it finds something.
    interface Attempt {
        void attempt(PowerCut cut);
    }

    enum Reach { EVERY_WORD, EVERY_LINE, SAMPLED }

    private static final int MAX_MOMENTS = 256;

    long exhaustiveTo = 1 << 12;
    int samples = 150;
    /// Up to how many lines each is lost, and kept, alone.
    int alone = 32;
    /// Up to how many lines each pair is lost, and kept.
    int pairs;
    boolean programOrder;

    Tiers copy() {
        Tiers copy = new Tiers();
        copy.exhaustiveTo = exhaustiveTo;
        copy.samples = samples;
        copy.alone = alone;
        copy.pairs = pairs;
        copy.programOrder = programOrder;
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
        if (programOrder) {
            tryProgramOrder(cut, random, attempt);
        }
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

    private static void tryProgramOrder(PowerCut cut, SplittableRandom random, Attempt attempt) {
        List<Long> moments = cut.moments();
        for (int i = 0; i < Math.min(moments.size(), MAX_MOMENTS); i++) {
            int index = moments.size() <= MAX_MOMENTS ? i : random.nextInt(moments.size());
            cut.chooseProgramOrder(moments.get(index));
            attempt.attempt(cut);
        }
    }

    private void sample(PowerCut cut, SplittableRandom random, Attempt attempt, boolean everyLine) {
        for (int i = 0; i < samples; i++) {
            if (i % 2 == 0) {
                cut.chooseAtRandom(random);
            } else if (!everyLine) {
                cut.chooseWholeLinesAtRandom(random);
            } else {
                continue;
            }
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
