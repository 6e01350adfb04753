package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class GateTest {
    @Test
    void letsIn() {
        Gate gate = Gate.ofFile();
        int outer = gate.enter();
        int inner = gate.enter();
        assertTrue(outer > 0 && inner > 0);
        gate.leave(inner);
        gate.leave(outer);
        assertFalse(gate.isClosed());
        gate.close();
        gate.close();
        assertTrue(gate.isClosed());
        assertEquals(-1, gate.enter());
    }

    /// Many a file is only made: its gate has no counters then.
    @Test
    void aGateThatNobodyEnteredCloses() {
        Gate gate = Gate.ofFile();
        assertTrue(gate.close());
        assertFalse(gate.close());
        assertEquals(-1, gate.enter());
    }

    /// Two threads that stat or create in one file system must not hand a counter's line to and fro.
    @Test
    void twoThreadsOfAFileSystemHaveCountersOfTheirOwn() throws InterruptedException {
        Gate gate = Gate.ofFileSystem();
        int[] tickets = new int[2];
        Thread first = new Thread(() -> tickets[0] = gate.enter());
        Thread between = new Thread(() -> { });
        Thread second = new Thread(() -> tickets[1] = gate.enter());
        assertTrue(first.threadId() < between.threadId() && between.threadId() < second.threadId());
        first.start();
        second.start();
        first.join();
        second.join();
        if (second.threadId() - first.threadId() < 64) {
            assertTrue(Math.abs(tickets[0] - tickets[1]) >= 8, "less than a line apart");
        }
        gate.leave(tickets[0]);
        gate.leave(tickets[1]);
        gate.close();
    }

    @Test
    void closingWaitsForWhoIsInside() throws InterruptedException {
        Gate gate = Gate.ofFileSystem();
        int ticket = gate.enter();
        AtomicBoolean closed = new AtomicBoolean();
        Thread closer = Thread.ofPlatform().start(() -> {
            gate.close();
            closed.set(true);
        });
        while (!gate.isClosed()) {
            Thread.onSpinWait();
        }
        assertEquals(-1, gate.enter());
        Thread.sleep(20);
        assertFalse(closed.get());
        gate.leave(ticket);
        closer.join();
        assertTrue(closed.get());
    }

    @Test
    void nobodyIsInsideOnceItIsClosed() throws InterruptedException {
        for (int round = 0; round < 300; round++) {
            Gate gate = (round & 1) == 0 ? Gate.ofFile() : Gate.ofFileSystem();
            AtomicBoolean gone = new AtomicBoolean();
            AtomicInteger trespassers = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int ticket = gate.enter(); ticket >= 0; ticket = gate.enter()) {
                        if (gone.get()) {
                            trespassers.incrementAndGet();
                        }
                        gate.leave(ticket);
                    }
                }));
            }
            Thread.yield();
            gate.close();
            gone.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(0, trespassers.get());
        }
    }
}
