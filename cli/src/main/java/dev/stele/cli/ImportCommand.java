package dev.stele.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "import", header = "Copy a directory of the host with all it holds into a volume.",
        description = "Keeps modes, owners (where permitted), times, links, extended attributes and holes.")
final class ImportCommand extends FileCommand {
    @Parameters(index = "0", paramLabel = "DIRECTORY", converter = Operand.ToImage.class,
            description = "Whose contents are copied.")
    private Path directory;

    @Parameters(index = "1", paramLabel = "IMAGE[:/PATH]", converter = Operand.ToInsideOrRoot.class,
            description = "Where to; made where it is missing. By default the volume's root.")
    private Operand.Inside place;

    ImportCommand(Console console) {
        super(console);
    }

    @Override
    int run(Session session) {
        requireDirectory(directory);
        Path target = session.writing(place);
        Path above = target.toAbsolutePath().getParent();
        if (above != null) {
            Failures.naming(target, () -> Files.createDirectories(above));
        }
        TreeCopy.run(console, "importing", directory, target);
        return ExitCode.OK;
    }
}
