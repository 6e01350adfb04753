package dev.stele.medium.sim;

import java.util.List;

/// Words that are not, all together, as they ever were: what a checksum found. Their values are only an example.
///
/// @param words the words
/// @param choice which choice that was
/// @param right what they are not, all together
record WrongWords(List<CutWord> words, int choice, List<WordOption[]> right) {
    /// Whether all of them stand in a range, and nobody has stored to one.
    boolean areWithin(long from, long to, CutLines lines, WordMarks marks) {
        for (CutWord each : words) {
            long at = lines.at(each);
            if (at + 8 <= from || at >= to || marks.isStored(each)) {
                return false;
            }
        }
        return true;
    }

    /// Whether an image, by what is left of its lines, has them wrong.
    boolean allow(int[] ordered, long[] looseLeft, Remains remains) {
        for (WordOption[] each : right) {
            boolean isSame = true;
            for (int i = 0; i < each.length; i++) {
                int line = words.get(i).line();
                isSame &= remains.valueOf(line, words.get(i).word(), ordered[line], looseLeft[line]) == each[i].value();
            }
            if (isSame) {
                return false;
            }
        }
        return true;
    }
}
