package dev.stele.dirty;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// What a [DirtyIndex] should know, kept in the plainest way: sets of lines, and which 2 MiB are one entry.
final class DirtyModel {
    static final int PAGES = 5 * 512 + 77;
    static final int HUGE = 512;
    private static final int LINES = 64;

    private final BitSet dirty = new BitSet();
    private final BitSet hugeDirty = new BitSet();
    final List<Held> held = new ArrayList<>();

    /// What a sync has locked.
    static final class Held {
        final BitSet lines = new BitSet();
        final BitSet pages = new BitSet();
        final BitSet huge = new BitSet();
    }

    void markLines(int firstLine, int endLine) {
        int chunk = (firstLine + HUGE * LINES - 1) / (HUGE * LINES);
        dirty.set(firstLine, endLine);
        for (; (chunk + 1) * HUGE * LINES <= endLine; chunk++) {
            int first = chunk * HUGE;
            if (held.stream().allMatch(each -> each.pages.get(first, first + HUGE).isEmpty())) {
                hugeDirty.set(chunk);
            }
        }
    }

    void forget(int page, int count) {
        int end = page + count;
        for (int chunk = page / HUGE; chunk * HUGE < end; chunk++) {
            boolean isWhole = chunk * HUGE >= page && (chunk + 1) * HUGE <= end;
            hugeDirty.clear(chunk);
            for (Held each : held) {
                if (each.huge.get(chunk) && !isWhole) {
                    each.pages.set(chunk * HUGE, (chunk + 1) * HUGE);
                }
                each.huge.clear(chunk);
            }
        }
        dirty.clear(page * LINES, end * LINES);
        for (Held each : held) {
            each.lines.clear(page * LINES, end * LINES);
            each.pages.clear(page, end);
        }
    }

    /// Whether a sync of the range would have to wait.
    boolean isHeld(int page, int count) {
        for (Held each : held) {
            for (int chunk = page / HUGE; chunk * HUGE < page + count; chunk++) {
                boolean isReached = hugeDirty.get(chunk);
                int from = isReached ? chunk * HUGE : Math.max(page, chunk * HUGE);
                int to = isReached ? (chunk + 1) * HUGE : Math.min(page + count, (chunk + 1) * HUGE);
                if (each.huge.get(chunk) || !each.pages.get(from, to).isEmpty()) {
                    return true;
                }
            }
        }
        return false;
    }

    /// @return what the sync flushes, and holds until it is done
    Held flush(int page, int count) {
        Held flushing = new Held();
        for (int chunk = page / HUGE; chunk * HUGE < page + count; chunk++) {
            if (hugeDirty.get(chunk)) {
                flushing.huge.set(chunk);
                flushing.lines.set(chunk * HUGE * LINES, (chunk + 1) * HUGE * LINES);
            }
        }
        for (int line = dirty.nextSetBit(page * LINES); line >= 0 && line < (page + count) * LINES;
                line = dirty.nextSetBit(line + 1)) {
            flushing.lines.set(line);
            if (!flushing.huge.get(line / LINES / HUGE)) {
                flushing.pages.set(line / LINES);
            }
        }
        dirty.andNot(flushing.lines);
        hugeDirty.andNot(flushing.huge);
        held.add(flushing);
        return flushing;
    }

    void done(Held flushing, boolean isDurable) {
        held.remove(flushing);
        if (!isDurable) {
            dirty.or(flushing.lines);
            hugeDirty.or(flushing.huge);
        }
    }

    boolean isClean(int page, int count) {
        return dirty.get(page * LINES, (page + count) * LINES).isEmpty() && held.stream().allMatch(
                each -> each.pages.get(page, page + count).isEmpty()
                        && each.huge.get(page / HUGE, (page + count - 1) / HUGE + 1).isEmpty());
    }

    long dirtyPageCount() {
        return dirty.stream().map(line -> line / LINES).distinct().count();
    }
}
