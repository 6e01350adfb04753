package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One run of the command inside this process, with what it printed.
record Captured(int code, byte[] bytes, String err) {

    static Captured run(Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] texts = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
        Console console = new Console(new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8), false, false);
        int code = Stele.run(console, texts);
        return new Captured(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /// Runs what must succeed in silence on standard error.
    static Captured ok(Object... arguments) {
        Captured result = run(arguments);
        assertEquals("", result.err, () -> "standard error of " + List.of(arguments));
        assertEquals(0, result.code, () -> "exit code of " + List.of(arguments));
        return result;
    }

    /// Runs what must fail with this code and one line that has these words.
    static Captured fails(int code, String words, Object... arguments) {
        Captured result = run(arguments);
        assertEquals(code, result.code, () -> "exit code of " + List.of(arguments) + ": " + result.err);
        assertTrue(result.err.contains(words), () -> "'" + words + "' is not in: " + result.err);
        assertEquals(1, result.err.lines().count(), () -> "one line, not: " + result.err);
        return result;
    }

    String out() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    List<String> lines() {
        return out().lines().toList();
    }
}
