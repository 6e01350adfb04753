package dev.stele.crash.mutants;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The report of a run of all mutants, as it stands in docs/mutants.md.
public final class MutantReport {
    private final StringBuilder text = new StringBuilder();

    private MutantReport() {
    }

    /// The page, in Markdown.
    public static String of(MutantResult result, PlantResult plants) {
        MutantReport report = new MutantReport();
        report.mutants(result);
        report.plants(plants);
        return report.text.toString();
    }

    private void mutants(MutantResult result) {
        head(result);
        counts(result);
        survivors(result);
    }

    /// The file of what killed each mutant.
    public static String killers(MutantResult result) {
        StringBuilder lines = new StringBuilder("# Which scenario killed a mutant when all were run last, to be asked ")
                .append("first: `mutant | scenario`.\n# Written by `stele crash mutants --killers FILE`.\n");
        result.killers().forEach((mutant, scenario) ->
                lines.append(mutant).append(" | ").append(scenario).append('\n'));
        return lines.toString();
    }

    private void head(MutantResult result) {
        text.append("# Mutants: the tester tested\n\n")
                .append("Written by `./stele crash mutants --write docs/mutants.md`; do not edit. Reasons stand in\n")
                .append("`crash/src/main/resources/dev/stele/crash/mutants/survivors.txt`.\n\n")
                .append("Every call in the core that stores, flushes, drains or publishes is changed, one at a time: ")
                .append("left out (DROP), its last line or bit\nleft out (SHORTEN), stored but not sent on its way ")
                .append("(UNSENT), exchanged with the next call that it does not commute with (SWAP), or,\na store, ")
                .append("moved behind the next drain (LATE). The workloads of the crash lab that reach the call, and ")
                .append("scenarios for what those do not\nreach, are run until one notices.\n\n")
                .append(String.format(Locale.ROOT, "**%d of %d mutants of %d calls killed, %d let live for "
                        + "a reason, %d open: score %.1f %%**%nof those not let live (seed %d).%n", result.killed(),
                        result.mutants(), result.sites(), result.explained(), result.unexplained().size(),
                        result.score(), result.seed()));
    }

    private void counts(MutantResult result) {
        Map<String, int[]> byPackage = new TreeMap<>();
        for (Mutant each : result.all()) {
            byPackage.computeIfAbsent(packageOf(each), name -> new int[2])[0]++;
        }
        result.survivors().forEach(each -> byPackage.get(packageOf(each.mutant()))[1]++);
        text.append("\n| package | mutants | survived |\n|---|---|---|\n");
        byPackage.forEach((name, counts) -> text.append("| `").append(name).append("` | ").append(counts[0])
                .append(" | ").append(counts[1]).append(" |\n"));
    }

    private static String packageOf(Mutant mutant) {
        String caller = mutant.site().caller().substring("dev/stele/".length());
        return caller.substring(0, caller.lastIndexOf('/')).replace('/', '.');
    }

    private void survivors(MutantResult result) {
        text.append("\n## Survivors\n\n| call | mutations | why that is right |\n|---|---|---|\n");
        Map<String, String> mutations = new LinkedHashMap<>();
        for (Survivor each : result.survivors()) {
            String reason = each.reason() == null ? "**no reason given**" : each.reason();
            mutations.merge("`" + each.mutant().site().name() + "`\n" + reason, each.mutant().mutation().name(),
                    (one, other) -> one + ", " + other);
        }
        mutations.forEach((key, value) -> text.append("| ").append(key, 0, key.indexOf('\n')).append(" | ")
                .append(value).append(" | ").append(key.substring(key.indexOf('\n') + 1)).append(" |\n"));
    }

    private void plants(PlantResult result) {
        text.append("\n## Classes of bugs\n\nEach class that was found in file systems for persistent memory, ")
                .append("planted here (`./stele crash mutants --classes`): ").append(result.killed()).append(" of ")
                .append(result.found().size()).append(" killed.\n\n")
                .append("| | class | planted | killed by |\n|---|---|---|---|\n");
        for (PlantResult.Found each : result.found()) {
            text.append("| ").append(each.number()).append(" | ").append(each.what()).append(" | ")
                    .append(each.analogue()).append(" | ").append(each.isKilled() ? each.scenario() : "**nothing**")
                    .append(" |\n");
        }
    }
}
