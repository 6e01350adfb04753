package dev.stele.crash.mutants.inside;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/// A volume in an image file: what its checkpoints write is recorded, and a disk may hold, after a power cut, any
/// sectors of what was not synced. Files are small enough to stand in their inodes, so that everything is metadata.
final class Images {
    private static final int SIZE_BYTES = 1 << 20;
    private static final int SECTOR_BYTES = 512;
    private static final int RANDOM_IMAGES = 6;
    private static final long HEADER_AT = Geometry.at(Geometry.CHECKPOINT_HEADER);

    private final long seed;

    Images(long seed) {
        this.seed = seed;
    }

    void add(List<Scenario> all) {
        all.add(Scenario.of("checkpoints of an image file", this::run));
        all.add(Scenario.of("mkfs of an image file", (begins, isQuick) -> make(begins)));
        all.add(Scenario.of("repair of an image file", (begins, isQuick) -> mend(begins)));
        all.add(Scenario.of("a damaged image file is synced", (begins, isQuick) -> damaged(begins)));
        all.add(Scenario.of("an image file grows during a checkpoint", (begins, isQuick) -> growMeanwhile(begins)));
        all.add(Scenario.of("an image file grows behind a checkpoint that failed",
                (begins, isQuick) -> growIncomplete(begins)));
        all.add(Scenario.of("a page of an image file cannot be read", (begins, isQuick) -> replacePage(begins)));
        all.add(Scenario.of("a closed image file", (begins, isQuick) -> close(begins)));
    }

    /// @param effects that had been recorded when it was durable
    private record Point(int effects, Snapshot snapshot) {
    }

    private static Path file() throws IOException {
        Path shared = Path.of("/dev/shm");
        Path file = Files.isWritable(shared) ? Files.createTempFile(shared, "stele-mutants", ".img")
                : Files.createTempFile("stele-mutants", ".img");
        Files.write(file, new byte[SIZE_BYTES]);
        return file;
    }

    private static OpenOptions options() {
        return new OpenOptions(false, () -> 1 << 20, false);
    }

    private static Medium format(Path path) {
        Medium medium = Media.openImage(path, MediumOptions.DEFAULT);
        Volume.format(medium, new FormatOptions("image", new UUID(7, 8), 1, 2, Play.JOURNAL_BLOCKS, 0, 0, 1));
        return medium;
    }

    private String run(Runnable begins, boolean isQuick) throws IOException {
        Path path = file();
        Path cut = file();
        try {
            Ground ground = new Ground(Volume.open(format(path), options()));
            begins.run();
            byte[] start = Files.readAllBytes(path);
            Recorder recorder = Recorder.start();
            List<Point> points = new ArrayList<>();
            points.add(new Point(0, Snapshot.of(ground.volume)));
            for (int i = 0; i < 6; i++) {
                work(ground, i);
                ground.volume.sync();
                points.add(new Point(recorder.effectCount(), Snapshot.of(ground.volume)));
            }
            ground.volume.close();
            points.add(new Point(recorder.effectCount(), points.getLast().snapshot()));
            Recorder.end();
            return cut(start, recorder.effects(), points, cut, isQuick);
        } finally {
            Recorder.end();
            Files.deleteIfExists(path);
            Files.deleteIfExists(cut);
        }
    }

    /// Behind mkfs a disk has it all, also of what is not the volume's for a program that looks.
    private String make(Runnable begins) throws IOException {
        Path path = file();
        Path cut = file();
        try {
            byte[] start = Files.readAllBytes(path);
            begins.run();
            Recorder recorder = Recorder.start();
            format(path);
            Recorder.end();
            Files.write(cut, synced(start, recorder));
            try (Medium medium = Media.openImage(cut, MediumOptions.DEFAULT)) {
                Volume.open(medium, options());
                return Check.run(medium).isClean() ? null : "the check finds something behind mkfs";
            }
        } finally {
            Recorder.end();
            Files.deleteIfExists(path);
            Files.deleteIfExists(cut);
        }
    }

    /// Behind a repair a disk has it all.
    private String mend(Runnable begins) throws IOException {
        Path path = file();
        Path cut = file();
        try {
            Ground ground = new Ground(Volume.open(format(path), options()));
            ground.create("a");
            ground.append("a", 90);
            ground.volume.close();
            byte[] start = Files.readAllBytes(path);
            Arrays.fill(start, 0, SECTOR_BYTES, (byte) 0);
            Arrays.fill(start, (int) Geometry.inodeBitmapAt(0), (int) Geometry.at(Geometry.JOURNAL), (byte) 0);
            Files.write(path, start);
            begins.run();
            Recorder recorder = Recorder.start();
            try (Medium medium = Media.openImage(path, MediumOptions.DEFAULT)) {
                Check.repair(medium);
                Files.write(cut, synced(start, recorder));
            }
            Recorder.end();
            try (Medium medium = Media.openImage(cut, MediumOptions.DEFAULT)) {
                Volume.open(medium, options());
                return Check.run(medium).isClean() ? null : "the check finds something behind a repair";
            }
        } finally {
            Recorder.end();
            Files.deleteIfExists(path);
            Files.deleteIfExists(cut);
        }
    }

