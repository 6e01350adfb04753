package dev.stele.medium;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An image file under power cuts and failing disks: data first, then the checkpoint (W-9). Its rounds go from cut to
/// cut: what one leaves, the next begins with. `-Dstele.rounds=` sets their number, `-Dstele.seed=` where they begin.
class PowerCutTest {
    private static final int ROUNDS = Integer.getInteger("stele.rounds", 25);
    private static final long SEED = Long.getLong("stele.seed", 20261121);
    private static final int CUTS = 60;

    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        Path memory = Path.of("/dev/shm");
        directory = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "stele-test") : Files.createTempDirectory("stele-test");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        try (var files = Files.list(directory)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(directory);
    }

    /// One run of an image between two cuts: which versions a cut before effect `index` may show.
    private static final class History {
        private final List<ImageModel> versions = new ArrayList<>();
        private final List<Integer> begun = new ArrayList<>();
        private final List<Integer> done = new ArrayList<>();

        void began(ImageModel version, int effect) {
            versions.add(version);
            begun.add(effect);
            done.add(Integer.MAX_VALUE);
        }

        void completed(int effect) {
            done.set(done.size() - 1, effect);
        }

        /// The last that was complete, and one that was in progress.
        List<ImageModel> allowed(int index) {
            List<ImageModel> allowed = new ArrayList<>();
            for (int each = versions.size() - 1; each >= 0; each--) {
                if (done.get(each) <= index) {
                    allowed.add(versions.get(each));
                    break;
                }
                if (begun.get(each) <= index) {
                    allowed.add(versions.get(each));
                }
            }
            return allowed;
        }
    }

    @Test
    void everyCutFindsTheLastCheckpointOrTheOneInProgress() throws IOException {
        byte[] image = ImageModel.initialImage();
        ImageModel model = ImageModel.initial();
        for (int round = 0; round < ROUNDS; round++) {
            long seed = SEED + round;
            Random random = new Random(seed);
            Path path = Files.write(directory.resolve("image"), image);
            RecordedFile file = new RecordedFile(OwnedFile.open(path, false));
            History history = run(file, model, random);
            byte[] next = null;
            for (int cut = 0; cut < CUTS; cut++) {
                int index = random.nextInt(file.effectCount() + 1);
                byte[] disk = file.cut(index, random);
                String context = "seed " + seed + " cut before " + index;
                ImageModel found = assertRecovers(disk, history.allowed(index), context);
                if (next == null || random.nextInt(CUTS) == 0) {
                    next = disk;
                    model = found;
                }
            }
            image = next;
        }
    }

    private static History run(RecordedFile file, ImageModel start, Random random) {
        History history = new History();
        history.began(start, 0);
        history.completed(0);
        ImageModel model = start;
        Medium medium = ImageMedium.open(file, MediumOptions.DEFAULT, "test", true);
        model.assertIn(medium, "at the start");
        int checkpoints = random.nextInt(5);
        for (int each = 0; each < checkpoints; each++) {
            if (random.nextInt(6) == 0 && medium.sizeBytes() < 64 * ImageModel.PAGE) {
                medium.grow(medium.sizeBytes() + 3 * ImageModel.PAGE);
            }
            model = model.store(medium, file, random);
            medium.beginCheckpoint();
            history.began(model, file.effectCount());
            medium.finishCheckpoint();
            history.completed(file.effectCount());
            if (random.nextInt(4) == 0) {
                medium.beginCheckpoint();
                medium.finishCheckpoint();
            }
        }
        if (random.nextBoolean()) {
            // stores that no checkpoint saves
            model.store(medium, file, random);
        }
        medium.close();
        return history;
    }

    private ImageModel assertRecovers(byte[] disk, List<ImageModel> allowed, String context) throws IOException {
        Path path = Files.write(directory.resolve("cut"), disk);
        try (Medium medium = Media.openImage(path, MediumOptions.DEFAULT.withReadOnly(true))) {
            for (ImageModel each : allowed) {
                if (each.isIn(medium)) {
                    each.assertIn(medium, context);
                    return each;
                }
            }
            return fail(context + ": none of versions " + allowed.stream().map(ImageModel::version).toList());
        }
    }

    /// Every write, sync and truncation fails once, some of them half done, in the middle of a life of checkpoints.
    @Test
    void everyFaultKeepsTheLastCheckpointAndLosesNothingButTime() throws IOException {
        int struck = 0;
        int effectCount = survive(new RecordedFile.Fault(Integer.MAX_VALUE, Errno.EIO, 0)).effectCount();
        for (int index = 0; index < effectCount; index++) {
            for (int done : new int[] {0, 512, 5000}) {
                Errno errno = (index + done) % 3 == 0 ? Errno.ENOSPC : Errno.EIO;
                struck += survive(new RecordedFile.Fault(index, errno, done)).failed();
            }
        }
        assertTrue(struck > 100, "only " + struck + " faults struck");
    }

    private RecordedFile survive(RecordedFile.Fault fault) throws IOException {
        String context = fault.toString();
        Random random = new Random(fault.index());
        Path path = Files.write(directory.resolve("image"), ImageModel.initialImage());
        RecordedFile file = new RecordedFile(OwnedFile.open(path, false));
        file.fail(fault);
        Medium medium = ImageMedium.open(file, MediumOptions.DEFAULT, "test", true);
        ImageModel saved = ImageModel.initial();
        ImageModel stored = saved;
        boolean broken = false;
        // a checkpoint whose header could not be written may have happened nevertheless
        List<ImageModel> allowed = new ArrayList<>(List.of(saved));
        for (int round = 0; round < 7; round++) {
            stored = stored.store(medium, file, random);
            allowed.add(stored);
            int effectsBefore = file.effectCount();
            boolean isSaved = false;
            try {
                if (round == 4) {
                    medium.grow(medium.sizeBytes() + 2 * ImageModel.PAGE);
                    stored = stored.store(medium, file, random);
                    allowed.add(stored);
                }
                medium.beginCheckpoint();
                medium.finishCheckpoint();
                assertTrue(!broken, context + ": nothing may succeed after a failed sync");
                saved = stored;
                isSaved = true;
            } catch (VolumeException failed) {
                boolean injected = file.failed() == 1 && failed.errno() == fault.errno();
                assertTrue(injected || failed.errno() == Errno.EIO, context);
                broken |= failed.getMessage().contains("failed to write back");
                assertTrue(medium.dirtyPageCount() > 0, context + ": what was not saved is still to be saved");
            }
            for (int cut = 0; cut < 2; cut++) {
                int at = effectsBefore + random.nextInt(file.effectCount() - effectsBefore + 1);
                boolean isLast = isSaved && at == file.effectCount();
                assertRecovers(file.cut(at, random), isLast ? List.of(saved) : allowed,
                        context + " round " + round + " cut " + at);
            }
            if (isSaved) {
                allowed.clear();
                allowed.add(saved);
            }
        }
        try {
            medium.close();
        } catch (VolumeException failed) {
            assertTrue(file.failed() == 1, context);
        }
        assertThrows(IllegalStateException.class, () -> medium.metadata().putLong(0, 1));
        assertRecovers(Files.readAllBytes(path), allowed, context + " at the end");
        return file;
    }
}
