package dev.stele.medium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.SimMedium;
import dev.stele.medium.sim.WindowedMedium;
import org.junit.jupiter.api.Test;

class WindowedMediumContractTest extends MediumContract {
    private static final int WINDOW_BYTES = 8192;

    @Override
    Medium create() {
        return WindowedMedium.create(SIZE_BYTES, WINDOW_BYTES);
    }

    @Test
    void isPersistentMemoryThatCannotBeMapped() throws Exception {
        Medium medium = medium();
        assertEquals(Granularity.CACHE_LINE, medium.granularity());
        assertFalse(medium.isDurable());
        assertFalse(medium.isPersistable());
        assertEquals(-1, medium.descriptor());
        assertTrue(medium.mappableFile().isEmpty());
        VolumeException refused = assertThrows(VolumeException.class, medium::requireDirect);
        assertTrue(refused.getMessage().contains("a window of 8192 bytes"), refused.getMessage());
        try (Medium simulated = WindowedMedium.over(SimMedium.create(SIZE_BYTES), WINDOW_BYTES)) {
            assertTrue(simulated.isDurable());
        }
    }

    @Test
    void refusesWindowsAndGroundsThatMakeNoSense() {
        for (int windowBytes : new int[] {0, 63, 100, -64}) {
            assertEquals(Errno.EINVAL, assertThrows(VolumeException.class,
                    () -> WindowedMedium.create(SIZE_BYTES, windowBytes)).errno());
        }
        assertThrows(VolumeException.class, () -> WindowedMedium.over(MemoryMedium.create(SIZE_BYTES), WINDOW_BYTES));
    }
}
