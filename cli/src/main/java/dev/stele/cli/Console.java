package dev.stele.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where a command prints, always in UTF-8. Tests give their own streams.
///
/// @param out what was asked for
/// @param err errors and progress
/// @param isTerminal whether somebody looks at `err` as it is printed
/// @param debug whether failures show their stack trace
record Console(PrintStream out, PrintStream err, boolean isTerminal, boolean debug) {

    /// The process's own streams. The script tells by `stele.terminal` whether standard error is a terminal.
    static Console ofProcess() {
        return new Console(stream(FileDescriptor.out, 1 << 16), stream(FileDescriptor.err, 256),
                Boolean.getBoolean("stele.terminal"), "1".equals(System.getenv("STELE_DEBUG")));
    }

    private static PrintStream stream(FileDescriptor descriptor, int bufferBytes) {
        return new PrintStream(new java.io.BufferedOutputStream(new FileOutputStream(descriptor), bufferBytes),
                bufferBytes <= 256, StandardCharsets.UTF_8);
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
