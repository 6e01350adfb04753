package dev.stele.cli;

import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "mv", header = "Rename or move within one volume, each file all at once.",
        description = "The last operand is the target: a directory to move into, or a new name.")
final class MvCommand extends FileCommand {
    private static final CopyOption[] REPLACE = {StandardCopyOption.ATOMIC_MOVE};

    @Option(names = {"-n", "--no-clobber"}, description = "Refuse to replace a file that exists.")
    private boolean noClobber;

    @Parameters(paramLabel = "SOURCE... TARGET", arity = "2..*", hideParamSyntax = true,
            converter = Operand.ToInside.class,
            description = "IMAGE:/PATH, all of one volume.")
    private List<Operand.Inside> operands;

    MvCommand(Console console) {
        super(console);
    }

    @Override
    int run(Session session) {
        Path target = session.writing(operands.getLast());
        List<Operand.Inside> sources = operands.subList(0, operands.size() - 1);
        if (sources.size() > 1) {
            requireDirectory(target);
        }
        for (Operand.Inside operand : sources) {
            Path source = session.writing(operand);
            if (!sameVolume(source, target)) {
                throw new CommandFailure(operand.text() + " is in another volume than " + operands.getLast().text()
                        + "; copy it with `stele cp -r -p` and remove it with `stele rm -r`");
            }
            Path place = placeIn(target, source);
            CopyOption[] options = noClobber ? new CopyOption[0] : REPLACE;
            Failures.naming(source, () -> Files.move(source, place, options));
        }
        return ExitCode.OK;
    }
}
