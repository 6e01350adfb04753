package dev.stele.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// How long a cache line takes from one processor to the other: what two threads pay for each word that both store to.
/// Processors that share a cache hand one over in tens of nanoseconds, others in hundreds, and a virtual machine's are
/// now the ones and now the others.
final class Handover {
    private static final VarHandle TURN = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();
    private static final int SAMPLES = 50;
    /// There and back; a sample takes a millisecond at most where processors are free.
    private static final int ROUNDS = 2000;
    private static final int SPINS_MAX = 10_000;

    /// Two lines, for processors fetch them in pairs.
    private final MemorySegment line = Arena.ofAuto().allocate(128, 128);

    private Handover() {
    }

    /// Nanoseconds for one way; asks for two processors that are free.
    static Summary nanos() throws Exception {
        Handover handover = new Handover();
        double[] nanos = new double[SAMPLES];
        SideBySide.run(() -> {
            for (int i = 0; i < SAMPLES; i++) {
                long from = System.nanoTime();
                handover.take(2L * i * ROUNDS, ROUNDS);
                nanos[i] = (System.nanoTime() - from) / (2.0 * ROUNDS);
            }
        }, () -> handover.take(1, SAMPLES * ROUNDS));
        return Summary.of(nanos);
    }

    /// Waits for a turn and passes the next one on, every second one.
    private void take(long first, int count) {
        for (long turn = first; turn < first + 2L * count; turn += 2) {
            for (int spins = 0; (long) TURN.getAcquire(line, 0L) != turn; spins++) {
                pause(spins);
            }
            TURN.setRelease(line, 0L, turn + 1);
        }
    }

    /// Where there is one processor, the other thread needs it.
    private static void pause(int spins) {
        if (spins > SPINS_MAX) {
            Thread.yield();
        }
    }
}
