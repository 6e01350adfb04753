package dev.stele.crash;

import dev.stele.medium.sim.FlushWaste;
import dev.stele.medium.sim.SimMedium;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/// Flushes that an operation could have saved: of lines that were durable, of lines that its thread had flushed already
/// since its last drain, and of lines stored to again after a flush. Each costs time and nothing else; every place in
/// the program that does it is known here, with its reason, or is a mistake.
final class Flushes {
    /// Places that may, and why.
    static final Map<String, String> EXPLAINED = Map.of(
            "FileFlusher.flushMedium CLEAN", "a mapping that nobody tracks: any of its lines may have been stored to",
            "Unflushed.flushLines CLEAN", "a record that takes a block stores all of its words there, the same ones "
                    + "too: what stood there may be what a file left in the cache (J9); a bit that is set already; "
                    + "and a block that was given back and stored anew, past the cache, before the record left the log",
            "Unflushed.flushLines REPEATED", "such a block that this very operation stores anew",
            "Recovery.run CLEAN", "recovery flushes what it repeats: a killed process may have left it in the cache");

    private static final String MEDIUM = "dev.stele.medium.";

    /// Lines by place and kind.
    private final Map<String, Long> found = new TreeMap<>();

    /// Counts from now on what is done to a medium.
    void watch(SimMedium medium) {
        medium.watchFlushes((waste, lineAt) -> found.merge(place() + " " + waste, 1L, Long::sum));
    }

    /// Whose code asked for the flush: the first place that is not the medium, nor the collector of lines.
    private static String place() {
        return StackWalker.getInstance().walk(frames -> frames
                .filter(each -> !each.getClassName().startsWith(MEDIUM)
                        && !each.getClassName().startsWith(Flushes.class.getName())
                        && !each.getClassName().endsWith(".TargetLines"))
                .findFirst().map(each -> each.getClassName().substring(each.getClassName().lastIndexOf('.') + 1)
                        + "." + each.getMethodName()).orElse("?"));
    }

    /// Lines flushed to no avail.
    long count() {
        return found.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Places without an explanation.
    List<String> unexplained() {
        return found.keySet().stream().filter(each -> !EXPLAINED.containsKey(each)).toList();
    }

    void add(Flushes other) {
        other.found.forEach((place, count) -> found.merge(place, count, Long::sum));
    }

    /// For people, the dearest place first.
    String describe() {
        List<Map.Entry<String, Long>> places = new ArrayList<>(found.entrySet());
        places.sort(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()));
        StringJoiner text = new StringJoiner(", ");
        places.forEach(each -> text.add(each.getValue() + " " + each.getKey()));
        return text.toString();
    }
}
