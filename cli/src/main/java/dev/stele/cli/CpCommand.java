package dev.stele.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "cp", header = "Copy files into, out of, within or between volumes.",
        description = "The last operand is the target: a directory to copy into, or a new name.")
final class CpCommand extends FileCommand {
    @Option(names = {"-r", "-R", "--recursive"}, description = "Directories with all they hold.")
    private boolean recursive;

    @Option(names = {"-p", "--preserve"}, description = "Keep mode, owner, times and extended attributes.")
    private boolean preserve;

    @Option(names = {"-n", "--no-clobber"}, description = "Leave files that exist as they are.")
    private boolean noClobber;

    @Parameters(paramLabel = "SOURCE... TARGET", arity = "2..*", hideParamSyntax = true,
            converter = Operand.ToAny.class,
            description = "Host paths or IMAGE:/PATH.")
    private List<Operand> operands;

    CpCommand(Console console) {
        super(console);
    }

    @Override
    int run(Session session) {
        Operand last = operands.getLast();
        List<Operand> sources = operands.subList(0, operands.size() - 1);
        if (operands.stream().noneMatch(Operand.Inside.class::isInstance)) {
            throw new CommandFailure("none of these is in a volume; write IMAGE:/PATH for the one that is");
        }
        Path target = session.writing(last);
        if (sources.size() > 1) {
            requireDirectory(target);
        }
        try (Progress progress = Progress.ofBytes(console, "copying", -1)) {
            TreeCopy copy = new TreeCopy(console, progress, preserve);
            for (Operand source : sources) {
                copy(copy, session.reading(source), target);
            }
        }
        return ExitCode.OK;
    }

    private void copy(TreeCopy copy, Path source, Path target) {
        Path place = placeIn(target, source);
        if (noClobber && exists(place) && !Files.isDirectory(place)) {
            return;
        }
        if (!exists(source)) {
            throw new CommandFailure(Session.display(source) + ": no such file or directory");
        }
        if (Files.isDirectory(source)) {
            if (!recursive) {
                throw new CommandFailure(Session.display(source) + ": is a directory; -r copies it with all it holds");
            }
            copy.tree(source, place);
            return;
        }
        refuseOverItself(source, place);
        Volumes.refuseOverVolume(place);
        copy.file(source, place, !recursive);
    }

    private static void refuseOverItself(Path source, Path place) {
        boolean same = sameVolume(source, place) && Files.exists(source) && Files.exists(place)
                && Failures.naming(place, () -> Files.isSameFile(source, place));
        if (same) {
            throw new CommandFailure(Session.display(source) + " and " + Session.display(place)
                    + " are the same file");
        }
    }
}
