package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.RenameMode;
import dev.stele.volume.Volume.XattrMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// P2 with several threads: each works in a directory of its own, all share bitmaps, inode blocks and the log. The
/// power is cut while they run; each directory is found as it was after some operation of its thread, none before the
/// last that had returned.
class ConcurrentPowerCutsTest {
    private static final int THREADS = 4;
    private static final int STEPS = 150;
    private static final int LOOKS = 15 * Integer.getInteger("stele.cuts", 1);
    /// So many looks fall among the steps, however fast these are: who is ahead waits.
    private static final int LOOKS_AMONG_STEPS = 5;
    private static final long SEED = Long.getLong("stele.seed", 3);

    @Test
    void everyThreadFindsWhatItWasTold() throws Exception {
        List<List<String>> states = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            states.add(rehearse(t));
        }
        try (Ground ground = ground()) {
            AtomicIntegerArray started = new AtomicIntegerArray(THREADS);
            AtomicIntegerArray returned = new AtomicIntegerArray(THREADS);
            AtomicInteger running = new AtomicInteger(THREADS);
            AtomicInteger looks = new AtomicInteger();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            int[] floor = new int[THREADS];
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(ground.medium).seed(SEED).exhaustiveTo(8).samples(4)
                    .onlyNamedPoints().check(Ground::open, (volume, image, point) -> {
                        for (int t = 0; t < THREADS; t++) {
                            assertOneOf(states.get(t), floor[t], started.get(t), text(volume, t), t);
                        }
                        Report report = Check.run(image);
                        assertTrue(report.isClean(), () -> report.obstacle() + report.findings());
                    })) {
                List<Thread> threads = new ArrayList<>();
                for (int t = 0; t < THREADS; t++) {
                    int me = t;
                    threads.add(Thread.ofPlatform().start(() -> {
                        try {
                            work(ground, me, started, returned, looks);
                        } catch (Throwable failed) {
                            failure.compareAndSet(null, failed);
                        } finally {
                            running.decrementAndGet();
                        }
                    }));
                }
                try {
                    for (int look = 0; look < LOOKS && running.get() > 0; look++) {
                        for (int t = 0; t < THREADS; t++) {
                            floor[t] = returned.get(t);
                        }
                        cuts.at("look " + look);
                        looks.incrementAndGet();
                        Thread.sleep(1);
                    }
                } finally {
                    looks.set(LOOKS_AMONG_STEPS);
                }
                for (Thread each : threads) {
                    each.join();
                }
                for (int t = 0; t < THREADS; t++) {
                    floor[t] = STEPS;
                }
                if (failure.get() != null) {
                    throw new AssertionError(failure.get());
                }
                cuts.at("end");
                System.out.println("threads: " + cuts.coverage());
                assertTrue(cuts.coverage().points() > LOOKS_AMONG_STEPS, "never looked while they ran");
            }
        }
    }

    private static Ground ground() {
        Ground ground = new Ground(SimMedium.create(2 * Ground.SIZE_BYTES));
        for (int t = 0; t < THREADS; t++) {
            ground.mkdir("t" + t);
        }
        ground.medium.settle();
        return ground;
    }

    private static List<String> rehearse(int thread) {
        List<String> states = new ArrayList<>();
        try (Ground ground = ground()) {
            SplittableRandom random = new SplittableRandom(SEED + thread);
            states.add(text(ground.volume, thread));
            for (int i = 0; i < STEPS; i++) {
                step(ground, thread, random);
                states.add(text(ground.volume, thread));
            }
        }
        return states;
    }

    private static void work(Ground ground, int thread, AtomicIntegerArray started, AtomicIntegerArray returned,
            AtomicInteger looks) {
        SplittableRandom random = new SplittableRandom(SEED + thread);
        for (int i = 1; i <= STEPS; i++) {
            while (looks.get() < LOOKS_AMONG_STEPS * i / STEPS) {
                Thread.yield();
            }
            started.set(thread, i);
            step(ground, thread, random);
            returned.set(thread, i);
        }
    }

    private static void step(Ground ground, int thread, SplittableRandom random) {
        String path = "t" + thread + "/f" + random.nextInt(6);
        String other = "t" + thread + "/f" + random.nextInt(6);
        int number = random.nextInt(12_000);
        int kind = random.nextInt(10);
        try {
            switch (kind) {
                case 0, 1 -> ground.create(path);
                case 2 -> ground.unlink(path);
                case 3, 4 -> ground.rename(path, other, RenameMode.values()[number % 3]);
                case 5 -> ground.append(path, 1 + number);
                case 6 -> ground.write(path, number, 1 + number / 3, Durability.ATOMIC);
                case 7 -> ground.volume.truncate(ground.at(path), number);
                case 8 -> ground.link(path, other);
                default -> ground.volume.setXattr(ground.at(path), Name.of("user.a"), Ground.bytes(number / 2, 1),
                        XattrMode.SET);
            }
        } catch (VolumeException refused) {
            assertTrue(refused.errno() == Errno.ENOENT || refused.errno() == Errno.EEXIST, refused.getMessage());
        }
    }

    /// Names, link counts, sizes, bytes and attributes; not numbers and times, which depend on what others do.
    private static String text(Volume volume, int thread) {
        long directory = Ground.at(volume, "t" + thread);
        TreeMap<String, Long> names = new TreeMap<>();
        volume.readDirectory(directory, 0, (name, inode, type, cookie) -> names.put(name.toString(), inode) == null);
        StringBuilder text = new StringBuilder();
        Attributes attributes = new Attributes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(1 << 20);
            names.forEach((name, inode) -> {
                volume.attributes(inode, attributes);
                assertEquals(FileType.REGULAR, attributes.type());
                long count = volume.read(inode, 0, into, 0, into.byteSize());
                byte[] value = volume.getXattr(inode, Name.of("user.a"));
                text.append(name).append(" links ").append(attributes.linkCount).append(" size ")
                        .append(attributes.sizeBytes).append(" content ").append(sum(into.asSlice(0, count)))
                        .append(" value ").append(value == null ? "none" : sum(MemorySegment.ofArray(value)))
                        .append('\n');
            });
        }
        return text.toString();
    }

    private static String sum(MemorySegment segment) {
        CRC32C crc = new CRC32C();
        crc.update(segment.asByteBuffer());
        return Long.toHexString(crc.getValue());
    }

    private static void assertOneOf(List<String> states, int least, int most, String found, int thread) {
        for (int i = least; i <= most; i++) {
            if (states.get(i).equals(found)) {
                return;
            }
        }
        throw new AssertionError("seed " + SEED + ", thread " + thread + ": after " + least + " operations\n"
                + states.get(least) + "after " + most + "\n" + states.get(most) + "found\n" + found);
    }
}
