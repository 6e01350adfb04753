package dev.stele.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/// What a check of a large volume takes.
class ScaleTest {
    private static final int FILES = Integer.getInteger("stele.files", 10_000);

    @Test
    void aTerabyteThatIsNearlyEmptyTakesSeconds() {
        ImageBuilder image = new ImageBuilder(1L << 28);
        image.file(image.root, "file", 3);
        image.build();
        long start = ProcessorTime.ofThisThreadMillis();
        Report report = Check.run(image.medium);
        long millis = ProcessorTime.ofThisThreadMillis() - start;
        assertEquals(0, report.exitCode(), report.findings()::toString);
        assertTrue(millis < 10_000, millis + " ms of processor time");
        image.medium.close();
    }

    @Test
    void memoryIsAFewBytesForEachInode() {
        ImageBuilder image = new ImageBuilder(1 << 20).dense();
        long directory = image.root;
        for (int i = 0; i < FILES; i++) {
            if (i % 2_000 == 0) {
                directory = image.mkdir(image.root, "directory-" + i);
            }
            image.inline(directory, "file-" + i, "x");
        }
        image.build();
        long start = ProcessorTime.ofThisThreadMillis();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        Report report = Check.run(image.medium);
        allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
        long millis = ProcessorTime.ofThisThreadMillis() - start;
        assertEquals(0, report.exitCode(), report.findings()::toString);
        assertEquals(FILES, report.totals().files());
        // Working memory of the passes, and what each inode adds.
        assertTrue(allocated < (24L << 20) + FILES * 150L, allocated + " bytes allocated");
        System.out.println(FILES + " files: " + millis + " ms of processor time, allocated " + (allocated >> 20)
                + " MiB in all");
        image.medium.close();
    }
}
