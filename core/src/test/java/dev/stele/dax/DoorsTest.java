package dev.stele.dax;

import static dev.stele.dax.Pool.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// B11: a file has many doors, and nobody who uses one need know who uses another. Whatever is stored, through
/// whichever of them, to whichever word of a page that others store to at the same time, is durable when a sync returns
/// that was called later, of whichever kind and by whomever.
class DoorsTest {
    private static final int PAGES = 600;

    private enum Door { MAPPING, SYNC_MAPPING, PERSISTED, WRITE, DSYNC, ATOMIC }

    private enum Sync { DATA, FILE, RANGE, VOLUME }

    private final Pool pool = new Pool();
    private final long file = pool.file("f", PAGES);
    private final MemorySegment plain = pool.map(file, 0, PAGES, MapMode.READ_WRITE);
    private final MemorySegment synced = pool.map(file, 0, PAGES, MapMode.READ_WRITE, MapOption.SYNC);

    private void store(Door door, long offset, long value) {
        switch (door) {
            case MAPPING -> plain.set(JAVA_LONG, offset, value);
            case SYNC_MAPPING -> synced.set(JAVA_LONG, offset, value);
            case PERSISTED -> {
                synced.set(JAVA_LONG, offset, value);
                pool.medium.flushMapped(synced, offset, 8);
                pool.medium.drain();
                assertEquals(value, pool.durable(file, offset), "persisted by the program");
            }
            case WRITE -> pool.writeLong(file, offset, value);
            case DSYNC -> pool.writeLong(file, offset, value, Durability.DSYNC);
            case ATOMIC -> pool.writeLong(file, offset, value, Durability.ATOMIC);
        }
    }

    private void sync(Sync kind, long page) {
        switch (kind) {
            case DATA -> pool.volume.sync(file, true);
            case FILE -> pool.volume.sync(file, false);
            case RANGE -> pool.volume.syncRange(file, page * PAGE, PAGE);
            case VOLUME -> pool.volume.sync();
        }
    }

    @Test
    void nothingIsLostThroughAnyTwoDoors() {
        try (pool) {
            long page = 0;
            for (Door one : Door.values()) {
                for (Door other : Door.values()) {
                    for (Sync kind : Sync.values()) {
                        for (boolean byOther : new boolean[] {false, true}) {
                            both(one, other, kind, byOther, page++);
                        }
                    }
                }
            }
            assertTrue(page <= PAGES);
            long pages = page;
            try (var cuts = pool.cuts(volume -> {
                long found = Pool.find(volume, "f");
                for (long at = 0; at < pages * PAGE; at += PAGE) {
                    for (int word = 0; word < 3; word++) {
                        assertEquals(1000 + word, Pool.readLong(volume, found, at + 1024 * word));
                    }
                }
            })) {
                cuts.at("all synced");
            }
        }
    }

    /// The first door is used again when the second may have put another block in the place of the page's.
    private void both(Door one, Door other, Sync kind, boolean byOther, long page) {
        long at = page * PAGE;
        store(one, at, 1000);
        store(other, at + 1024, 1001);
        store(one, at + 2048, 1002);
        if (byOther) {
            Task.start(() -> sync(kind, page)).join();
        } else {
            sync(kind, page);
        }
        for (int word = 0; word < 3; word++) {
            assertEquals(1000 + word, pool.durable(file, at + 1024 * word), "word " + word + " by " + one + " and "
                    + other + ", sync " + kind + (byOther ? " by another" : ""));
        }
    }

    /// B2, B8, S-6: stores through a sync mapping are covered by a plain sync of somebody who knows nothing of it,
    /// again and again, also in a sealed file.
    @Test
    void aPlainSyncCoversSyncMappings() {
        try (pool) {
            pool.volume.seal(file, true);
            for (int round = 1; round < 5; round++) {
                synced.set(JAVA_LONG, 7 * PAGE, round);
                Task.start(() -> pool.volume.sync(file, true)).join();
                assertEquals(round, pool.durable(file, 7 * PAGE));
                synced.set(JAVA_LONG, 8 * PAGE, round);
                pool.medium.flushMapped(synced, 8 * PAGE, 8);
                pool.medium.drain();
                assertEquals(round, pool.durable(file, 8 * PAGE));
            }
        }
    }
}
