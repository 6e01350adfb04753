package dev.stele.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.medium.Medium;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// Random operations against the model: in one thread, in several, over reopening as after a crash, on a volume that is
/// nearly full; on each kind of medium. `-Dstele.model.steps=` and `-Dstele.seed=` make longer or other runs.
abstract class VolumeModelContract {
    static final int STEPS = Integer.getInteger("stele.model.steps", 20_000);
    static final long SEED = Long.getLong("stele.seed", 20_260_101L);

    private final AtomicLong clock = new AtomicLong(1_000_000_000_000L);

    /// Zeros to make a volume on.
    abstract Medium create(long sizeBytes);

    /// How many times fewer steps than on memory are enough, or can be waited for.
    int shorter() {
        return 1;
    }

    private Medium format(long sizeBytes) {
        Medium medium = create(sizeBytes);
        Volume.format(medium, new FormatOptions("model", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        return medium;
    }

    final Volume open(Medium medium) {
        return Volume.open(medium, new OpenOptions(false, clock::incrementAndGet, false));
    }

    /// What a killed process leaves: every byte it stored, and nothing it kept in memory.
    private Volume reopenCopy(Volume volume) {
        Volume again = open(copyOf(volume));
        volume.close();
        return again;
    }

    private void requireClean(Volume volume) {
        volume.sync();
        try (Medium copy = copyOf(volume)) {
            Report report = Check.run(copy);
            assertTrue(report.isClean(), report::toString);
        }
    }

    private Medium copyOf(Volume volume) {
        Medium copy = create(volume.medium().sizeBytes());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(copy.sizeBytes(), 64);
            volume.medium().data().read(0, bytes, 0, bytes.byteSize());
            copy.metadata().put(0, bytes, 0, bytes.byteSize());
        }
        return copy;
    }

    static void seeded(long seed, ModelRun run, Executable steps) {
        try {
            steps.execute();
        } catch (Throwable failure) {
            throw new AssertionError("seed " + seed + ", last: " + run.last() + ": " + failure.getMessage(), failure);
        }
    }

    @Test
    void manySteps() {
        int steps = STEPS / shorter();
        try (Volume volume = open(format(64 << 20))) {
            long free = volume.statistics().freeBlocks();
            ModelRun run = new ModelRun(volume, "top", SEED);
            seeded(SEED, run, () -> {
                for (int i = 0; i < steps; i++) {
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
        int steps = STEPS / shorter();
        Volume volume = open(format(64 << 20));
        ModelRun run = new ModelRun(volume, "top", SEED + 1);
        AtomicReference<Volume> current = new AtomicReference<>(volume);
        seeded(SEED + 1, run, () -> {
            for (int i = 0; i < steps / 4; i++) {
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
        int steps = STEPS / shorter();
        try (Volume volume = open(format(128 << 20))) {
            List<Throwable> failures = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                long seed = SEED + 100 + t;
                ModelRun run = new ModelRun(volume, "top" + t, seed);
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        seeded(seed, run, () -> {
                            for (int i = 0; i < steps / 4; i++) {
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
        int steps = STEPS / shorter();
        try (Volume volume = open(format(2 << 20))) {
            long free = volume.statistics().freeBlocks();
            ModelRun run = new ModelRun(volume, "top", SEED + 2);
            run.mayFill();
            seeded(SEED + 2, run, () -> {
                for (int i = 0; i < steps / 2; i++) {
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

    /// Threads that get in each other's way in the same directories; what they leave must be whole.
    @Test
    void severalThreadsInSharedDirectories() throws InterruptedException {
        int steps = STEPS / shorter();
        try (Volume volume = open(format(64 << 20))) {
            long free = volume.statistics().freeBlocks();
            SharedDirectories shared = new SharedDirectories(volume, SEED + 4);
            shared.run(4, steps / 4);
            requireClean(volume);
            shared.delete();
            assertEquals(free, volume.statistics().freeBlocks(), "seed " + (SEED + 4) + ": blocks lost");
        }
    }
}
