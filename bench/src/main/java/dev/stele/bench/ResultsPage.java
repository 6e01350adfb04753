package dev.stele.bench;

import java.util.List;

/// The results as a page in Markdown.
final class ResultsPage {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};

    private ResultsPage() {
    }

    static String of(Bench.Report report, String command) {
        StringBuilder out = new StringBuilder();
        out.append("# Results\n\nWritten by `").append(command)
                .append("`; docs/measuring.md says how the figures are made. Ratios hold within this run; ")
                .append("times say what this\nmachine was at that moment.\n\n");
        report.machine().forEach(
                (name, value) -> out.append("- ").append(name).append(": ").append(value).append('\n'));
        report.skipped().forEach(each -> out.append("- left out: ").append(each).append('\n'));
        out.append("\n| ").append(String.join(" | ", TableReport.HEADINGS)).append(" |\n|---|---:|---|");
        out.repeat("---:|", TableReport.HEADINGS.size() - 3).append('\n');
        for (RowResult result : report.results()) {
            for (List<String> line : TableReport.lines(result)) {
                out.append("| ").append(String.join(" | ", line)).append(" |\n");
            }
        }
        List<String> missed = TableReport.missed(report.results());
        out.append("\n## Goals that are not reached\n\n");
        missed.forEach(each -> out.append("- ").append(each).append('\n'));
        out.append(missed.isEmpty() ? "None.\n" : "");
        report.curves().forEach(each -> add(out, each));
        report.latencies().forEach(each -> add(out, each));
        return out.toString();
    }

    /// Medians, a line for each place.
    private static void add(StringBuilder out, Curve curve) {
        out.append("\n## Curve: ").append(curve.title()).append("\n\n");
        List<String> whos = List.copyOf(curve.points().keySet());
        head(out, curve.across(), whos);
        for (int i = 0; i < curve.points().get(whos.getFirst()).size(); i++) {
            out.append("| ").append(curve.nameOf(curve.points().get(whos.getFirst()).get(i).at())).append(" |");
            for (String who : whos) {
                out.append(' ').append(Figures.time(curve.points().get(who).get(i).nanos().median())).append(" |");
            }
            out.append('\n');
        }
    }

    private static void add(StringBuilder out, Latency latency) {
        out.append("\n## Latencies of single operations: ").append(latency.row()).append("\n\n");
        List<String> whos = List.copyOf(latency.histograms().keySet());
        head(out, "percentile", whos);
        for (double percentile : PERCENTILES) {
            out.append("| ").append(Double.toString(percentile).replace(".0", "")).append(" |");
            for (String who : whos) {
                out.append(' ').append(Figures.time(latency.histograms().get(who).getValueAtPercentile(percentile)))
                        .append(" |");
            }
            out.append('\n');
        }
    }

    private static void head(StringBuilder out, String across, List<String> whos) {
        out.append("| ").append(across).append(" | ").append(String.join(" | ", whos)).append(" |\n|---:|")
                .repeat("---:|", whos.size()).append('\n');
    }
}
