package dev.stele.extent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Run;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PlanTest {
    @Test
    void whatGrewLargeIsNotKept() {
        Plan plan = new Plan();
        int usual = plan.pairs().length;
        for (int i = 0; i < 100_000; i++) {
            plan.add(2L * i, 1000 + 2L * i, 1, false);
        }
        assertEquals(100_000, plan.count());
        assertEquals(199_998, plan.pairs()[199_998]);
        assertTrue(plan.pairs().length >= 200_000);
        plan.clear();
        assertEquals(0, plan.count());
        assertEquals(usual, plan.pairs().length, "one thread's plan is there for as long as the thread");
    }

    @Test
    void onlyWhatContinuesTheExtentBeforeBecomesPartOfIt() {
        Plan plan = new Plan();
        plan.add(10, 1000, 5, false);
        plan.add(15, 1005, 5, false);
        plan.add(21, 1010, 1, false);
        plan.add(22, 1011, 1, true);
        plan.add(23, 2000, 1, true);
        long[] pairs = {10, Run.of(1000, 10), 21, Run.of(1010, 1), 22, Run.of(1011, 1, true), 23,
            Run.of(2000, 1, true)};
        assertArrayEquals(pairs, Arrays.copyOf(plan.pairs(), 2 * plan.count()));
    }
}
