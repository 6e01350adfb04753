package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HoldsTest {
    private static final int BLOCKS = 64;

    @Test
    void countsLikeAnArray() {
        long seed = Long.getLong("stele.seed", 1);
        SplittableRandom random = new SplittableRandom(seed);
        Holds holds = new Holds();
        int[] expected = new int[BLOCKS];
        List<int[]> held = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            if (held.isEmpty() || random.nextInt(5) < 2 || held.size() < 20 && random.nextBoolean()) {
                int from = random.nextInt(BLOCKS);
                int[] range = {from, from + 1 + random.nextInt(BLOCKS - from)};
                held.add(range);
                holds.add(range[0], range[1]);
                change(expected, range, 1);
            } else {
                int[] range = held.remove(random.nextInt(held.size()));
                holds.remove(range[0], range[1]);
                change(expected, range, -1);
            }
            assertSame(expected, holds, "seed " + seed + " step " + i);
        }
        held.forEach(range -> holds.remove(range[0], range[1]));
        assertTrue(holds.isEmpty(), "seed " + seed);
    }

    private static void change(int[] expected, int[] range, int delta) {
        for (int bit = range[0]; bit < range[1]; bit++) {
            expected[bit] += delta;
        }
    }

    private static void assertSame(int[] expected, Holds holds, String where) {
        for (int bit = 0; bit < BLOCKS; bit++) {
            assertEquals(expected[bit] > 0, holds.isHeld(bit), where);
            int next = bit + 1;
            while (next < BLOCKS && expected[next] == expected[bit]) {
                next++;
            }
            assertEquals(next, holds.nextChange(bit, BLOCKS), where);
        }
    }

    @Test
    void moreReleasesThanHoldsAreRefused() {
        Holds holds = new Holds();
        holds.add(10, 20);
        assertThrows(AssertionError.class, () -> holds.remove(15, 25));
    }
}
