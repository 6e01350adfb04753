package dev.stele.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Memory here is unmapped behind the back of its segment, which stays alive: nothing but the lifetime keeps the
/// routines from touching what is not there, and that would end the process.
class LifetimeTest {
    private static final long BYTES = 1 << 20;
    private static final int ROUNDS = 100;

    private CacheLines lines;

    @BeforeEach
    void chooseMachineCode() {
        lines = CacheLinesChoice.detect("code").lines();
        assumeTrue(lines != null, "there is no machine code for this processor");
    }

    private static MemorySegment map() {
        long address = Native.map(0, BYTES, Native.PROT_READ | Native.PROT_WRITE,
                Native.MAP_PRIVATE | Native.MAP_ANONYMOUS, -1, 0);
        return MemorySegment.ofAddress(address).reinterpret(BYTES);
    }

    @Test
    void whatIsOverIsRefusedAndNotTouched() {
        MemorySegment memory = map();
        Lifetime lifetime = new Lifetime();
        lines.persist(lifetime, memory, 0, BYTES);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocateFrom(ValueLayout.JAVA_LONG, 7);
            lines.copyPersist(lifetime, memory, 8, source, 0, Long.BYTES);
            assertEquals(7, memory.get(ValueLayout.JAVA_LONG, 8));
            lifetime.end();
            Native.unmap(memory.address(), BYTES);
            assertThrows(IllegalStateException.class, () -> lines.persist(lifetime, memory, 0, BYTES));
            assertThrows(IllegalStateException.class,
                    () -> lines.copyPersist(lifetime, memory, 8, source, 0, Long.BYTES));
        }
    }

    @Test
    @DisplayName("I1: memory is unmapped while another thread persists: whoever ends its lifetime waits for that")
    void endingWhileOthersPersist() throws Exception {
        AtomicLong done = new AtomicLong();
        MemorySegment source = Arena.ofAuto().allocate(BYTES, CacheLines.LINE_BYTES);
        for (int round = 0; round < ROUNDS; round++) {
            done.set(0);
            MemorySegment memory = map();
            Lifetime lifetime = new Lifetime();
            Thread other = Thread.ofPlatform().start(() -> persistUntilOver(lifetime, memory, source, done));
            while (done.get() == 0) {
                Thread.onSpinWait();
            }
            lifetime.end();
            Native.unmap(memory.address(), BYTES);
            other.join();
            assertEquals(-1, done.get());
        }
    }

    private void persistUntilOver(Lifetime lifetime, MemorySegment memory, MemorySegment source, AtomicLong done) {
        try {
            while (true) {
                lines.persist(lifetime, memory, 0, BYTES);
                lines.copyPersist(lifetime, memory, 0, source, 0, BYTES);
                done.incrementAndGet();
            }
        } catch (IllegalStateException over) {
            done.set(-1);
        }
    }

    /// The tiers without such routines hold the memory, or look at it when a verb begins.
    @Test
    void everyTierRefusesWhatIsOver() {
        MemorySegment memory = Arena.ofAuto().allocate(4096, CacheLines.LINE_BYTES);
        for (String tier : new String[] {"code", "jdk"}) {
            CacheLines each = CacheLinesChoice.detect(tier).lines();
            if (each != null) {
                Lifetime lifetime = new Lifetime();
                each.persist(lifetime, memory, 0, 64);
                each.copyPersist(lifetime, memory, 64, memory, 0, 64);
                lifetime.end();
                assertThrows(IllegalStateException.class, () -> each.persist(lifetime, memory, 0, 64), tier);
                assertThrows(IllegalStateException.class,
                        () -> each.copyPersist(lifetime, memory, 64, memory, 0, 64), tier);
            }
        }
    }
}
