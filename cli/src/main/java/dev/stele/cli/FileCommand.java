package dev.stele.cli;

import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// A command about files: opens what its operands name and closes it again, whatever happens.
abstract class FileCommand implements Callable<Integer> {
    protected final Console console;

    FileCommand(Console console) {
        this.console = console;
    }

    @Override
    public final Integer call() {
        try (Session session = new Session()) {
            return run(session);
        }
    }

    /// @return the exit code
    abstract int run(Session session);

    /// `target` itself, or, where it is a directory, the place in it that has the name of `source`.
    static Path placeIn(Path target, Path source) {
        if (!Files.isDirectory(target)) {
            return target;
        }
        Path name = source.toAbsolutePath().normalize().getFileName();
        return name == null ? target : target.resolve(NameText.in(target.getFileSystem(), NameText.of(name)));
    }

    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    static boolean sameVolume(Path a, Path b) {
        FileSystem one = a.getFileSystem();
        return one.equals(b.getFileSystem());
    }

    /// @throws CommandFailure where it does not lead to a directory
    static void requireDirectory(Path path) {
        if (!Files.isDirectory(path)) {
            throw new CommandFailure(Session.display(path)
                    + (Files.exists(path) ? ": not a directory" : ": no such directory"));
        }
    }
}
