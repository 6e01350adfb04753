package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GateTest {
    private final Gate gate = new Gate();

    /// A checkpoint that opened the gate which a growth had shut would let operations in while the medium is remapped.
    @Test
    void whoShutsItWaitsForWhoHasShutIt() throws InterruptedException {
        CountDownLatch isShutAgain = new CountDownLatch(1);
        gate.shut();
        Thread second = Thread.ofPlatform().start(() -> {
            gate.shut();
            isShutAgain.countDown();
            gate.open();
        });
        assertFalse(isShutAgain.await(200, TimeUnit.MILLISECONDS), "two have shut it at the same time");
        gate.open();
        second.join();
        assertEquals(0, isShutAgain.getCount());
        gate.leave(gate.enter());
    }

    @Test
    void whoShutsItWaitsForWhoIsInside() throws InterruptedException {
        CountDownLatch isShut = new CountDownLatch(1);
        int token = gate.enter();
        Thread stopper = Thread.ofPlatform().start(() -> {
            gate.shut();
            isShut.countDown();
            gate.open();
        });
        assertFalse(isShut.await(200, TimeUnit.MILLISECONDS), "it was shut over somebody's head");
        gate.leave(token);
        stopper.join();
        assertTrue(isShut.await(0, TimeUnit.MILLISECONDS));
    }
}