    private static byte[] synced(byte[] start, Recorder recorder) {
        byte[] synced = start;
        List<Recorder.Effect> loose = new ArrayList<>();
        for (Recorder.Effect each : recorder.effects()) {
            loose.add(each);
            if (each.content() == null) {
                for (Recorder.Effect arrived : loose) {
                    synced = put(synced, arrived, null);
                }
                loose.clear();
            }
        }
        return synced;
    }

    /// W-10: bytes that were written before damage was found are made durable by a sync, which then says EIO.
    private String damaged(Runnable begins) throws IOException {
        Path path = file();
        Recorder recorder = Recorder.start();
        try (Medium medium = format(path)) {
            Ground ground = new Ground(Volume.open(medium, options()));
            ground.create("a");
            ground.append("a", 9000);
            ground.create("b");
            long at = ground.volume.extents(ground.inode("a"), 4096, 4096).getFirst().mediumOffset();
            ground.volume.sync();
            medium.metadata().putLong(Inode.at(ground.inode("b")) + 16, 77);
            Ground again = new Ground(Volume.open(medium, options()));
            begins.run();
            long inode = again.inode("a");
            again.write("a", 4096, 4096, Volume.Durability.DEFERRED);
            try {
                again.append("b", 10);
                return "damage was not found";
            } catch (RuntimeException found) {
                assert found != null;
            }
            try {
                again.volume.sync(inode, true);
                return "a sync of a damaged volume did not say so";
            } catch (RuntimeException refused) {
                recorder.require("a sync of a damaged volume", medium.data().segment(), at, 4096);
                return null;
            }
        } finally {
            Recorder.end();
            Files.deleteIfExists(path);
        }
    }

    /// Pages of a checkpoint that was begun are there when the file has grown.
    private String growMeanwhile(Runnable begins) throws IOException {
        Path path = file();
        try {
            try (Medium medium = format(path)) {
                begins.run();
                medium.metadata().putLong(SIZE_BYTES - 8, 77);
                medium.beginCheckpoint();
                medium.grow(SIZE_BYTES + (64 << 10));
                if (medium.metadata().segment().get(ValueLayout.JAVA_LONG, SIZE_BYTES - 8) != 77) {
                    return "what was in a checkpoint is lost where the file grew meanwhile";
                }
            }
            return null;
        } finally {
            Files.deleteIfExists(path);
        }
    }

    /// Of the pages of a checkpoint one was written in its place and another was not: the area that has both is behind
    /// the volume, where the file grows.
    private String growIncomplete(Runnable begins) throws IOException {
        Path path = file();
        try (Medium medium = format(path)) {
            begins.run();
            long one = SIZE_BYTES - Geometry.BLOCK_BYTES;
            long other = one - 2 * Geometry.BLOCK_BYTES;
            medium.metadata().putLong(one, 77);
            medium.metadata().putLong(other, 78);
            medium.beginCheckpoint();
            String write = "medium.Checkpoint.writeInPlace BackingFile.write";
            Switch.gate(write, () -> Switch.gate(write, () -> {
                throw new VolumeException(Errno.EIO);
            }));
            try {
                medium.finishCheckpoint();
                return "a checkpoint did not say that a write failed";
            } catch (VolumeException failed) {
                medium.grow(SIZE_BYTES + (64 << 10));
            }
            return word(path, one) == 77 && word(path, other) == 78 ? null
                    : "half a checkpoint is in a file that has grown";
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private static long word(Path path, long at) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN).getLong((int) at);
    }

    /// P7: a page that is a signal at every access is replaced by a system call.
    private String replacePage(Runnable begins) throws IOException {
        Path path = file();
        int nothing = Native.memfd("nothing", 0);
        try (Medium medium = format(path); Arena arena = Arena.ofConfined()) {
            long at = SIZE_BYTES - Geometry.BLOCK_BYTES;
            // As a kernel does that knows the page to be bad.
            Native.map(medium.data().segment().address() + at, Geometry.BLOCK_BYTES,
                    Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED | Native.MAP_FIXED, nothing, 0);
            begins.run();
            medium.data().put(at, arena.allocate(Geometry.BLOCK_BYTES, 64).fill((byte) 7), 0, Geometry.BLOCK_BYTES);
            return word(path, at) == 0x0707_0707_0707_0707L ? null : "a page that was replaced is not in the file";
        } finally {
            Native.close(nothing);
            Files.deleteIfExists(path);
        }
    }

