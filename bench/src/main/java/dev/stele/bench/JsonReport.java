package dev.stele.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The results as JSON, for programs: the names and shapes of README and docs/measuring.md, and no others.
final class JsonReport {
    private JsonReport() {
    }

    static String of(Map<String, Object> machine, List<RowResult> results) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("machine", machine);
        report.put("results", results.stream().map(JsonReport::row).toList());
        return new JsonWriter().write(report) + "\n";
    }

    private static Map<String, Object> row(RowResult result) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", result.name());
        row.put("unit", result.unit());
        row.put("stele", summary(result.stele()));
        row.put("peers", mapped(result.peers()));
        Map<String, Object> ratios = new LinkedHashMap<>();
        result.ratios().forEach((peer, ratio) -> ratios.put(peer, ratio.median()));
        row.put("ratio", ratios);
        row.put("fences", result.costs().fences());
        row.put("lines", result.costs().lines());
        row.put("ntBytes", result.costs().ntBytes());
        row.put("allocatedBytes", result.costs().allocatedBytes());
        return row;
    }

    private static Map<String, Object> mapped(Map<String, Summary> summaries) {
        Map<String, Object> mapped = new LinkedHashMap<>();
        summaries.forEach((name, summary) -> mapped.put(name, summary(summary)));
        return mapped;
    }

    private static Map<String, Object> summary(Summary summary) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("median", summary.median());
        members.put("p10", summary.p10());
        members.put("p90", summary.p90());
        return members;
    }
}
