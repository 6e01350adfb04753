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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's Java example is [Example], which is compiled with the tests and run here.
class ReadmeExampleTest {
    private static final String SOURCE = "core/src/test/java/dev/stele/example/Example.java";

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
    void theReadmeShowsTheExampleAsItIs() throws IOException {
        String readme = Files.readString(root().resolve("README.md"));
        String source = Files.readString(root().resolve(SOURCE)).replaceFirst("package [a-z.]+;\n\n", "");
        int start = readme.indexOf("```java\n") + "```java\n".length();
        assertTrue(start > 8, "the README has an example");
        assertEquals(source, readme.substring(start, readme.indexOf("```", start)));
    }

    @Test
    void theExampleDoesWhatItSays() throws IOException {
        Path pool = directory.resolve("pool.stele");
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            Example.main(new String[] {pool.toString()});
        } finally {
            System.setOut(before);
        }
        assertEquals("Hello from a volume\n", said.toString(StandardCharsets.UTF_8));
        try (Stele stele = Stele.open(pool); DaxFile counters = stele.file("/counters");
                DaxMapping mapping = counters.map(0, 128)) {
            assertEquals(42L, mapping.segment().get(ValueLayout.JAVA_LONG, 64));
        }
    }
}
