package dev.stele.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.MemoryMedium;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// Random operations against the model: in one thread, in several, over reopening as after a crash, on a volume that is
/// nearly full. `-Dstele.model.steps=` and `-Dstele.seed=` make longer or other runs.
class VolumeModelTest {
    private static final int STEPS = Integer.getInteger("stele.model.steps", 20_000);
    private static final long SEED = Long.getLong("stele.seed", 20_260_101L);

    private final AtomicLong clock = new AtomicLong(1_000_000_000_000L);

    private Medium format(long sizeBytes) {
        Medium medium = MemoryMedium.createAsPmem(sizeBytes);
        Volume.format(medium, new FormatOptions("model", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        return medium;
    }

    private Volume open(Medium medium) {
        return Volume.open(medium, new OpenOptions(false, clock::incrementAndGet, false));
    }

    /// What a killed process leaves: every byte it stored, and nothing it kept in memory.
    private Volume reopenCopy(Volume volume) {
        Volume again = open(copyOf(volume));
        volume.close();
        return again;
    }

    private static void requireClean(Volume volume) {
        volume.sync();
        try (Medium copy = copyOf(volume)) {
            Report report = Check.run(copy);
            assertTrue(report.isClean(), report::toString);
        }
    }

    private static Medium copyOf(Volume volume) {
        Medium copy = MemoryMedium.createAsPmem(volume.medium().sizeBytes());
        MemorySegment from = volume.medium().metadata().segment();
        copy.metadata().put(0, from, 0, from.byteSize());
        return copy;
    }

    private static void seeded(long seed, ModelRun run, Executable steps) {
        try {
            steps.execute();
        } catch (Throwable failure) {
            throw new AssertionError("seed " + seed + ", last: " + run.last() + ": " + failure.getMessage(), failure);
        }
    }

    @Test
    void manySteps() {
        try (Volume volume = open(format(64 << 20))) {
            long free = volume.statistics().freeBlocks();
            ModelRun run = new ModelRun(volume, "top", SEED);
            seeded(SEED, run, () -> {
                for (int i = 0; i < STEPS; i++) {
                    run.step();
                    if (i % 1000 == 0) {
                        run.compareAll();
                    }
                }
                run.compareAll();
                requireClean(volume);
                run.unpinAll();
            });
            Trees.delete(volume, "top");
            assertEquals(free, volume.statistics().freeBlocks(), "seed " + SEED + ": blocks lost");
        }
    }

    @Test
    void reopening() {
        Volume volume = open(format(64 << 20));
        ModelRun run = new ModelRun(volume, "top", SEED + 1);
        AtomicReference<Volume> current = new AtomicReference<>(volume);
        seeded(SEED + 1, run, () -> {
            for (int i = 0; i < STEPS / 4; i++) {
                run.step();
                if (i % 200 == 199) {
                    current.set(reopenCopy(current.get()));
                    run.reopened(current.get());
                    run.compareAll();
                }
            }
        });
        current.get().close();
    }

    @Test
    void severalThreadsInDirectoriesOfTheirOwn() throws InterruptedException {
        try (Volume volume = open(format(128 << 20))) {
            List<Throwable> failures = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                long seed = SEED + 100 + t;
                ModelRun run = new ModelRun(volume, "top" + t, seed);
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        seeded(seed, run, () -> {
                            for (int i = 0; i < STEPS / 4; i++) {
                                run.step();
                            }
                            run.compareAll();
                            run.unpinAll();
                        });
                    } catch (Throwable failure) {
                        synchronized (failures) {
                            failures.add(failure);
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            if (!failures.isEmpty()) {
                throw new AssertionError(failures.get(0).getMessage(), failures.get(0));
            }
            requireClean(volume);
        }
    }

    @Test
    void onAVolumeThatIsOftenFull() {
        try (Volume volume = open(format(2 << 20))) {
            long free = volume.statistics().freeBlocks();
            ModelRun run = new ModelRun(volume, "top", SEED + 2);
            run.mayFill();
            seeded(SEED + 2, run, () -> {
                for (int i = 0; i < STEPS / 2; i++) {
                    run.step();
                    if (i % 1000 == 0) {
                        run.compareAll();
                        requireClean(volume);
                    }
                }
                run.compareAll();
                run.unpinAll();
            });
            Trees.delete(volume, "top");
            assertEquals(free, volume.statistics().freeBlocks(), "seed " + (SEED + 2) + ": blocks lost");
        }
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

    /// Threads that get in each other's way in the same directories; what they leave must be whole.
    @Test
    void severalThreadsInSharedDirectories() throws InterruptedException {
        try (Volume volume = open(format(64 << 20))) {
            long free = volume.statistics().freeBlocks();
            SharedDirectories shared = new SharedDirectories(volume, SEED + 4);
            shared.run(4, STEPS / 4);
            requireClean(volume);
            shared.delete();
            assertEquals(free, volume.statistics().freeBlocks(), "seed " + (SEED + 4) + ": blocks lost");
        }
    }
}
