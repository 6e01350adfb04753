package dev.stele.mapping;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ShownPagesTest {
    private static final int PAGES = 40;

    @Test
    void agreesWithAnArray() {
        long seed = Long.getLong("stele.seed", 20_261_121);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            ShownPages shown = new ShownPages(PAGES);
            long[] oracle = new long[PAGES];
            for (int step = 0; step < 60; step++) {
                setBoth(shown, oracle, random);
                assertArrayEquals(oracle, read(shown, 0, PAGES), "seed " + seed + " round " + round);
            }
            assertEquals(fewestRuns(oracle), shown.runCount(), "seed " + seed);
            readsAPart(shown, oracle, random);
        }
    }

    private static void setBoth(ShownPages shown, long[] oracle, Random random) {
        int page = random.nextInt(PAGES);
        int count = 1 + random.nextInt(PAGES - page);
        long block = 1 + random.nextInt(12);
        long target = switch (random.nextInt(3)) {
            case 0 -> ShownPages.ZEROS;
            case 1 -> block;
            default -> ShownPages.detached(block);
        };
        shown.set(page, count, target);
        for (int i = 0; i < count; i++) {
            oracle[page + i] = target == ShownPages.ZEROS ? target : target + i;
        }
    }

    private static void readsAPart(ShownPages shown, long[] oracle, Random random) {
        int page = random.nextInt(PAGES);
        int count = 1 + random.nextInt(PAGES - page);
        long[] part = java.util.Arrays.copyOfRange(oracle, page, page + count);
        assertArrayEquals(part, read(shown, page, count));
    }

    private static long[] read(ShownPages shown, int page, int count) {
        long[] targets = new long[count];
        long[] next = {page};
        shown.forEach(page, count, (at, target, n) -> {
            assertEquals(next[0], at);
            for (int i = 0; i < n; i++) {
                targets[(int) at - page + i] = target == ShownPages.ZEROS ? target : target + i;
            }
            next[0] = at + n;
        });
        assertEquals(page + count, next[0]);
        return targets;
    }

    private static int fewestRuns(long[] targets) {
        int runs = 1;
        for (int i = 1; i < targets.length; i++) {
            boolean continues = targets[i - 1] == ShownPages.ZEROS ? targets[i] == ShownPages.ZEROS
                    : targets[i] == targets[i - 1] + 1;
            runs += continues ? 0 : 1;
        }
        return runs;
    }

    @Test
    void tellsKindsApart() {
        long detached = ShownPages.detached(7);
        assertTrue(ShownPages.isDetached(detached) && !ShownPages.isAttached(detached));
        assertTrue(ShownPages.isAttached(7) && !ShownPages.isDetached(7));
        assertEquals(7, ShownPages.block(detached));
    }
}
