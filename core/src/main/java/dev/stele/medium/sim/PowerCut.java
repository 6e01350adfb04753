package dev.stele.medium.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.random.RandomGenerator;

/// One moment of a power cut: the lines that may differ, and one choice of what is left of each. The number of choices
/// is the product over the lines of (ordered stores + 1) · 2^(loose stores).
final class PowerCut {
    private static final int MANY_BITS = 62;

    private final Lines lines;
    private final LineHistory[] histories;
    private final int[] orderedCounts;
    private final int[] looseCounts;
    /// The choice: how many ordered stores of each line are left, and which loose ones.
    private final int[] prefixes;
    private final long[] subsets;

    PowerCut(Lines lines) {
        this.lines = lines;
        List<LineHistory> undurable = lines.undurable();
        this.histories = undurable.toArray(LineHistory[]::new);
        this.orderedCounts = new int[histories.length];
        this.looseCounts = new int[histories.length];
        for (int i = 0; i < histories.length; i++) {
            orderedCounts[i] = histories[i].orderedCount();
            looseCounts[i] = histories[i].looseCount();
        }
        this.prefixes = new int[histories.length];
        this.subsets = new long[histories.length];
    }

    int lineCount() {
        return histories.length;
    }

    LineHistory[] histories() {
        return histories;
    }

    /// What a word holds where nothing is left of what was stored to it.
    long durableWord(int line, int word) {
        return lines.durableWord(line, word);
    }

    int line(int index) {
        return histories[index].line;
    }

    /// Number of different choices, `Long.MAX_VALUE` where they are too many to count.
    long choiceCount() {
        long product = 1;
        for (int i = 0; i < histories.length; i++) {
            if (looseCounts[i] >= MANY_BITS) {
                return Long.MAX_VALUE;
            }
            long ofLine = Math.multiplyHigh(orderedCounts[i] + 1L, 1L << looseCounts[i]) != 0
                    ? Long.MAX_VALUE : (orderedCounts[i] + 1L) << looseCounts[i];
            if (ofLine <= 0 || Math.multiplyHigh(product, ofLine) != 0 || product * ofLine <= 0) {
                return Long.MAX_VALUE;
            }
            product *= ofLine;
        }
        return product;
    }

    /// Number of choices in which every line is old or new as a whole.
    long wholeLineChoiceCount() {
        return histories.length >= MANY_BITS ? Long.MAX_VALUE : 1L << histories.length;
    }

    void loseAll() {
        Arrays.fill(prefixes, 0);
        Arrays.fill(subsets, 0);
    }

    void keepAll() {
        for (int i = 0; i < histories.length; i++) {
            keep(i);
        }
    }

    void lose(int index) {
        prefixes[index] = 0;
        subsets[index] = 0;
    }

    void keep(int index) {
        prefixes[index] = orderedCounts[index];
        subsets[index] = -1;
    }

    /// Line i is kept where bit i is set.
    void chooseWholeLines(long bits) {
        for (int i = 0; i < histories.length; i++) {
            if ((bits >>> i & 1) != 0) {
                keep(i);
            } else {
                lose(i);
            }
        }
    }

    /// The choice of this number, 0 (all lost) to [#choiceCount()] - 1 (all kept).
    void choose(long number) {
        for (int i = 0; i < histories.length; i++) {
            prefixes[i] = (int) (number % (orderedCounts[i] + 1));
            number /= orderedCounts[i] + 1;
            subsets[i] = number & (1L << looseCounts[i]) - 1;
            number >>>= looseCounts[i];
        }
    }

    void chooseWholeLinesAtRandom(RandomGenerator random) {
        for (int i = 0; i < histories.length; i++) {
            if (random.nextBoolean()) {
                keep(i);
            } else {
                lose(i);
            }
        }
    }

    /// The moments of program order: behind each store to these lines, oldest first.
    List<Long> moments() {
        List<Long> moments = new ArrayList<>();
        for (LineHistory each : histories) {
            each.addMoments(moments);
        }
        moments.sort(null);
        return moments;
    }

    /// Everything stored before a moment is left, and nothing else: what persistent caches leave.
    void chooseProgramOrder(long moment) {
        for (int i = 0; i < histories.length; i++) {
            prefixes[i] = histories[i].orderedBefore(moment);
            subsets[i] = histories[i].looseBefore(moment);
        }
    }

