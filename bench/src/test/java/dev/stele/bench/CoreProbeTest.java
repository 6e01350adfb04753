package dev.stele.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/// M7: a slice says nothing about who ran in it where it had half a core.
class CoreProbeTest {
    /// Computes as fast as it is told to.
    private static final class Computer extends Work {
        private long coreNanos = 80;
        private int slowCount;
        private int runCount;
        private Thread probed;

        @Override
        void run(int operationCount) {
            runCount++;
        }

        @Override
        long coreNanos() {
            probed = Thread.currentThread();
            return slowCount-- > 0 ? 2 * coreNanos : coreNanos;
        }
    }

    private final Computer computer = new Computer();
    private final Slices slices = new Slices(Contender.peer("computer", computer), new CoreProbe());

    @Test
    void theFastestIsTheMeasureAndASixteenthIsNothing() {
        CoreProbe probe = new CoreProbe();
        assertFalse(probe.isShared(1000));
        assertFalse(probe.isShared(1062));
        assertTrue(probe.isShared(1063));
        assertFalse(probe.isShared(800));
        assertTrue(probe.isShared(1000));
    }

    @Test
    void whatWasFastLongAgoIsForgotten() {
        CoreProbe probe = new CoreProbe();
        probe.isShared(800);
        for (int i = 0; i < 255; i++) {
            assertTrue(probe.isShared(1000));
        }
        assertFalse(probe.isShared(1000));
    }

    @Test
    void theLoopTakesTimeAndComputes() {
        assertTrue(CoreProbe.nanos() > 0);
        assertEquals(CoreProbe.compute(1, 50), CoreProbe.compute(1, 50));
        assertEquals(36, CoreProbe.compute(0, 0));
        assertEquals(4 * 36 - 36, CoreProbe.compute(0, 1));
    }

    @Test
    void aSliceWithHalfACoreIsTakenAgain() throws Exception {
        slices.measure(4);
        computer.slowCount = 2;
        int runCount = computer.runCount;
        slices.measure(4);
        assertTrue(computer.runCount >= runCount + 3, "runs: " + (computer.runCount - runCount));
        assertEquals(2, slices.nanosPerOperation().length);
    }

    @Test
    void aSliceThatRemainsSoIsKnown() throws Exception {
        slices.measure(0);
        computer.slowCount = 1;
        slices.measure(0);
        assertTrue(slices.disturbed().get(1));
    }

    @Test
    void notForEver() throws Exception {
        slices.measure(4);
        computer.slowCount = Integer.MAX_VALUE;
        for (int i = 0; i < 100; i++) {
            slices.measure(4);
        }
        assertEquals(101, slices.nanosPerOperation().length);
        assertTrue(computer.runCount <= 2 * 101 + 4, "runs: " + computer.runCount);
    }

    /// Both at the same time; one that has half a core is enough.
    @Test
    void eachOfTwoThreadsIsAsked() throws Exception {
        Computer other = new Computer();
        try (PairWork pair = new PairWork(computer, other, List.of())) {
            for (long nanos : new long[] {70, 90}) {
                other.coreNanos = nanos;
                pair.prepare(2);
                pair.run(2);
                assertEquals(Math.max(80, nanos), pair.coreNanos());
                pair.check(2);
            }
        }
        assertEquals(2, other.runCount);
        assertSame(Thread.currentThread(), computer.probed);
        assertNotSame(computer.probed, other.probed);
    }
}
