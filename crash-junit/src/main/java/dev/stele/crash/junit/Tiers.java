package dev.stele.crash.junit;

import java.util.SplittableRandom;

/// The choices tried at a moment, the telling ones first.
///
/// - All of them, where there are at most two to the power of `exhaustiveLines`.
/// - Else every combination of whole lines, lost or kept, where there are at most that many lines; or none, all, each
///   line alone lost and alone kept, each pair of lines so, and `samples` random choices of whole lines.
/// - Beside those, `samples` random choices word by word.
///
/// @param maxPairs up to how many lines each pair is tried
record Tiers(int exhaustiveLines, int samples, int maxPairs, long seed) {
    /// Tries one choice.
    interface Attempt {
        /// @return whether to go on
        boolean attempt(Cut cut);
    }

    enum Reach { EVERY_STATE, EVERY_LINE, SAMPLED }

    /// What is tried of each of the many recoveries that a test goes through.
    Tiers nested() {
        return new Tiers(exhaustiveLines / 2, samples / 10, 4, seed);
    }

    Reach reach(Cut cut) {
        if (cut.choiceCount() <= 1L << exhaustiveLines) {
            return Reach.EVERY_STATE;
        }
        return cut.lines().length <= exhaustiveLines ? Reach.EVERY_LINE : Reach.SAMPLED;
    }

    /// About how many choices that makes.
    long planned(Cut cut) {
        int lines = cut.lines().length;
        return switch (reach(cut)) {
            case EVERY_STATE -> cut.choiceCount();
            case EVERY_LINE -> (1L << lines) + samples;
            case SAMPLED -> 2L + 2L * lines + (lines <= maxPairs ? (long) lines * lines : 0) + 2L * samples;
        };
    }

    /// @return false where an attempt ended it
    boolean explore(Cut cut, Attempt attempt) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + cut.moment.number());
        return switch (reach(cut)) {
            case EVERY_STATE -> everyState(cut, attempt);
            case EVERY_LINE -> everyLine(cut, attempt) && byWords(cut, random, attempt);
            case SAMPLED -> few(cut, attempt) && byLines(cut, random, attempt) && byWords(cut, random, attempt);
        };
    }

    private static boolean everyState(Cut cut, Attempt attempt) {
        for (long choice = cut.choiceCount() - 1; choice >= 0; choice--) {
            cut.choose(choice);
            if (!attempt.attempt(cut)) {
                return false;
            }
        }
        return true;
    }

    private static boolean everyLine(Cut cut, Attempt attempt) {
        int[] lines = cut.lines();
        for (long kept = (1L << lines.length) - 1; kept >= 0; kept--) {
            for (int i = 0; i < lines.length; i++) {
                cut.setLine(lines[i], (kept >>> i & 1) != 0);
            }
            if (!attempt.attempt(cut)) {
                return false;
            }
        }
        return true;
    }

    private boolean few(Cut cut, Attempt attempt) {
        cut.keepAll();
        if (!attempt.attempt(cut)) {
            return false;
        }
        cut.loseAll();
        if (!attempt.attempt(cut)) {
            return false;
        }
        int[] lines = cut.lines();
        for (int i = 0; i < lines.length; i++) {
            int last = lines.length <= maxPairs ? lines.length - 1 : i;
            for (int j = i; j <= last; j++) {
                if (!alone(cut, lines[i], lines[j], true, attempt) || !alone(cut, lines[i], lines[j], false, attempt)) {
                    return false;
                }
            }
        }
        return true;
    }

    /// These two lines lost and all others kept, or the other way round.
    private static boolean alone(Cut cut, int one, int other, boolean isLost, Attempt attempt) {
        if (isLost) {
            cut.keepAll();
        } else {
            cut.loseAll();
        }
        cut.setLine(one, !isLost);
        cut.setLine(other, !isLost);
        return attempt.attempt(cut);
    }

    private boolean byLines(Cut cut, SplittableRandom random, Attempt attempt) {
        int[] lines = cut.lines();
        for (int i = 0; i < samples; i++) {
            for (int line : lines) {
                cut.setLine(line, random.nextBoolean());
            }
            if (!attempt.attempt(cut)) {
                return false;
            }
        }
        return true;
    }

    private boolean byWords(Cut cut, SplittableRandom random, Attempt attempt) {
        for (int i = 0; i < samples; i++) {
            cut.chooseAtRandom(random);
            if (!attempt.attempt(cut)) {
                return false;
            }
        }
        return true;
    }
}
