package dev.stele.dax;

import static dev.stele.dax.Pool.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.node.Name;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A sync while others store, punch and read: it ends, it flushes nothing that is no longer the file's, and holds up
/// nobody whom it does not concern.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SyncBesideOthersTest {
    /// C2, W-3: somebody stores to the file for ever, by `write` and by mapping; every sync ends, having flushed no
    /// more than the file has lines, and what was stored before it is durable.
    @Test
    void aSyncEndsThoughTheFileIsStoredToForEver() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 64);
            MemorySegment mapped = pool.map(file, 0, 64, MapMode.READ_WRITE);
            AtomicBoolean enough = new AtomicBoolean();
            AtomicLong stored = new AtomicLong();
            Task writer = Task.start(() -> {
                for (long i = 1; !enough.get(); i++) {
                    pool.writeLong(file, i % 63 * PAGE + 8, i);
                    mapped.set(JAVA_LONG, 63 * PAGE + 16, i);
                    stored.set(i);
                }
            });
            for (int round = 0; round < 60; round++) {
                long before = stored.get();
                long lines = pool.flushedLines(() -> pool.volume.sync(file, true));
                assertTrue(lines <= 64 * 64, lines + " lines");
                assertTrue(pool.durable(file, 63 * PAGE + 16) >= before, "a store before the sync was lost");
            }
            enough.set(true);
            writer.join();
        }
    }

    /// C6: a hole is punched, and the blocks go to another file, while the file is being synced: no failure, and once
    /// the blocks are another's no sync of this file flushes them.
    @Test
    void aSyncFlushesNothingThatWasPunched() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 8);
            pool.write(file, 0, 8 * (int) PAGE, 5, Durability.DEFERRED);
            Gatekeeper gate = new Gatekeeper();
            pool.medium.watcher = gate;
            Task sync = Task.start(() -> pool.volume.sync(file, true));
            gate.awaitFlush();
            Task punch = Task.start(() -> pool.volume.punchHole(file, 2 * PAGE, 4 * PAGE));
            assertTrue(punch.isHeldUp(), "the blocks are given up while they are flushed");
            gate.letGo();
            sync.join();
            punch.join();
            assertEquals(0, pool.flushedLines(() -> pool.volume.sync(file, true)));
            assertEquals(0, pool.readLong(file, 3 * PAGE));
        }
    }

    /// C6, T-3: marks of blocks that are gone when the sync comes are marks of nothing.
    @Test
    void dirtyPagesThatWereGivenUpAreNotFlushed() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 8);
            pool.write(file, 0, 8 * (int) PAGE, 5, Durability.DEFERRED);
            long[] blocks = pool.volume.extents(file, 2 * PAGE, 4 * PAGE).stream()
                    .mapToLong(Volume.FileExtent::mediumOffset).toArray();
            pool.volume.punchHole(file, 2 * PAGE, 4 * PAGE);
            pool.file("g", 40);
            pool.medium.watcher = (kind, isData, at, byteCount) -> {
                for (long block : blocks) {
                    assertTrue(!isData || kind != TracedMedium.Kind.FLUSH || at + byteCount <= block
                            || at >= block + 4 * PAGE, "flushes what is not the file's");
                }
            };
            pool.volume.sync(file, true);
            pool.volume.sync();
            try (var cuts = pool.cuts(volume -> {
                long found = Pool.find(volume, "f");
                assertEquals(0, Pool.readLong(volume, found, 3 * PAGE));
                assertEquals(0x0505050505050505L, Pool.readLong(volume, found, 7 * PAGE));
            })) {
                cuts.at("synced");
            }
        }
    }

    /// C11: while lines are being flushed no lock is held that reading the file, or using and syncing another, needs.
    @Test
    void aFlushHoldsUpNobodyElse() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 8);
            long other = pool.file("g", 8);
            pool.writeLong(file, 3 * PAGE, 33);
            Gatekeeper gate = new Gatekeeper();
            pool.medium.watcher = gate;
            Task sync = Task.start(() -> pool.volume.sync(file, true));
            gate.awaitFlush();
            pool.medium.watcher = TracedMedium.NOBODY;
            Task others = Task.start(() -> {
                assertEquals(33, pool.readLong(file, 3 * PAGE));
                pool.writeLong(other, 0, 1);
                pool.map(other, 0, 4, MapMode.READ_WRITE).set(JAVA_LONG, PAGE, 2L);
                pool.volume.sync(other, false);
                pool.volume.create(pool.volume.root(), Name.of("h"), 0644, 0, 0);
            });
            others.join();
            assertTrue(!sync.isDone());
            gate.letGo();
            sync.join();
            assertEquals(33, pool.durable(file, 3 * PAGE));
        }
    }
}
