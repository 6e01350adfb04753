package dev.stele.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Threads that create, rename, link, write and remove the same few names in the same few directories, moving the
/// directories into each other as well.
final class SharedDirectories {
    private static final Set<Errno> EXPECTED = EnumSet.of(Errno.ENOENT, Errno.EEXIST, Errno.ENOTDIR, Errno.EISDIR,
            Errno.ENOTEMPTY, Errno.EINVAL, Errno.EPERM, Errno.ESTALE, Errno.ENOSPC);
    private static final String TOP = "shared";

    private final Volume volume;
    private final long seed;
    private final long top;
    private final List<Throwable> failures = new ArrayList<>();

    SharedDirectories(Volume volume, long seed) {
        this.volume = volume;
        this.seed = seed;
        this.top = volume.mkdir(volume.root(), Name.of(TOP), 0755, 0, 0);
    }

    void run(int threadCount, int steps) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < threadCount; t++) {
            Random random = new Random(seed + t);
            threads.add(Thread.ofPlatform().start(() -> work(random, steps)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures, "seed " + seed);
    }

    private void work(Random random, int steps) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(20_000);
            for (int i = 0; i < steps; i++) {
                try {
                    step(random, bytes);
                } catch (VolumeException e) {
                    if (!EXPECTED.contains(e.errno())) {
                        throw e;
                    }
                }
            }
        } catch (Throwable failure) {
            synchronized (failures) {
                failures.add(failure);
            }
        }
    }

    private void step(Random random, MemorySegment bytes) {
        long a = directory(random);
        long b = directory(random);
        Name name = Name.of("n" + random.nextInt(8));
        Name other = Name.of("n" + random.nextInt(8));
        switch (random.nextInt(10)) {
            case 0, 1 -> volume.create(a, name, 0644, 0, 0);
            case 2 -> volume.mkdir(a, name, 0755, 0, 0);
            case 3 -> volume.unlink(a, name);
            case 4 -> volume.rmdir(a, name);
            case 5, 6 -> volume.rename(a, name, b, other, Volume.RenameMode.values()[random.nextInt(3)]);
            case 7 -> volume.link(require(volume.lookup(a, name)), b, other);
            case 8 -> volume.write(require(volume.lookup(a, name)), random.nextInt(50_000), bytes, 0,
                    1 + random.nextInt(20_000), Volume.Durability.DEFERRED);
            default -> openAndUnlink(a, name, bytes);
        }
    }

    private void openAndUnlink(long directory, Name name, MemorySegment bytes) {
        long inode = require(volume.lookupAndPin(directory, name));
        try {
            volume.unlink(directory, name);
            volume.read(inode, 0, bytes, 0, bytes.byteSize());
        } finally {
            volume.unpin(inode);
        }
    }

    /// One of the directories there are, found by walking down at random.
    private long directory(Random random) {
        long directory = top;
        for (int depth = random.nextInt(4); depth > 0; depth--) {
            long next = volume.lookup(directory, Name.of("n" + random.nextInt(8)));
            if (next == 0) {
                return directory;
            }
            directory = next;
        }
        return directory;
    }

    private static long require(long inode) {
        if (inode == 0) {
            throw new VolumeException(Errno.ENOENT);
        }
        return inode;
    }

    void delete() {
        Trees.delete(volume, TOP);
    }
}
