package dev.stele.crash.junit;

import java.util.ArrayList;
import java.util.List;

/// One line since recording began: what of it is durable, and what was stored since, oldest first.
final class LineLog {
    final int line;
    private final long[] durable;
    private boolean hasMoved;
    private List<Change> changes = new ArrayList<>(4);

    LineLog(int line, long[] durable) {
        this.line = line;
        this.durable = durable;
    }

    /// Whether durable words differ, or did, from those that recording began with.
    boolean hasMoved() {
        return hasMoved;
    }

    long[] durable() {
        return durable.clone();
    }

    boolean isDurable() {
        return changes.isEmpty();
    }

    List<Change> changes() {
        return List.copyOf(changes);
    }

    boolean holds(int word) {
        return changes.stream().anyMatch(each -> each.word() == word);
    }

    void add(Change change) {
        changes.add(change);
    }

    /// What one flush, or the streams, of a thread took along becomes durable.
    void persist(Sent sent) {
        List<Change> left = new ArrayList<>();
        for (Change each : changes) {
            if (sent.takes(each)) {
                durable[each.word()] = each.applyTo(durable[each.word()]);
                hasMoved = true;
                supersede(left, each);
            } else {
                left.add(each);
            }
        }
        changes = left;
    }

    /// What was stored earlier to the bits of a durable store can no more come to light.
    private static void supersede(List<Change> earlier, Change durable) {
        earlier.replaceAll(each -> each.word() == durable.word() ? each.masked(each.mask() & ~durable.mask()) : each);
        earlier.removeIf(each -> each.mask() == 0);
    }
}
