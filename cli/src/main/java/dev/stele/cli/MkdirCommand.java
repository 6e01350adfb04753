package dev.stele.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "mkdir", header = "Make directories in a volume.")
final class MkdirCommand extends FileCommand {
    @Option(names = {"-p", "--parents"}, description = "Those above it too; one that exists is no failure.")
    private boolean parents;

    @Option(names = {"-m", "--mode"}, paramLabel = "OCTAL", description = "Permissions, for example 750.")
    private String mode;

    @Parameters(paramLabel = "IMAGE:/PATH", arity = "1..*", converter = Operand.ToInside.class,
            description = "What to make.")
    private List<Operand.Inside> operands;

    MkdirCommand(Console console) {
        super(console);
    }

    @Override
    int run(Session session) {
        int permissions = mode == null ? -1 : octal();
        for (Operand.Inside operand : operands) {
            Path path = session.writing(operand);
            Failures.naming(path, () -> parents ? Files.createDirectories(path) : Files.createDirectory(path));
            if (permissions >= 0) {
                Failures.naming(path, () -> Files.setAttribute(path, "unix:mode", permissions));
            }
        }
        return ExitCode.OK;
    }

    private int octal() {
        if (!mode.matches("[0-7]{1,4}")) {
            throw new CommandFailure("'" + mode + "' is not a mode; write it in octal, for example 750");
        }
        return Integer.parseInt(mode, 8);
    }
}
