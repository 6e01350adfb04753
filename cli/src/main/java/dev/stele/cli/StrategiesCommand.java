package dev.stele.cli;

import dev.stele.mapping.Tracking;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.volume.SyncCase;
import dev.stele.volume.SyncCosts;
import dev.stele.volume.SyncCosts.Cost;
import dev.stele.volume.SyncCosts.Setting;
import dev.stele.volume.SyncCosts.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "strategies", header = "Measure what a sync costs by the way it finds what to flush.",
        description = {"In a volume in memory, run as persistent memory: flushes and fences are really executed. "
            + "FILE is Stele's way, an index of dirty pages for each file; VOLUME one list for the whole medium, never "
            + "cleaned; IMMEDIATE flushes at every write; EVERYTHING flushes the whole file. Lines are counted; "
            + "times are of the stores and the sync, the middle of all runs.%n",
            "Takes some two minutes and 2.3 GiB of memory; --quick or --size less of both."})
final class StrategiesCommand implements Callable<Integer> {
    private static final long FILE_BYTES = 1L << 30;

    private final Console console;

    @Option(names = "--json", paramLabel = "FILE",
            description = "Write lines and times to FILE as a JSON array ('-' for standard output, and no table).")
    private Path json;

    @Option(names = "--quick", description = "Files of 16 MiB instead of 1 GiB.")
    private boolean quick;

    @Option(names = {"-s", "--size"}, paramLabel = "SIZE", converter = ByteSize.Converter.class,
            description = "Size of the files, from 16M up; by default 1G. The cases keep their names.")
    private ByteSize size;

    @Option(names = {"-n", "--runs"}, paramLabel = "COUNT", defaultValue = "5",
            description = "Measured runs of each; by default ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--seed", paramLabel = "NUMBER", defaultValue = "1",
            description = "Of the random places; by default ${DEFAULT-VALUE}.")
    private long seed;

    StrategiesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Setting setting = setting();
        requireMemory(setting.fileBytes());
        boolean toOutput = json != null && json.toString().equals("-");
        if (json != null && !toOutput) {
            write("[]\n"); // before minutes are spent
        }
        List<Cost> costs = measure(setting, !toOutput);
        if (toOutput) {
            console.out().print(Json.of(rows(costs)));
        } else {
            new SyncGrowth(console, setting).print();
        }
        if (json != null && !toOutput) {
            write(Json.of(rows(costs)));
        }
        return ExitCode.OK;
    }

    private Setting setting() {
        if (runs < 1) {
            throw new CommandFailure("-n wants a number of runs from 1 up, not " + runs);
        }
        if (quick && size != null) {
            throw new CommandFailure("--quick is --size 16M: give one of the two");
        }
        long fileBytes = quick ? SyncCosts.FILE_BYTES_MIN : size == null ? FILE_BYTES : size.bytes();
        if (fileBytes < SyncCosts.FILE_BYTES_MIN || fileBytes % Medium.PAGE_BYTES != 0) {
            throw new CommandFailure("--size wants 16M or more, in whole pages of 4K, not " + fileBytes + " bytes");
        }
        return new Setting(fileBytes, runs, seed, MemoryMedium::createAsPmem);
    }

    private static void requireMemory(long fileBytes) {
        long wanted = SyncCosts.memoryBytes(fileBytes);
        long free = FreeMemory.bytes();
        if (free < wanted) {
            throw new CommandFailure("needs " + ByteSize.format(wanted) + " of memory, and " + ByteSize.format(free)
                    + " is free; run it with --quick, or --size and less than " + ByteSize.format(fileBytes));
        }
    }

    private List<Cost> measure(Setting setting, boolean printing) {
        List<Cost> costs = new ArrayList<>();
        for (SyncCase each : SyncCase.values()) {
            List<Cost> ofCase = new ArrayList<>();
            try (Progress progress = Progress.ofSteps(console, each.title(), Way.values().length)) {
                for (Way way : Way.values()) {
                    ofCase.add(SyncCosts.measure(each, way, setting));
                    progress.step(1);
                }
            }
            if (printing) {
                if (costs.isEmpty()) {
                    printHead(setting, ofCase.get(Way.FILE.ordinal()).tracking());
                }
                print(each, ofCase);
            }
            costs.addAll(ofCase);
        }
        return costs;
    }

    private void printHead(Setting setting, Tracking tracking) {
        console.out().println("Files of " + ByteSize.format(setting.fileBytes()) + ", median of "
                + Text.count(setting.runs(), "run") + ", seed " + setting.seed() + ".");
        console.out().println("Stores through a mapping: " + tracking + ".");
    }

    private void print(SyncCase measured, List<Cost> costs) {
        console.out().println();
        console.out().println(measured.title() + ": " + measured.lesson());
        Table table = new Table("  strategy", ">lines", ">time");
        for (Cost cost : costs) {
            table.row("  " + cost.way(), String.format(Locale.ROOT, "%,d", cost.lines()), Nanos.format(cost.nanos()));
        }
        table.print(console.out());
        console.out().flush();
    }

    private static List<?> rows(List<Cost> costs) {
        return costs.stream().map(cost -> Json.object("case", cost.measured().title(), "strategy", cost.way(),
                "lines", cost.lines(), "nanos", cost.nanos())).toList();
    }

    private void write(String text) {
        try {
            Files.writeString(json, text);
        } catch (IOException e) {
            throw new CommandFailure("cannot write the table: " + Failures.describe(e), e);
        }
    }
}
