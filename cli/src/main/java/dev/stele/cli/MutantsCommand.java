package dev.stele.cli;

import dev.stele.crash.mutants.MutantReport;
import dev.stele.crash.mutants.MutantResult;
import dev.stele.crash.mutants.MutantRun;
import dev.stele.crash.mutants.PlantResult;
import dev.stele.crash.mutants.PlantRun;
import dev.stele.crash.mutants.Survivor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "mutants", header = "Break the core on purpose and see whether the crash lab notices.",
        description = {"Every call in the core that stores, flushes, drains or publishes is dropped, shortened or "
            + "moved, one at a time, and workloads that reach it are run until one notices. What survives is a hole in "
            + "the lab, a call that is not needed, or is listed with a reason (docs/mutants.md).",
            "Exit code 0: whatever survived is listed with a reason; 1: something else survived (with --quick: "
            + "something that is not listed)."})
final class MutantsCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--classes",
            description = "Instead, plant the 28 classes of bugs that were found in file systems for "
            + "persistent memory, B1 to B28, and print what finds each.")
    private boolean classes;

    @Option(names = "--only", paramLabel = "TEXT", defaultValue = "",
            description = "Only mutants with this in their names, such as 'journal.' or 'View.flush DROP'.")
    private String only;

    @Option(names = "--every", paramLabel = "N", defaultValue = "1",
            description = "Only one of N mutants; which, the seed decides. By default all.")
    private int every;

    @Option(names = "--tries", paramLabel = "N", defaultValue = "60",
            description = "Scenarios that look at one mutant, at most; by default ${DEFAULT-VALUE}.")
    private int tries;

    @Option(names = "--quick",
            description = "Look only whether those that were killed still are, and not at those that are listed.")
    private boolean quick;

    @Option(names = "--listed", description = "Run no mutant: print, or write, what the last runs left in the lists. "
            + "What is written has the classes of bugs, which are run.")
    private boolean listed;

    @Option(names = "--open",
            description = "Only mutants that are neither let live for a reason nor were killed when all were run last.")
    private boolean open;

    @Option(names = "--scenarios", paramLabel = "TEXT", defaultValue = "",
            description = "Only scenarios in whose names this regular expression is found, such as 'repair' or "
            + "'empty, create foo'.")
    private String scenarios;

    @Mixin
    private Seed seed = new Seed();

    @Mixin
    private Workers workers = new Workers();

    @Mixin
    private CountsFile json = new CountsFile();

    @Option(names = "--write", paramLabel = "FILE", description = "Write the report to FILE: docs/mutants.md.")
    private Path write;

    @Option(names = "--killers", paramLabel = "FILE",
            description = "Write what killed each mutant to FILE: killers.txt, by which the next run asks that first.")
    private Path killers;

    MutantsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (every < 1 || tries < 1 || workers.isNegative()) {
            throw new CommandFailure("--every and --tries want a positive number, --workers no negative one");
        }
        if (classes) {
            return classes();
        }
        MutantRun.Order order = new MutantRun.Order(seed.value(), only, every, tries, scenarios, workers.count(),
                quick, open);
        MutantResult result;
        if (listed) {
            result = MutantRun.listed(seed.value());
            if (write != null) {
                write(write, MutantReport.of(result, PlantRun.run(seed.value(), "")));
            }
            console.out().print(result.describe());
            return result.unexplained().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
        }
        try (Progress progress = Progress.ofSteps(console, "mutants", -1)) {
            long[] seen = new long[1];
            result = MutantRun.run(order, (mutants, all, survivors) -> {
                progress.total(all);
                progress.step(mutants - seen[0]);
                seen[0] = mutants;
            });
        }
        if (write != null) {
            write(write, MutantReport.of(result, PlantRun.run(seed.value(), "")));
        }
        if (killers != null) {
            write(killers, MutantReport.killers(result));
        }
        json.report(console, counts(result), () -> console.out().print(result.describe()));
        return (quick ? result.unknown() : result.unexplained()).isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private int classes() {
        PlantResult result = PlantRun.run(seed.value(), only);
        json.report(console, counts(result), () -> console.out().print(result.describe()));
        return result.killed() == result.found().size() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static Object counts(PlantResult result) {
        return Json.object("classes", result.found().size(), "killed", result.killed(), "survivors",
                result.found().stream().filter(each -> !each.isKilled()).map(PlantResult.Found::number).toList());
    }

    private static Object counts(MutantResult result) {
        return Json.object("mutants", result.mutants(), "killed", result.killed(), "survivors",
                result.survivors().stream().map(MutantsCommand::survivor).toList());
    }

    private static Object survivor(Survivor each) {
        return Json.object("site", each.mutant().site().name(), "mutation", each.mutant().mutation().name(),
                "reason", each.reason());
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new CommandFailure("cannot write " + file + ": " + Failures.describe(e), e);
        }
    }
}
