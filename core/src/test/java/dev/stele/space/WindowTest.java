package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WindowTest {
    /// One file growing block by block.
    private static final class File {
        final Window window = new Window();
        final List<Long> runs = new ArrayList<>();
        long goal;
        int pieces;

        void append(Bare bare) {
            Transaction tx = bare.journal.begin();
            try {
                long run = bare.space.allocate(tx, window, goal, 1, 1);
                tx.commit();
                pieces += Run.start(run) == goal ? 0 : 1;
                goal = Run.start(run) + 1;
                runs.add(run);
            } finally {
                tx.abort();
            }
        }
    }

    @Test
    void filesThatGrowSideBySideStayContiguous() {
        try (Bare bare = Bare.memory(2 * Geometry.GROUP_BLOCKS)) {
            List<File> files = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                files.add(new File());
            }
            for (int i = 0; i < 8000; i++) {
                files.forEach(file -> file.append(bare));
            }
            for (File file : files) {
                assertTrue(file.pieces <= 25, "pieces of 8000 blocks: " + file.pieces);
                bare.space.drop(file.window);
            }
            assertEquals(bare.geometry.usableBlocks() - 32_000, bare.space.freeBlocks());
        }
    }

    @Test
    void whatIsSetAsideCountsAsFreeAndCanBeHad() {
        try (Bare bare = Bare.memory(1000)) {
            List<File> files = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                files.add(new File());
                files.getLast().append(bare);
                files.getLast().append(bare);
            }
            assertEquals(bare.geometry.usableBlocks() - 40, bare.space.freeBlocks());
            for (long left = bare.space.freeBlocks(); left > 0; left--) {
                bare.allocate(0, 1, 1);
            }
            assertEquals(0, bare.space.freeBlocks());
            assertThrows(VolumeException.class, () -> files.getFirst().append(bare));
            bare.free(files.getFirst().runs.getFirst());
            files.getLast().append(bare);
            files.forEach(file -> bare.space.drop(file.window));
            assertEquals(0, bare.space.freeBlocks());
        }
    }

    @Test
    void fillingTheVolumeByAppendsGetsEveryBlock() {
        for (int count : new int[] {1, 3, 8}) {
            try (Bare bare = Bare.memory(Geometry.GROUP_BLOCKS + 500)) {
                List<File> files = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    files.add(new File());
                }
                long left = bare.geometry.usableBlocks();
                for (; left > 0; left--) {
                    files.get((int) (left % count)).append(bare);
                }
                assertThrows(VolumeException.class, () -> files.getFirst().append(bare));
                assertEquals(0, bare.space.freeBlocks());
            }
        }
    }

    @Test
    void aWindowLivesInOneGroupAndMoves() {
        try (Bare bare = Bare.memory(3 * Geometry.GROUP_BLOCKS)) {
            File file = new File();
            for (int i = 0; i < 70_000; i++) {
                file.append(bare);
            }
            assertTrue(file.pieces < 40, "pieces: " + file.pieces);
            bare.space.drop(file.window);
            bare.space.drop(file.window);
            assertEquals(bare.geometry.usableBlocks() - 70_000, bare.space.freeBlocks());
        }
    }

    @Test
    void aWindowIsFilledOnlyWhenItIsEmpty() {
        Window window = new Window();
        window.fill(Run.of(100, 10));
        assertThrows(AssertionError.class, () -> window.fill(Run.of(200, 10)), "ten blocks would be nobody's");
        assertEquals(Run.of(100, 4), window.take(1, 4));
        assertEquals(0, window.take(7, 8), "there are six");
        assertEquals(Run.of(104, 6), window.take(6, 8));
        assertEquals(0, window.take(1, 1));
    }

    /// S9: an append takes a block from its window while others may take the whole of it away.
    @Test
    void eachBlockIsHadByOneOfTwo() throws Exception {
        int rounds = 200_000;
        long blocksPerRound = 8;
        Window window = new Window();
        AtomicBoolean ended = new AtomicBoolean();
        long[] takenAway = {0};
        Thread other = Thread.ofPlatform().start(() -> {
            while (!ended.get()) {
                takenAway[0] += Run.count(window.empty());
            }
        });
        long taken = 0;
        for (int round = 0; round < rounds; round++) {
            long start = 1 + round * blocksPerRound;
            window.fill(Run.of(start, blocksPerRound));
            long next = start;
            for (long run = window.take(1, 1); run != 0; run = window.take(1, 1)) {
                assertEquals(Run.of(next++, 1), run);
            }
            taken += next - start;
        }
        ended.set(true);
        other.join();
        assertEquals(rounds * blocksPerRound, taken + takenAway[0] + Run.count(window.empty()));
    }

    @Test
    void aBigAppendIsPlacedLikeAnyBigRun() {
        try (Bare bare = Bare.memory(4 * Geometry.GROUP_BLOCKS)) {
            Window window = new Window();
            Transaction tx = bare.journal.begin();
            long run = bare.space.allocate(tx, window, 0, 1, 3 * Geometry.CHUNK_BLOCKS);
            tx.commit();
            assertEquals(3 * Geometry.CHUNK_BLOCKS, Run.count(run));
            assertEquals(0, Run.start(run) % Geometry.CHUNK_BLOCKS, "whole chunks");
        }
    }
}
