package dev.stele.crash.mutants;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How a run ended.
///
/// @param sites in the core
/// @param all mutants that were run
/// @param survivors in the order of their sites
/// @param killers names of the scenarios that killed, by name of the mutant
/// @param runs of scenarios it took
public record MutantResult(int sites, List<Mutant> all, List<Survivor> survivors, Map<String, String> killers,
        long runs, long seed, long nanos) {
    public int mutants() {
        return all.size();
    }

    public int killed() {
        return all.size() - survivors.size();
    }

    /// Survivors that are let live for a reason.
    public int explained() {
        return (int) survivors.stream().filter(Survivor::isExplained).count();
    }

    /// Part of the mutants that were killed, in percent of those that are not let live for a reason.
    public double score() {
        int wanted = all.size() - explained();
        return wanted == 0 ? 100 : 100.0 * killed() / wanted;
    }

    /// Survivors that no reason was given for.
    public List<Survivor> unexplained() {
        return survivors.stream().filter(each -> !each.isExplained()).toList();
    }

    /// Survivors that are not even listed.
    public List<Survivor> unknown() {
        return survivors.stream().filter(each -> each.reason() == null).toList();
    }

    /// The report of a run, for people.
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (Survivor each : survivors) {
            text.append(each.isReached() ? "survived: " : "not reached: ").append(each.mutant().name())
                    .append(" (line ").append(each.mutant().site().line()).append(")\n    ")
                    .append(each.reason() == null ? "NO REASON GIVEN" : each.reason()).append('\n');
        }
        text.append(String.format(Locale.ROOT, "%d sites, %d mutants, %d killed, %d survived (%d without a reason): "
                + "score %.1f %%; %d runs, %.1f s, seed %d%n", sites, all.size(), killed(), survivors.size(),
                unexplained().size(), score(), runs, nanos / 1e9, seed));
        return text.toString();
    }
}
