package dev.stele.cli;

import dev.stele.crash.PageCampaign;
import dev.stele.crash.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// `stele crash --medium page`: the campaign on image files.
final class CrashPages {
    private CrashPages() {
    }

    static int run(Console console, long seed, long budgetSeconds, int workers, int nestedEvery, Path json) {
        PageCampaign.Report report;
        try (Progress progress = Progress.ofSteps(console, "crash", -1)) {
            long[] seen = new long[1];
            report = PageCampaign.run(seed, TimeUnit.SECONDS.toNanos(budgetSeconds), workers, nestedEvery,
                    (workloads, violations) -> {
                        progress.step(workloads - seen[0]);
                        seen[0] = workloads;
                    });
        }
        boolean toOutput = json != null && json.toString().equals("-");
        if (toOutput) {
            console.out().print(Json.of(counts(report)));
        } else {
            for (Violation each : report.violations()) {
                console.out().println("after " + each.workload() + ":");
                console.out().println(each.message());
                console.out().println();
            }
            console.out().print(report.describe());
        }
        if (json != null && !toOutput) {
            write(json, report);
        }
        return report.violations().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static Object counts(PageCampaign.Report report) {
        return Json.object("states", report.states(), "violations", report.violations().size(),
                "workloads", report.workloads(), "pairs", report.pairs(),
                "exhaustivePoints", report.coverage().exhaustivePoints(),
                "sampledPoints", report.coverage().sampledPoints(), "seed", report.seed());
    }

    private static void write(Path json, PageCampaign.Report report) {
        try {
            Files.writeString(json, Json.of(counts(report)));
        } catch (IOException e) {
            throw new CommandFailure("cannot write the counts: " + Failures.describe(e), e);
        }
    }
}
