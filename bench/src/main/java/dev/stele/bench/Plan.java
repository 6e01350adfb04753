package dev.stele.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Everything that can be measured, in the order of the output.
final class Plan {
    static final String SCALE = "scale";
    /// Rows without Stele: two threads with bare memory.
    static final String SCALE_OF_MEMORY = SCALE + "-raw";

    private Plan() {
    }

    static List<Measurement> all() {
        List<Measurement> all = new ArrayList<>();
        Rows.all().forEach(row -> all.add(quick(row.group(), row.name(), run -> run.race(row))));
        Rows.all().forEach(row -> addScale(all, row));
        all.add(quick(SCALE, SCALE_OF_MEMORY + "-" + Rows.COMPUTE.name(), run -> run.scaleOfMemory(Rows.COMPUTE)));
        all.add(quick("open", "open", OpenRow::measure));
        all.add(new Measurement("aging", "aging", false, AgingRows::measure));
        all.add(new Measurement("memory", "memory", false, MemoryRows::measure));
        Stream.concat(LuceneRows.all().stream(), H2Rows.all().stream()).forEach(row -> all.add(
                new Measurement(row.group(), row.name(), false, run -> List.of(run.race(row)))));
        return all;
    }

    private static void addScale(List<Measurement> all, Row row) {
        all.add(quick(SCALE, SCALE + "-" + row.name(), run -> run.scale(row)));
        if (row.peers().contains(Peer.RAW_MEMORY)) {
            all.add(new Measurement(SCALE, SCALE_OF_MEMORY + "-" + row.name(), false,
                    run -> List.of(run.scaleOfMemory(row))));
        }
    }

    private interface One {
        RowResult of(RowRun run) throws Exception;
    }

    private static Measurement quick(String group, String name, One one) {
        return new Measurement(group, name, true, run -> List.of(one.of(run)));
    }

    /// What these words ask for; without any, everything, or everything quick.
    ///
    /// @throws IllegalArgumentException on a word that asks for nothing
    static List<Measurement> of(List<String> words, boolean isQuick) {
        for (String word : words) {
            if (all().stream().noneMatch(each -> each.answersTo(word))) {
                throw new IllegalArgumentException("nothing is called '" + word + "'; --list says what there is");
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
            boolean isStele = each.name().startsWith(SCALE + "-") && !each.name().startsWith(SCALE_OF_MEMORY + "-");
            if (isStele && (worst == null || gain(each) < gain(worst))) {
                worst = each;
            }
        }
        return worst == null ? null : new RowResult(SCALE, worst.unit(), worst.stele(), worst.peers(), worst.ratios(),
                worst.costs(), List.of(ScaleGoal.because("This is the row of two threads that gains least; its reason "
                        + "stands above.")));
    }

    private static double gain(RowResult result) {
        Map<String, Summary> ratios = result.ratios();
        return ratios.get(Peer.SELF).median();
    }
}
