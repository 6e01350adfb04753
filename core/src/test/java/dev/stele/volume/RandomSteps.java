package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.RenameMode;
import dev.stele.volume.Volume.XattrMode;
import java.util.SplittableRandom;

/// A seeded sequence of operations on few names, so that they meet. The same seed does the same to the same volume.
/// Most names that a step needs are there, or else it would be refused and show nothing; some are not, because refusing
/// must change nothing.
final class RandomSteps {
    private static final String[] DIRECTORIES = {"", "d/", "e/", "d/x/"};

    private static final String[] FIRST_DIRECTORIES = {"d", "e", "d/x"};
    private static final int TRIES = 12;

    private final Ground ground;
    private final SplittableRandom random;
    private final Attributes attributes = new Attributes();
    private int stepCount;

    RandomSteps(Ground ground, long seed) {
        this.ground = ground;
        this.random = new SplittableRandom(seed);
    }

    /// One operation, ready to run.
    ///
    /// @param torn the file whose bytes it may leave mixed while it runs, 0 for none
    record Step(String name, long torn, Runnable action) {
        /// Runs it. Refusals are part of the game and must change nothing.
        void run() {
            try {
                action.run();
            } catch (VolumeException refused) {
                if (refused.errno() == Errno.EIO || refused.errno() == Errno.EUCLEAN) {
                    throw refused;
                }
            }
        }
    }

    Step next() {
        if (stepCount < FIRST_DIRECTORIES.length) {
            String directory = FIRST_DIRECTORIES[stepCount++];
            return new Step("mkdir " + directory, 0, () -> ground.mkdir(directory));
        }
        stepCount++;
        int kind = random.nextInt(20);
        String path = kind < 3 ? placed() : present();
        return switch (kind) {
            case 0, 1 -> new Step("create " + path, 0, () -> ground.create(path));
            case 2 -> new Step("mkdir " + path, 0, () -> ground.mkdir(path));
            case 3, 4 -> new Step("unlink " + path, 0, () -> ground.unlink(path));
            case 5 -> new Step("rmdir " + path, 0, () -> ground.rmdir(path));
            case 6, 7, 8 -> rename(path);
            case 9 -> link(path);
            case 10, 11, 12 -> append(path);
            case 13, 14 -> write(path);
            case 15 -> truncate(path);
            case 16, 17 -> shape(path);
            case 18 -> xattr(path);
            default -> new Step("setattr " + path, 0, () -> ground.volume.setAttributes(ground.at(path),
                    new AttributeChange().permissions(random(512)).uid(random(9))));
        };
    }

    private int random(int bound) {
        return random.nextInt(bound);
    }

    private String path() {
        String name = switch (random.nextInt(8)) {
            case 0 -> "d";
            case 1 -> "e";
            case 2 -> "x";
            case 3 -> "n".repeat(200 + random.nextInt(4));
            default -> "f" + random.nextInt(4);
        };
        return DIRECTORIES[random.nextInt(DIRECTORIES.length)] + name;
    }

    /// A name that most likely exists.
    private String present() {
        String path = path();
        for (int i = 0; i < TRIES && !exists(path); i++) {
            path = path();
        }
        return path;
    }

    /// A name whose directory most likely exists.
    private String placed() {
        String path = path();
        for (int i = 0; i < TRIES && !exists(path.substring(0, Math.max(0, path.lastIndexOf('/')))); i++) {
            path = path();
        }
        return path;
    }

    private boolean exists(String path) {
        try {
            return ground.at(path) != 0;
        } catch (VolumeException none) {
            return false;
        }
    }

    private Step rename(String path) {
        String to = placed();
        RenameMode mode = RenameMode.values()[random(3)];
        return new Step("rename " + mode + " " + path + " to " + to, 0, () -> ground.rename(path, to, mode));
    }

    private Step link(String path) {
        String to = placed();
        if (random.nextInt(3) == 0) {
            byte[] target = Ground.bytes(1 + random(random.nextInt(3) == 0 ? 4000 : 120), 1);
            return new Step("symlink " + to, 0, () -> ground.symlink(to, target));
        }
        return new Step("link " + path + " to " + to, 0, () -> ground.link(path, to));
    }

    private Step append(String path) {
        int byteCount = 1 + random(random.nextInt(3) == 0 ? 9000 : 600);
        return new Step("append " + byteCount + " to " + path, 0, () -> ground.append(path, byteCount));
    }

    private Step write(String path) {
        int offset = random(20_000);
        int byteCount = 1 + random(6000);
        if (random.nextBoolean()) {
            return new Step("write atomically " + byteCount + " at " + offset + " of " + path, 0,
                    () -> ground.write(path, offset, byteCount, Durability.ATOMIC));
        }
        return new Step("write durably " + byteCount + " at " + offset + " of " + path, inode(path),
                () -> ground.write(path, offset, byteCount, Durability.DSYNC));
    }

    private Step truncate(String path) {
        int size = random(random.nextBoolean() ? 300 : 30_000);
        return new Step("truncate " + path + " to " + size, 0, () -> ground.volume.truncate(ground.at(path), size));
    }

    private Step shape(String path) {
        long at = random(5) * 4096L;
        long count = (1 + random(3)) * 4096L;
        return switch (random(5)) {
            case 0 -> new Step("allocate " + path, 0, () -> ground.volume.allocate(ground.at(path), at, count, false));
            case 1 -> new Step("punch " + at + " + " + count + " of " + path, 0,
                    () -> ground.volume.punchHole(ground.at(path), at, count));
            case 2 -> new Step("collapse " + at + " + " + count + " of " + path, 0,
                    () -> ground.volume.collapseRange(ground.at(path), at, count));
            case 3 -> new Step("insert " + at + " + " + count + " of " + path, 0,
                    () -> ground.volume.insertRange(ground.at(path), at, count));
            default -> {
                long unaligned = at + random(4096);
                yield new Step("zero " + unaligned + " + " + count + " of " + path, inode(path),
                        () -> ground.volume.zeroRange(ground.at(path), unaligned, count, true));
            }
        };
    }

    private Step xattr(String path) {
        Name name = Name.of("user.a" + random(2));
        if (random(3) == 0) {
            return new Step("removexattr " + path, 0, () -> ground.volume.removeXattr(ground.at(path), name));
        }
        byte[] value = Ground.bytes(random(random.nextBoolean() ? 100 : 6000), 3);
        return new Step("setxattr " + value.length + " of " + path, 0,
                () -> ground.volume.setXattr(ground.at(path), name, value, XattrMode.SET));
    }

    /// The regular file of that name, 0 where there is none.
    private long inode(String path) {
        try {
            long inode = ground.at(path);
            ground.volume.attributes(inode, attributes);
            return attributes.type() == FileType.REGULAR ? inode : 0;
        } catch (VolumeException none) {
            return 0;
        }
    }
}
