package dev.stele.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.medium.MemoryMedium;
import dev.stele.space.PageMedium;
import dev.stele.tree.Ground;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random changes of a file's extents against a map that knows each block, everything checked after each.
class ExtentModelTest {
    private static final int ROUNDS = Integer.getInteger("stele.rounds", 200);
    private static final long UNWRITTEN = Long.MIN_VALUE;

    private Ground ground;
    private Extents extents;
    private final Extent extent = new Extent();
    /// File block → block on the medium, with UNWRITTEN where it is.
    private final TreeMap<Long, Long> model = new TreeMap<>();
    private Random random;
    private long fileBlocks;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomChanges(long seed) {
        random = new Random(seed);
        // Small ones run full again and again.
        long blocks = new long[] {512, 2000, 8192, 70_000}[(int) (seed % 4)];
        long sizeBytes = blocks * Geometry.BLOCK_BYTES;
        // The latter as on an image file: nothing is logged, freed blocks wait for a checkpoint.
        ground = new Ground(seed <= 5 ? MemoryMedium.create(sizeBytes) : new PageMedium(sizeBytes));
        extents = new Extents(ground.space, ground.tree);
        fileBlocks = random.nextBoolean() ? 4 * blocks : blocks / 2;
        int refused = 0;
        try (Ground opened = ground) {
            for (int round = 0; round < ROUNDS; round++) {
                String where = "seed " + seed + ", round " + round;
                TreeMap<Long, Long> before = new TreeMap<>(model);
                int digest = ground.digest();
                Transaction tx = ground.journal.begin();
                boolean keep = random.nextInt(6) != 0;
                try {
                    int changes = random.nextInt(3) == 0 ? random.nextInt(1, 30) : 1;
                    for (int i = 0; i < changes; i++) {
                        change(tx);
                        compare(tx, 4, where);
                    }
                } catch (VolumeException e) {
                    assertTrue(e.errno() == Errno.ENOSPC || e.errno() == Errno.EFBIG, where + ": " + e);
                    keep = false;
                    refused++;
                }
                if (keep) {
                    tx.commit();
                } else {
                    tx.abort();
                    model.clear();
                    model.putAll(before);
                    assertEquals(digest, ground.digest(), where + ": changed although it did not happen");
                }
                check(where);
                compare(null, 30, where);
                if (round % 16 == 0) {
                    ground.checkpoint();
                }
            }
            empty();
        }
        assertTrue(blocks > 2000 || refused > 0, "a small volume never ran full");
    }

