package dev.stele.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.DaxFile;
import dev.stele.api.DaxMapping;
import dev.stele.api.Stele;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's Java examples are [Example] and [PersistentExample], which are compiled with the tests and run here,
/// and a test of the module crash-junit, which runs there.
class ReadmeExampleTest {
    private static final String SOURCE = "core/src/test/java/dev/stele/example/Example.java";
    private static final String PERSISTENT_SOURCE = "core/src/test/java/dev/stele/example/PersistentExample.java";
    private static final String CRASH_SOURCE =
            "crash-junit/src/test/java/dev/stele/crash/junit/example/JournalTest.java";

    @TempDir
    Path directory;

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve(SOURCE))) {
            at = at.getParent();
        }
        return at;
    }

    @Test
    void theReadmeShowsTheExamplesAsTheyAre() throws IOException {
        String readme = Files.readString(root().resolve("README.md"));
        List<String> shown = Pattern.compile("(?s)```java\n(.*?)```").matcher(readme).results()
                .map(result -> result.group(1)).toList();
        assertEquals(List.of(source(SOURCE), source(PERSISTENT_SOURCE), source(CRASH_SOURCE)), shown);
    }

    private static String source(String path) throws IOException {
        return Files.readString(root().resolve(path)).replaceFirst("package [a-z.]+;\n\n", "");
    }

    @Test
    void theExampleOfPersistentMemoryDoesWhatItSays() throws IOException {
        Path file = directory.resolve("memory");
        String said = saidBy(() -> PersistentExample.main(new String[] {file.toString()}));
        assertTrue(said.contains(", granularity "), said);
        byte[] bytes = Files.readAllBytes(file);
        assertEquals("a record", new String(bytes, 64, "a record".length(), StandardCharsets.UTF_8));
        assertEquals("a record".length() + 1, bytes[0]);
    }

    private interface Program {
        void run() throws IOException;
    }

    private static String saidBy(Program program) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theExampleDoesWhatItSays() throws IOException {
        Path pool = directory.resolve("pool.stele");
        String said = saidBy(() -> Example.main(new String[] {pool.toString()}));
        assertEquals("Hello from a volume\n", said);
        try (Stele stele = Stele.open(pool); DaxFile counters = stele.file("/counters");
                DaxMapping mapping = counters.map(0, 128)) {
            assertEquals(42L, mapping.segment().get(ValueLayout.JAVA_LONG, 64));
        }
    }
}
