package dev.stele.cli;

import dev.stele.crash.Campaign;
import dev.stele.crash.PageCampaign;
import dev.stele.crash.Result;
import dev.stele.crash.Settings;
import dev.stele.crash.Violation;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "crash", header = "Cut the power everywhere and judge what is left.",
        description = {"Runs every sequence of operations up to a length on volumes in simulated persistent memory, "
            + "cuts the power at every point of the last of them, in every way that matters, and has each image "
            + "recovered, compared with a reference, and checked. Nothing outside of memory is touched.",
            "Exit code 0: nothing wrong was found, also where --budget ended it before everything was run, which it "
            + "says; 1: something was."})
final class CrashCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = {"-l", "--length"}, paramLabel = "N", defaultValue = "2",
            description = "Longest sequences, 1 to 3 operations; by default ${DEFAULT-VALUE}.")
    private int length;

    @Mixin
    private Seed seed = new Seed();

    @Option(names = "--budget", paramLabel = "SECONDS", defaultValue = "0",
            description = "Stop after so long, with a fair part of the sequences done; by default never.")
    private long budget;

    @Option(names = "--count", paramLabel = "N", defaultValue = "0",
            description = "Run N sequences of each part only (of image files: in all), a fair choice, always the same; "
                + "by default all.")
    private long count;

    @Option(names = "--deep",
            description = "As thorough as it gets: sequences of three, 4000 walks, and cuts during recovery two levels "
                + "deep. Takes hours.")
    private boolean deep;

    @Option(names = "--walks", paramLabel = "COUNT", defaultValue = "-1",
            description = "Long sequences made up by chance, of 10 to 200 operations, cut in each of them; by default "
                + "400 beside sequences of two, 4000 beside those of three.")
    private long walks;

    @Option(names = "--nested", paramLabel = "LEVELS", defaultValue = "0",
            description = "Cut the power during recovery, too (1), and during the recovery from that (2); by default "
                + "${DEFAULT-VALUE}.")
    private int nested;

    @Option(names = "--nested-every", paramLabel = "N", defaultValue = "20",
            description = "... of one in N images; by default ${DEFAULT-VALUE}.")
    private int nestedEvery;

    @Option(names = "--lazy", paramLabel = "RUNS", defaultValue = "" + Settings.LAZY_RUNS,
            description = "Up to how many runs of recovery exhaust a point with too many choices to try each, by "
                + "choosing what is left when it is read; 0 to take samples there at once. By default "
                + "${DEFAULT-VALUE}.")
    private int lazy;

    @Option(names = "--medium", paramLabel = "KIND", defaultValue = "memory",
            description = "memory: persistent memory, line by line; page: image files, sector by sector (every single "
                + "operation, and pairs as far as --budget or --count goes). By default ${DEFAULT-VALUE}.")
    private String medium;

    @Mixin
    private Workers workers = new Workers();

    @Mixin
    private CountsFile json = new CountsFile();

    @Option(names = "--replay", paramLabel = "CUT", description = "Try one cut again, as a violation names it.")
    private String replay;

    CrashCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Settings settings = settings();
        if (replay != null) {
            return replay(settings);
        }
        return medium.equals("page") ? CrashPages.run(console, settings, json) : run(settings);
    }

    private Settings settings() {
        if (deep) {
            length = 3;
            nested = Math.max(nested, 2);
        }
        if (length < 1 || length > 3) {
            throw new CommandFailure("--length wants 1, 2 or 3, not " + length);
        }
        if (walks < 0) {
            walks = length == 1 ? 0 : length == 2 ? 400 : 4000;
        }
        if (budget < 0 || count < 0 || nested < 0 || workers.isNegative() || lazy < 0 || nestedEvery < 1) {
            throw new CommandFailure("--budget, --count, --nested, --lazy and --workers want no negative number, "
                    + "--nested-every one above 0");
        }
        if (!medium.equals("memory") && !medium.equals("page")) {
            throw new CommandFailure("--medium wants memory or page, not " + medium);
        }
        return Settings.of(length, seed.value()).perPart(count).budget(TimeUnit.SECONDS.toNanos(budget))
                .nested(nested == 0 ? 0 : nestedEvery).depth(Math.max(1, nested)).lazy(lazy)
                .workers(workers.count());
    }

    private int replay(Settings settings) {
        Violation found;
        try {
            found = PageCampaign.names(replay) ? PageCampaign.replay(replay, settings)
                    : Campaign.replay(replay, settings);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--replay wants the text that a violation gave: " + wrong.getMessage());
        }
        if (found == null) {
            console.out().println("nothing is wrong with this cut");
            return ExitCode.OK;
        }
        print(console, found);
        return ExitCode.FAILED;
    }

    private int run(Settings settings) {
        Result result;
        try (Progress progress = Progress.ofSteps(console, "crash", -1)) {
            long[] seen = new long[1];
            result = Campaign.run(settings, walks, (workloads, all, violations) -> {
                progress.total(all);
                progress.step(workloads - seen[0]);
                seen[0] = workloads;
            });
        }
        json.report(console, counts(result), () -> {
            result.violations().forEach(each -> print(console, each));
            console.out().print(result.describe());
        });
        return result.violations().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    static void print(Console console, Violation violation) {
        console.out().println("after " + violation.workload() + ":");
        console.out().println(violation.message());
        console.out().println("again: stele crash --replay '" + violation.replay() + "'");
        console.out().println();
    }

    private static Object counts(Result result) {
        return Json.object("states", result.states(), "violations", result.violations().size(),
                "statesPerSecondPerCore", Math.round(result.statesPerSecondPerCore()),
                "statesPerProcessorSecond", Math.round(result.statesPerProcessorSecond()),
                "workloads", result.workloads(), "stopped", result.isStopped(),
                "exhaustivePoints", result.exhaustivePoints(),
                "lazyPoints", result.coverage().lazyPoints(),
                "sampledPoints", result.coverage().sampledPoints(), "seed", result.settings().seed());
    }
}
