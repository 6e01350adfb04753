package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.node.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// P6: opening costs the same for few files and for many. Counted in pages that opening touches, which are the same on
/// every machine; times are printed. `-Dstele.files=1000000` makes the larger volume as large as it should be.
class OpenCostTest {
    private static final int FEW = 1_000;
    private static final int MANY = Integer.getInteger("stele.files", 30_000);
    /// The kernel maps 16 pages around a fault where it has them at hand.
    private static final long AROUND_KIB = 64;

    @Test
    void openingTouchesTheSamePagesHoweverManyFiles() throws IOException {
        Path shm = Path.of("/dev/shm");
        Assumptions.assumeTrue(Files.isWritable(shm), "needs a tmpfs at /dev/shm to count touched pages on");
        Path few = Files.createTempFile(shm, "stele-few", ".stele");
        Path many = Files.createTempFile(shm, "stele-many", ".stele");
        try {
            make(few, FEW);
            make(many, MANY);
            open(few);
            long fewKib = open(few);
            long manyKib = open(many);
            assertTrue(fewKib > 0, "nothing was counted");
            assertTrue(manyKib <= fewKib + 2 * AROUND_KIB,
                    "opening " + FEW + " files touched " + fewKib + " KiB, " + MANY + " files " + manyKib + " KiB");
        } finally {
            Files.deleteIfExists(few);
            Files.deleteIfExists(many);
        }
    }

    private static void make(Path path, int files) throws IOException {
        Files.delete(path);
        long sizeBytes = (64L << 20) + files * 1024L & -4096;
        Medium medium = Media.create(path, sizeBytes, MediumOptions.DEFAULT);
        Volume.format(medium, new FormatOptions("", new UUID(1, 2), 3, 4, 64, 0, 0, 1));
        try (Volume volume = Volume.open(medium, new OpenOptions(false, () -> 1, false))) {
            long directory = volume.mkdir(volume.root(), Name.of("d"), 0755, 0, 0);
            for (int i = 0; i < files; i++) {
                volume.create(directory, Name.of("file" + i), 0644, 0, 0);
            }
        }
    }

    /// @return KiB of the volume's file that were mapped in by opening it
    private static long open(Path path) throws IOException {
        long start = System.nanoTime();
        Medium medium = Media.open(path, MediumOptions.DEFAULT);
        try (Volume volume = Volume.open(medium, new OpenOptions(false, () -> 1, false))) {
            long nanos = System.nanoTime() - start;
            long kib = residentKib(path);
            long count = volume.statistics().usedInodes() - 2;
            System.out.printf("opening a volume of %d files: %.2f ms, %d KiB touched%n", count, nanos / 1e6, kib);
            assertTrue(count == FEW || count == MANY);
            assertEquals(0, volume.lookup(volume.root(), Name.of("none")));
            return kib;
        }
    }

    private static long residentKib(Path path) throws IOException {
        long kib = 0;
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("^[0-9a-f]+-[0-9a-f]+ .*")) {
                inside = line.endsWith(path.toString());
            } else if (inside && line.startsWith("Rss:")) {
                kib += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return kib;
    }
}
