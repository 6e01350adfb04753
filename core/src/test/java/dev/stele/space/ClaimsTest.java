package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a transaction took and gave, when it ends and when it asks for what cannot be.
class ClaimsTest {
    @Test
    void whatWasTakenComesBackOnAbort() {
        try (Bare bare = Bare.memory(1000)) {
            long before = bare.space.freeBlocks();
            Transaction tx = bare.journal.begin();
            bare.space.allocate(tx, 0, 1, 100);
            bare.space.allocate(tx, new Window(), 0, 1, 3);
            long inode = bare.space.allocateInode(tx, 0);
            Bare.use(tx, inode);
            assertEquals(before - 104, bare.space.freeBlocks());
            tx.abort();
            assertEquals(before, bare.space.freeBlocks());
            assertEquals(0, bare.space.usedInodes());
            assertFalse(bare.space.holdsInodes(Inode.blockOf(inode)));
            assertTrue(Model.bits(bare, false).isEmpty());
        }
    }

    @Test
    void whatWasFreedStaysOnAbort() {
        try (Bare bare = Bare.memory(1000)) {
            long run = bare.allocate(0, 1, 100);
            List<Long> inodes = List.of(bare.create(0), bare.create(0));
            BitSet before = Model.bits(bare, false);
            long free = bare.space.freeBlocks();
            Transaction tx = bare.journal.begin();
            bare.space.free(tx, Run.start(run), 100);
            inodes.forEach(inode -> bare.space.freeInode(tx, inode));
            assertEquals(free, bare.space.freeBlocks(), "not free before the end");
            tx.abort();
            assertEquals(free, bare.space.freeBlocks());
            assertEquals(2, bare.space.usedInodes());
            assertEquals(before, Model.bits(bare, false));
            bare.free(run);
            inodes.forEach(bare::delete);
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
        }
    }

    @Test
    void aBlockOfInodesThatWasToGoComesBackOnAbort() {
        try (Bare bare = Bare.memory(1000)) {
            long inode = bare.create(0);
            Transaction tx = bare.journal.begin();
            bare.space.freeInode(tx, inode);
            tx.abort();
            assertEquals(1, bare.space.usedInodes());
            assertTrue(bare.space.holdsInodes(Inode.blockOf(inode)));
            assertEquals(inode + 1, bare.create(0));
            bare.delete(inode);
            bare.delete(inode + 1);
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
        }
    }