    void chooseAtRandom(RandomGenerator random) {
        for (int i = 0; i < histories.length; i++) {
            prefixes[i] = random.nextInt(orderedCounts[i] + 1);
            subsets[i] = random.nextLong();
        }
    }

    /// Whether a line is left otherwise than the program last saw it.
    boolean isTorn(int index) {
        return prefixes[index] < orderedCounts[index] || looseLeft(index) != allLoose(index);
    }

    /// Whether nothing stored to a line is left.
    private boolean isLost(int index) {
        return prefixes[index] == 0 && looseLeft(index) == 0;
    }

    private long allLoose(int index) {
        return looseCounts[index] >= 64 ? -1L : (1L << looseCounts[index]) - 1;
    }

    private long looseLeft(int index) {
        return subsets[index] & allLoose(index);
    }

    /// Hash of the image that this choice leaves.
    ///
    /// @param durable hash of the durable content
    /// @param into becomes the hash
    void hash(LineHash durable, LineHash into) {
        into.set(durable);
        for (int i = 0; i < histories.length; i++) {
            if (!isLost(i)) {
                into.toggle(histories[i].line, lines.durable());
                long[] content = lines.durableWords(histories[i].line);
                histories[i].choose(prefixes[i], subsets[i], content);
                into.toggle(histories[i].line, content);
            }
        }
    }

    /// The choice as text: for each line that is not left whole its number, the ordered stores left and the loose ones.
    String code() {
        StringJoiner code = new StringJoiner(",");
        for (int i = 0; i < histories.length; i++) {
            if (isTorn(i)) {
                code.add(histories[i].line + "." + prefixes[i] + "." + Long.toHexString(looseLeft(i)));
            }
        }
        return code.toString();
    }

    /// Makes the choice that a [#code()] tells, as far as the same can be lost here.
    ///
    /// @throws IllegalArgumentException where it is no such text
    void choose(String code) {
        keepAll();
        for (String each : code.isEmpty() ? new String[0] : code.split(",")) {
            String[] parts = each.split("\\.");
            int line = Integer.parseInt(parts[0]);
            int index = 0;
            while (index < histories.length && histories[index].line != line) {
                index++;
            }
            if (parts.length != 3) {
                throw new IllegalArgumentException("this names no loss: " + each);
            }
            // In a program that was mended since, no cut here may lose the line.
            if (index < histories.length) {
                prefixes[index] = Math.min(Integer.parseInt(parts[1]), orderedCounts[index]);
                subsets[index] = Long.parseUnsignedLong(parts[2], 16);
            }
        }
    }

    /// Lays the choice over an image that holds the durable content of the medium.
    void applyTo(Lines image) {
        for (int i = 0; i < histories.length; i++) {
            if (prefixes[i] != 0 || subsets[i] != 0) {
                long[] content = lines.durableWords(histories[i].line);
                histories[i].choose(prefixes[i], subsets[i], content);
                image.set(histories[i].line, content);
            }
        }
    }

    int[] prefixes() {
        return prefixes.clone();
    }

    long[] subsets() {
        return subsets.clone();
    }

    void choose(int[] lefts, long[] looseLefts) {
        System.arraycopy(lefts, 0, prefixes, 0, prefixes.length);
        System.arraycopy(looseLefts, 0, subsets, 0, subsets.length);
    }

    /// The lines that are not left whole, for people.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < histories.length; i++) {
            if (isTorn(i)) {
                describe(i, text);
            }
        }
        return text.isEmpty() ? "\n  nothing lost" : text.toString();
    }

    private void describe(int index, StringBuilder text) {
        int line = histories[index].line;
        text.append(isLost(index) ? "\n  lost " : "\n  torn ").append("line at byte ")
                .append((long) line << Lines.LINE_SHIFT)
                .append(" (block ").append(line >>> 6).append(" + ").append((line & 63) << 6).append("): ")
                .append(prefixes[index]).append(" of ").append(orderedCounts[index]).append(" ordered stores left");
        if (looseCounts[index] > 0) {
            text.append(", ").append(Long.bitCount(looseLeft(index))).append(" of ").append(looseCounts[index])
                    .append(" loose words");
        }
    }
}
