package dev.stele.medium.sim;

import java.util.ArrayList;
import java.util.List;

/// Words that a verb gave out undecided in a run of a [LazyCut], and where it put them.
final class GivenWords {
    /// @param toAt where the word begins in what it was copied to; below 0 where only its end was copied
    private record Given(CutWord word, long toAt) {
    }

    private final CutLines lines;
    private final LazyRun run;
    private final List<Given> given = new ArrayList<>();

    GivenWords(CutLines lines, LazyRun run) {
        this.lines = lines;
        this.run = run;
    }

    void clear() {
        given.clear();
    }

    /// A verb is about to copy a range to another place.
    void give(long at, long end, long toAt) {
        run.passWrong(at, end);
        for (CutWord each : run.marks().openWithin(at, end)) {
            give(each, toAt + lines.at(each) - at);
        }
    }

    private void give(CutWord word, long toAt) {
        long lost = lines.durable(word.line(), word.word());
        if (run.remains().options(word.line(), word.word()).stream().noneMatch(each -> each.value() == lost)) {
            // What the image holds instead of it is none of what it may be.
            run.decide(word);
        } else {
            given.add(new Given(word, toAt));
        }
    }

    /// Tells every value that each word may have. Where `value` throws the word is decided so, and stays so in the run.
    void forEach(SimMedium.WordValue value) {
        for (Given each : given) {
            run.remains().forEachValue(each.word, word -> value.may(each.toAt, word));
        }
    }
}
