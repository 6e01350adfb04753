package dev.stele.dirty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Lincheck's model checker and its stress run, on marks, syncs, forgetting and entries of 2 MiB.
class InterleavingsTest {
    private static final String SCENARIOS = Integer.toString(Integer.getInteger("stele.lincheck.scenarios", 5));
    private static final String INVOCATIONS = Integer.toString(Integer.getInteger("stele.lincheck.invocations", 60));

    @Test
    @Timeout(400)
    @DisplayName("P5, C6, C7: no interleaving loses a store; one with a known mistake is found to, in both ways")
    void noInterleavingLosesAStore(@TempDir Path directory) throws Exception {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx700m", "-XX:+EnableDynamicAgentLoading", "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED", "-ea:dev.stele...",
                "-cp", System.getProperty("java.class.path"), Interleavings.class.getName(), SCENARIOS, INVOCATIONS)
                .redirectOutput(Redirect.to(out.toFile())).redirectError(Redirect.to(err.toFile())).start();
        try {
            assertEquals(true, process.waitFor(390, TimeUnit.SECONDS), "it does not end");
        } finally {
            process.destroyForcibly();
        }
        List<String> said = Files.readAllLines(out);
        assertEquals(List.of("Canary model found", "SlowCanary stress found", "Index model none", "Index stress none"),
                said.stream().filter(line -> line.endsWith("found") || line.endsWith("none")).toList(),
                () -> text(err));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
