package dev.stele.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// Runs the usual commands once on a small volume of its own, so that the JVM loads the classes they need: the script
/// then keeps these in an archive, and every later start finds them ready.
@Command(name = "rehearse", hidden = true, header = "Run the usual commands once, for the class-data archive.")
final class RehearseCommand implements Callable<Integer> {

    @Override
    public Integer call() throws IOException {
        Path directory = Files.createTempDirectory("stele-rehearsal");
        try {
            return rehearse(directory);
        } finally {
            delete(directory);
        }
    }

    private static int rehearse(Path directory) throws IOException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Console silent = new Console(nowhere, nowhere, false, false);
        Path tree = Files.createDirectories(directory.resolve("tree/sub")).getParent();
        Files.writeString(tree.resolve("sub/file"), "text");
        Files.createSymbolicLink(tree.resolve("link"), Path.of("sub/file"));
        String image = directory.resolve("pool.stele").toString();
        String root = image + ":/";
        int worst = ExitCode.OK;
        for (List<String> command : List.of(List.of("mkfs", image, "4M"), List.of("import", tree.toString(), root),
                List.of("info", image), List.of("df", image), List.of("ls", "-l", root), List.of("ls", "--json", root),
                List.of("tree", root), List.of("stat", root + "sub/file"), List.of("cat", root + "sub/file"),
                List.of("cp", "-r", "-p", root + "sub", root + "copy"), List.of("mv", root + "copy", root + "moved"),
                List.of("mkdir", "-p", root + "a/b"), List.of("ln", root + "sub/file", root + "second"),
                List.of("rm", "-r", root + "moved"), List.of("export", root, directory.resolve("back").toString()),
                List.of("check", image), List.of("grow", image, "8M"))) {
            worst = Math.max(worst, Stele.run(silent, command.toArray(String[]::new)));
        }
        // A failure and the help, which have classes of their own.
        Stele.run(silent, "ls", root + "missing");
        Stele.run(silent, "--help");
        return worst;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
