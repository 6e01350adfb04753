package dev.stele.bench;

import java.util.Arrays;

/// Whether a thread has a core to itself. Virtual processors may be halves of one core, shared among themselves or with
/// other machines, and which are changes from one tenth of a second to the next; the kernel of a virtual machine does
/// not see that, nor what its host takes away. So a loop that only computes is timed and compared with the fastest of
/// its kind lately: whose core is shared takes longer.
final class CoreProbe {
    /// Of the whole process: what the processor can do is the same for all contenders.
    static final CoreProbe OF_PROCESS = new CoreProbe();

    /// Some eighty microseconds.
    private static final int TURNS = 50_000;
    /// Until the loop is compiled.
    private static final int FIRST_CALLS = 20_000;
    private static final int FIRST_TURNS = 20;
    /// A loop that took longer by more than one part in so many had not all of a core.
    private static final int SHARED_PART = 16;

    /// Keeps what the loop computes from being nothing to anybody.
    private static volatile long sink;

    /// The last so many, of some seconds: clocks change, too.
    private final long[] lately = new long[256];
    private int askedCount;

    /// The loop is compiled afterwards.
    CoreProbe() {
        Arrays.fill(lately, Long.MAX_VALUE);
        for (int i = 0; i < FIRST_CALLS; i++) {
            sink = compute(i, FIRST_TURNS);
        }
    }

    /// How long the loop takes the calling thread now.
    static long nanos() {
        long from = System.nanoTime();
        sink = compute(from, TURNS);
        return System.nanoTime() - from;
    }

    /// Eight chains that do not wait for each other: as much as a core of today can do at once.
    static long compute(long start, int turns) {
        long a = start + 1;
        long b = start + 2;
        long c = start + 3;
        long d = start + 4;
        long e = start + 5;
        long f = start + 6;
        long g = start + 7;
        long h = start + 8;
        for (int i = 0; i < turns; i++) {
            a = a * 3 + (a >>> 7);
            b = b * 3 + (b >>> 7);
            c = c * 3 + (c >>> 7);
            d = d * 3 + (d >>> 7);
            e = e * 3 + (e >>> 7);
            f = f * 3 + (f >>> 7);
            g = g * 3 + (g >>> 7);
            h = h * 3 + (h >>> 7);
        }
        return a + b + c + d + e + f + g + h;
    }

    /// Whether a core on which the loop took so long now is shared.
    synchronized boolean isShared(long nanos) {
        lately[askedCount++ % lately.length] = nanos;
        long fastestNanos = Arrays.stream(lately).min().getAsLong();
        return nanos > fastestNanos + fastestNanos / SHARED_PART;
    }
}
