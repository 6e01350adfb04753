package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.stele.mapping.TrackingMode;
import dev.stele.medium.Medium;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What a sync promises where caches lose what was not flushed, and what it costs (P4, P5).
class MappedFilesOnPersistentMemoryTest extends MappedFilesContract {
    @Override
    Medium create() {
        return SimMedium.create(SIZE_BYTES);
    }

    private SimMedium sim() {
        return (SimMedium) medium;
    }

    private long flushedLines() {
        return medium.counters().ofAllThreads().flushedLines();
    }

    private long drains() {
        return medium.counters().ofAllThreads().drains();
    }

    private long durable(long file, long offset) {
        Volume.FileExtent extent = volume.extents(file, offset, 8).getFirst();
        return sim().durableBytes().get(JAVA_LONG, extent.mediumOffset() + offset - extent.fileOffset());
    }

    private static void inAnotherThread(Runnable action) throws InterruptedException {
        Thread.ofPlatform().start(action).join();
    }

    /// B7, C8: whoever stored, through whichever mapping, and whoever syncs.
    @Test
    void aSyncByAnyThreadMakesStoresThroughAnyMappingDurable() throws Exception {
        long file = newFile(16);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment one = volume.map(file, 0, 16 * PAGE, MapMode.READ_WRITE, arena);
            MemorySegment two = volume.map(file, 4 * PAGE, 4 * PAGE, MapMode.READ_WRITE, arena);
            for (int round = 1; round <= 3; round++) {
                one.set(JAVA_LONG, 2 * PAGE, 100 + round);
                two.set(JAVA_LONG, PAGE + 512, 200 + round);
                inAnotherThread(() -> volume.sync(file, true));
                assertEquals(100 + round, durable(file, 2 * PAGE));
                assertEquals(200 + round, durable(file, 5 * PAGE + 512));
            }
        }
    }

    @Test
    void storesAreNotLostWhenTheirMappingEndsBeforeTheSync() {
        long file = newFile(4);
        try (Arena arena = Arena.ofConfined()) {
            volume.map(file, 0, 4 * PAGE, MapMode.READ_WRITE, arena).set(JAVA_LONG, PAGE, 66);
        }
        volume.sync(file, true);
        assertEquals(66, durable(file, PAGE));
    }

    @Test
    void storesThroughAnyMappingAreDurableWhenTheVolumeIs() throws Exception {
        long file = newFile(4);
        try (Arena arena = Arena.ofShared()) {
            volume.map(file, 0, 4 * PAGE, MapMode.READ_WRITE, arena).set(JAVA_LONG, PAGE, 67);
            inAnotherThread(() -> volume.sync());
            assertEquals(67, durable(file, PAGE));
        }
    }

    @Test
    void aWriteIsDurableAfterAnotherThreadsSync() throws Exception {
        long file = newFile(4);
        volume.sync();
        write(file, PAGE + 64, 12);
        inAnotherThread(() -> volume.sync(file, true));
        assertEquals(12, durable(file, PAGE + 64));
    }

    @Test
    void aSyncFlushesTheDirtyLinesOfItsFileAndNoOthers() {
        long file = newFile(64);
        long other = newFile(64);
        volume.sync();
        for (int page = 0; page < 64; page++) {
            write(other, page * PAGE, 1);
        }
        write(file, 30 * PAGE + 128, 1);
        long lines = flushedLines();
        long drains = drains();
        volume.sync(file, true);
        assertEquals(1, flushedLines() - lines);
        assertEquals(1, drains() - drains);
        volume.sync(file, true);
        assertEquals(1, flushedLines() - lines, "a second sync flushes nothing");
    }

    /// W-7.
    @Test
    void aSyncOfARangeCoversEveryPageItTouchesAndNoMore() {
        long file = newFile(8);
        volume.sync();
        for (int page = 0; page < 8; page++) {
            write(file, page * PAGE, 70 + page);
        }
        long lines = flushedLines();
        volume.syncRange(file, 3 * PAGE - 4, 8);
        assertEquals(2, flushedLines() - lines);
        assertEquals(72, durable(file, 2 * PAGE));
        assertEquals(73, durable(file, 3 * PAGE));
        volume.syncRange(file, 5 * PAGE, Long.MAX_VALUE);
        assertEquals(5, flushedLines() - lines);
        volume.syncRange(file, Long.MAX_VALUE, Long.MAX_VALUE);
        volume.syncRange(file, 0, 0);
    }

    /// I5 of the dirty index cannot help a mark that was made for a place the bytes are no longer at.
    @Test
    void marksFollowBytesThatMove() {
        long file = newFile(8);
        volume.sync();
        write(file, 6 * PAGE, 76);
        volume.collapseRange(file, 2 * PAGE, 3 * PAGE);
        volume.sync(file, true);
        assertEquals(76, durable(file, 3 * PAGE));
        write(file, 4 * PAGE, 77);
        volume.insertRange(file, 0, 2 * PAGE);
        volume.sync(file, true);
        assertEquals(77, durable(file, 6 * PAGE));
    }

    /// Its arena closes while another thread syncs: either that sync finds the store, or the end of the mapping marks
    /// it for the next.
    @Test
    void aStoreIsNotLostWhenItsMappingEndsDuringASync() throws Exception {
        long file = newFile(4);
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread syncer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; !done.get(); i++) {
                    switch (i % 3) {
                        case 0 -> volume.sync(file, true);
                        case 1 -> volume.syncRange(file, PAGE, PAGE);
                        default -> volume.sync();
                    }
                }
            } catch (RuntimeException | Error e) {
                failure.set(e);
            }
        });
        for (int round = 1; round <= 200 && failure.get() == null; round++) {
            TrackingMode tracking = round % 2 == 0 ? TrackingMode.MMU : TrackingMode.PESSIMISTIC;
            try (Arena arena = Arena.ofShared()) {
                volume.map(file, 0, 4 * PAGE, MapMode.READ_WRITE, tracking, arena).segment()
                        .set(JAVA_LONG, PAGE + 8, round);
            }
            volume.sync(file, true);
            assertEquals(round, durable(file, PAGE + 8));
        }
        done.set(true);
        syncer.join();
        assertNull(failure.get());
    }
}
