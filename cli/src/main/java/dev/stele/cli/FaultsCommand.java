package dev.stele.cli;

import dev.stele.crash.faults.FaultCampaign;
import dev.stele.crash.faults.FaultKind;
import dev.stele.crash.faults.FaultPlace;
import dev.stele.crash.faults.FaultResult;
import dev.stele.crash.faults.FaultSettings;
import dev.stele.crash.faults.FaultViolation;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "faults", header = "Have the medium fail everywhere and judge what becomes of the volume.",
        description = {"Has the n-th store, stream, flush or drain fail, for every n, in every operation, in recovery, "
            + "in closing and in repair; interrupts the thread there; leaves n blocks free. After each, the volume "
            + "must be as before the operation or as after it, or say that it is read-only. Nothing outside of memory "
            + "is touched.", "Exit code 0: nothing wrong was found; 1: something was."})
final class FaultsCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private Seed seed = new Seed();

    @Option(names = "--starts", paramLabel = "LETTERS", defaultValue = "EPNF",
            description = "Volumes to start from: empty, populated, nearly full, fragmented; by default all.")
    private String starts;

    @Option(names = "--places", paramLabel = "N", defaultValue = "0",
            description = "Try N places of each operation at most, spread over all of them; by default every one.")
    private int places;

    @Option(names = "--every", paramLabel = "N", defaultValue = "1",
            description = "Try one operation in N; by default every one.")
    private int every;

    @Mixin
    private CountsFile json = new CountsFile();

    @Option(names = "--replay", paramLabel = "FAULT",
            description = "Have one fault strike again, as a violation names it.")
    private String replay;

    FaultsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try {
            return replay == null ? run(settings()) : replay();
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(wrong.getMessage());
        }
    }

    private FaultSettings settings() {
        FaultSettings all = FaultSettings.all(seed.value());
        return new FaultSettings(seed.value(), all.workers(), starts, places == 0 ? all.places() : places, every);
    }

    private int replay() {
        FaultViolation found = FaultCampaign.replay(FaultPlace.of(replay), seed.value());
        if (found == null) {
            console.out().println("nothing is wrong after this fault");
            return ExitCode.OK;
        }
        print(found);
        return ExitCode.FAILED;
    }

    private int run(FaultSettings settings) {
        FaultResult result;
        try (Progress progress = Progress.ofSteps(console, "faults", -1)) {
            result = FaultCampaign.run(settings, (operations, all, violations) -> {
                progress.total(all);
                progress.step(1);
            });
        }
        json.report(console, counts(result), () -> {
            result.violations().forEach(this::print);
            console.out().print(result.describe());
        });
        return result.violations().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private void print(FaultViolation violation) {
        console.out().println(violation.operation() + ": " + violation.message());
        console.out().println("again: stele crash faults --replay '" + violation.place() + "'");
        console.out().println();
    }

    private static Object counts(FaultResult result) {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("faults", result.total());
        for (FaultKind each : FaultKind.values()) {
            counts.put(each.name().toLowerCase(Locale.ROOT), result.faults().get(each));
        }
        counts.put("readOnly", result.readOnly());
        counts.put("violations", result.violations().size());
        counts.put("operations", result.operations());
        counts.put("seed", result.settings().seed());
        return counts;
    }
}
