package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Growing stops everybody else, and so those who grow at the same time.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConcurrentGrowthTest {
    private static final long MIB = 1L << 20;
    private static final int ROUNDS = 40;
    private static final long ARRIVAL_MILLIS = 20;

    /// Who asks for less than another has made of it is refused: a volume never shrinks under the blocks it has given.
    @Test
    void ofGrowthsThatWaitedTogetherTheLargestStays() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            for (int round = 0; round < ROUNDS; round++) {
                growTogether(threads, "round " + round);
            }
        }
    }

    private static void growTogether(ExecutorService threads, String round) throws Exception {
        MemoryMedium medium = MemoryMedium.create(MIB);
        Volume.format(medium, new FormatOptions("grown", new UUID(1, 2), 3, 4, 16, 0, 0, 0));
        // An operation asks for the time while it is inside the gate: so it can be kept there.
        AtomicReference<CountDownLatch> stays = new AtomicReference<>(new CountDownLatch(0));
        try (Volume volume = Volume.open(medium, new OpenOptions(false, () -> timeAfter(stays.get()), false))) {
            stays.set(new CountDownLatch(1));
            List<Future<?>> all = new ArrayList<>();
            all.add(threads.submit(() -> volume.create(volume.root(), Name.of("file"), 0600, 0, 0)));
            Thread.sleep(ARRIVAL_MILLIS);
            all.add(threads.submit(() -> grow(volume, 2 * MIB)));
            all.add(threads.submit(() -> grow(volume, 4 * MIB)));
            Thread.sleep(ARRIVAL_MILLIS);
            stays.get().countDown();
            for (Future<?> each : all) {
                each.get();
            }
            assertEquals(4 * MIB / 4096, volume.statistics().blockCount(), round);
        }
    }

    private static long timeAfter(CountDownLatch stays) {
        try {
            stays.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return 1;
    }

    private static void grow(Volume volume, long sizeBytes) {
        try {
            volume.grow(sizeBytes);
        } catch (VolumeException smaller) {
            assertEquals(Errno.EINVAL, smaller.errno());
        }
    }
}
