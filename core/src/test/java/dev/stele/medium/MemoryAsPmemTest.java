package dev.stele.medium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import org.junit.jupiter.api.Test;

class MemoryAsPmemTest extends MediumContract {
    @Override
    Medium create() {
        return MemoryMedium.createAsPmem(SIZE_BYTES);
    }

    @Test
    void flushesLinesAndStillSaysThatItIsVolatile() throws Exception {
        Medium medium = medium();
        assertEquals(Granularity.CACHE_LINE, medium.granularity());
        assertFalse(medium.isDurable());
        assertTrue(medium.description().contains("volatile"));
        assertTrue(medium.description().contains("machine code"));
    }
}
