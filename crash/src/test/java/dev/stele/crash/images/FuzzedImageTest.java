package dev.stele.crash.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.crash.images.FuzzedImage.Wound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// P7 by Jazzer, which looks for inputs that reach new branches of check, recovery and volume. The default run has it
/// start and try a few; `-Dstele.fuzz.runs=N` lets it try more. What it finds becomes a test; inputs of the
/// same kind also run without it.
class FuzzedImageTest {
    private static final int RUNS = Integer.getInteger("stele.fuzz.runs", 25);
    private static final long SEED = Long.getLong("stele.seed", 20_261_121);

    @TempDir
    private Path directory;

    @Test
    void inputsOfEveryShape() {
        SplittableRandom random = new SplittableRandom(SEED);
        int changed = 0;
        for (int i = 0; i < 60; i++) {
            List<Wound> wounds = new ArrayList<>();
            for (int wound = random.nextInt(4); wound >= 0; wound--) {
                wounds.add(new Wound(random.nextInt(), (byte) random.nextInt(), random.nextInt(4) == 0
                        ? random.nextLong() : random.nextInt(300), random.nextBoolean()));
            }
            changed += FuzzedImage.examine(i, wounds) ? 1 : 0;
        }
        assertTrue(changed > 40, changed + " of 60 inputs changed an image");
    }

    @Test
    void jazzerFindsNothing() throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-ea",
                "-Xmx2g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + FuzzedImage.class.getName(),
                "--instrumentation_includes=dev.stele.check.**:dev.stele.journal.**:dev.stele.volume.**:"
                        + "dev.stele.node.**:dev.stele.tree.**:dev.stele.space.**",
                "-runs=" + RUNS, "-seed=" + (int) SEED, "-timeout=600", "-rss_limit_mb=8192",
                "-artifact_prefix=" + directory + "/").directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        boolean hasEnded = process.waitFor(60, TimeUnit.MINUTES);
        String told = Files.readString(log);
        assertTrue(hasEnded, () -> "Jazzer does not end: " + told);
        assertEquals(0, process.exitValue(), () -> "Jazzer found something: " + told);
        String last = told.lines().filter(line -> line.startsWith("Done ")).findFirst().orElse("");
        assertTrue(!last.isEmpty(), told);
        System.out.println("Jazzer: " + last);
    }
}
