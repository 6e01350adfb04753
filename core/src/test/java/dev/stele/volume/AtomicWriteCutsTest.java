package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.node.Attributes;
import dev.stele.volume.Volume.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// P2: atomic writes that returned stay, whatever becomes of the blocks that they gave up.
class AtomicWriteCutsTest {
    @Test
    @DisplayName("P2: an atomic write behind the end stays when its old last block is used again and the power is cut")
    void theOldLastBlockIsUsedAgain() {
        for (int left = 1; left <= 3; left++) {
            try (Ground ground = new Ground()) {
                make(ground);
                ground.write("f", 0, 9000);
                ground.fillUp(left);
                ground.volume.sync();
                ground.write("f", 12_141, 9, Durability.ATOMIC);
                try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(ground.medium).seed(5).exhaustiveTo(64).samples(40)
                        .check(Ground::open, (volume, image, point) -> {
                            requireWritten(volume);
                            assertTrue(Check.run(image).isClean());
                        })) {
                    ground.write("g", 0, left * 4096);
                    cuts.at("written");
                }
            }
        }
    }

    private static void make(Ground ground) {
        ground.create("f");
        ground.create("g");
    }

    private static void requireWritten(Volume volume) {
        Attributes attributes = new Attributes();
        long file = Ground.at(volume, "f");
        volume.attributes(file, attributes);
        assertEquals(12_150, attributes.sizeBytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(12_150);
            assertEquals(12_150, volume.read(file, 0, bytes, 0, 12_150));
            for (long at = 0; at < 12_150; at++) {
                boolean isGap = at >= 9000 && at < 12_141;
                assertEquals(isGap, bytes.get(ValueLayout.JAVA_BYTE, at) == 0, "byte " + at);
            }
        }
    }

    @Test
    @DisplayName("B1: a copied range that does not fit is cut short, and what was copied is said")
    void aCopyThatDoesNotFit() {
        for (int left = 0; left <= 3; left++) {
            try (Ground ground = new Ground()) {
                make(ground);
                ground.write("f", 3 * 4096, 4096);
                ground.write("f", 7 * 4096, 4096);
                ground.fillUp(left);
                Attributes attributes = new Attributes();
                long copied = 0;
                try {
                    copied = ground.volume.copyRange(ground.at("f"), 0, ground.at("g"), 100, 8 * 4096);
                } catch (VolumeException full) {
                    assertEquals(Errno.ENOSPC, full.errno());
                }
                ground.volume.attributes(ground.at("g"), attributes);
                assertEquals(copied == 0 ? 0 : 100 + copied, attributes.sizeBytes, left + " blocks left");
            }
        }
    }
}
