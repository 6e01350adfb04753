package dev.stele.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.MemoryMedium;
import org.junit.jupiter.api.Test;

class CheckTest {
    @Test
    void aWholeVolumeHasNoFindings() {
        ImageBuilder image = ImageBuilder.sample();
        try (var medium = image.medium) {
            Report report = Check.run(medium);
            assertEquals("[]", report.findings().stream().map(Finding::message).toList().toString());
            assertEquals(0, report.exitCode());
            assertEquals(4, report.totals().directories());
            assertEquals(2, report.totals().symlinks());
            assertEquals(49, report.totals().files());
            assertEquals(30 + 7 + 12 + 1, report.totals().extents());
            assertEquals(2, report.totals().orphans());
        }
    }

    @Test
    void zerosAreNoVolume() {
        try (var medium = MemoryMedium.create(1 << 20)) {
            Report report = Check.run(medium);
            assertEquals(8, report.exitCode());
            assertTrue(report.obstacle().contains("superblock"), report.obstacle());
            assertEquals(8, Check.repair(medium).exitCode());
        }
    }
}
