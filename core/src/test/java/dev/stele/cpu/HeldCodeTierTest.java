package dev.stele.cpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// The tier of machine code as it serves memory that another thread may close at any moment.
class HeldCodeTierTest extends CacheLinesContract {
    private static final int ROUNDS = 100;

    @Override
    CacheLines lines() {
        return CacheLinesChoice.detect("code").lines().held();
    }

    /// Without the hold this ends the process: the memory goes while the routine is at work on it. With it closing is
    /// refused meanwhile, and afterwards the flusher is told.
    @Test
    void closingAnArenaWhileItsMemoryIsFlushedHarmsNobody() throws Exception {
        CacheLines lines = lines();
        AtomicLong flushed = new AtomicLong();
        for (int round = 0; round < ROUNDS; round++) {
            flushed.set(round);
            Arena arena = Arena.ofShared();
            MemorySegment memory = Mapping.map(arena, -1, 0, 1 << 20, Native.PROT_READ | Native.PROT_WRITE,
                    Native.MAP_PRIVATE | Native.MAP_ANONYMOUS);
            Thread flusher = Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        memory.set(JAVA_BYTE, 0, (byte) 1);
                        lines.flush(memory, 0, memory.byteSize());
                        lines.zero(memory, 64, 4096);
                        flushed.incrementAndGet();
                    }
                } catch (IllegalStateException closed) {
                    lines.drain();
                }
            });
            while (flushed.get() <= round) {
                Thread.onSpinWait();
            }
            close(arena);
            flusher.join();
        }
    }

    /// An arena that is held refuses to close; somebody who wants to tries again.
    private static void close(Arena arena) {
        while (true) {
            try {
                arena.close();
                return;
            } catch (IllegalStateException held) {
                Thread.onSpinWait();
            }
        }
    }
}
