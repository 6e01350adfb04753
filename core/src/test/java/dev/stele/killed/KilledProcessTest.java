package dev.stele.killed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.Volume;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of a process that writes to an image file, at a random moment, over and over on the same image: no synced
/// byte is lost, the check is clean, and the killed process's lock does not block the next. `-Dstele.kills=` sets how
/// often.
class KilledProcessTest {
    private static final int KILLS = Integer.getInteger("stele.kills", 8);
    private static final long SEED = Long.getLong("stele.seed", 7);
    /// Exit code of a process that signal 9 ended.
    private static final int KILLED = 128 + 9;

    private final MemorySegment buffer = Arena.ofAuto().allocate(Writer.MAX_BYTES, 64);

    @Test
    void nothingSyncedIsLost(@TempDir Path directory) throws Exception {
        Path image = directory.resolve("image.stele");
        try (Medium medium = Media.create(image, 64 << 20, MediumOptions.DEFAULT)) {
            Volume.format(medium, new FormatOptions("killed", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        }
        Random random = new Random(SEED);
        long synced = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            synced = Math.max(synced, runAndKill(image, synced + 1, random.nextInt(600), kill % 2 == 0));
            verify(image, synced, "seed " + SEED + ", kill " + kill);
        }
        System.out.printf("%d processes killed, %d steps synced, none lost (seed %d)%n", KILLS, synced, SEED);
        assertTrue(synced >= (KILLS + 1) / 2, "the killed processes did too little: " + synced + " steps");
    }

    /// @param fromFirstStep whether the time runs from the end of the first step on, which a busy machine may take its
    ///         time for, or from the start, so that some are killed in their first step
    /// @return the last step that the process said was durable
    private static long runAndKill(Path image, long firstStep, int millis, boolean fromFirstStep)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"),
                Writer.class.getName(), image.toString(), Long.toString(firstStep)));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            assertEquals("open", lines.readLine(), "the process did not open the volume");
            CountDownLatch started = new CountDownLatch(fromFirstStep ? 1 : 0);
            Thread killer = Thread.ofPlatform().start(() -> {
                try {
                    started.await();
                    Thread.sleep(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                // Not Process.destroyForcibly: that closes the stream which the last lines are still read from.
                process.toHandle().destroyForcibly();
            });
            long synced = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synced = Long.parseLong(line);
                started.countDown();
            }
            started.countDown();
            killer.join();
            assertEquals(KILLED, process.waitFor(), "the process ended by itself");
            return synced;
        }
    }

    private void verify(Path image, long synced, String where) {
        try (Medium medium = Media.open(image, MediumOptions.DEFAULT)) {
            Report report = Check.run(medium);
            assertTrue(report.isClean(), () -> where + ": " + report);
        }
        try (Volume volume = Writer.open(image)) {
            long log = volume.lookup(volume.root(), Name.of("log"));
            long words = volume.lookup(volume.root(), Name.of("words"));
            long files = volume.lookup(volume.root(), Name.of("files"));
            for (long step = Math.max(1, synced - 300); step <= synced; step++) {
                requireBytes(volume, log, step * Writer.MAX_BYTES, step, where);
                volume.read(words, step % Writer.WORDS * 8, buffer, 0, 8);
                assertTrue(buffer.get(ValueLayout.JAVA_LONG, 0) >= step, where + ": word of step " + step);
            }
            // Files of steps behind the last sync may have replaced older ones already.
            for (long step = Math.max(1, synced - Writer.KEPT / 2); step <= synced; step++) {
                long file = volume.lookup(files, Name.of("f" + step));
                if (file != 0) {
                    requireBytes(volume, file, 0, step, where);
                } else {
                    long later = volume.lookup(files, Name.of("f" + (step + Writer.KEPT)));
                    assertNotEquals(0, later, where + ": file of step " + step);
                }
            }
        }
    }

    private void requireBytes(Volume volume, long file, long offset, long step, String where) {
        int count = Writer.length(step);
        assertEquals(count, volume.read(file, offset, buffer, 0, count), where + ": length of step " + step);
        for (int i = 0; i < count; i++) {
            assertEquals(Writer.at(step, i), buffer.get(ValueLayout.JAVA_BYTE, i),
                    where + ": byte " + i + " of step " + step);
        }
    }
}
