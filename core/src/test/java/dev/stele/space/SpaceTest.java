package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Run;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpaceTest {
    @Test
    void everyBlockCanBeAllocatedAndNoMore() {
        for (long blockCount : new long[] {256, 257, 32768, 32769, 32770, 32771, 65536, 100_000}) {
            try (Bare bare = Bare.memory(blockCount)) {
                assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
                List<Long> runs = new ArrayList<>();
                long left = bare.space.freeBlocks();
                while (left > 0) {
                    long run = bare.allocate(0, 1, 700);
                    assertTrue(bare.geometry.isUsable(Run.start(run), Run.count(run)));
                    runs.add(run);
                    left -= Run.count(run);
                    assertEquals(left, bare.space.freeBlocks());
                }
                VolumeException full = assertThrows(VolumeException.class, () -> bare.allocate(0, 1, 1));
                assertEquals(Errno.ENOSPC, full.errno());
                bare.reopen();
                assertEquals(0, bare.space.freeBlocks());
                runs.forEach(bare::free);
                assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
                bare.reopen();
                assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
            }
        }
    }

    @Test
    void inodesComeAndGo() {
        try (Bare bare = Bare.memory(1024)) {
            List<Long> inodes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                inodes.add(bare.create(0));
            }
            assertEquals(100, bare.space.usedInodes());
            assertEquals(100, inodes.stream().distinct().count());
            assertEquals(bare.geometry.usableBlocks() - 7, bare.space.freeBlocks());
            bare.reopen();
            assertEquals(100, bare.space.usedInodes());
            for (int i = 0; i < 12; i++) {
                long inode = bare.create(0);
                assertTrue(!inodes.contains(inode));
                inodes.add(inode);
            }
            assertEquals(bare.geometry.usableBlocks() - 7, bare.space.freeBlocks());
            inodes.forEach(bare::delete);
            assertEquals(0, bare.space.usedInodes());
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
        }
    }
}
