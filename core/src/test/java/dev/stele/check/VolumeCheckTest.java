package dev.stele.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.volume.Volume;
import org.junit.jupiter.api.Test;

/// What the volume writes is what the check calls whole.
class VolumeCheckTest {
    private static final long SEED = Long.getLong("stele.seed", 20261121);
    private static final int ROUNDS = Integer.getInteger("stele.rounds", 4);

    @Test
    void aFreshVolumeIsClean() {
        for (long size : new long[] {1 << 20, 5 << 20, (128L << 20) + 4096, (128L << 20) + 8192, 300L << 20}) {
            try (Medium medium = MemoryMedium.create(size)) {
                RandomTree.format(medium);
                Report report = Check.run(medium);
                assertEquals("[]", report.findings().toString(), "size " + size);
            }
        }
    }

    @Test
    void randomVolumesAreClean() {
        for (int round = 0; round < ROUNDS; round++) {
            long seed = SEED + round;
            try (Medium medium = MemoryMedium.create(4L << 20 + round % 3)) {
                Volume volume = RandomTree.format(medium);
                RandomTree tree = new RandomTree(volume, seed);
                for (int i = 0; i < 6; i++) {
                    tree.run(200);
                    Report report = Check.run(medium);
                    int operations = (i + 1) * 200;
                    assertTrue(report.isClean(), () -> "seed " + seed + " after " + operations + ": "
                            + report.findings().stream().limit(10).map(Finding::message).toList());
                    assertEquals(volume.statistics().freeBlocks(), report.totals().freeBlocks(),
                            () -> "seed " + seed + " after " + operations);
                }
            }
        }
    }
}
