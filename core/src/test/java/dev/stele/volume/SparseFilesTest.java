package dev.stele.volume;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.stele.medium.MemoryMedium;
import dev.stele.node.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Operations on a file cost what it owns, not what its size says.
class SparseFilesTest {
    @Test
    void movingTheEndOfAHugeFileCostsItsExtents() {
        assertTimeoutPreemptively(ofSeconds(20), () -> {
            MemoryMedium medium = MemoryMedium.create(4 << 20);
            Volume.format(medium, new FormatOptions("", new UUID(1, 2), 3, 4, 0, 1, 2, 5));
            try (Volume volume = Volume.open(medium, new OpenOptions(false, () -> 7, false));
                    Arena arena = Arena.ofConfined()) {
                MemorySegment bytes = arena.allocate(8192);
                long file = volume.create(volume.root(), Name.of("huge"), 0644, 1, 2);
                volume.write(file, 1L << 60, bytes, 0, 8192, Volume.Durability.DEFERRED);
                volume.insertRange(file, 4096, 4096);
                volume.collapseRange(file, 8192, 4096);
                volume.sync(file, false);
                volume.truncate(file, 1);
            }
        });
    }

    /// The block behind the last a file can have would begin at 2^63.
    @Test
    void punchingInTheVeryLastBlockLeavesWhatStandsBeside() {
        MemoryMedium medium = MemoryMedium.create(4 << 20);
        Volume.format(medium, new FormatOptions("", new UUID(1, 2), 3, 4, 0, 1, 2, 5));
        try (Volume volume = Volume.open(medium, new OpenOptions(false, () -> 7, false));
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(4095).fill((byte) 5);
            long file = volume.create(volume.root(), Name.of("huge"), 0644, 1, 2);
            long last = Long.MAX_VALUE - 4095;
            volume.write(file, last, bytes, 0, 4095, Volume.Durability.DEFERRED);
            volume.punchHole(file, last + 100, 50);
            volume.zeroRange(file, last + 200, 50, true);
            bytes.asSlice(100, 50).fill((byte) 0);
            bytes.asSlice(200, 50).fill((byte) 0);
            MemorySegment found = arena.allocate(4095);
            assertEquals(4095, volume.read(file, last, found, 0, 4096));
            assertEquals(-1, bytes.mismatch(found));
        }
    }
}
