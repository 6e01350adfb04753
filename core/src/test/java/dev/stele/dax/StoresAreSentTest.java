package dev.stele.dax;

import static dev.stele.dax.Pool.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.stele.dax.TracedMedium.Kind;
import dev.stele.medium.View;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// E3, A1, B12: whatever operation stores bytes of a file sends their lines on their way before it returns, and they
/// have arrived before anything on the medium leads to them. What is overwritten in place and left to a sync is the one
/// exception, and is known to be dirty. Checked on every verb the medium sees.
class StoresAreSentTest {
    private static final long SEED = Long.getLong("stele.seed", 4);
    private static final int STEPS = Integer.getInteger("stele.rounds", 400);

    /// Where every line of files' bytes is that the operation under way has stored, by one thread.
    private static final class Checker implements TracedMedium.Watcher {
        final Set<Long> cached = new TreeSet<>();
        final Set<Long> sent = new HashSet<>();
        /// Blocks of structures that nothing leads to yet: what is stored to these publishes nothing.
        private final Set<Long> fresh = new HashSet<>();

        @Override
        public void verb(Kind kind, boolean isData, long at, long byteCount) {
            if (kind == Kind.DRAIN) {
                sent.clear();
                fresh.clear();
            } else if (isData) {
                dataVerb(kind, at, byteCount);
            } else if (kind == Kind.STREAM) {
                for (long block = at >>> 12; block << 12 < at + byteCount; block++) {
                    fresh.add(block);
                }
            } else if (kind == Kind.STORE && !fresh.contains(at >>> 12)) {
                // A word of a structure, stored in its place when the record has happened: from here on it leads
                // to the bytes.
                assertEquals(Set.of(), sent, "published before they were drained");
                assertEquals(Set.of(), cached, "published before they were flushed");
            }
        }

        private void dataVerb(Kind kind, long at, long byteCount) {
            long first = at >>> 6;
            for (long line = first; line < first + View.lineCount(at, byteCount); line++) {
                if (kind == Kind.STORE) {
                    cached.add(line);
                    sent.remove(line);
                } else if (kind == Kind.STREAM || cached.remove(line)) {
                    sent.add(line);
                }
            }
        }
    }

    @Test
    void everyStoreIsFlushedBeforeItsOperationReturnsAndDrainedBeforeItIsPublished() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 20);
            Checker checker = new Checker();
            pool.medium.watcher = checker;
            SplittableRandom random = new SplittableRandom(SEED);
            for (int step = 0; step < STEPS; step++) {
                String done = act(pool, file, random, 1 + random.nextInt(10));
                assertEquals(Set.of(), checker.cached, "seed " + SEED + " step " + step + ": " + done);
                checker.sent.clear();
            }
        }
    }

    private static String act(Pool pool, long file, SplittableRandom random, int what) {
        long offset = random.nextLong(60 * PAGE);
        int count = 1 + random.nextInt(5 * (int) PAGE);
        switch (what) {
            case 1 -> pool.volume.punchHole(file, offset, count);
            case 2 -> pool.volume.zeroRange(file, offset, count, random.nextBoolean());
            case 3 -> pool.volume.truncate(file, offset);
            case 4 -> pool.volume.allocate(file, offset, count, random.nextBoolean());
            case 5 -> pool.write(file, offset, count, 7, Durability.ATOMIC);
            case 6 -> pool.write(file, offset, count, 7, Durability.SYNC);
            case 7 -> {
                try (var arena = java.lang.foreign.Arena.ofConfined()) {
                    pool.volume.map(file, offset, count, MapMode.READ_WRITE, arena);
                }
            }
            case 8 -> {
                long end = Pool.size(pool.volume, file);
                pool.write(file, end, count, 7, Durability.DEFERRED);
            }
            default -> pool.write(file, offset, count, 7, Durability.DSYNC);
        }
        return "kind " + what + " at " + offset + " of " + count;
    }

    /// The exception: an overwrite in place without an option stays in the cache, all of it, until the next sync, which
    /// sends and drains just that.
    @Test
    void anOverwriteLeftToASyncIsFlushedByIt() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 20);
            Checker checker = new Checker();
            pool.medium.watcher = checker;
            pool.write(file, 100, 10_000, 8, Durability.DEFERRED);
            assertEquals(View.lineCount(100, 10_000), checker.cached.size());
            assertEquals(Set.of(), checker.sent);
            pool.volume.sync(file, true);
            assertEquals(Set.of(), checker.cached);
            assertEquals(Set.of(), checker.sent);
        }
    }

    /// What returned durable is durable: bytes of a new block, of one that was there, and behind the old end.
    @Test
    void bytesWrittenToLastAreThereWhenTheWriteReturns() {
        for (Durability durability : new Durability[] {Durability.DSYNC, Durability.SYNC, Durability.ATOMIC}) {
            try (Pool pool = new Pool()) {
                long file = pool.file("f", 4);
                pool.volume.truncate(file, 9 * PAGE);
                pool.write(file, PAGE + 100, 9 * (int) PAGE, 3, durability);
                try (var cuts = pool.cuts(volume -> {
                    byte[] found = Pool.bytes(volume, Pool.find(volume, "f"), 20 * PAGE);
                    assertEquals(10 * (int) PAGE + 100, found.length, durability.name());
                    for (int i = (int) PAGE + 100; i < found.length; i++) {
                        if (found[i] != 3) {
                            fail(durability + ": " + found[i] + " at " + i);
                        }
                    }
                })) {
                    cuts.at("written");
                }
            }
        }
    }

    /// The checker sees what it is for.
    @Test
    void aStoreThatIsNotSentIsNoticed() {
        try (Pool pool = new Pool()) {
            Checker checker = new Checker();
            pool.medium.watcher = checker;
            pool.medium.data().putZeros(1 << 20, 100);
            assertTrue(checker.cached.size() == 2);
            assertThrows(AssertionError.class, () -> pool.medium.metadata().putLong(2 << 20, 0));
            pool.medium.data().flush(1 << 20, 64);
            assertEquals(1, checker.cached.size());
            pool.medium.data().flush(1 << 20, 128);
            assertThrows(AssertionError.class, () -> pool.medium.metadata().putLong(2 << 20, 0));
            pool.medium.drain();
            pool.medium.metadata().putLong(2 << 20, 0);
        }
    }
}
