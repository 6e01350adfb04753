package dev.stele.medium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import org.junit.jupiter.api.Test;

class MemoryMediumTest extends MediumContract {
    @Override
    Medium create() {
        return MemoryMedium.create(SIZE_BYTES);
    }

    @Test
    void isVolatileAndNeedsNoFlush() throws Exception {
        Medium medium = medium();
        assertEquals(Granularity.BYTE, medium.granularity());
        assertFalse(medium.isDurable());
    }

    @Test
    void refusesSizesThatAreNotPages() {
        for (long size : new long[] {0, -4096, 1, 4097}) {
            VolumeException refused = assertThrows(VolumeException.class, () -> MemoryMedium.create(size));
            assertEquals(Errno.EINVAL, refused.errno());
        }
    }
}
