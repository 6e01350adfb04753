package dev.stele.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/// Every ratio as a point with its spread, on one logarithmic axis; the goal a tick, no difference a line.
final class RatioChart {
    private static final int WIDTH = 900;
    private static final int ROW_HEIGHT = 20;
    private static final int LEFT = 300;
    private static final int RIGHT = 70;
    private static final int TOP = 30;

    private record Line(String label, Summary ratio, Double goal) {
    }

    private RatioChart() {
    }

    static String of(List<RowResult> results) {
        List<Line> lines = lines(results);
        if (lines.isEmpty()) {
            return "";
        }
        double least = lines.stream().mapToDouble(each -> each.ratio().p10()).min().orElse(1);
        double most = lines.stream().mapToDouble(each -> each.ratio().p90()).max().orElse(1);
        LogAxis axis = new LogAxis(Math.max(1e-3, Math.min(0.5, least)), Math.max(10, most), LEFT, WIDTH - RIGHT);
        int height = TOP + lines.size() * ROW_HEIGHT + 12;
        Svg svg = new Svg(WIDTH, height, "Ratios to peers");
        for (double tick : axis.ticks()) {
            svg.line(axis.at(tick), TOP - 8, axis.at(tick), height, tick == 1 ? "one" : "grid");
            svg.text(axis.at(tick), TOP - 14, "middle", "tick", label(tick) + "×");
        }
        for (int i = 0; i < lines.size(); i++) {
            draw(svg, axis, lines.get(i), TOP + i * ROW_HEIGHT + ROW_HEIGHT / 2.0);
        }
        return svg.end();
    }

    /// Powers of ten, below one with all their places.
    private static String label(double tick) {
        return tick < 0.99 ? new BigDecimal(tick).round(new MathContext(1)).toPlainString() : Figures.count(tick);
    }

    private static List<Line> lines(List<RowResult> results) {
        List<Line> lines = new ArrayList<>();
        for (RowResult result : results) {
            result.ratios().forEach((peer, ratio) -> lines.add(new Line(result.name() + " / " + peer, ratio,
                    result.goalFor(peer).map(Goal::atLeast).orElse(null))));
        }
        return lines;
    }

    private static void draw(Svg svg, LogAxis axis, Line line, double y) {
        double low = axis.at(Math.max(1e-3, line.ratio().p10()));
        boolean isReached = line.goal() == null || line.ratio().median() >= line.goal();
        svg.text(LEFT - 12, y + 4, "end", "label", line.label());
        svg.line(low, y, axis.at(Math.max(1e-3, line.ratio().p90())), y, "spread");
        if (line.goal() != null) {
            svg.line(axis.at(line.goal()), y - 7, axis.at(line.goal()), y + 7, "goal");
        }
        svg.circle(axis.at(Math.max(1e-3, line.ratio().median())), y, 4.5, isReached ? "reached" : "missed",
                line.label() + ": " + Figures.ratio(line.ratio().median())
                        + (line.goal() == null ? "" : ", goal " + Figures.ratio(line.goal())));
        svg.text(WIDTH - RIGHT + 10, y + 4, "start", isReached ? "tick" : "tick bad",
                Figures.ratio(line.ratio().median()));
    }
}
