package dev.stele.crash.junit;

import dev.stele.crash.junit.Moment.Undurable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Stores of which a cut leaves a first part: all of some groups from the first on, any subset of the group behind
/// them, nothing of the others. The unit of a subset is kept or lost as one.
///
/// @param id which of the moment's tracks it is: `o` for what is ordered and `w` for words without order, with the
///     line's offset; `e` for all lines
/// @param line the line's number; -1 for all lines
record Track(String id, int line, List<List<List<Change>>> groups) {
    private static final long MANY = Long.MAX_VALUE;

    /// The tracks of a moment under a model, in the order of lines.
    static List<Track> of(Moment moment, Model model) {
        if (model == Model.EADR) {
            List<Change> all = moment.lines().stream().flatMap(line -> line.changes().stream())
                    .sorted(Comparator.comparingLong(Change::sequence)).toList();
            return all.isEmpty() ? List.of() : List.of(new Track("e", -1, inOrder(all)));
        }
        List<Track> tracks = new ArrayList<>();
        for (Undurable each : moment.lines()) {
            add(each, model, tracks);
        }
        return tracks;
    }

    private static void add(Undurable line, Model model, List<Track> tracks) {
        String at = Long.toHexString(Lines.offset(line.line()));
        List<Change> ordered = new ArrayList<>();
        List<Change> free = new ArrayList<>();
        for (Change each : line.changes()) {
            boolean isFree = each.isStreamed() || !each.isOrdered() && model != Model.TSO_PREFIX;
            (isFree && model != Model.LINE ? free : ordered).add(each);
        }
        if (!ordered.isEmpty()) {
            tracks.add(new Track("o" + at, line.line(), model == Model.LINE ? whole(ordered) : inOrder(ordered)));
        }
        if (!free.isEmpty()) {
            tracks.add(new Track("w" + at, line.line(), List.of(units(free, model))));
        }
    }

    /// What one comparison found is one unit.
    private static List<List<List<Change>>> whole(List<Change> changes) {
        return byInterval(changes).values().stream().map(List::of).toList();
    }

    /// Each ordered store a group; what one comparison found another, of units.
    private static List<List<List<Change>>> inOrder(List<Change> changes) {
        List<List<List<Change>>> groups = new ArrayList<>();
        long open = -1;
        for (Change each : changes) {
            if (each.isOrdered()) {
                groups.add(List.of(List.of(each)));
                open = -1;
            } else {
                if (open != each.interval()) {
                    groups.add(new ArrayList<>());
                    open = each.interval();
                }
                groups.getLast().add(List.of(each));
            }
        }
        return groups;
    }

    private static Map<Long, List<Change>> byInterval(List<Change> changes) {
        return changes.stream().collect(Collectors.groupingBy(Change::interval, TreeMap::new, Collectors.toList()));
    }

    private static List<List<Change>> units(List<Change> changes, Model model) {
        List<List<Change>> units = new ArrayList<>();
        for (Change each : changes) {
            long bytes = each.changedBytes();
            if (model == Model.BULK && bytes != -1L && bytes != 0) {
                for (long bits = 0xFF; bits != 0; bits <<= 8) {
                    if ((bytes & bits) != 0) {
                        units.add(List.of(each.masked(bits)));
                    }
                }
            } else {
                units.add(List.of(each));
            }
        }
        return units;
    }

    int unitCount() {
        return groups.stream().mapToInt(List::size).sum();
    }

    /// How many different parts a cut may leave, `Long.MAX_VALUE` where they are too many to count.
    long choiceCount() {
        long count = 1;
        for (List<List<Change>> group : groups) {
            if (group.size() > 60 || count > MANY >>> 1) {
                return MANY;
            }
            count += (1L << group.size()) - 1;
        }
        return count;
    }
}
