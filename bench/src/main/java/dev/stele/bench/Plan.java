package dev.stele.bench;

import dev.stele.bench.RowResult.Goal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Everything that can be measured, in the order of the output.
final class Plan {
    static final String SCALE = "scale";

    private Plan() {
    }

    static List<Measurement> all() {
        List<Measurement> all = new ArrayList<>();
        for (Row row : Rows.all()) {
            all.add(new Measurement(row.group(), row.name(), true, run -> run.race(row)));
        }
        for (Row row : Rows.all()) {
            all.add(new Measurement(SCALE, SCALE + "-" + row.name(), true, run -> run.scale(row)));
        }
        all.add(new Measurement("open", "open", true, OpenRow::measure));
        all.add(new Measurement("aging", "aging", false, AgingRows::share));
        all.add(new Measurement("aging", "aging-map-load", false, AgingRows::mapLoad));
        all.add(new Measurement("aging", "aging-overwrite-4k", false, AgingRows::overwrite));
        all.add(new Measurement("memory", "memory", false, MemoryRows::heap));
        all.add(new Measurement("memory", "memory-page-cache", false, MemoryRows::pageCache));
        for (Row row : LuceneRows.all()) {
            all.add(new Measurement(row.group(), row.name(), false, run -> run.race(row)));
        }
        return all;
    }

    /// What these words ask for; without any, everything, or everything quick.
    ///
    /// @throws IllegalArgumentException on a word that asks for nothing
    static List<Measurement> of(List<String> words, boolean isQuick) {
        for (String word : words) {
            if (all().stream().noneMatch(each -> each.answersTo(word))) {
                throw new IllegalArgumentException("nothing is called '" + word + "'; there are " + words());
            }
        }
        return all().stream().filter(each -> words.isEmpty() ? each.isQuick() || !isQuick
                : words.stream().anyMatch(each::answersTo)).toList();
    }

    /// Groups, then rows.
    static Set<String> words() {
        Set<String> words = new LinkedHashSet<>();
        all().forEach(each -> words.add(each.group()));
        all().forEach(each -> words.add(each.name()));
        return words;
    }

    /// The line `scale`: of all rows run by two threads the one that gained least.
    ///
    /// @return null where none was
    static RowResult worstScale(List<RowResult> results) {
        RowResult worst = null;
        for (RowResult each : results) {
            if (each.name().startsWith(SCALE + "-") && (worst == null || gain(each) < gain(worst))) {
                worst = each;
            }
        }
        return worst == null ? null : new RowResult(SCALE, worst.unit(), worst.stele(), worst.peers(), worst.ratios(),
                worst.costs(), List.of(new Goal(Peer.SELF, RowRun.SCALE_GOAL)));
    }

    private static double gain(RowResult result) {
        Map<String, Summary> ratios = result.ratios();
        return ratios.get(Peer.SELF).median();
    }
}
