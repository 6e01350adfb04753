package dev.stele.cli;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "ln", header = "Give a file another name, or make a symbolic link.")
final class LnCommand extends FileCommand {
    @Option(names = {"-s", "--symbolic"}, description = "A symbolic link; TARGET is stored as it is written.")
    private boolean symbolic;

    @Option(names = {"-f", "--force"}, description = "Replace what has the name already.")
    private boolean force;

    @Parameters(index = "0", paramLabel = "TARGET", description = "IMAGE:/PATH; with -s the text of the link.")
    private String target;

    @Parameters(index = "1", paramLabel = "LINK", converter = Operand.ToInside.class,
            description = "IMAGE:/PATH of the new name, or a directory to make it in.")
    private Operand.Inside link;

    LnCommand(Console console) {
        super(console);
    }

    @Override
    int run(Session session) {
        Path at = session.writing(link);
        if (symbolic) {
            makeSymbolic(at);
        } else {
            makeHard(session, at);
        }
        return ExitCode.OK;
    }

    private void makeSymbolic(Path at) {
        // A target inside this very volume is surely meant by its path there, not by the image's name on the host.
        String text = target.startsWith(link.image() + ":/") ? target.substring(link.image().toString().length() + 1)
                : target;
        Path to = at.getFileSystem().getPath(text);
        Path place = free(placeIn(at, to));
        Failures.naming(place, () -> Files.createSymbolicLink(place, to));
    }

    private void makeHard(Session session, Path at) {
        Operand.Inside inside = parsed();
        Path existing = session.writing(inside);
        if (!sameVolume(existing, at)) {
            throw new CommandFailure(target + " is in another volume than " + link.text()
                    + "; a file's names are all in one");
        }
        if (Files.isDirectory(existing, LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure(target + ": is a directory, which has one name only; -s makes a symbolic link");
        }
        if (!exists(existing)) {
            throw new CommandFailure(target + ": no such file");
        }
        Path place = free(placeIn(at, existing));
        Failures.naming(place, () -> Files.createLink(place, existing));
    }

    private Operand.Inside parsed() {
        try {
            return Operand.parseInside(target);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    private Path free(Path place) {
        if (force && exists(place) && !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            Failures.naming(place, () -> {
                Files.delete(place);
                return null;
            });
        }
        return place;
    }
}
