package dev.stele.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class MappingTest {
    private static final int PAGE_BYTES = 4096;
    private static final int NO_SUCH_ADVICE = 9999;

    @Test
    void adviceIsTakenOrRefusedAndNothingElse() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = Mapping.map(arena, -1, 0, PAGE_BYTES, Native.PROT_READ | Native.PROT_WRITE,
                    Native.MAP_PRIVATE | Native.MAP_ANONYMOUS);
            memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
            assertFalse(Mapping.advise(memory.address(), PAGE_BYTES, NO_SUCH_ADVICE));
            assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, 0));
            assertTrue(Mapping.advise(memory.address(), PAGE_BYTES, Native.MADV_DONTNEED));
            assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, 0), "the page is dropped");
        }
    }
}
