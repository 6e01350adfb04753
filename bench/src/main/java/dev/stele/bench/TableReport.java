package dev.stele.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The results as lines of cells, for the terminal and for pages.
final class TableReport {
    static final List<String> HEADINGS = List.of("row", "Stele", "peer", "time", "ratio", "p10 – p90", "goal",
            "reached", "fences", "lines", "nt bytes", "heap bytes");
    private static final int ROW = 0;
    private static final int PEER = 2;
    /// That hold what usually comes, so that lines can be printed as they come.
    private static final int[] WIDTHS = {24, 8, 16, 8, 7, 13, 6, 7, 6, 7, 8, 10};

    private TableReport() {
    }

    /// One line for each peer; what belongs to the row stands in its first.
    static List<List<String>> lines(RowResult result) {
        List<List<String>> lines = new ArrayList<>();
        for (String peer : result.peers().keySet()) {
            lines.add(line(result, peer, lines.isEmpty()));
        }
        if (lines.isEmpty()) {
            lines.add(line(result, "", true));
        }
        return lines;
    }

    private static List<String> line(RowResult result, String peer, boolean isFirst) {
        List<String> cells = new ArrayList<>();
        cells.add(isFirst ? result.name() : "");
        cells.add(isFirst ? Figures.amount(result.stele().median(), result.unit()) : "");
        cells.add(peer);
        Summary time = result.peers().get(peer);
        Summary ratio = result.ratios().get(peer);
        cells.add(time == null ? "" : Figures.amount(time.median(), result.unit()));
        cells.add(ratio == null ? "" : Figures.ratio(ratio.median()));
        cells.add(ratio == null ? "" : Figures.significant(ratio.p10()) + " – " + Figures.significant(ratio.p90()));
        addGoal(cells, result, peer, ratio);
        Costs costs = result.costs();
        for (double each : new double[] {costs.fences(), costs.lines(), costs.ntBytes(), costs.allocatedBytes()}) {
            cells.add(isFirst ? Figures.count(each) : "");
        }
        return cells;
    }

    private static void addGoal(List<String> cells, RowResult result, String peer, Summary ratio) {
        Goal goal = result.goalFor(peer).orElse(null);
        cells.add(goal == null ? "" : Figures.ratio(goal.atLeast()));
        cells.add(goal == null || ratio == null ? "" : ratio.median() >= goal.atLeast() ? "yes" : "no");
    }

    /// For the terminal: names to the left, numbers to the right.
    static String text(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            boolean isNumber = i != ROW && i != PEER;
            int blanks = Math.max(0, WIDTHS[i] - cells.get(i).length());
            line.append(i == 0 ? "" : "  ").repeat(' ', isNumber ? blanks : 0).append(cells.get(i))
                    .repeat(' ', isNumber ? 0 : blanks);
        }
        return line.toString().stripTrailing();
    }

    /// Goals that were not reached, one sentence each, with the reason where one is known.
    static List<String> missed(List<RowResult> results) {
        List<String> missed = new ArrayList<>();
        for (RowResult result : results) {
            for (Goal goal : result.missed()) {
                missed.add(result.name() + " against " + goal.peer() + ": "
                        + Figures.ratio(result.ratios().get(goal.peer()).median()) + " of "
                        + Figures.ratio(goal.atLeast()) + (goal.whyMissed().isEmpty() ? "" : ". " + goal.whyMissed()));
            }
        }
        return missed;
    }

    static String describe(Map<String, Object> machine) {
        StringBuilder text = new StringBuilder();
        machine.forEach((name, value) -> text.append(text.isEmpty() ? "" : "; ").append(name).append(' ')
                .append(value));
        return text.toString();
    }
}
