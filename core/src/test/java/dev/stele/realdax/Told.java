package dev.stele.realdax;

import dev.stele.mapping.MappedRange;
import dev.stele.mapping.Tracking;
import dev.stele.mapping.TrackingMode;
import dev.stele.medium.Media;
import dev.stele.medium.MediumOptions;
import dev.stele.node.Name;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.SyncResult;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// Stores to pages at random through two mappings of a file, over and over, with syncs and now and then the JDK's own
/// `force()` in between, and requires of every sync that it flushes the pages stored to since the last, and no other;
/// or all, where the kernel does not tell which.
final class Told {
    private static final int PAGE_BYTES = 4096;
    private static final int PAGES = 1024;
    private static final int ROUNDS = 50;
    private static final int STORES_MAX = 20;
    private static final long SEED = Long.getLong("stele.seed", 7);

    private Told() {
    }

    static String run(Place.At at) {
        OpenOptions options = new OpenOptions(false, () -> System.currentTimeMillis() * 1_000_000, false);
        try (Volume volume = Volume.open(Media.open(at.path(), MediumOptions.DEFAULT), options);
                Arena arena = Arena.ofShared()) {
            long file = volume.create(volume.root(), Name.of("told"), 0600, 0, 0);
            MappedRange first = map(volume, file, arena);
            MappedRange second = map(volume, file, arena);
            volume.sync(file, true);
            long told = 0;
            Random random = new Random(SEED);
            for (int round = 0; round < ROUNDS; round++) {
                long stored = random.ints(0, PAGES).limit(random.nextInt(STORES_MAX)).distinct()
                        .peek(page -> store(random.nextBoolean() ? first : second, page)).count();
                if (round % 5 == 4 && at.place().isFile()) {
                    // A device knows no msync.
                    first.segment().force();
                }
                told += requireTold(volume.sync(file, true), first.tracking(), stored, round);
            }
            return told + " pages in " + ROUNDS + " rounds, seed " + SEED;
        }
    }

    private static MappedRange map(Volume volume, long file, Arena arena) {
        return volume.map(file, 0, (long) PAGES * PAGE_BYTES, Volume.MapMode.READ_WRITE, TrackingMode.AUTO, arena);
    }

    private static void store(MappedRange mapping, int page) {
        mapping.segment().set(ValueLayout.JAVA_LONG, (long) page * PAGE_BYTES, page);
    }

    private static long requireTold(SyncResult sync, Tracking tracking, long stored, int round) {
        long expected = tracking.kind() == Tracking.Kind.MMU ? stored : PAGES;
        if (sync.pages() != expected) {
            throw new AssertionError("round %d, seed %d: %d pages were stored to, %d flushed (%s)"
                    .formatted(round, SEED, stored, sync.pages(), tracking));
        }
        return sync.pages();
    }
}
