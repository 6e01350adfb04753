package dev.stele.bench;

import java.util.List;
import java.util.Map;

/// Lines over logarithmic axes, each named at its end and by a legend.
final class LineChart {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 340;
    private static final int LEFT = 64;
    private static final int RIGHT = 48;
    private static final int TOP = 34;
    private static final int BOTTOM = 46;
    private static final int SERIES_MAX = 4;
    /// Width of the piece of line and the gaps around it, and of a letter as wide as letters are on average.
    private static final int LEGEND_LINE = 42;
    private static final double LEGEND_LETTER = 6.6;
    /// Names of places that stand closer than this would run into each other: the later one goes.
    private static final int TICK_WIDTH = 46;

    /// Names the places on the horizontal axis.
    interface Naming {
        String name(double at);
    }

    /// A place on the horizontal axis, and nanoseconds.
    record Point(double x, double nanos) {
    }

    private final Svg svg;
    private final LogAxis vertical;
    private final LogAxis horizontal;

    private LineChart(String title, LogAxis horizontal, LogAxis vertical) {
        this.svg = new Svg(WIDTH, HEIGHT, title);
        this.horizontal = horizontal;
        this.vertical = vertical;
    }

    /// @param series by contender; those after the fourth have no colour and are left out
    /// @param ticks places on the horizontal axis that are named
    static String of(String title, String across, Map<String, List<Point>> series, List<Double> ticks,
            Naming naming) {
        List<Point> all = series.values().stream().flatMap(List::stream).toList();
        LogAxis horizontal = new LogAxis(ticks.getFirst(), ticks.getLast(), LEFT, WIDTH - RIGHT);
        LogAxis vertical = new LogAxis(least(all), most(all), HEIGHT - BOTTOM, TOP);
        LineChart chart = new LineChart(title, horizontal, vertical);
        chart.drawAxes(across, ticks, naming);
        int number = 1;
        double legend = LEFT;
        for (Map.Entry<String, List<Point>> each : series.entrySet()) {
            if (number <= SERIES_MAX) {
                chart.drawLegend(each.getKey(), legend, number);
                chart.drawLine(each.getValue(), number++);
                legend += LEGEND_LINE + LEGEND_LETTER * each.getKey().length();
            }
        }
        return chart.svg.end();
    }

    private static double least(List<Point> points) {
        return Math.max(1, points.stream().mapToDouble(Point::nanos).min().orElse(1));
    }

    private static double most(List<Point> points) {
        return Math.max(10, points.stream().mapToDouble(Point::nanos).max().orElse(10));
    }

    private void drawAxes(String across, List<Double> ticks, Naming naming) {
        for (double tick : vertical.ticks()) {
            svg.line(LEFT, vertical.at(tick), WIDTH - RIGHT, vertical.at(tick), "grid");
            svg.text(LEFT - 8, vertical.at(tick) + 4, "end", "tick",
                    Figures.time(tick).replace(".00", "").replace(".0 ", " "));
        }
        double free = 0;
        for (double tick : ticks) {
            double x = horizontal.at(tick);
            svg.line(x, TOP, x, HEIGHT - BOTTOM, "grid faint");
            if (x >= free) {
                svg.text(x, HEIGHT - BOTTOM + 16, "middle", "tick", naming.name(tick));
                free = x + TICK_WIDTH;
            }
        }
        svg.text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", "tick", across);
    }

    private void drawLegend(String name, double x, int number) {
        svg.line(x, 14, x + 16, 14, "series s" + number);
        svg.text(x + 21, 18, "start", "label", name);
    }

    private void drawLine(List<Point> points, int number) {
        double[] path = new double[2 * points.size()];
        for (int i = 0; i < points.size(); i++) {
            path[2 * i] = horizontal.at(points.get(i).x());
            path[2 * i + 1] = vertical.at(Math.max(1, points.get(i).nanos()));
        }
        svg.path(path, "series s" + number);
    }
}
