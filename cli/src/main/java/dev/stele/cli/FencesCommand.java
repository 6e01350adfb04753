package dev.stele.cli;

import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.FenceCounts;
import dev.stele.volume.FenceCounts.Cost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "fences", header = "Count what each operation costs: fences, flushed lines, logged bytes.",
        description = {"Runs every operation many times in a used volume on the simulated medium, which counts as "
            + "persistent memory would. The first three columns are the middle of all runs, the next three the "
            + "dearest run, the last the fences of all runs divided by their number."})
final class FencesCommand implements Callable<Integer> {
    private static final long VOLUME_BYTES = 128L << 20;

    private final Console console;

    @Option(names = "--json", paramLabel = "FILE",
            description = "Write the counts to FILE as a JSON array ('-' for standard output, and no table).")
    private Path json;

    @Option(names = {"-n", "--repetitions"}, paramLabel = "COUNT", defaultValue = "500",
            description = "Runs of each operation; by default ${DEFAULT-VALUE}.")
    private int repetitions;

    FencesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (repetitions < 1) {
            throw new CommandFailure("-n wants a number of runs from 1 up, not " + repetitions);
        }
        List<Cost> costs = FenceCounts.measure(SimMedium.create(VOLUME_BYTES), repetitions);
        boolean toOutput = json != null && json.toString().equals("-");
        if (toOutput) {
            console.out().print(Json.of(rows(costs)));
        } else {
            print(costs);
        }
        if (json != null && !toOutput) {
            write(costs);
        }
        return ExitCode.OK;
    }

    private void print(List<Cost> costs) {
        Table table = new Table("operation", ">fences", ">lines", ">logged", ">worst fences", ">worst lines",
                ">worst logged", ">mean fences");
        for (Cost cost : costs) {
            table.row(cost.operation(), cost.fences(), cost.flushedLines(), cost.loggedBytes(), cost.worstFences(),
                    cost.worstFlushedLines(), cost.worstLoggedBytes(),
                    String.format(Locale.ROOT, "%.3f", (double) cost.totalFences() / cost.repetitions()));
        }
        table.print(console.out());
    }

    private static List<?> rows(List<Cost> costs) {
        return costs.stream().map(cost -> Json.object("operation", cost.operation(), "fences", cost.fences(),
                "flushedLines", cost.flushedLines(), "loggedBytes", cost.loggedBytes(),
                "worstFences", cost.worstFences(), "worstFlushedLines", cost.worstFlushedLines(),
                "worstLoggedBytes", cost.worstLoggedBytes(), "totalFences", cost.totalFences(),
                "repetitions", cost.repetitions())).toList();
    }

    private void write(List<Cost> costs) {
        try {
            Files.writeString(json, Json.of(rows(costs)));
        } catch (IOException e) {
            throw new CommandFailure("cannot write the counts: " + Failures.describe(e), e);
        }
    }
}
