package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// mkfs over a volume, with the power cut meanwhile.
class FormatOverVolumeTest {
    private static final long SIZE_BYTES = 1 << 20;
    private static final long SEED = Long.getLong("stele.seed", 1);
    private static final int FILES = 9;

    private static FormatOptions options(String label) {
        return new FormatOptions(label, new UUID(1, 2), 3, 4, 16, 0, 0, 1);
    }

    private static Volume open(SimMedium medium) {
        return Volume.open(medium, new OpenOptions(false, () -> 1 << 20, false));
    }

    /// @return null where there is no volume
    private static Volume openOrNone(SimMedium image) {
        try {
            return open(image);
        } catch (VolumeException none) {
            return null;
        }
    }

    private static void fill(Volume volume) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(9000, 64).fill((byte) 7);
            for (int i = 0; i < FILES; i++) {
                long inode = volume.create(volume.root(), Name.of("f" + i), 0644, 0, 0);
                volume.append(inode, bytes, 0, bytes.byteSize(), Volume.Durability.DSYNC);
            }
        }
    }

    private static void requireWhole(Volume volume, SimMedium image) {
        int expected = volume.label().equals("old") ? FILES : 0;
        int[] names = new int[1];
        volume.readDirectory(volume.root(), 0, (name, inode, type, cookie) -> ++names[0] > 0);
        assertEquals(expected, names[0], volume.label());
        assertTrue(Check.run(image).isClean(), () -> volume.label() + ": " + Check.run(image).findings());
    }

    @Test
    @DisplayName("P10: a volume that is formatted over is whole, or is none any more, or is the new one")
    void theOldVolumeGoesAsAWhole() {
        try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
            Volume.format(medium, options("old"));
            fill(open(medium));
            medium.settle();
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(medium).seed(SEED).verbsOnly().exhaustiveTo(64)
                    .samples(40).alone(64).check(FormatOverVolumeTest::openOrNone, (volume, image, point) -> {
                        if (volume != null) {
                            requireWhole(volume, image);
                        }
                    })) {
                Volume.format(medium, options("new"));
                cuts.at("mkfs returned");
                assertTrue(cuts.coverage().images() > 100, cuts.coverage().toString());
            }
            requireWhole(open(medium), medium);
        }
    }
}
