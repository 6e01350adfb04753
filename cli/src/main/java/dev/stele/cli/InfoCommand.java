package dev.stele.cli;

import dev.stele.cpu.CacheLines;
import dev.stele.cpu.Granularity;
import dev.stele.format.Geometry;
import dev.stele.format.Superblock;
import dev.stele.medium.Medium;
import dev.stele.volume.Volume;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "info", header = "Show what a volume is, and what its medium can promise.")
final class InfoCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Parameters(paramLabel = "IMAGE", converter = Operand.ToImage.class, description = "The volume.")
    private Path image;

    InfoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Map<String, Object> facts = Volumes.reading(image, this::facts);
        if (json) {
            console.out().print(Json.of(facts));
        } else {
            print(facts);
        }
        return ExitCode.OK;
    }

    private Map<String, Object> facts(Volume volume) {
        Medium medium = volume.medium();
        Superblock.Contents superblock = Superblock.decode(medium.metadata().segment(), 0);
        Volume.Statistics space = volume.statistics();
        return Json.object("volume", image.toString(), "label", volume.label(), "uuid", volume.uuid(),
                "version", Superblock.VERSION, "size", superblock.geometry().sizeBytes(),
                "free", space.freeBlocks() * space.blockSizeBytes(), "blockSize", space.blockSizeBytes(),
                "usedInodes", space.usedInodes(), "groups", superblock.geometry().groupCount(),
                "journal", Geometry.at(superblock.geometry().journalBlockCount()),
                "created", Instant.ofEpochSecond(0, superblock.createTimeNanos()).toString(),
                "compatible", superblock.compatible(), "readOnlyCompatible", superblock.readOnlyCompatible(),
                "incompatible", superblock.incompatible(), "medium", medium.description(),
                "granularity", medium.granularity(), "durable", medium.isDurable(),
                "cacheLineTier", CacheLines.report().toString(),
                "tracking", volume.tracking().toString());
    }

    private void print(Map<String, Object> facts) {
        Table table = new Table("", "");
        table.row("volume", facts.get("volume"));
        table.row("label", facts.get("label").toString().isEmpty() ? "(none)" : Text.printable(label(facts)));
        table.row("uuid", facts.get("uuid"));
        table.row("size", sizeOf(facts, "size") + " in blocks of " + facts.get("blockSize") + " bytes, "
                + Text.count((long) facts.get("groups"), "group"));
        table.row("free", sizeOf(facts, "free"));
        table.row("inodes", facts.get("usedInodes") + " used");
        table.row("journal", sizeOf(facts, "journal"));
        table.row("created", facts.get("created"));
        table.row("format", "version " + facts.get("version") + features(facts));
        table.row("medium", facts.get("medium"));
        table.row("granularity", facts.get("granularity") + ": " + meaning((Granularity) facts.get("granularity")));
        table.row("durable", (boolean) facts.get("durable") ? "yes" : "no, this medium forgets when the power goes");
        table.row("cache lines", facts.get("cacheLineTier"));
        table.row("tracking", facts.get("tracking"));
        table.print(console.out());
    }

    private static String label(Map<String, Object> facts) {
        return facts.get("label").toString();
    }

    private static String sizeOf(Map<String, Object> facts, String name) {
        return ByteSize.format((long) facts.get(name));
    }

    private static String features(Map<String, Object> facts) {
        return String.format(", features %x %x %x", facts.get("compatible"), facts.get("readOnlyCompatible"),
                facts.get("incompatible"));
    }

    private static String meaning(Granularity granularity) {
        return switch (granularity) {
            case BYTE -> "a store is as durable as it will ever be";
            case CACHE_LINE -> "durable once flushed and fenced";
            case PAGE -> "durable at the next sync or checkpoint";
        };
    }
}
