package dev.stele.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.MemoryMedium;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The model on memory that is treated as persistent, and on an image file.
class VolumeModelTest extends VolumeModelContract {
    @Override
    Medium create(long sizeBytes) {
        return MemoryMedium.createAsPmem(sizeBytes);
    }

    /// The image file as it is at any moment is what a killed process leaves: after a sync it holds everything.
    @Test
    void onAnImageFileCopiedWhileInUse(@TempDir Path directory) {
        Path image = directory.resolve("image.stele");
        Path copy = directory.resolve("copy.stele");
        Medium medium = Media.create(image, 32 << 20, MediumOptions.DEFAULT);
        Volume.format(medium, new FormatOptions("model", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        try (Volume volume = open(medium)) {
            ModelRun run = new ModelRun(volume, "top", SEED + 3);
            seeded(SEED + 3, run, () -> {
                for (int i = 0; i < STEPS / 10; i++) {
                    run.step();
                    if (i % 500 == 250) {
                        Files.copy(image, copy, StandardCopyOption.REPLACE_EXISTING);
                        requireClean(copy);
                    }
                    if (i % 500 == 499) {
                        run.unpinAll();
                        volume.sync();
                        Files.copy(image, copy, StandardCopyOption.REPLACE_EXISTING);
                        run.compareWith(open(Media.open(copy, MediumOptions.DEFAULT)));
                        requireClean(copy);
                    }
                }
            });
        }
    }

    private static void requireClean(Path image) {
        try (Medium medium = Media.open(image, MediumOptions.DEFAULT)) {
            Report report = Check.run(medium);
            assertTrue(report.isClean(), report::toString);
        }
    }
}
