package dev.stele.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "rm", header = "Remove files from a volume.")
final class RmCommand extends FileCommand {
    @Option(names = {"-r", "-R", "--recursive"}, description = "Directories with all they hold.")
    private boolean recursive;

    @Option(names = {"-d", "--dir"}, description = "Empty directories too.")
    private boolean emptyDirectories;

    @Option(names = {"-f", "--force"}, description = "What does not exist is no failure.")
    private boolean force;

    @Parameters(paramLabel = "IMAGE:/PATH", arity = "1..*", converter = Operand.ToInside.class,
            description = "What to remove.")
    private List<Operand.Inside> operands;

    RmCommand(Console console) {
        super(console);
    }

    @Override
    int run(Session session) {
        for (Operand.Inside operand : operands) {
            remove(session.writing(operand).normalize());
        }
        return ExitCode.OK;
    }

    private void remove(Path path) {
        if (force && !exists(path)) {
            return;
        }
        if (path.getNameCount() == 0) {
            throw new CommandFailure(Session.display(path) + ": the root of a volume stays; name what is in it");
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || emptyDirectories && !recursive) {
            deleteOne(path);
        } else if (recursive) {
            deleteAll(path);
        } else {
            throw new CommandFailure(Session.display(path) + ": is a directory; -r removes it with all it holds");
        }
    }

    private static void deleteOne(Path path) {
        Failures.naming(path, () -> {
            Files.delete(path);
            return null;
        });
    }

    private void deleteAll(Path path) {
        try (Progress progress = Progress.ofSteps(console, "removing", -1)) {
            Failures.naming(path, () -> Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    deleteOne(file);
                    progress.step(1);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    return visitFile(directory, null);
                }
            }));
        }
    }
}
