package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A volume that is three quarters full and has seen files come and go many times over still has room for big files in
/// whole 2 MiB chunks.
class AgingTest {
    private static final long BLOCKS = Long.getLong("stele.aging.blocks", 16L * Geometry.GROUP_BLOCKS);
    private static final int TURNOVERS = Integer.getInteger("stele.aging.turnovers", 8);
    private static final long BIG_BLOCKS = (64L << 20) / Geometry.BLOCK_BYTES;

    private final SplittableRandom random = new SplittableRandom(Long.getLong("stele.seed", 7));
    private final List<List<Long>> files = new ArrayList<>();
    private long usedBlocks;

    @Test
    void bigFilesFindWholeChunksOnAnOldVolume() {
        try (Bare bare = Bare.memory(BLOCKS)) {
            double fresh = alignedShare(bare, BIG_BLOCKS);
            age(bare);
            // Until the volume is full to nine tenths.
            long blocks = (long) (0.15 * bare.geometry.usableBlocks());
            double aged = alignedShare(bare, blocks / BIG_BLOCKS * BIG_BLOCKS);
            System.out.printf("big files in whole chunks: %.1f %% when fresh, %.1f %% when aged%n",
                    fresh * 100, aged * 100);
            assertTrue(aged >= 0.95 * fresh, "fresh " + fresh + " aged " + aged);
        }
    }

    private void age(Bare bare) {
        long target = bare.geometry.usableBlocks() * 3 / 4;
        long churn = TURNOVERS * target;
        while (churn > 0) {
            while (usedBlocks < target) {
                long size = size();
                create(bare, size);
                churn -= size;
            }
            for (int i = 0; i < 10 && !files.isEmpty(); i++) {
                delete(bare, random.nextInt(files.size()));
            }
        }
        while (usedBlocks < target) {
            create(bare, size());
        }
    }

    /// Many small files that hold little, few big ones that hold most: 4 KiB to 32 MiB, half of them below 40 KiB.
    private long size() {
        double exponent = Math.abs(random.nextGaussian()) * 3.2;
        return Math.clamp((long) Math.exp(exponent) + random.nextInt(4), 1, 8192);
    }

    /// Written by appends of up to 128 KiB, with a window, as a program would.
    private void create(Bare bare, long sizeBlocks) {
        List<Long> runs = new ArrayList<>();
        Window window = new Window();
        long left = sizeBlocks;
        long goal = 0;
        while (left > 0) {
            Transaction tx = bare.journal.begin();
            long run = bare.space.allocate(tx, window, goal, 1, Math.min(left, 32));
            tx.commit();
            goal = Run.start(run) + Run.count(run);
            left -= Run.count(run);
            runs.add(run);
        }
        bare.space.drop(window);
        usedBlocks += sizeBlocks;
        files.add(runs);
    }

    private void delete(Bare bare, int index) {
        List<Long> runs = files.set(index, files.getLast());
        files.removeLast();
        for (long run : runs) {
            bare.free(run);
            usedBlocks -= Run.count(run);
        }
    }

    /// Share of the blocks of new files of 64 MiB that stand in whole chunks.
    private static double alignedShare(Bare bare, long blocks) {
        List<Long> runs = new ArrayList<>();
        long whole = 0;
        for (long file = 0; file < blocks / BIG_BLOCKS; file++) {
            long left = BIG_BLOCKS;
            long goal = 0;
            while (left > 0) {
                long run = bare.allocate(goal, 1, left);
                runs.add(run);
                goal = Run.start(run) + Run.count(run);
                left -= Run.count(run);
                long firstWhole = Run.start(run) + Geometry.CHUNK_BLOCKS - 1 & -Geometry.CHUNK_BLOCKS;
                whole += Math.max(0, (goal & -Geometry.CHUNK_BLOCKS) - firstWhole);
            }
        }
        runs.forEach(bare::free);
        return (double) whole / (blocks / BIG_BLOCKS * BIG_BLOCKS);
    }
}
