package dev.stele.medium.sim;

/// The lines of a cut by where they stand: those with stores that may be lost, ascending, each with an index.
final class CutLines {
    private final PowerCut cut;
    private final LineHistory[] histories;

    CutLines(PowerCut cut) {
        this.cut = cut;
        this.histories = cut.histories();
    }

    int count() {
        return histories.length;
    }

    LineHistory history(int index) {
        return histories[index];
    }

    /// Where on the medium a line begins.
    long at(int index) {
        return (long) histories[index].line << Lines.LINE_SHIFT;
    }

    /// Where on the medium a word stands.
    long at(CutWord word) {
        return at(word.line()) + word.word() * 8L;
    }

    /// What a word holds where nothing is left of what was stored to it.
    long durable(int index, int word) {
        return cut.durableWord(histories[index].line, word);
    }

    /// Index of the first line that holds a byte at or behind a place.
    int firstFrom(long at) {
        int line = Lines.lineOf(at);
        int low = 0;
        int high = histories.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (histories[middle].line < line) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Whether there is a line of this index that begins before a place.
    boolean isBefore(int index, long end) {
        return index < histories.length && at(index) < end;
    }

    /// Words of a line that hold a byte of a range which the line has a part in.
    int wordsWithin(int index, long from, long end) {
        int first = (int) Math.max(0, from - at(index)) >>> 3;
        int last = (int) Math.min(Lines.LINE_WORDS - 1, end - 1 - at(index) >>> 3);
        return 0xFF >>> Lines.LINE_WORDS - 1 - last & 0xFF << first;
    }

    /// Has the cut be what is left where so many ordered stores and these loose ones are, by line.
    void choose(int[] ordered, long[] looseLeft) {
        cut.choose(ordered, looseLeft);
    }
}
