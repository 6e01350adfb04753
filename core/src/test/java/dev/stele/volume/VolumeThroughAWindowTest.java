package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.sim.WindowedMedium;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// E2: everything a volume does, on a device of which 8 KiB are seen at a time, and what it refuses there.
class VolumeThroughAWindowTest extends VolumeTest {
    @Override
    Medium create(long sizeBytes) {
        return WindowedMedium.create(sizeBytes, 8192);
    }

    @Test
    @DisplayName("D3: what is not always mapped cannot be mapped: refused with the reason, and nothing allocated")
    void mappingIsRefusedWithTheReason() {
        try (Arena arena = Arena.ofConfined()) {
            long file = volume.create(volume.root(), Name.of("f"), 0644, 1, 2);
            long free = volume.statistics().freeBlocks();
            for (MapMode mode : MapMode.values()) {
                assertRefused(() -> volume.map(file, 0, 4096, mode, arena));
            }
            assertRefused(() -> volume.map(file, 0, 4096, MapMode.READ_WRITE, arena, MapOption.SYNC));
            assertRefused(() -> volume.requireMappable(MapMode.READ_WRITE));
            assertEquals(free, volume.statistics().freeBlocks());
            Attributes attributes = new Attributes();
            volume.attributes(file, attributes);
            assertEquals(0, attributes.sizeBytes);
        }
    }

    private static void assertRefused(Runnable mapping) {
        VolumeException refused = assertThrows(VolumeException.class, mapping::run);
        assertEquals(Errno.EOPNOTSUPP, refused.errno());
        assertTrue(refused.getMessage().contains("does not show all its bytes at once"), refused.getMessage());
    }
}
