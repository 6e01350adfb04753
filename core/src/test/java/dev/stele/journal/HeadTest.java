package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadTest {
    private final Ring ring = new Ring(Log.GEOMETRY);

    @Test
    void aFullLogHasNoRoomUntilSomeOfItMayBeOverwritten() {
        Head head = new Head(ring, 0);
        int quarter = (int) Log.RING_BYTES / 4;
        for (int i = 0; i < 4; i++) {
            assertEquals(i * quarter, head.reserve(quarter, 0));
        }
        assertEquals(-1, head.reserve(64, 0));
        assertEquals(Log.RING_BYTES, head.position(), "what was refused is not reserved");
        assertEquals(Log.RING_BYTES, head.reserve(64, 64));
        assertEquals(-1, head.reserve(64, 64));
    }

    @Test
    void noRecordCrossesTheEndOfTheRing() {
        Head head = new Head(ring, Log.RING_BYTES - 64);
        assertEquals(Log.RING_BYTES - 64, head.reserve(128, Log.RING_BYTES - 64));
        assertEquals(Log.RING_BYTES + 128, head.position(), "the padding is part of the reservation");
    }

    /// Each takes what nobody else has, and nothing is left out: what J1 stands on.
    @Test
    void threadsReserveSideBySide() throws Exception {
        int threadCount = 4;
        int each = 500_000;
        Head head = new Head(ring, 0);
        long[][] starts = new long[threadCount][each];
        List<Thread> threads = new ArrayList<>();
        for (long[] mine : starts) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    mine[i] = head.reserve(64, Long.MAX_VALUE / 2);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (long[] mine : starts) {
            for (int i = 1; i < each; i++) {
                assertTrue(mine[i - 1] < mine[i], "a thread's records are in its order");
            }
        }
        long[] all = Arrays.stream(starts).flatMapToLong(Arrays::stream).sorted().toArray();
        for (int i = 0; i < all.length; i++) {
            assertEquals(i * 64L, all[i]);
        }
        assertEquals(all.length * 64L, head.position());
    }
}
