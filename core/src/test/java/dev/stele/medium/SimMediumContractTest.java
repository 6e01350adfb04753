package dev.stele.medium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.medium.sim.SimMedium;
import org.junit.jupiter.api.Test;

class SimMediumContractTest extends MediumContract {
    @Override
    Medium create() {
        return SimMedium.create(SIZE_BYTES);
    }

    @Test
    void isPersistentMemory() throws Exception {
        Medium medium = medium();
        assertEquals(Granularity.CACHE_LINE, medium.granularity());
        assertTrue(medium.isDurable());
    }
}
