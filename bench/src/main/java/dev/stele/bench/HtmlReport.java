package dev.stele.bench;

import dev.stele.bench.LineChart.Point;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// The results as one page that needs nothing else: pictures are inline, colours follow the reader's light or dark.
final class HtmlReport {
    private static final double[] PERCENTILES = {0, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999};
    private static final List<Double> PERCENTILE_TICKS = List.of(1.0, 10.0, 100.0, 1000.0, 10_000.0, 100_000.0);
    private static final int TICKS_MAX = 6;

    private final StringBuilder out = new StringBuilder();

    private HtmlReport() {
    }

    static String of(Bench.Report report) throws IOException {
        HtmlReport page = new HtmlReport();
        page.head(report);
        page.section("Ratios", "A point is the median of the ratios of all rounds, its line from a tenth to nine "
                + "tenths of them; the tick is the goal. To the right of 1× Stele is faster.",
                RatioChart.of(report.results()));
        page.curves(report.curves());
        page.latencies(report.latencies());
        page.table(report.results());
        page.missed(report);
        return page.out.append("</main></body></html>\n").toString();
    }

    private void head(Bench.Report report) throws IOException {
        String style;
        try (InputStream sheet = HtmlReport.class.getResourceAsStream("report.css")) {
            style = new String(sheet.readAllBytes(), StandardCharsets.UTF_8);
        }
        out.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>Stele beside its peers</title>\n<style>\n").append(style)
                .append("</style></head><body><main>\n<h1>Stele beside its peers</h1>\n");
        long goals = report.results().stream().mapToLong(HtmlReport::judged).sum();
        long missed = report.results().stream().mapToLong(each -> each.missed().size()).sum();
        out.append("<p class=\"lead\">").append(goals - missed).append(" of ").append(goals)
                .append(" goals reached. Every figure was taken in turns with its peers, in one run, ")
                .append("on the same memory.")
                .append("</p>\n<dl>");
        report.machine().forEach((name, value) -> out.append("<div><dt>").append(Svg.escape(name)).append("</dt><dd>")
                .append(Svg.escape(String.valueOf(value))).append("</dd></div>"));
        out.append("</dl>\n");
        report.skipped().forEach(each -> out.append("<p>Left out: ").append(Svg.escape(each)).append("</p>\n"));
    }

    private static long judged(RowResult result) {
        return result.goals().stream().filter(goal -> result.ratios().containsKey(goal.peer())).count();
    }

    private void section(String title, String words, String content) {
        if (!content.isEmpty()) {
            out.append("<section><h2>").append(title).append("</h2><p>").append(words).append("</p>\n").append(content)
                    .append("</section>\n");
        }
    }

    private void curves(List<Curve> curves) {
        StringBuilder charts = new StringBuilder();
        for (Curve curve : curves) {
            charts.append(figure(curve.title(), curve(curve)));
        }
        section("Cost curves", "Median time of one operation as one thing grows.",
                charts.isEmpty() ? "" : "<div class=\"charts\">" + charts + "</div>");
    }

    private static String figure(String title, String chart) {
        return "<figure><figcaption>" + Svg.escape(title) + "</figcaption>" + chart + "</figure>\n";
    }

    private static String curve(Curve curve) {
        Map<String, List<Point>> series = new LinkedHashMap<>();
        curve.points().forEach((who, points) -> series.put(who,
                points.stream().map(each -> new Point(each.at(), each.nanos().median())).toList()));
        List<Double> places = series.get(Contender.STELE).stream().map(Point::x).toList();
        return LineChart.of(curve.title(), curve.across(), series, thinned(places),
                curve::nameOf);
    }

    /// First and last, and some between.
    private static List<Double> thinned(List<Double> places) {
        int step = (places.size() + TICKS_MAX - 1) / TICKS_MAX;
        List<Double> some = new ArrayList<>();
        for (int i = 0; i < places.size(); i += step) {
            some.add(places.get(i));
        }
        if (!some.getLast().equals(places.getLast())) {
            some.set(some.size() - 1, places.getLast());
        }
        return some;
    }

    private void latencies(List<Latency> latencies) {
        StringBuilder charts = new StringBuilder();
        for (Latency latency : latencies) {
            Map<String, List<Point>> series = new LinkedHashMap<>();
            latency.histograms().forEach((who, histogram) -> series.put(who, percentiles(histogram)));
            charts.append(figure(latency.row(), LineChart.of(latency.row(), "percentile", series, PERCENTILE_TICKS,
                    HtmlReport::percentile)));
        }
        section("Latencies", "Of single operations, up to the percentile that is on the axis, as HdrHistogram has "
                + "them; the clock's own twenty nanoseconds are in each.",
                charts.isEmpty() ? "" : "<div class=\"charts\">" + charts + "</div>");
    }

    /// Of a percentile the place is one in how many is slower.
    private static List<Point> percentiles(Histogram histogram) {
        List<Point> points = new ArrayList<>();
        for (double percentile : PERCENTILES) {
            double oneIn = 100 / (100 - percentile);
            if (oneIn <= histogram.getTotalCount()) {
                points.add(new Point(oneIn, histogram.getValueAtPercentile(percentile)));
            }
        }
        return points;
    }

    private static String percentile(double oneIn) {
        return oneIn <= 1 ? "0" : Double.toString(Math.round((100 - 100 / oneIn) * 1e4) / 1e4).replace(".0", "") + "%";
    }

    private void table(List<RowResult> results) {
        StringBuilder table = new StringBuilder("<div class=\"wide\"><table><thead><tr>");
        TableReport.HEADINGS.forEach(each -> table.append("<th>").append(each).append("</th>"));
        table.append("</tr></thead><tbody>\n");
        for (RowResult result : results) {
            for (List<String> line : TableReport.lines(result)) {
                table.append("<tr").append(line.getFirst().isEmpty() ? "" : " class=\"first\"").append('>');
                line.forEach(cell -> table.append(cell.equals("no") ? "<td class=\"bad\">" : "<td>")
                        .append(Svg.escape(cell)).append("</td>"));
                table.append("</tr>\n");
            }
        }
        section("Figures", "Fences, lines, bytes stored past the cache and heap bytes are Stele's, for one operation.",
                table.append("</tbody></table></div>\n").toString());
    }

    private void missed(Bench.Report report) {
        StringBuilder list = new StringBuilder();
        TableReport.missed(report.results()).forEach(
                each -> list.append("<li>").append(Svg.escape(each)).append("</li>\n"));
        section("Goals that are not reached", "They stay in the table.",
                list.isEmpty() ? "" : "<ul>" + list + "</ul>");
    }
}
