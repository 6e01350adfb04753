package dev.stele.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "stele bench", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Measure Stele beside what one would take instead, in one run.",
        description = {"A volume on tmpfs is run as persistent memory, with real flushes and fences; its peers work on "
            + "the same memory, in turns with it. Times are medians; a ratio above 1 is in favour of Stele.%n",
            "Everything takes some twenty minutes and 9 GiB of memory, --quick less than a minute and 6 GiB. As root "
            + "it mounts an ext4 on a loop device, and takes that away again."},
        footerHeading = "%n", footer = {
            "Exit codes: 0 measured, whatever came out; 1 a benchmark did something wrong; 2 wrong usage.",
            "What cannot be measured on a machine is left out, and it is said why."})
final class BenchCommand implements Callable<Integer> {
    private static final int OK = 0;
    private static final int WRONG = 1;
    private static final int USAGE = 2;

    private final PrintStream out;
    private final PrintStream err;

    @Parameters(arity = "0..*", paramLabel = "SUITE",
            description = "Groups (io, persist, metadata, sync, scale, …) or rows (read-4k, …); --list names all.")
    private List<String> suites = List.of();

    @Option(names = "--quick", description = "Every row that is quick, in less than a minute.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE as JSON.")
    private Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with pictures to FILE: ratios, "
            + "latencies, and unless --quick, cost curves.")
    private Path html;

    @Option(names = "--results", paramLabel = "FILE",
            description = "Write the results to FILE as a page in Markdown, with curves and percentiles as tables.")
    private Path page;

    @Option(names = "--jmh", description = "Run the operations that take nanoseconds by JMH, each in JVMs of its own, "
            + "and stop; --quick makes it short.")
    private boolean jmh;

    @Option(names = "--seed", paramLabel = "NUMBER", defaultValue = "1",
            description = "Of places and turns; by default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--list", description = "Say what can be measured, and stop.")
    private boolean list;

    @Option(names = "--setup",
            description = "Install what the peers need (libpmem, cc, mkfs.ext4), or say how, and stop.")
    private boolean setup;

    BenchCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws Exception {
        if (list) {
            Plan.words().forEach(out::println);
            return OK;
        }
        if (setup) {
            Setup.run(out);
            return OK;
        }
        if (jmh) {
            return runJmh();
        }
        List<Measurement> plan;
        try {
            plan = Plan.of(suites, quick);
        } catch (IllegalArgumentException wrong) {
            err.println("stele bench: " + wrong.getMessage());
            return USAGE;
        }
        return run(plan);
    }

    private int runJmh() {
        try {
            Jmh.run(out, quick);
            return OK;
        } catch (RunnerException wrong) {
            err.println("stele bench: a benchmark went wrong: " + wrong.getMessage());
            return WRONG;
        }
    }

    private int run(List<Measurement> plan) throws Exception {
        for (Path each : new Path[] {json, html, page}) {
            if (each != null && !isWritable(each)) { // before minutes are spent
                err.println("stele bench: cannot write " + each);
                return USAGE;
            }
        }
        Bench.Report report;
        try {
            Bench bench = quick ? new Bench(out, Effort.QUICK, Bed.Sizes.QUICK, true, seed)
                    : new Bench(out, Effort.FULL, Bed.Sizes.USUAL, false, seed);
            report = bench.run(plan, html != null || page != null);
        } catch (WrongResult wrong) {
            err.println("stele bench: a benchmark went wrong: " + wrong.getMessage());
            return WRONG;
        } catch (Bench.Unmeasurable unable) {
            err.println("stele bench: nothing can be measured here: " + unable.getMessage());
            return OK;
        }
        write(report);
        return OK;
    }

    /// Whether a file can be written; what it has now stays until there are results.
    private static boolean isWritable(Path file) {
        try (FileChannel opened = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            return opened.isOpen();
        } catch (IOException refused) {
            return false;
        }
    }

    private void write(Bench.Report report) throws IOException {
        if (json != null) {
            Files.writeString(json, JsonReport.of(report.machine(), report.results()));
        }
        if (html != null) {
            Files.writeString(html, HtmlReport.of(report));
        }
        if (page != null) {
            String words = (quick ? " --quick" : "") + (suites.isEmpty() ? "" : " " + String.join(" ", suites));
            Files.writeString(page, ResultsPage.of(report, "./stele bench" + words));
        }
    }
}
