package dev.stele.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// `--json` of a campaign: where its counts go.
final class CountsFile {
    @Option(names = "--json", paramLabel = "FILE",
            description = "Write the counts to FILE as JSON ('-' for standard output, and nothing else there).")
    private Path path;

    /// Tells what a campaign found.
    ///
    /// @param text tells it to people: left out where standard output is for the counts
    void report(Console console, Object counts, Runnable text) {
        if (path != null && path.toString().equals("-")) {
            console.out().print(Json.of(counts));
            return;
        }
        text.run();
        if (path != null) {
            write(Json.of(counts));
        }
    }

    private void write(String counts) {
        try {
            Files.writeString(path, counts);
        } catch (IOException e) {
            throw new CommandFailure("cannot write the counts: " + Failures.describe(e), e);
        }
    }
}
