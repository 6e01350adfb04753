package dev.stele.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "quickstart", header = "See in half a minute what this is: put a tree into a volume and cut the power.",
        description = "Makes a volume in a file, imports a directory, updates a record in a mapped file with one "
            + "fence, cuts the power on a copy, recovers, checks and compares. The exit code is 0 only if all held.")
final class QuickstartCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = {"-i", "--image"}, paramLabel = "IMAGE", converter = Operand.ToImage.class,
            defaultValue = "quickstart.stele", description = "Where to make the volume; by default ${DEFAULT-VALUE}.")
    private Path image;

    @Option(names = {"-f", "--force"}, description = "Overwrite what is there, whatever it is.")
    private boolean force;

    @Parameters(arity = "0..1", paramLabel = "DIR", converter = Operand.ToImage.class,
            description = "What to import; by default Stele's own source tree.")
    private Path directory;

    QuickstartCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        boolean own = directory == null;
        Path source = own ? Path.of(System.getProperty("stele.home", "")) : directory;
        FileCommand.requireDirectory(source);
        if (Files.exists(image) && !force && !Quickstart.isOwnVolume(image)) {
            throw new CommandFailure(image + ": exists and was not made by quickstart; "
                    + "name another place with --image, or overwrite it with --force");
        }
        Quickstart quickstart = new Quickstart(console, source, image, own);
        return quickstart.run() ? ExitCode.OK : ExitCode.FAILED;
    }
}
