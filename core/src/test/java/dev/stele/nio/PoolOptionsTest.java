package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.stele.mapping.TrackingMode;
import dev.stele.volume.SyncStrategy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolOptionsTest {
    @Test
    void understandsWhatIsWritten() {
        assertEquals(new PoolOptions(false, false, false, 0, "", SyncStrategy.FILE, TrackingMode.AUTO),
                PoolOptions.of(Map.of()));
        assertEquals(new PoolOptions(true, true, false, 0, "", SyncStrategy.FILE, TrackingMode.AUTO),
                PoolOptions.of(Map.of("readOnly", true, "asPmem", "true")));
        assertEquals(new PoolOptions(false, false, true, 64L << 20, "mine", SyncStrategy.FILE, TrackingMode.AUTO),
                PoolOptions.of(Map.of("create", "true", "size", "64M", "label", "mine")));
        for (Object immediate : List.of("IMMEDIATE", SyncStrategy.IMMEDIATE)) {
            assertEquals(SyncStrategy.IMMEDIATE, PoolOptions.of(Map.of("strategy", immediate)).strategy());
        }
        for (Object mmu : List.of("MMU", TrackingMode.MMU)) {
            assertEquals(TrackingMode.MMU, PoolOptions.of(Map.of("tracking", mmu)).tracking());
        }
        assertEquals(3L << 40, PoolOptions.of(Map.of("size", "3T")).sizeBytes());
        assertEquals(4096, PoolOptions.of(Map.of("size", "4k")).sizeBytes());
        assertEquals(4096, PoolOptions.of(Map.of("size", 4096)).sizeBytes());
        assertEquals(4096, PoolOptions.of(Map.of("size", " 4096 ")).sizeBytes());
    }

    @Test
    void refusesTheRest() {
        for (Map<String, ?> environment : List.<Map<String, ?>>of(Map.of("none", 1), Map.of("readOnly", "yes"),
                Map.of("size", "M"), Map.of("size", ""), Map.of("size", "1X"), Map.of("size", List.of()),
                Map.of("size", "9223372036854775807K"), Map.of("label", 5), Map.of("strategy", "LATER"),
                Map.of("tracking", "PERHAPS"), Map.of("tracking", SyncStrategy.FILE),
                Map.of("create", true), Map.of("create", true, "size", -1),
                Map.of("create", true, "size", "1M", "readOnly", true))) {
            assertThrows(IllegalArgumentException.class, () -> PoolOptions.of(environment), environment.toString());
        }
    }

    @Test
    void saysWhatSizesThereAre() {
        for (Object size : List.of(-1, 0L, "0")) {
            assertEquals("'create' needs 'size', a multiple of 4096 bytes from 1048576 up, not " + size,
                    assertThrows(IllegalArgumentException.class,
                            () -> PoolOptions.of(Map.of("create", true, "size", size))).getMessage());
        }
    }
}
