package dev.stele.cli;

import dev.stele.check.Check;
import dev.stele.check.Finding;
import dev.stele.check.Report;
import dev.stele.error.VolumeException;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "check", header = "Check every structure of a volume; with --repair mend what can be mended.",
        description = {"Also for a volume that cannot be opened. Nobody else may have it open.", "",
            "Exit codes are those of e2fsck: 0 clean, 1 repaired, 4 errors left, 8 could not check, 16 wrong usage."})
final class CheckCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = {"-y", "--repair"}, description = "Mend; by default nothing is changed.")
    private boolean repair;

    @Option(names = "--data", description = "Read every block of every file, too, to find those that cannot be read.")
    private boolean data;

    @Option(names = {"-q", "--quiet"}, description = "Print findings only.")
    private boolean quiet;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Parameters(paramLabel = "IMAGE", converter = Operand.ToImage.class, description = "The volume.")
    private Path image;

    CheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Volumes.requireImage(image);
        Report report = report();
        if (json) {
            console.out().println(report.toJson().strip());
        } else if (!report.obstacle().isEmpty()) {
            throw new CommandFailure(image + ": " + report.obstacle());
        } else {
            print(report);
        }
        return report.exitCode();
    }

    private Report report() {
        try (Medium medium = Media.open(image, MediumOptions.DEFAULT.withReadOnly(!repair))) {
            if (repair && data) {
                throw new CommandFailure("--data only looks: what cannot be read is repaired by writing it anew");
            }
            return repair ? Check.repair(medium) : Check.run(medium, data);
        } catch (VolumeException e) {
            throw new CommandFailure(image + ": " + e.getMessage(), e);
        }
    }

    private void print(Report report) {
        report.findings().forEach(finding -> console.out().println(line(finding)));
        if (report.suppressed() > 0) {
            console.out().println("… and " + Text.count(report.suppressed(), "more finding"));
        }
        if (report.isRepair() && !report.findings().isEmpty() && !report.remaining().isEmpty()) {
            console.out().println("after the repair:");
            report.remaining().forEach(finding -> console.out().println(line(finding)));
        }
        if (!quiet) {
            console.out().println(image + ": " + verdict(report) + "; " + totals(report.totals()));
        }
    }

    private static String line(Finding finding) {
        return finding.severity().toString().toLowerCase(Locale.ROOT) + ": " + Text.printable(finding.message());
    }

    private static String verdict(Report report) {
        return switch (report.exitCode()) {
            case ExitCode.OK -> "clean";
            case ExitCode.CHECK_REPAIRED -> "repaired, " + Text.count(report.findings().size(), "finding");
            default -> Text.count(report.remaining().size() + report.suppressed(), "error")
                    + (report.isRepair() ? " left" : "; `stele check --repair` mends what can be mended");
        };
    }

    private static String totals(Report.Totals totals) {
        return String.join(", ", List.of(Text.count(totals.files(), "file"),
                Text.count(totals.directories(), "directory"), Text.count(totals.symlinks(), "symbolic link"),
                Text.count(totals.usedBlocks(), "block") + " used", String.format(Locale.ROOT, "%,d free",
                        totals.freeBlocks())));
    }
}
