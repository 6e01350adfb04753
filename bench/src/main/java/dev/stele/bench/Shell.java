package dev.stele.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// Runs a program of the system to its end.
final class Shell {
    private static final int PATIENCE_SECONDS = 300;

    private Shell() {
    }

    /// @return what it printed, less the last line end
    /// @throws IOException where it cannot be run or does not exit with 0; says what it printed
    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null"))).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command[0] + " does not come to an end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(command[0] + " was interrupted");
        }
        if (process.exitValue() != 0) {
            throw new IOException(command[0] + ": " + printed.replace('\n', ' '));
        }
        return printed;
    }
}
