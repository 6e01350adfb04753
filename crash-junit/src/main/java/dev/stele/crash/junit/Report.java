package dev.stele.crash.junit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// What a failure says: the cut, what was wrong, what was lost and where that was stored, how to see it again.
final class Report {
    private static final int MAX_LINES = 12;
    private static final int MAX_WORDS = 3;

    private final StringBuilder text = new StringBuilder();

    /// @param cuts of the workload, then of the recovery from that, then of the recovery from that
    static String of(List<Cut> cuts, Throwable failure, String replay, String image) {
        Report report = new Report();
        report.text.append(failure);
        for (int depth = 0; depth < cuts.size(); depth++) {
            report.cut(cuts.get(depth), depth > 0);
        }
        report.text.append("\nto see it again: @CrashTest(replay = \"").append(replay)
                .append("\") or -Dstele.crash.replay=").append(replay);
        if (image != null) {
            report.text.append("\nthe image, before recovery: ").append(image);
        }
        return report.text.toString();
    }

    private void cut(Cut cut, boolean isRecovery) {
        Moment moment = cut.moment;
        text.append("\npower cut ").append(isRecovery ? "during recovery: " : moment.number() + ": ")
                .append(moment.title()).append("\n    at ").append(moment.at());
        if (!isRecovery) {
            text.append("\n    had returned: ").append(named(moment.crash().completed()));
        }
        List<Change> lost = cut.lost();
        if (lost.isEmpty()) {
            text.append("\n  nothing was lost: what was stored by then is wrong as it is");
        } else {
            text.append("\n  lost, and less would do no harm:");
            lines(lost, moment, "nobody flushed it");
        }
        List<Change> left = cut.left();
        if (!lost.isEmpty() && !left.isEmpty()) {
            text.append("\n  not lost, though nothing had made it durable either:");
            lines(left, moment, "written back by chance");
        }
    }

    private static String named(List<String> steps) {
        return steps.isEmpty() ? "nothing" : String.join(", ", steps);
    }

    /// Changes of one line that were stored at one place together.
    private void lines(List<Change> changes, Moment moment, String unflushed) {
        Map<String, List<Change>> places = new LinkedHashMap<>();
        for (Change each : changes) {
            places.computeIfAbsent(each.line() + each.place(), key -> new ArrayList<>()).add(each);
        }
        int shown = 0;
        for (List<Change> each : places.values()) {
            if (shown++ == MAX_LINES) {
                text.append("\n    and ").append(places.size() - MAX_LINES).append(" more");
                return;
            }
            Change first = each.getFirst();
            text.append("\n    line at byte ").append(Lines.offset(first.line())).append(": ").append(words(each))
                    .append("\n      ").append(first.place())
                    .append("\n      ").append(fate(first, moment, unflushed));
        }
    }

    private static String words(List<Change> changes) {
        StringJoiner words = new StringJoiner(", ");
        for (Change each : changes.subList(0, Math.min(MAX_WORDS, changes.size()))) {
            long after = each.applyTo(each.before());
            words.add("word at " + each.offset() + " (0x" + Long.toHexString(each.before()) + " -> 0x"
                    + Long.toHexString(after) + ")");
        }
        return words + (changes.size() > MAX_WORDS ? " and " + (changes.size() - MAX_WORDS) + " more words" : "");
    }

    /// Why the store was not durable: this is what has to be mended.
    private static String fate(Change change, Moment moment, String unflushed) {
        for (Sent each : moment.sent()) {
            if (each.line() == change.line() && each.takes(change)) {
                return (each.sequence() == Sent.STREAMED ? "streamed" : "flushed at " + each.at().shortly())
                        + ", but not drained by then by its thread";
            }
        }
        for (Sent each : moment.sent()) {
            if (each.line() == change.line() && !change.isStreamed()) {
                return "flushed only before it was stored, at " + each.at().shortly();
            }
        }
        return unflushed;
    }
}
