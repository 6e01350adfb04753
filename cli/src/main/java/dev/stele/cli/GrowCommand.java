package dev.stele.cli;

import dev.stele.volume.Volume;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "grow", header = "Make a volume larger.")
final class GrowCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "IMAGE", converter = Operand.ToImage.class, description = "The volume.")
    private Path image;

    @Parameters(index = "1", paramLabel = "[+]SIZE", description = "The new size, or with + how much more.")
    private String size;

    GrowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        boolean relative = size.startsWith("+");
        long bytes = parse(relative ? size.substring(1) : size);
        long grown = Volumes.writing(image, volume -> {
            long old = sizeBytes(volume);
            long wanted = (relative ? Math.addExact(old, bytes) : bytes) & -4096L;
            if (wanted <= old) {
                throw new CommandFailure(image + ": has " + ByteSize.format(old) + " already (" + old
                        + " bytes); name a larger size");
            }
            volume.grow(wanted);
            return sizeBytes(volume);
        });
        console.out().println(image + ": " + ByteSize.format(grown));
        return ExitCode.OK;
    }

    private static long parse(String text) {
        try {
            return ByteSize.parse(text).bytes();
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    private static long sizeBytes(Volume volume) {
        Volume.Statistics space = volume.statistics();
        return space.blockCount() * space.blockSizeBytes();
    }
}