    private static void work(Ground ground, int round) {
        ground.create("f" + round);
        ground.append("f" + round, 90);
        if (round > 2) {
            ground.unlink("f" + (round - 2));
        }
    }

    /// Tries what the disk may hold before each effect and behind the last.
    private String cut(byte[] start, List<Recorder.Effect> effects, List<Point> points, Path path, boolean isQuick)
            throws IOException {
        byte[] synced = start.clone();
        List<Recorder.Effect> loose = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i <= effects.size(); i++) {
            for (int choice = 0; choice < (isQuick ? 2 : 2 + RANDOM_IMAGES); choice++) {
                Files.write(path, image(synced, loose, choice, random));
                String wrong = judge(path, points, i);
                if (wrong != null) {
                    return "cut before effect " + i + " of " + effects.size() + ": " + wrong;
                }
            }
            if (i < effects.size()) {
                Recorder.Effect effect = effects.get(i);
                loose.add(effect);
                if (effect.content() == null) {
                    for (Recorder.Effect each : loose) {
                        synced = put(synced, each, null);
                    }
                    loose.clear();
                }
            }
        }
        return null;
    }

    /// @param choice 0 for nothing that was not synced, 1 for all, others for any sectors
    private static byte[] image(byte[] synced, List<Recorder.Effect> loose, int choice, SplittableRandom random) {
        byte[] image = synced.clone();
        for (Recorder.Effect each : choice == 0 ? List.<Recorder.Effect>of() : loose) {
            image = put(image, each, choice == 1 ? null : random);
        }
        return image;
    }

    private static byte[] put(byte[] to, Recorder.Effect effect, SplittableRandom random) {
        if (effect.content() == null) {
            return to;
        }
        int end = (int) effect.at() + effect.content().length;
        byte[] image = end > to.length ? Arrays.copyOf(to, end) : to;
        for (int at = 0; at < effect.content().length; at += SECTOR_BYTES) {
            if (random == null || random.nextBoolean()) {
                System.arraycopy(effect.content(), at, image, (int) effect.at() + at,
                        Math.min(SECTOR_BYTES, effect.content().length - at));
            }
        }
        return image;
    }

    private static String judge(Path path, List<Point> points, int effects) {
        Snapshot found;
        try (Medium medium = Media.openImage(path, MediumOptions.DEFAULT)) {
            Volume volume = Volume.open(medium, options());
            found = Snapshot.of(volume);
            Report report = Check.run(medium);
            if (!report.isClean()) {
                return "the check finds " + report.obstacle() + report.findings();
            }
        }
        for (int i = 0; i < points.size(); i++) {
            boolean isPast = points.get(i).effects() <= effects
                    && (i + 1 == points.size() || points.get(i + 1).effects() > effects);
            boolean isNext = points.get(i).effects() > effects && (i == 0 || points.get(i - 1).effects() <= effects);
            if ((isPast || isNext) && found.equalsAll(points.get(i).snapshot())) {
                return null;
            }
        }
        return "neither the last checkpoint nor the next is found";
    }

    /// Nothing is left of checkpoints in a file that was closed, and nothing of it is missing.
    private String close(Runnable begins) throws IOException {
        Path path = file();
        try {
            Ground ground = new Ground(Volume.open(format(path), options()));
            begins.run();
            ground.create("a");
            ground.append("a", 90);
            ground.volume.sync();
            ground.volume.grow(SIZE_BYTES + (64 << 10));
            ground.create("b");
            Snapshot before = Snapshot.of(ground.volume);
            ground.volume.close();
            if (Files.size(path) != SIZE_BYTES + (64 << 10)) {
                return "the file has " + Files.size(path) + " bytes";
            }
            byte[] closed = Files.readAllBytes(path);
            for (long at = HEADER_AT; at < HEADER_AT + Geometry.BLOCK_BYTES; at++) {
                if (closed[(int) at] != 0) {
                    return "a checkpoint is named in a file that was closed";
                }
            }
            try (Medium medium = Media.openImage(path, MediumOptions.DEFAULT)) {
                return Snapshot.of(Volume.open(medium, options())).equalsAll(before) ? null : "something is missing";
            }
        } finally {
            Files.deleteIfExists(path);
        }
    }
}
