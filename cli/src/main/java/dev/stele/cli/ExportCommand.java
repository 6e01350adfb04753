package dev.stele.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "export", header = "Copy a directory of a volume with all it holds to the host.",
        description = "Keeps modes, owners (where permitted), times, links, extended attributes and holes.")
final class ExportCommand extends FileCommand {
    @Parameters(index = "0", paramLabel = "IMAGE[:/PATH]", converter = Operand.ToInsideOrRoot.class,
            description = "Whose contents are copied. By default all of the volume.")
    private Operand.Inside place;

    @Parameters(index = "1", paramLabel = "DIRECTORY", converter = Operand.ToImage.class,
            description = "Where to; made where it is missing.")
    private Path directory;

    ExportCommand(Console console) {
        super(console);
    }

    @Override
    int run(Session session) {
        Path source = session.reading(place);
        requireDirectory(source);
        Path above = directory.toAbsolutePath().getParent();
        if (above != null) {
            Failures.naming(directory, () -> Files.createDirectories(above));
        }
        TreeCopy.run(console, "exporting", source, directory);
        return ExitCode.OK;
    }
}
