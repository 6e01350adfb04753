package dev.stele.cli;

import dev.stele.crash.PageCampaign;
import dev.stele.crash.Settings;

/// `stele crash --medium page`: the campaign on image files.
final class CrashPages {
    private CrashPages() {
    }

    static int run(Console console, Settings settings, CountsFile json) {
        PageCampaign.Report report;
        try (Progress progress = Progress.ofSteps(console, "crash", -1)) {
            long[] seen = new long[1];
            report = PageCampaign.run(settings, (workloads, violations) -> {
                progress.step(workloads - seen[0]);
                seen[0] = workloads;
            });
        }
        json.report(console, counts(report), () -> {
            report.violations().forEach(each -> CrashCommand.print(console, each));
            console.out().print(report.describe());
        });
        return report.violations().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static Object counts(PageCampaign.Report report) {
        return Json.object("states", report.states(), "violations", report.violations().size(),
                "workloads", report.workloads(), "pairs", report.pairs(), "stopped", report.stopped(),
                "exhaustivePoints", report.coverage().exhaustivePoints(),
                "sampledPoints", report.coverage().sampledPoints(), "seed", report.seed());
    }
}