    @Test
    void takenAndFreedInOne() {
        try (Bare bare = Bare.memory(1000); Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Geometry.BLOCK_BYTES, 64).fill((byte) 7);
            Transaction tx = bare.journal.begin();
            long run = bare.space.allocate(tx, 0, 1, 2);
            tx.storeNew(Geometry.at(Run.start(run)), bytes, 0, Geometry.BLOCK_BYTES);
            long kept = bare.space.allocate(tx, 0, 1, 1);
            bare.space.free(tx, Run.start(run), 2);
            tx.commit();
            assertEquals(bare.geometry.usableBlocks() - 1, bare.space.freeBlocks());
            bare.reopen();
            assertEquals(bare.geometry.usableBlocks() - 1, bare.space.freeBlocks());
            assertTrue(Model.bits(bare, false).get((int) Run.start(kept)));
        }
    }

    @Test
    void whatIsNotInUseCannotBeFreed() {
        try (Bare bare = Bare.memory(Geometry.GROUP_BLOCKS + 1000)) {
            long run = bare.allocate(Geometry.GROUP_BLOCKS + 2, 1, 100);
            assertEquals(Geometry.GROUP_BLOCKS + 2, Run.start(run));
            long start = Run.start(run);
            long free = bare.space.freeBlocks();
            assertNotFreed(bare, start, 101);
            assertNotFreed(bare, start + 100, 1);
            assertNotFreed(bare, start - 1, 2);
            assertNotFreed(bare, 0, 1);
            assertNotFreed(bare, 3, 1);
            assertNotFreed(bare, Geometry.GROUP_BLOCKS, 1);
            assertNotFreed(bare, start, 0);
            assertNotFreed(bare, start, -1);
            assertNotFreed(bare, start, Long.MAX_VALUE);
            assertNotFreed(bare, -5, 1);
            assertNotFreed(bare, bare.geometry.blockCount(), 1);
            assertNotFreed(bare, Long.MAX_VALUE, 1);
            Transaction tx = bare.journal.begin();
            bare.space.free(tx, start, 50);
            assertThrows(CorruptionException.class, () -> bare.space.free(tx, start + 49, 2), "twice in one");
            tx.commit();
            assertNotFreed(bare, start, 1);
            assertEquals(free + 50, bare.space.freeBlocks());
            bare.free(Run.of(start + 50, 50));
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
        }
    }

    private static void assertNotFreed(Bare bare, long start, long count) {
        BitSet before = Model.bits(bare, false);
        Transaction tx = bare.journal.begin();
        assertThrows(CorruptionException.class, () -> bare.space.free(tx, start, count));
        assertTrue(bare.space.freeBlocks() <= bare.geometry.usableBlocks());
        tx.commit();
        assertEquals(before, Model.bits(bare, false));
    }

    @Test
    void whatIsNoInodeCannotBeFreed() {
        try (Bare bare = Bare.memory(1000)) {
            long inode = bare.create(0);
            long block = Run.start(bare.allocate(0, 1, 1));
            for (long wrong : new long[] {0, -1, inode + 1, block * 16, inode + (1L << 50), Long.MAX_VALUE, 16 * 3}) {
                Transaction tx = bare.journal.begin();
                assertThrows(CorruptionException.class, () -> bare.space.freeInode(tx, wrong));
                tx.commit();
            }
            Transaction tx = bare.journal.begin();
            bare.space.freeInode(tx, inode);
            assertThrows(CorruptionException.class, () -> bare.space.freeInode(tx, inode));
            tx.commit();
            assertThrows(CorruptionException.class, () -> bare.delete(inode));
            assertEquals(bare.geometry.usableBlocks() - 1, bare.space.freeBlocks());
        }
    }

    @Test
    void anInodeBitmapThatLiesIsFoundOut() {
        try (Bare bare = Bare.memory(1000)) {
            bare.medium.metadata().setBits(Geometry.inodeBitmapAt(0) + 8, 1L << 20);
            assertThrows(CorruptionException.class, () -> bare.create(0));
            assertThrows(CorruptionException.class, () -> bare.space.usedInodes());
        }
    }

    @Test
    void bitsOfFixedBlocksAndBeyondTheEndSayNothing() {
        try (Bare bare = Bare.memory(1000)) {
            bare.medium.metadata().putLong(Geometry.blockBitmapAt(0), -1L >>> 48);
            bare.medium.metadata().putLong(Geometry.blockBitmapAt(0) + 1024 / 8, -1L);
            bare.reopen();
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
            List<Long> runs = new ArrayList<>();
            while (bare.space.freeBlocks() > 0) {
                runs.add(bare.allocate(0, 1, 50));
            }
            runs.forEach(bare::free);
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
        }
    }

    @Test
    void wordZeroOfAFreedInodeIsZero() {
        try (Bare bare = Bare.memory(1000)) {
            long keep = bare.create(0);
            long inode = bare.create(0);
            Transaction tx = bare.journal.begin();
            long staged = tx.stageInode(inode);
            Inode.linkCount(tx.segment(), staged, 0);
            bare.space.freeInode(tx, inode);
            tx.commit();
            MemorySegment segment = bare.medium.metadata().segment();
            assertEquals(0, (long) Layouts.WORD.get(segment, Inode.at(inode)));
            assertTrue((long) Layouts.WORD.get(segment, Inode.at(keep)) != 0);
        }
    }

    @Test
    void aRecordThatIsFullGivesEverythingBack() {
        try (Bare bare = Bare.memory(4000)) {
            List<Long> runs = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                runs.add(bare.allocate(0, 1, 1));
            }
            BitSet before = Model.bits(bare, false);
            Transaction tx = bare.journal.begin();
            VolumeException tooBig = assertThrows(VolumeException.class, () -> {
                for (long run : runs) {
                    bare.space.free(tx, Run.start(run), 1);
                }
            });
            assertEquals(Errno.EFBIG, tooBig.errno());
            tx.abort();
            assertEquals(before, Model.bits(bare, false));
            runs.forEach(bare::free);
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
        }
    }

    @Test
    void aSearchForASlotReadsSoManyBlocksAtMost() {
        try (Bare bare = Bare.memory(1000)) {
            long last = 0;
            for (int i = 0; i < 20 * Inode.PER_BLOCK; i++) {
                last = bare.create(0);
            }
            bare.delete(last);
            bare.reopen();
            long free = bare.space.freeBlocks();
            // The free slot is in the twentieth block; nobody knows before it was read.
            long inode = bare.create(0);
            assertNotEquals(Inode.blockOf(last), Inode.blockOf(inode));
            assertEquals(free - 1, bare.space.freeBlocks());
            for (int i = 1; i < Inode.PER_BLOCK; i++) {
                bare.create(0);
            }
            assertEquals(last, bare.create(0), "used before another block is taken");
            assertEquals(free - 1, bare.space.freeBlocks());
        }
    }

    @Test
    void onAFullVolumeASlotIsTakenWhereverThereIsOne() {
        try (Bare bare = Bare.memory(3 * Geometry.GROUP_BLOCKS)) {
            long inode = bare.create(2 * Geometry.GROUP_BLOCKS + 100);
            assertEquals(2, Geometry.groupOf(Inode.blockOf(inode)));
            while (bare.space.freeBlocks() > 0) {
                bare.allocate(0, 1, Geometry.GROUP_BLOCKS);
            }
            for (int i = 1; i < Inode.PER_BLOCK; i++) {
                assertEquals(inode + i, bare.create(Geometry.GROUP_BLOCKS + 100));
            }
            VolumeException full = assertThrows(VolumeException.class, () -> bare.create(0));
            assertEquals(Errno.ENOSPC, full.errno());
        }
    }
}
