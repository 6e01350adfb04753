package dev.stele.bench;

import java.util.List;

/// The results as a page in Markdown.
final class ResultsPage {
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
        return missed.isEmpty() ? out.append("None.\n").toString() : out.toString();
    }
}
