package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.format.Geometry;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import org.junit.jupiter.api.Test;

/// P2: a volume that grows, and grows again, with the power cut at every verb, and again during each recovery: one of
/// superblock and copy is whole whatever is lost.
class GrowthCutsTest {
    private static final long SEED = Long.getLong("stele.seed", 20_261_121);
    private static final long STEP_BYTES = 64 << 10;

    @Test
    void theSuperblockIsFoundAlsoWhenRecoveryOfAGrowthIsCut() {
        try (Ground ground = new Ground(SimMedium.create(Ground.SIZE_BYTES))) {
            ground.fill(Ground.Fill.POPULATED);
            ground.volume.sync();
            ground.medium.settle();
            long[] sizeBytes = {Ground.SIZE_BYTES, Ground.SIZE_BYTES};
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(ground.medium).seed(SEED).exhaustiveTo(64).samples(20)
                    .nested(1).verbsOnly()
                    .check(Ground::open, (volume, image, point) -> assertGrown(volume, image, sizeBytes))) {
                for (int i = 0; i < 2; i++) {
                    sizeBytes[1] = sizeBytes[0] + STEP_BYTES;
                    ground.volume.grow(sizeBytes[1]);
                    sizeBytes[0] = sizeBytes[1];
                    cuts.at("grow returned");
                }
                assertTrue(cuts.coverage().nestedImages() > 100, cuts.coverage().toString());
            }
        }
    }

    private static void assertGrown(Volume volume, SimMedium image, long[] allowed) {
        long found = sizeBytes(volume);
        assertTrue(found == allowed[0] || found == allowed[1], () -> found + " bytes");
        Report report = Check.run(image);
        assertTrue(report.isClean(), () -> report.obstacle() + report.findings());
    }

    private static long sizeBytes(Volume volume) {
        return volume.statistics().blockCount() * Geometry.BLOCK_BYTES;
    }
}
