package dev.stele.crash.images;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What went wrong, one of each kind: messages that differ in numbers only are one kind.
final class Defects {
    private static final int MAX_KINDS = 200;

    private final Map<String, Defect> kinds = new TreeMap<>();
    private long count;

    /// Of several alike the one is kept whose replay comes first, whichever worker was quicker.
    synchronized void add(String message, String injury, String replay) {
        count++;
        String kind = message.replaceAll("[0-9]+", "#").lines().limit(2).reduce("", String::concat);
        Defect found = new Defect(message, injury, replay, 1);
        if (kinds.containsKey(kind) || kinds.size() < MAX_KINDS) {
            kinds.merge(kind, found, Defects::merged);
        }
    }

    private static Defect merged(Defect a, Defect b) {
        Defect first = a.replay().compareTo(b.replay()) <= 0 ? a : b;
        return new Defect(first.message(), first.injury(), first.replay(), a.likewise() + b.likewise());
    }

    synchronized long count() {
        return count;
    }

    /// The most frequent first.
    synchronized List<Defect> list() {
        return kinds.values().stream()
                .sorted(Comparator.comparingLong(Defect::likewise).reversed().thenComparing(Defect::replay)).toList();
    }
}
