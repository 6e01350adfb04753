package dev.stele.crash.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the README says of its example: that it fails with either of two faults planted, and how that is reported.
class ReadmeTest {
    private static final String SOURCE = "crash-junit/src/test/java/dev/stele/crash/junit/example/JournalTest.java";
    private static final String FIRST = "memory.persist(at, 8);";
    private static final String SECOND = "memory.persist(0, 8);";

    @TempDir
    Path directory;

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve(SOURCE))) {
            at = at.getParent();
        }
        return at;
    }

    private static String source() throws IOException {
        return Files.readString(root().resolve(SOURCE)).replaceFirst("package [a-z.]+;", "package planted;");
    }

    /// Compiles the example with a fault in it, and runs that.
    private String reportOf(String source) throws IOException, ClassNotFoundException {
        Path file = Files.writeString(directory.resolve("JournalTest.java"), source);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-classpath", classPath,
                "-d", directory.toString(), file.toString());
        assertEquals(0, code);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            return Run.of(loader.loadClass("planted.JournalTest")).report();
        }
    }

    @Test
    void theReportInTheReadmeIsThatOfTheMissingFence() throws IOException, ClassNotFoundException {
        String planted = source().replace(FIRST, "memory.flush(at, 8);")
                .replace(SECOND, "memory.flush(0, 8);\n            memory.drain();");
        Matcher shown = Pattern.compile("(?s)```\n(AssertionFailedError: .*?\n)```")
                .matcher(Files.readString(root().resolve("README.md")));
        assertTrue(shown.find(), "the README shows no report");
        StringBuilder pattern = new StringBuilder("org\\.opentest4j\\.");
        for (String part : shown.group(1).strip().split("…")) {
            pattern.append(pattern.length() > 20 ? "[^\n]*" : "").append(Pattern.quote(part));
        }
        String report = reportOf(planted);
        assertTrue(Pattern.matches(pattern.toString(), report), () -> "the README shows\n" + shown.group(1)
                + "and the report is\n" + report);
    }

    @Test
    void theMissingFlushOfTheReadmeIsFound() throws IOException, ClassNotFoundException {
        String report = reportOf(source().replace(FIRST, ""));
        assertTrue(report.contains("line at byte 64: word at 64 (0x0 -> 0x1)\n"), report);
        assertTrue(report.contains("nobody flushed it"), report);
    }
}
