package dev.stele.medium.sim;

import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// A device of which a program sees only a window that slides, as the processor's cache shows it. A control register
/// says where the window stands, a status register whether what was stored through it arrived.
///
/// The model:
///
/// - A1. The cache knows a line by its place in the window, not by what lies under it. Once cached it shows the same
///   until it is invalidated, wherever the window slides meanwhile.
/// - A2. A store changes the cached line, and the rest of that line is what the cache had of it.
/// - A3. A line is written back to where the window stands at that time: when asked for, or by itself at any moment
///   (every so many accesses one is, drawn from a seed).
/// - A4. What was written back on request is on its way until a fence of the same thread; what the cache wrote back by
///   itself has arrived.
/// - A5. What the device fails to store it drops, and says so in the status register, once.
/// - A6. A power cut takes the cache along. What of the lines on their way arrived is the ground's to say.
///
/// Guarded by the lock of [Aperture], which alone knows how to use one.
final class ApertureDevice {
    private static final int LINE_BYTES = Medium.LINE_BYTES;
    private static final int ACCESSES_PER_EVICTION = 29;
    private static final byte ABSENT = 0;
    private static final byte CLEAN = 1;
    private static final byte DIRTY = 2;

    /// what the device stores to
    private final Medium ground;
    private final int windowBytes;
    private final MemorySegment cache;
    private final byte[] states;
    private final SplittableRandom random;
    private long base;
    private int accessCount;
    private int failing;
    private boolean hasFailed;

    /// @param windowBytes a multiple of 64
    ApertureDevice(Arena arena, Medium ground, int windowBytes, long seed) {
        this.ground = ground;
        this.windowBytes = windowBytes;
        this.cache = arena.allocate(windowBytes, LINE_BYTES);
        this.states = new byte[windowBytes / LINE_BYTES];
        this.random = new SplittableRandom(seed);
    }

    int windowBytes() {
        return windowBytes;
    }

    long sizeBytes() {
        return ground.sizeBytes();
    }

    /// The control register: what the window shows begins there.
    void slide(long newBase) {
        base = newBase;
    }

    long base() {
        return base;
    }

    /// Copies out what a program's loads see.
    void load(long at, MemorySegment to, long toAt, long byteCount) {
        fetch(at, byteCount);
        MemorySegment.copy(cache, at, to, toAt, byteCount);
        evict();
    }

    /// What a program's stores do.
    void store(long at, MemorySegment from, long fromAt, long byteCount) {
        fetch(at, byteCount);
        MemorySegment.copy(from, fromAt, cache, at, byteCount);
        for (int line = lineOf(at); line <= lineOf(at + byteCount - 1); line++) {
            states[line] = DIRTY;
        }
        evict();
    }

    /// Sends the dirty lines of the range on their way; they stay cached.
    void writeBack(long at, long byteCount) {
        int end = lineOf(at + byteCount - 1) + 1;
        for (int line = nextOf(DIRTY, lineOf(at), end); line < end; line = nextOf(DIRTY, line, end)) {
            int first = line;
            while (line < end && states[line] == DIRTY) {
                states[line++] = CLEAN;
            }
            send(first, line - first);
        }
    }

    /// Takes the lines of the range out of the cache. What is dirty the processor writes back first.
    void invalidate(long at, long byteCount) {
        writeBack(at, byteCount);
        for (int line = lineOf(at); line <= lineOf(at + byteCount - 1); line++) {
            states[line] = ABSENT;
        }
    }

    /// Waits until what this thread sent has arrived.
    void fence() {
        ground.drain();
    }

    /// The status register: whether something was dropped since it was last read.
    boolean readStatus() {
        boolean failed = hasFailed;
        hasFailed = false;
        return failed;
    }

    /// Has the device drop what it is sent, that many times.
    void failStores(int times) {
        failing = times;
    }

    private void fetch(long at, long byteCount) {
        int end = lineOf(at + byteCount - 1) + 1;
        for (int line = nextOf(ABSENT, lineOf(at), end); line < end; line = nextOf(ABSENT, line, end)) {
            int first = line;
            while (line < end && states[line] == ABSENT) {
                states[line++] = CLEAN;
            }
            long from = base + (long) first * LINE_BYTES;
            ground.data().read(from, cache, (long) first * LINE_BYTES, (long) (line - first) * LINE_BYTES);
        }
    }

    private void send(int firstLine, int lineCount) {
        if (failing > 0) {
            failing--;
            hasFailed = true;
            return;
        }
        long at = (long) firstLine * LINE_BYTES;
        ground.data().stream(base + at, cache, at, (long) lineCount * LINE_BYTES);
    }

    /// A cache keeps a line as long as it likes.
    private void evict() {
        if (++accessCount % ACCESSES_PER_EVICTION == 0) {
            int line = random.nextInt(states.length);
            if (states[line] == DIRTY) {
                send(line, 1);
                fence();
            }
            states[line] = ABSENT;
        }
    }

    private int nextOf(byte state, int line, int end) {
        while (line < end && states[line] != state) {
            line++;
        }
        return line;
    }

    private static int lineOf(long at) {
        return (int) (at / LINE_BYTES);
    }
}
