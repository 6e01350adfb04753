package dev.stele.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "cat", header = "Print files of a volume, byte for byte.")
final class CatCommand extends FileCommand {
    @Parameters(paramLabel = "IMAGE:/PATH", arity = "1..*", converter = Operand.ToInside.class,
            description = "What to print.")
    private List<Operand.Inside> operands;

    CatCommand(Console console) {
        super(console);
    }

    @Override
    int run(Session session) {
        for (Operand.Inside operand : operands) {
            Path path = session.reading(operand);
            if (Files.isDirectory(path)) {
                throw new CommandFailure(operand.text() + ": is a directory; list it with `stele ls`");
            }
            Failures.naming(path, () -> Files.copy(path, console.out()));
            if (console.out().checkError()) {
                return ExitCode.FAILED;
            }
        }
        return ExitCode.OK;
    }
}
