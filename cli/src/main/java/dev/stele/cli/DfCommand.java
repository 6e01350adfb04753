package dev.stele.cli;

import dev.stele.volume.Volume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "df", header = "Show how much space volumes have, use and can still give.")
final class DfCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "As JSON, in bytes.")
    private boolean json;

    @Parameters(paramLabel = "IMAGE", arity = "1..*", converter = Operand.ToInsideOrRoot.class,
            description = "Volumes to look at.")
    private List<Operand.Inside> operands;

    DfCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Map<String, Object>> all = new ArrayList<>();
        Table table = new Table("Volume", ">Size", ">Used", ">Free", ">Use", ">Inodes used");
        for (Operand.Inside operand : operands) {
            Volume.Statistics space = Volumes.reading(operand.image(), Volume::statistics);
            long size = space.blockCount() * space.blockSizeBytes();
            long free = space.freeBlocks() * space.blockSizeBytes();
            table.row(operand.image(), ByteSize.format(size), ByteSize.format(size - free), ByteSize.format(free),
                    String.format(Locale.ROOT, "%.0f%%", Math.ceil(100.0 * (size - free) / size)), space.usedInodes());
            all.add(Json.object("volume", operand.image().toString(), "size", size, "used", size - free,
                    "free", free, "usedInodes", space.usedInodes()));
        }
        if (json) {
            console.out().print(Json.of(all));
        } else {
            table.print(console.out());
        }
        return ExitCode.OK;
    }
}
