package dev.stele.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/// M7: a slice in which others had the processor says nothing about who ran in it.
class SlicesTest {
    @Test
    void theSecondFigureOfSchedstatIsTheWait() {
        assertEquals(345, RunDelay.nanos("12 345 6\n"));
        assertEquals(0, RunDelay.nanos(""));
        assertEquals(0, RunDelay.nanos("12\n"));
    }

    @Test
    void waitsOnlyGrow() {
        long before = RunDelay.nanos();
        assertTrue(before >= 0 && RunDelay.nanos() >= before);
        assertTrue(ProcessTime.nanos() > 0);
    }

    @Test
    void aFiftiethIsNoDisturbance() {
        assertFalse(Slices.isDisturbed(0, 0));
        assertFalse(Slices.isDisturbed(20, 1000));
        assertTrue(Slices.isDisturbed(21, 1000));
    }

    @Test
    void aSlowSliceDoesNotShortenTheNext() {
        Pace pace = new Pace();
        pace.add(100);
        pace.add(30_000);
        assertEquals(100, pace.fastest());
    }

    @Test
    void aPaceOfLongAgoIsForgotten() {
        Pace pace = new Pace();
        pace.add(1);
        for (int i = 0; i < 8; i++) {
            pace.add(50 + i);
        }
        assertEquals(50, pace.fastest());
    }

    /// However often slices are taken again, each that counts is one sample.
    @Test
    void aSliceThatCountsIsOneSample() throws Exception {
        Slices slices = new Slices(new Contender("idle", new Work() {
            @Override
            void run(int operationCount) {
            }
        }, List.of()), CoreProbe.OF_PROCESS);
        slices.start();
        for (int i = 0; i < 100; i++) {
            slices.measure(4);
        }
        assertEquals(100, slices.nanosPerOperation().length);
        assertEquals(0, slices.costs().fences());
    }
}
