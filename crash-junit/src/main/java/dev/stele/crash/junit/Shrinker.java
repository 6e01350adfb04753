package dev.stele.crash.junit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Makes what a failing cut loses as small as it goes: delta debugging over lines, then over words.
final class Shrinker {
    private final Predicate<Cut> fails;
    private int tries;

    /// @param fails whether a choice still fails
    /// @param tries how often that may be asked
    Shrinker(Predicate<Cut> fails, int tries) {
        this.fails = fails;
        this.tries = tries;
    }

    /// @param cut fails; of the choice it is left with losing any one store less does not, as far as the tries went
    void shrink(Cut cut) {
        List<Integer> torn = new ArrayList<>();
        for (int i = 0; i < cut.tracks.size(); i++) {
            if (cut.isTorn(i)) {
                torn.add(i);
            }
        }
        for (int size = (torn.size() + 1) / 2; size >= 1; size = size == 1 ? 0 : (size + 1) / 2) {
            for (int from = 0; from < torn.size(); from += size) {
                keep(cut, torn.subList(from, Math.min(from + size, torn.size())));
            }
        }
        torn.forEach(track -> keepUnits(cut, track));
    }

    private void keep(Cut cut, List<Integer> tracks) {
        List<Part> before = tracks.stream().map(cut::part).toList();
        tracks.forEach(cut::keep);
        if (!stillFails(cut)) {
            for (int i = 0; i < before.size(); i++) {
                cut.set(tracks.get(i), before.get(i));
            }
        }
    }

    /// Keeps one unit after the other, oldest first: what is in order can be kept in no other.
    private void keepUnits(Cut cut, int index) {
        Track track = cut.tracks.get(index);
        for (int group = cut.part(index).whole(); group < track.groups().size(); group++) {
            for (int unit = 0; unit < track.groups().get(group).size(); unit++) {
                Part before = cut.part(index);
                if (!before.keeps(group, unit)) {
                    cut.set(index, before.with(track, group, unit));
                    if (!stillFails(cut)) {
                        cut.set(index, before);
                    }
                }
            }
        }
    }

    private boolean stillFails(Cut cut) {
        return tries-- > 0 && fails.test(cut);
    }
}
