package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.stele.format.Geometry;
import dev.stele.medium.MemoryMedium;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// What opening a log takes of the heap, in bytes: the same for the largest log and for a small one.
class OpeningTest {
    private static final long MOST_BYTES = 32 << 10;

    @Test
    void makesNoRoomForWhatMayNeverBeLogged() {
        Geometry geometry = new Geometry(2L * Geometry.GROUP_BLOCKS, Geometry.MAX_JOURNAL_BLOCKS);
        try (MemoryMedium medium = MemoryMedium.create(geometry.sizeBytes())) {
            Journal.format(medium, geometry);
            // Classes are loaded by the first.
            allocatedBy(() -> Journal.recover(medium, geometry));
            allocatedBy(() -> Journal.openReadOnly(medium, geometry));
            long writing = allocatedBy(() -> Journal.recover(medium, geometry));
            long reading = allocatedBy(() -> Journal.openReadOnly(medium, geometry));
            assertTrue(writing < MOST_BYTES, "opening for writing allocated " + writing);
            assertTrue(reading < MOST_BYTES, "opening for reading allocated " + reading);
        }
    }

    private static long allocatedBy(Supplier<Journal> opening) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertTrue(opening.get().failure() == null);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
