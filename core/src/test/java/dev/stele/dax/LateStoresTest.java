package dev.stele.dax;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Operations that put another block in the place of one that a mapping stores to at that very moment: an atomic write,
/// and a hole whose edges are no blocks. The mapping stores at every step of theirs.
class LateStoresTest {
    private static final int PAGE = 4096;

    private final Arena arena = Arena.ofShared();
    private TracedMedium medium;
    private Volume volume;
    private long file;
    private MemorySegment mapped;
    private long stored;

    @BeforeEach
    void open() {
        medium = new TracedMedium(SimMedium.create(4 << 20));
        Volume.format(medium, new FormatOptions("late", new UUID(1, 2), 3, 4, 16, 0, 0, 1));
        volume = Volume.open(medium, new OpenOptions(false, System::nanoTime, false));
        file = volume.create(volume.root(), Name.of("f"), 0644, 0, 0);
        volume.write(file, 0, arena.allocate(6 * PAGE, 8), 0, 6 * PAGE, Durability.DEFERRED);
        mapped = volume.map(file, 0, 6 * PAGE, MapMode.READ_WRITE, arena);
        volume.sync();
    }

    @AfterEach
    void close() {
        medium.watcher = TracedMedium.NOBODY;
        volume.close();
        arena.close();
    }

    private interface Operation {
        void run();
    }

    /// Stores a word of its own at each place at every verb of the operation; the last of each must be there
    /// afterwards, and be made durable by a sync.
    private void storingAtEveryStep(Operation operation, long... places) {
        int[] steps = {0};
        medium.watcher = (kind, isData, at, byteCount) -> {
            steps[0]++;
            stored++;
            for (long place : places) {
                mapped.set(JAVA_LONG, place, stored * 1_000_000 + place);
            }
        };
        operation.run();
        medium.watcher = TracedMedium.NOBODY;
        assertTrue(steps[0] > 2, "the operation stores and drains");
        for (long place : places) {
            assertEquals(stored * 1_000_000 + place, mapped.get(JAVA_LONG, place), "seen in the mapping at " + place);
            assertEquals(stored * 1_000_000 + place, read(place), "read at " + place);
        }
        volume.sync(file, true);
        for (long place : places) {
            long at = volume.extents(file, place, 8).getFirst().mediumOffset() + place % PAGE;
            assertEquals(stored * 1_000_000 + place, medium.sim.durableBytes().get(JAVA_LONG, at), "durable " + place);
        }
    }

    private long read(long offset) {
        MemorySegment word = arena.allocate(JAVA_LONG);
        assertEquals(8, volume.read(file, offset, word, 0, 8));
        return word.get(JAVA_LONG, 0);
    }

    @Test
    @DisplayName("B11, D2: a store beside the bytes of an atomic write is not lost to it")
    void besideAnAtomicWrite() {
        MemorySegment bytes = arena.allocate(3 * PAGE, 8).fill((byte) 9);
        storingAtEveryStep(() -> volume.write(file, 1000, bytes, 0, 100, Durability.ATOMIC), 8, 992, 1104, PAGE - 8);
        storingAtEveryStep(() -> volume.write(file, 2 * PAGE - 16, bytes, 0, 2 * PAGE + 32, Durability.ATOMIC),
                PAGE, 2 * PAGE - 24, 4 * PAGE + 16, 5 * PAGE - 8);
        assertEquals(0x0909090909090909L, read(2 * PAGE));
        assertEquals(0x0909090909090909L, read(1000));
    }

    @Test
    @DisplayName("T-5: a store beside the edge of a hole is not lost to it")
    void besideTheEdgesOfAHole() {
        volume.write(file, 0, arena.allocate(6 * PAGE, 8).fill((byte) 7), 0, 6 * PAGE, Durability.DEFERRED);
        storingAtEveryStep(() -> volume.punchHole(file, PAGE + 100, 2 * PAGE), PAGE, PAGE + 88, 3 * PAGE + 104);
        assertEquals(0, read(PAGE + 104));
        assertEquals(0, read(3 * PAGE));
        storingAtEveryStep(() -> volume.punchHole(file, 4 * PAGE + 8, 8), 4 * PAGE, 4 * PAGE + 16);
        assertEquals(0, read(4 * PAGE + 8));
    }

    /// An operation that fails changes nothing, stores aside.
    @Test
    void besideAnAtomicWriteThatFails() {
        long free = volume.statistics().freeBlocks();
        MemorySegment large = arena.allocate(8 << 20, 8);
        storingAtEveryStep(() -> {
            try {
                volume.write(file, 100, large, 0, large.byteSize(), Durability.ATOMIC);
            } catch (dev.stele.error.VolumeException full) {
                assertEquals(dev.stele.error.Errno.ENOSPC, full.errno());
            }
            volume.write(file, 0, large, 0, 8, Durability.DSYNC);
        }, 8, 88);
        assertEquals(free, volume.statistics().freeBlocks());
    }
}
