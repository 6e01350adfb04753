package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.UnflushedMedium;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What is dirty is tracked and cleaned in the same way where a flush does nothing, because the memory is volatile.
class UnflushedVolumeTest {
    private static final long SIZE_BYTES = 16 << 20;
    private static final long FILE_BYTES = 4 << 20;

    /// Lines that each sync of a program flushes.
    private static List<Long> linesOfSyncs(Medium medium) {
        Volume.format(medium, new FormatOptions("flush", new UUID(1, 2), 3, 4, 16, 1000, 1000, 1));
        List<Long> lines = new ArrayList<>();
        try (Volume volume = Volume.open(medium, new OpenOptions(false, () -> 1L << 40, false));
                Arena arena = Arena.ofShared()) {
            long file = volume.create(volume.root(), Name.of("f"), 0644, 1, 2);
            MemorySegment bytes = arena.allocate(FILE_BYTES);
            volume.write(file, 0, bytes, 0, FILE_BYTES, Durability.DSYNC);
            volume.write(file, 3 * 4096, bytes, 0, 2 * 4096, Durability.DEFERRED);
            lines.add(flushedBy(volume, file));
            lines.add(flushedBy(volume, file));
            MemorySegment mapped = volume.map(file, 0, FILE_BYTES, MapMode.READ_WRITE, arena);
            lines.add(flushedBy(volume, file));
            mapped.set(ValueLayout.JAVA_LONG, 5 * 4096, 7);
            lines.add(flushedBy(volume, file));
            lines.add(flushedBy(volume, file));
        }
        return lines;
    }

    private static long flushedBy(Volume volume, long file) {
        long before = volume.medium().counters().ofAllThreads().flushedLines();
        volume.sync(file, true);
        return volume.medium().counters().ofAllThreads().flushedLines() - before;
    }

    @Test
    @DisplayName("E10: the same marks and the same syncs, whether a flush does something or nothing")
    void whatIsDirtyIsTheSameWithoutFlushes() {
        List<Long> flushed = linesOfSyncs(MemoryMedium.createAsPmem(SIZE_BYTES));
        assertEquals(flushed, linesOfSyncs(new UnflushedMedium(SIZE_BYTES)));
        assertEquals(List.of(128L, 0L), flushed.subList(0, 2), "two pages written in place, then nothing");
    }

    @Test
    @DisplayName("E10: granularity BYTE has nothing to flush, and a sync says so")
    void whereNothingNeedsAFlushNothingIsFlushed() {
        List<Long> lines = linesOfSyncs(MemoryMedium.create(SIZE_BYTES));
        assertFalse(lines.isEmpty());
        assertEquals(0, lines.stream().mapToLong(Long::longValue).sum());
    }
}
