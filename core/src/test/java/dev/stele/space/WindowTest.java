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
}
