package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WaitingTest {
    private static final int LONG_WAITING = 1000;

    @Test
    void anInterruptIsLeftForWhoeverLooksForIt() {
        Thread.currentThread().interrupt();
        for (int round = 0; round < LONG_WAITING; round++) {
            Waiting.pause(round);
        }
        assertTrue(Thread.interrupted());
        Waiting.pause(LONG_WAITING);
        assertFalse(Thread.interrupted());
    }
}
