package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.mapping.MappedRange;
import dev.stele.mapping.Tracking;
import dev.stele.mapping.TrackingMode;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// P5, C8, C9, T-4: whatever happens to a mapped file, a program stores to all of its pages in the middle of it, at
/// each step that page tables take, one after the other. The next sync makes every byte of the file durable.
class StoreAtEveryStepTest {
    private static final long PAGE = 4096;
    private static final int PAGES = 12;

    /// What happens meanwhile to a file of twelve pages, all mapped. (Punching and zeroing under a writable mapping are
    /// done in place, and page tables do not change.)
    enum Meanwhile {
        SYNC((volume, file) -> volume.sync(file, false)),
        SYNC_OF_A_PAGE((volume, file) -> volume.syncRange(file, 3 * PAGE, 1)),
        SYNC_OF_THE_VOLUME((volume, file) -> volume.sync()),
        COLLAPSE((volume, file) -> volume.collapseRange(file, 2 * PAGE, 3 * PAGE)),
        INSERT((volume, file) -> volume.insertRange(file, 2 * PAGE, 3 * PAGE)),
        CUT_AND_GROW((volume, file) -> {
            volume.truncate(file, 4 * PAGE + 100);
            volume.allocate(file, 0, PAGES * PAGE, false);
        }),
        ATOMIC_WRITE((volume, file) -> {
            try (Arena arena = Arena.ofConfined()) {
                volume.write(file, PAGE, arena.allocate(4 * PAGE), 0, 4 * PAGE, Durability.ATOMIC);
            }
        }),
        ANOTHER_MAPPING((volume, file) -> {
            try (Arena arena = Arena.ofConfined()) {
                volume.map(file, PAGE, 5 * PAGE, MapMode.READ_WRITE, TrackingMode.MMU, arena);
            }
        });

        private interface Operation {
            void run(Volume volume, long file);
        }

        private final Operation operation;

        Meanwhile(Operation operation) {
            this.operation = operation;
        }
    }

    @ParameterizedTest
    @EnumSource
    void isDurableAfterTheNextSync(Meanwhile meanwhile) {
        int step = 0;
        while (steps(meanwhile, step) > step) {
            step++;
        }
        assertTrue(step > 1, "only " + step + " steps");
    }

    /// @param storing the step at which to store
    /// @return how many steps there were
    private static int steps(Meanwhile meanwhile, int storing) {
        SimMedium medium = SimMedium.create(1 << 20);
        SimMmu mmu = new SimMmu(medium);
        Volume.format(medium, new FormatOptions("steps", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        OpenOptions options = new OpenOptions(false, () -> 1, false).withMmu(mmu).withTracking(TrackingMode.MMU);
        try (Volume volume = Volume.open(medium, options); Arena arena = Arena.ofConfined()) {
            long file = volume.create(volume.root(), Name.of("file"), 0644, 0, 0);
            volume.truncate(file, PAGES * PAGE);
            List<MappedRange> mapped = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                mapped.add(volume.map(file, i * PAGE, (PAGES - i) * PAGE, MapMode.READ_WRITE, TrackingMode.MMU, arena));
            }
            storeToAll(mmu, mapped, 1);
            volume.sync(file, false);
            storeToAll(mmu, mapped.subList(1, 2), 2);
            int[] steps = new int[1];
            mmu.atEveryStep(() -> {
                if (steps[0]++ == storing) {
                    storeToAll(mmu, mapped, 3);
                }
            });
            meanwhile.operation.run(volume, file);
            mmu.atEveryStep(() -> { });
            volume.sync(file, false);
            assertDurable(volume, medium, file, meanwhile + ", stored at step " + storing);
            for (MappedRange each : mapped) {
                assertEquals(Tracking.Kind.MMU, each.tracking().kind(), each.tracking().toString());
            }
            return steps[0];
        }
    }

    private static void storeToAll(SimMmu mmu, List<MappedRange> mapped, long value) {
        for (MappedRange each : mapped) {
            for (long at = 0; at < each.segment().byteSize(); at += PAGE) {
                mmu.store(each.segment().address() + at + 8 * value, value << 32 | at);
            }
        }
    }

    private static void assertDurable(Volume volume, SimMedium medium, long file, String when) {
        for (Volume.FileExtent extent : volume.extents(file, 0, 2 * PAGES * PAGE)) {
            if (!extent.unwritten()) {
                MemorySegment stored = medium.data().segment().asSlice(extent.mediumOffset(), extent.byteCount());
                MemorySegment durable = medium.durableBytes().asSlice(extent.mediumOffset(), extent.byteCount());
                assertEquals(-1, stored.mismatch(durable), when + ", extent " + extent);
            }
        }
    }
}
