package dev.stele.check;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.node.AttributeChange;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/// Does random operations to a volume, so that it comes to hold some of everything.
final class RandomTree {
    private static final long NOW = 1_700_000_000_000_000_000L;

    private final Volume volume;
    private final Random random;
    private final List<Long> directories = new ArrayList<>();
    private final List<Long> files = new ArrayList<>();
    private final MemorySegment buffer = Arena.ofAuto().allocate(64 << 10);

    RandomTree(Volume volume, long seed) {
        this.volume = volume;
        this.random = new Random(seed);
        directories.add(volume.root());
        for (int i = 0; i < buffer.byteSize(); i++) {
            buffer.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
    }

    static Volume format(Medium medium) {
        Volume.format(medium, new FormatOptions("random", new UUID(3, 4), 5, 6, 0, 7, 8, NOW));
        return open(medium, false);
    }

    static Volume open(Medium medium, boolean readOnly) {
        return Volume.open(medium, new OpenOptions(readOnly, () -> NOW, false));
    }

    void run(int operations) {
        for (int i = 0; i < operations; i++) {
            try {
                step();
            } catch (VolumeException expected) {
                if (expected.errno() == Errno.EUCLEAN || expected.errno() == Errno.EIO) {
                    throw expected;
                }
            }
        }
    }

    private long directory() {
        return directories.get(random.nextInt(directories.size()));
    }

    private long file() {
        return files.isEmpty() ? volume.root() : files.get(random.nextInt(files.size()));
    }

    private Name name() {
        int id = random.nextInt(60);
        return Name.of(id % 9 == 0 ? "n".repeat(1 + random.nextInt(250)) : "name-" + id);
    }

    private void step() {
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3 -> files.add(volume.create(directory(), name(), 0644, 1, 2));
            case 4 -> directories.add(volume.mkdir(directory(), name(), 0755, 1, 2));
            case 5 -> volume.symlink(directory(), name(), "t".repeat(1 + random.nextInt(
                    random.nextBoolean() ? 100 : 4000)).getBytes(), 1, 2);
            case 6 -> volume.mknod(directory(), name(), Kind.FIFO << 12 | 0600, 0, 1, 2);
            case 7 -> volume.link(file(), directory(), name());
            case 8, 9 -> volume.unlink(directory(), name());
            case 10 -> volume.rmdir(directory(), name());
            case 11 -> volume.rename(directory(), name(), directory(), name(),
                    Volume.RenameMode.values()[random.nextInt(3)]);
            case 12, 13, 14 -> volume.write(file(), offset(), buffer, 0, 1 + random.nextInt(20_000),
                    Volume.Durability.values()[random.nextInt(4)]);
            case 15 -> volume.append(file(), buffer, 0, 1 + random.nextInt(5000), Volume.Durability.DEFERRED);
            case 16 -> volume.truncate(file(), offset());
            case 17 -> volume.allocate(file(), offset(), 1 + random.nextInt(50_000), random.nextBoolean());
            case 18 -> volume.punchHole(file(), offset(), 1 + random.nextInt(50_000));
            case 19 -> volume.zeroRange(file(), offset(), 1 + random.nextInt(30_000), random.nextBoolean());
            case 20 -> xattr();
            case 21 -> volume.setAttributes(file(), new AttributeChange().permissions(random.nextInt(01000)).uid(9));
            case 22 -> {
                if (random.nextBoolean()) {
                    volume.insertRange(file(), offset() & -4096, 4096);
                } else {
                    volume.collapseRange(file(), offset() & -4096, 4096);
                }
            }
            default -> scatter();
        }
    }

    /// Gives a file more extents than its inode holds.
    private void scatter() {
        long file = file();
        for (int i = 0; i < 12; i++) {
            volume.write(file, (long) i * (8 << 10), buffer, 0, 100, Volume.Durability.DEFERRED);
        }
    }

    private long offset() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> random.nextInt(128);
            case 2 -> random.nextLong(1L << 40);
            default -> random.nextInt(200_000);
        };
    }

    private void xattr() {
        long inode = random.nextBoolean() ? file() : directory();
        Name name = Name.of("user." + random.nextInt(5));
        if (random.nextInt(4) == 0) {
            volume.removeXattr(inode, name);
        } else {
            volume.setXattr(inode, name, new byte[random.nextInt(random.nextBoolean() ? 100 : 9000)],
                    Volume.XattrMode.SET);
        }
    }
}
