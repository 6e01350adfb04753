package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import org.junit.jupiter.api.Test;

class MappedFilesOnMemoryTest extends MappedFilesContract {
    @Override
    Medium create() {
        return MemoryMedium.create(SIZE_BYTES);
    }

    /// Where nothing need be flushed nobody would ever take marks away, and overwriting allocates nothing at all.
    @Test
    void overwritingLeavesNothingInMemory() {
        long file = newFile(2048);
        write(file, 0, 1);
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int page = 0; page < 2048; page++) {
            write(file, page * PAGE + 64, page);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 8192, "allocated " + allocated);
    }
}
