package dev.stele.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Memory that has lost its bytes, under a check and under a repair (P-1, P-6, P-7).
class PoisonedVolumeTest {
    private static final int BLOCK = (int) Geometry.BLOCK_BYTES;
    private static final int LINE = 64;
    private static final OpenOptions OPTIONS = new OpenOptions(false, () -> 5, false);

    private final SimMedium whole = SimMedium.create(2 << 20);
    private long file;
    private long dataAt;

    @BeforeEach
    void make() {
        Volume.format(whole, new FormatOptions("poison", new UUID(1, 2), 3, 4, 16, 0, 0, 1));
        SimMedium lent = SimMedium.create(whole.sizeBytes());
        lent.restore(whole.durableBytes());
        try (Volume volume = Volume.open(lent, OPTIONS)) {
            MemorySegment bytes = Arena.ofAuto().allocate(5 * BLOCK).fill((byte) 1);
            file = volume.create(volume.root(), Name.of("f"), 0644, 0, 0);
            volume.write(file, 0, bytes, 0, 5 * BLOCK, Durability.SYNC);
            long directory = volume.mkdir(volume.root(), Name.of("d"), 0755, 0, 0);
            for (int i = 0; i < 20; i++) {
                volume.create(directory, Name.of("name " + i), 0644, 0, 0);
            }
            volume.sync();
            dataAt = volume.extents(file, 0, 1).getFirst().mediumOffset();
            whole.restore(lent.durableBytes());
        }
    }

    @AfterEach
    void close() {
        whole.close();
    }

    @Test
    @DisplayName("P-1: a check that reads data names each bad block by its file, the place in it, and on the medium")
    void badDataIsReported() {
        whole.poison(dataAt + BLOCK + 3 * LINE, LINE);
        whole.poison(dataAt + 3 * BLOCK, BLOCK);
        assertTrue(Check.run(whole).isClean(), "structures are whole");
        Report report = Check.run(whole, true);
        assertEquals(2, report.findings().stream().filter(each -> each instanceof Finding.BadData).count());
        Finding first = report.findings().stream().filter(each -> each instanceof Finding.BadData).findFirst()
                .orElseThrow();
        assertEquals(new Finding.BadData(file, BLOCK + 3 * LINE, dataAt + BLOCK + 3 * LINE), first);
        assertEquals(Severity.LOSS, first.severity());
        assertTrue(first.message().contains("byte " + (BLOCK + 3 * LINE) + " of the file"));
        assertEquals(4, report.exitCode());
    }

    @Test
    @DisplayName("P-6, P-7: every bad structure is found by a check, and a repair leaves a volume that can be used")
    void badStructuresAreRepaired() {
        MemorySegment bytes = whole.durableBytes();
        MemorySegment zeros = Arena.ofAuto().allocate(BLOCK);
        int repaired = 0;
        for (long at = 0; at < whole.sizeBytes(); at += BLOCK) {
            if (bytes.asSlice(at, BLOCK).mismatch(zeros) >= 0 && (at < dataAt || at >= dataAt + 5 * BLOCK)) {
                for (int byteCount : new int[] {LINE, BLOCK}) {
                    repaired += repair(bytes, at, byteCount) ? 1 : 0;
                }
            }
        }
        assertTrue(repaired > 8, "only " + repaired + " bad structures were found");
    }

    /// @return whether the check found it
    private boolean repair(MemorySegment bytes, long at, int byteCount) {
        try (SimMedium medium = SimMedium.create(bytes.byteSize())) {
            medium.restore(bytes);
            medium.poison(at, byteCount);
            Report found = Check.run(medium);
            String where = byteCount + " bytes at " + at + ": ";
            assertTrue(medium.poisonedLineCount() > 0, where + "a check changes nothing");
            if (found.isClean()) {
                return false;
            }
            Report report = Check.repair(medium);
            assertTrue(report.isClean(), () -> where + report.obstacle() + report.remaining());
            assertTrue(Check.run(medium).isClean(), where);
            assertEquals(0, medium.poisonedLineCount(), where);
            try (Volume volume = Volume.open(medium, OPTIONS)) {
                volume.create(volume.root(), Name.of("afterwards"), 0644, 0, 0);
                volume.sync();
                assertFalse(volume.isReadOnly(), where);
            }
            return true;
        }
    }
}
