package dev.stele.dax;

import static dev.stele.dax.Pool.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stele.mapping.MappedRange;
import dev.stele.mapping.Tracking;
import dev.stele.mapping.TrackingMode;
import dev.stele.node.Attributes;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Stores through mappings, and the power cut after the sync that covers them.
class MappedStoresTest {
    /// C8, in the six steps of the bug: A maps 2 MiB and stores, B maps 4 KiB of it at an offset and stores; a sync; B
    /// stores again; a sync; the power goes. What B stored last must be there: its own mapping, not only the first of
    /// the range, has to be watched again after the first sync.
    @ParameterizedTest
    @EnumSource(value = MapOption.class, names = {"TRACKED", "UNTRACKED"})
    void aSmallMappingInsideALargeOneIsWatchedAgainAfterASync(MapOption tracking) {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 512);
            MemorySegment a = pool.map(file, 0, 512, MapMode.READ_WRITE, MapOption.TRACKED);
            a.set(JAVA_LONG, 300 * PAGE, 1);
            MemorySegment b = pool.map(file, 1, 1, MapMode.READ_WRITE, tracking);
            b.set(JAVA_LONG, 8, 2);
            pool.volume.sync(file, true);
            assertEquals(1, pool.durable(file, 300 * PAGE));
            assertEquals(2, pool.durable(file, PAGE + 8));
            b.set(JAVA_LONG, 8, 3);
            pool.volume.sync(file, true);
            try (var cuts = pool.cuts(volume ->
                    assertEquals(3, Pool.readLong(volume, Pool.find(volume, "f"), PAGE + 8)))) {
                cuts.at("synced twice");
            }
            a.set(JAVA_LONG, PAGE + 8, 4);
            b.set(JAVA_LONG, 16, 5);
            pool.volume.sync(file, true);
            assertEquals(4, pool.durable(file, PAGE + 8));
            assertEquals(5, pool.durable(file, PAGE + 16));
        }
    }

    /// C13, F-6: a page that was read through the mapping before it was stored to; and one that was read, punched by
    /// another and stored to.
    @ParameterizedTest
    @EnumSource(value = MapOption.class, names = {"TRACKED", "UNTRACKED"})
    void aPageThatWasReadFirstIsDirtyWhenItIsStoredTo(MapOption tracking) {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 16);
            MemorySegment mapped = pool.map(file, 0, 16, MapMode.READ_WRITE, tracking);
            pool.volume.sync();
            for (long page = 0; page < 16; page++) {
                assertEquals(page + 1, mapped.get(JAVA_LONG, page * PAGE));
            }
            mapped.set(JAVA_LONG, 5 * PAGE, 50);
            pool.volume.sync(file, true);
            pool.volume.zeroRange(file, 9 * PAGE, 2 * PAGE, true);
            assertEquals(0, mapped.get(JAVA_LONG, 9 * PAGE));
            mapped.set(JAVA_LONG, 9 * PAGE + 8, 90);
            pool.volume.sync(file, true);
            try (var cuts = pool.cuts(volume -> {
                long found = Pool.find(volume, "f");
                assertEquals(50, Pool.readLong(volume, found, 5 * PAGE));
                assertEquals(0, Pool.readLong(volume, found, 9 * PAGE));
                assertEquals(90, Pool.readLong(volume, found, 9 * PAGE + 8));
                assertEquals(0, Pool.readLong(volume, found, 10 * PAGE));
            })) {
                cuts.at("synced");
            }
        }
    }

    /// C14: the times of the file change with what is stored through a mapping, at the latest with the sync after it,
    /// and those are durable when a full sync returns.
    @ParameterizedTest
    @EnumSource(value = MapOption.class, names = {"TRACKED", "UNTRACKED"})
    void timesFollowMappedStores(MapOption tracking) {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 16);
            MemorySegment mapped = pool.map(file, 0, 16, MapMode.READ_WRITE, tracking);
            pool.volume.sync(file, false);
            Attributes before = Pool.attributes(pool.volume, file);
            mapped.set(JAVA_LONG, 7 * PAGE, 70);
            pool.volume.sync(file, false);
            Attributes after = Pool.attributes(pool.volume, file);
            assertTrue(after.modifyTimeNanos > before.modifyTimeNanos, "the time of the last store is older than it");
            assertTrue(after.changeTimeNanos > before.changeTimeNanos);
            try (var cuts = pool.cuts(volume -> assertEquals(after.modifyTimeNanos,
                    Pool.attributes(volume, Pool.find(volume, "f")).modifyTimeNanos))) {
                cuts.at("synced");
            }
        }
    }

    /// C14: also where the mapping ends before anybody syncs, and where only the bytes are synced.
    @Test
    void timesFollowStoresOfAMappingThatHasEnded() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 16);
            Attributes before = Pool.attributes(pool.volume, file);
            try (Arena arena = Arena.ofConfined()) {
                pool.volume.map(file, 0, 16 * PAGE, MapMode.READ_WRITE, arena).set(JAVA_LONG, 7 * PAGE, 70);
            }
            pool.volume.sync(file, true);
            assertTrue(Pool.attributes(pool.volume, file).modifyTimeNanos > before.modifyTimeNanos);
        }
    }

    /// C14: without a sync, when the last mapping ends that keeps the file in use; and durably so.
    @Test
    void timesFollowStoresWhenTheFileIsLetGo() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 16);
            long before = Pool.attributes(pool.volume, file).modifyTimeNanos;
            try (Arena arena = Arena.ofConfined()) {
                pool.volume.map(file, 0, 16 * PAGE, MapMode.READ_WRITE, arena).set(JAVA_LONG, 7 * PAGE, 70);
            }
            assertTrue(Pool.attributes(pool.volume, file).modifyTimeNanos > before);
            try (var cuts = pool.cuts(volume ->
                    assertTrue(Pool.attributes(volume, Pool.find(volume, "f")).modifyTimeNanos > before))) {
                cuts.at("unmapped");
            }
        }
    }

    /// C14: where stores are tracked a sync that finds none changes no time.
    @Test
    void aSyncThatFindsNoStoreChangesNoTime() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 16);
            MappedRange range = pool.volume.map(
                    file, 0, 16 * PAGE, MapMode.READ_WRITE, TrackingMode.MMU, pool.memory);
            assumeTrue(range.tracking().kind() == Tracking.Kind.MMU, range.tracking().reason());
            pool.volume.sync(file, false);
            long before = Pool.attributes(pool.volume, file).modifyTimeNanos;
            assertEquals(4, range.segment().get(JAVA_LONG, 3 * PAGE));
            pool.volume.sync(file, false);
            assertEquals(before, Pool.attributes(pool.volume, file).modifyTimeNanos);
        }
    }

    /// C14: a mapping that only reads changes no time.
    @Test
    void readingChangesNoTime() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 16);
            Attributes before = Pool.attributes(pool.volume, file);
            assertEquals(4, pool.map(file, 0, 16, MapMode.READ_ONLY).get(JAVA_LONG, 3 * PAGE));
            pool.map(file, 0, 16, MapMode.PRIVATE).set(JAVA_LONG, 0, 5);
            pool.volume.sync(file, false);
            assertEquals(before.modifyTimeNanos, Pool.attributes(pool.volume, file).modifyTimeNanos);
        }
    }

    /// F-7: a page that shows zeros, because it is a hole, is another page the moment somebody fills it, and what is
    /// stored to it then is dirty like anything else.
    @Test
    void aFilledHoleReplacesTheZerosBeforeAnybodyIsTold() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 1);
            pool.volume.truncate(file, 16 * PAGE);
            MemorySegment reader = pool.map(file, 0, 16, MapMode.READ_ONLY);
            assertEquals(0, reader.get(JAVA_LONG, 9 * PAGE));
            MemorySegment writer = pool.map(file, 8, 4, MapMode.READ_WRITE);
            writer.set(JAVA_LONG, PAGE, 90);
            assertEquals(90, reader.get(JAVA_LONG, 9 * PAGE));
            pool.writeLong(file, 14 * PAGE, 140);
            assertEquals(140, reader.get(JAVA_LONG, 14 * PAGE));
            pool.volume.sync(file, true);
            assertEquals(90, pool.durable(file, 9 * PAGE));
            assertEquals(140, pool.durable(file, 14 * PAGE));
        }
    }

    /// F-2, D8: behind the end of the file a mapping is memory: zeros that can be stored to, and no part of the file.
    /// As within its last page (D9), zeros are what the file grows by: after a crash nobody knows who stored.
    @Test
    void behindTheEndAMappingIsNoSignal() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 1);
            pool.volume.truncate(file, 100);
            MemorySegment mapped = pool.map(file, 0, 4, MapMode.READ_WRITE);
            MemorySegment reader = pool.map(file, 0, 4, MapMode.READ_ONLY);
            assertEquals(0, reader.get(JAVA_LONG, 3 * PAGE));
            mapped.set(JAVA_LONG, 3 * PAGE, 9);
            pool.volume.sync(file, false);
            assertEquals(100, Pool.size(pool.volume, file));
            pool.volume.truncate(file, 4 * PAGE);
            long tail = pool.readLong(file, 104);
            assertEquals(0, tail);
            assertEquals(0, mapped.get(JAVA_LONG, 3 * PAGE), "the page is the file's from now on");
            assertEquals(0, pool.readLong(file, 3 * PAGE));
            mapped.set(JAVA_LONG, 3 * PAGE, 11);
            assertEquals(11, pool.readLong(file, 3 * PAGE));
        }
    }

    /// B5, I-6: what `write` leaves in the cache is dirty exactly where it was written, so that a sync by anybody finds
    /// it; what `write` has made durable itself is not.
    @Test
    void aWriteIsDirtyWhereItLeftBytesInTheCache() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 16);
            pool.writeLong(file, 3 * PAGE, 1, Durability.DSYNC);
            assertEquals(0, pool.flushedLines(() -> pool.volume.sync(file, true)));
            pool.writeLong(file, 20 * PAGE, 1);
            assertEquals(0, pool.flushedLines(() -> pool.volume.sync(file, true)), "new blocks come with the record");
            pool.writeLong(file, 3 * PAGE, 2);
            assertEquals(1, pool.flushedLines(() -> pool.volume.sync(file, true)));
            assertEquals(2, pool.durable(file, 3 * PAGE));
        }
    }

    /// I-1, I-3, I-4: no alignment is asked for; reading stops at the end, and shows zeros for holes and for blocks
    /// that were never written.
    @Test
    void anyOffsetAndLengthIsReadAndWritten() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 2);
            pool.volume.truncate(file, 5 * PAGE + 77);
            pool.volume.allocate(file, 3 * PAGE, PAGE, true);
            for (long offset = 1; offset < 6 * PAGE; offset += 1013) {
                pool.write(file, offset % (2 * PAGE - 20), 13, 5, Durability.DEFERRED);
                MemorySegment into = pool.memory.allocate(5000).fill((byte) 9);
                long expected = Math.clamp(5 * PAGE + 77 - offset, 0, 4999);
                assertEquals(expected, pool.volume.read(file, offset, into, 1, 4999));
                assertEquals(9, into.get(ValueLayout.JAVA_BYTE, 0));
                assertEquals(9, into.get(ValueLayout.JAVA_BYTE, expected + 1 == 5000 ? 0 : expected + 1));
                for (long i = Math.max(0, 2 * PAGE - offset); i < expected; i++) {
                    assertEquals(0, into.get(ValueLayout.JAVA_BYTE, i + 1));
                }
            }
        }
    }
}
