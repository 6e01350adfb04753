package dev.stele.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.MemoryMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// C9 on the machine's own MMU: threads store in bursts while pages are harvested. In the right order no store is lost;
/// in the known wrong ones some are, which shows that this would see it. `-Dstele.rounds` makes it long.
class BurstsTest {
    private static final int ROUNDS = Integer.getInteger("stele.rounds", 200);
    /// far more than the wrong orders ever needed
    private static final int PATIENCE = Math.max(ROUNDS, 20_000);

    /// where one scan is two steps
    private static final long RANGE_BYTES = PageScan.FEW_TABLES * (2L << 20);

    private final long seed = Long.getLong("stele.seed", 20_261_121);

    private static Medium memory() {
        return MemoryMedium.createAsPmem(2 << 20);
    }

    private static Medium image(Path directory) {
        return Media.create(directory.resolve("image"), 2 << 20, MediumOptions.DEFAULT);
    }

    private int lost(Medium created, Bursts.Order order, boolean untilLost) throws Exception {
        return lost(created, order, Bursts.PAGES * Medium.PAGE_BYTES, untilLost);
    }

    private int lost(Medium created, Bursts.Order order, long rangeBytes, boolean untilLost) throws Exception {
        try (Medium medium = created; Arena arena = Arena.ofShared()) {
            Mmu mmu = Mmu.ofKernel(medium);
            MemorySegment pages = mmu.reserve(true, rangeBytes, arena);
            mmu.showMedium(pages.address(), pages.byteSize(), Access.READ_WRITE, 1 << 20);
            medium.data().putZeros(1 << 20, pages.byteSize());
            try (Bursts bursts = new Bursts(pages, rangeBytes == RANGE_BYTES, seed)) {
                return bursts.lostPages(order, untilLost ? PATIENCE : ROUNDS, untilLost);
            }
        }
    }

    @Test
    void foundAndProtectedInOneStepLosesNothingInMemory() throws Exception {
        assertEquals(0, lost(memory(), Bursts.ATOMIC, false), "seed " + seed);
    }

    @Test
    void foundAndProtectedInOneStepLosesNothingInAnImage(@TempDir Path directory) throws Exception {
        assertEquals(0, lost(image(directory), Bursts.ATOMIC, false), "seed " + seed);
    }

    @Test
    void foundInOneStepAndFoundAgainAndProtectedInAnotherLosesNothing() throws Exception {
        Medium medium = MemoryMedium.createAsPmem((1 << 20) + RANGE_BYTES);
        assertEquals(0, lost(medium, Bursts.ATOMIC, RANGE_BYTES, false), "seed " + seed);
    }

    @Test
    void protectedBeforeItIsCopiedLosesNothing() throws Exception {
        assertEquals(0, lost(memory(), Bursts.PROTECT_FOUND_THEN_COPY, false), "seed " + seed);
    }

    /// W-4: the mappings are protected before the flush.
    @Test
    void copiedBeforeItIsProtectedLosesStores(@TempDir Path directory) throws Exception {
        assertTrue(lost(memory(), Bursts.COPY_THEN_PROTECT, true) > 0, "seed " + seed);
        assertTrue(lost(image(directory), Bursts.COPY_THEN_PROTECT, true) > 0, "seed " + seed);
    }

    /// C8: what is protected is what was found.
    @Test
    void protectingMoreThanWasFoundLosesStores(@TempDir Path directory) throws Exception {
        assertTrue(lost(memory(), Bursts.FIND_THEN_PROTECT_ALL, true) > 0, "seed " + seed);
        assertTrue(lost(image(directory), Bursts.FIND_THEN_PROTECT_ALL, true) > 0, "seed " + seed);
    }
}