    private void change(Transaction tx) {
        long from = random.nextInt(4) == 0 && !model.isEmpty() ? model.lastKey() + 1 : random.nextLong(fileBlocks);
        from = Math.min(from, fileBlocks - 1);
        long count = Math.min(1L << random.nextInt(9), fileBlocks - from);
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4, 5 -> fill(tx, from, random.nextInt(3) == 0 ? count : Math.min(count, 3));
            case 6 -> mark(tx, from, count, random.nextInt(3) == 0);
            case 7, 8 -> remove(tx, from, from + count);
            case 9 -> replace(tx, from, Math.min(count, 20));
            case 10 -> shift(tx, from, count);
            default -> {
                if (random.nextInt(8) == 0) {
                    remove(tx, from, Extents.MAX_BLOCKS);
                } else {
                    fill(tx, from, 1);
                }
            }
        }
    }

    /// Fills the holes of a range, as a write does.
    private void fill(Transaction tx, long from, long count) {
        long block = from;
        while (block < from + count) {
            extents.find(tx, ground.inode, block, extent);
            long length = Math.min(extent.count(), from + count - block);
            if (extent.isHole()) {
                boolean scattered = random.nextInt(3) == 0;
                long goal = scattered ? random.nextLong(ground.geometry.blockCount()) : ground.inode / 16;
                long run = ground.space.allocate(tx, goal, 1, length);
                boolean unwritten = random.nextInt(3) == 0;
                run |= unwritten ? UNWRITTEN : 0;
                extents.insert(tx, ground.inode, block, run);
                put(block, run);
                length = Run.count(run);
            }
            block += length;
        }
    }

    private void put(long fileBlock, long run) {
        for (long i = 0; i < Run.count(run); i++) {
            model.put(fileBlock + i, Run.start(run) + i | run & UNWRITTEN);
        }
    }

    private void mark(Transaction tx, long from, long count, boolean unwritten) {
        if (unwritten) {
            extents.markUnwritten(tx, ground.inode, from, count);
        } else {
            extents.markWritten(tx, ground.inode, from, count);
        }
        model.subMap(from, from + count).replaceAll((block, at) -> at & ~UNWRITTEN | (unwritten ? UNWRITTEN : 0));
    }

    private void remove(Transaction tx, long from, long to) {
        long cut = extents.remove(tx, ground.inode, from, to);
        assertTrue(cut >= from && cut < to);
        model.subMap(cut, to).clear();
    }

    private void replace(Transaction tx, long from, long count) {
        long run = ground.space.allocate(tx, 0, 1, count);
        extents.replace(tx, ground.inode, from, run);
        put(from, run);
    }

    private void shift(Transaction tx, long from, long delta) {
        long sign = 1;
        if (random.nextBoolean()) {
            // As collapse range does.
            if (extents.remove(tx, ground.inode, from, from + delta) != from) {
                throw new VolumeException(Errno.EFBIG);
            }
            model.subMap(from, from + delta).clear();
            from += delta;
            sign = -1;
        }
        extents.shift(tx, ground.inode, from, sign * delta);
        Map<Long, Long> moved = new HashMap<>(model.tailMap(from));
        model.tailMap(from).clear();
        long by = sign * delta;
        moved.forEach((block, at) -> model.put(block + by, at));
    }

    private void compare(Transaction tx, int times, String where) {
        for (int i = 0; i < times; i++) {
            long block = random.nextLong(fileBlocks + 600);
            extents.find(tx, ground.inode, block, extent);
            Long at = model.get(block);
            assertEquals(at == null, extent.isHole(), where);
            assertEquals(block, extent.fileBlock(), where);
            if (at == null) {
                Long next = model.ceilingKey(block);
                assertEquals(next == null ? Extents.MAX_BLOCKS : next, extent.end(), where);
            } else {
                assertEquals(at & ~UNWRITTEN, extent.start(), where);
                assertEquals(at < 0, extent.isUnwritten(), where);
                long last = block + extent.count() - 1;
                assertEquals(at + extent.count() - 1, model.get(last), where);
            }
        }
    }

    private void check(String where) {
        BitSet owned = new BitSet();
        TreeMap<Long, Long> entries = ground.walk(ground.inode, owned);
        TreeMap<Long, Long> blocks = new TreeMap<>();
        long[] end = {0};
        entries.forEach((block, run) -> {
            assertTrue(block >= end[0], where + ": extents overlap");
            for (long i = 0; i < Run.count(run); i++) {
                blocks.put(block + i, Run.start(run) + i | run & UNWRITTEN);
                assertFalse(owned.get((int) (Run.start(run) + i)), where + ": a block in two places");
                owned.set((int) (Run.start(run) + i));
            }
            end[0] = block + Run.count(run);
        });
        assertEquals(model, blocks, where);
        ground.assertNoLeak(owned, where);
        assertEquals(owned.cardinality(), ground.blockCount(), where + ": blockCount");
        assertTrue(entries.size() > Inode.ROOT_ENTRIES || ground.depth() == 0, where + ": a tree of few is high");
        expectSeeks(where);
    }

    private void expectSeeks(String where) {
        long from = random.nextLong(fileBlocks);
        long data = from;
        while (data < fileBlocks + 10_000 && model.getOrDefault(data, UNWRITTEN) < 0) {
            data++;
        }
        data = data < fileBlocks + 10_000 ? data : -1;
        assertEquals(data, extents.nextData(ground.inode, from, extent), where);
        long hole = from;
        while (model.getOrDefault(hole, UNWRITTEN) >= 0) {
            hole++;
        }
        assertEquals(hole, extents.nextHole(ground.inode, from, extent), where);
    }

    /// However full the volume is, a file can be emptied, in as many transactions as it takes.
    private void empty() {
        long from = model.isEmpty() ? 0 : random.nextLong(model.lastKey() + 1);
        for (long low : new long[] {from, 0}) {
            long cut = Extents.MAX_BLOCKS;
            while (cut > low) {
                Transaction tx = ground.journal.begin();
                cut = extents.remove(tx, ground.inode, low, cut);
                tx.commit();
            }
            model.tailMap(low).clear();
            check("emptied from " + low);
        }
        assertEquals(0, ground.blockCount());
    }
}
