package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import org.junit.jupiter.api.Test;

/// On image files the last checkpoint still refers to what was freed since.
class CheckpointTest {
    @Test
    void freedBlocksWaitForTheNextCheckpoint() {
        try (Bare bare = Bare.page(300)) {
            long run = bare.allocate(0, 250, 250);
            bare.free(run);
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
            assertEquals(250, bare.space.waitingBlocks());
            assertThrows(VolumeException.class, () -> bare.allocate(0, 100, 100));
            bare.space.checkpointBegun();
            assertEquals(250, bare.space.waitingBlocks());
            assertThrows(VolumeException.class, () -> bare.allocate(0, 100, 100));
            bare.space.checkpointDone();
            assertEquals(0, bare.space.waitingBlocks());
            assertEquals(run, bare.allocate(0, 250, 250));
        }
    }

    @Test
    void whatIsFreedDuringACheckpointWaitsForTheNext() {
        try (Bare bare = Bare.page(300)) {
            long first = bare.allocate(0, 100, 100);
            long second = bare.allocate(0, 100, 100);
            bare.free(first);
            bare.space.checkpointBegun();
            bare.free(second);
            bare.space.checkpointDone();
            assertEquals(100, bare.space.waitingBlocks());
            assertEquals(first, bare.allocate(0, 100, 100));
            bare.space.checkpointBegun();
            bare.space.checkpointDone();
            assertEquals(second, bare.allocate(0, 100, 100));
        }
    }

    @Test
    void aCheckpointThatFailedSettlesNothing() {
        try (Bare bare = Bare.page(300)) {
            long first = bare.allocate(0, 100, 100);
            bare.free(first);
            bare.space.checkpointBegun();
            long second = bare.allocate(0, 100, 100);
            assertNotEquals(first, second);
            bare.free(second);
            bare.space.checkpointBegun();
            assertEquals(200, bare.space.waitingBlocks());
            bare.space.checkpointDone();
            assertEquals(0, bare.space.waitingBlocks());
            assertEquals(200, Run.count(bare.allocate(0, 200, 200)));
        }
    }

    @Test
    void blocksOfInodesThatBecameEmptyAreSweptUp() {
        for (boolean page : new boolean[] {false, true}) {
            try (Bare bare = page ? Bare.page(300) : Bare.memory(300)) {
                long[] inodes = {bare.create(0), bare.create(0)};
                Transaction tx = bare.journal.begin();
                bare.space.freeInode(tx, inodes[0]);
                bare.space.freeInode(tx, inodes[1]);
                tx.commit();
                assertTrue(bare.space.holdsInodes(Inode.blockOf(inodes[0])));
                assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
                for (long left = bare.geometry.usableBlocks() - 1; left > 0; left--) {
                    bare.allocate(0, 1, 1);
                }
                assertThrows(VolumeException.class, () -> bare.allocate(0, 1, 1));
                Transaction given = bare.journal.begin();
                assertEquals(1, bare.space.sweep(given));
                given.abort();
                assertEquals(1, bare.space.freeBlocks());
                assertEquals(inodes[0], bare.create(0), "its slots can still be had");
                bare.delete(inodes[0]);
                bare.sweep();
                bare.space.checkpointBegun();
                bare.space.checkpointDone();
                assertEquals(Inode.blockOf(inodes[0]), Run.start(bare.allocate(0, 1, 1)));
                assertEquals(0, bare.space.freeBlocks());
            }
        }
    }

    @Test
    void freeingAnotherInodeSweepsToo() {
        try (Bare bare = Bare.memory(300)) {
            long[] inodes = new long[17];
            for (int i = 0; i < inodes.length; i++) {
                inodes[i] = bare.create(0);
            }
            Transaction tx = bare.journal.begin();
            for (int i = 0; i < 16; i++) {
                bare.space.freeInode(tx, inodes[i]);
            }
            tx.commit();
            assertTrue(bare.space.holdsInodes(Inode.blockOf(inodes[0])));
            bare.create(Inode.blockOf(inodes[16]));
            bare.delete(inodes[16]);
            assertFalse(bare.space.holdsInodes(Inode.blockOf(inodes[0])));
            assertEquals(bare.geometry.usableBlocks() - 1, bare.space.freeBlocks());
        }
    }

    @Test
    void heldBlocksAreNotReused() {
        for (boolean page : new boolean[] {false, true}) {
            try (Bare bare = page ? Bare.page(300) : Bare.memory(300)) {
                long run = bare.allocate(0, 100, 100);
                long start = Run.start(run);
                bare.space.hold(start, 100);
                bare.space.hold(start + 20, 10);
                bare.free(run);
                bare.space.checkpointBegun();
                bare.space.checkpointDone();
                assertEquals(bare.geometry.usableBlocks() - 100, bare.space.freeBlocks());
                assertThrows(VolumeException.class, () -> bare.allocate(0, 230, 230));
                bare.space.release(start, 100);
                assertEquals(bare.geometry.usableBlocks() - 10, bare.space.freeBlocks());
                bare.space.release(start + 20, 5);
                bare.space.release(start + 25, 5);
                assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
                assertEquals(230, Run.count(bare.allocate(0, 230, 230)));
            }
        }
    }

    @Test
    void aHoldOfBlocksInUseChangesNothing() {
        try (Bare bare = Bare.memory(300)) {
            long run = bare.allocate(0, 100, 100);
            bare.space.hold(Run.start(run), 100);
            bare.space.release(Run.start(run), 100);
            bare.free(run);
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
        }
    }

    @Test
    void groupsThatNobodyAskedForHaveNothingToSettle() {
        try (Bare bare = Bare.page(3 * Geometry.GROUP_BLOCKS)) {
            assertEquals(0, bare.space.waitingBlocks());
            long run = bare.allocate(Geometry.GROUP_BLOCKS + 2, 100, 100);
            bare.free(run);
            assertNull(bare.space.groupIfKnown(2));
            bare.space.checkpointBegun();
            bare.space.checkpointDone();
            bare.space.checkpointBegun();
            bare.space.checkpointDone();
            assertEquals(0, bare.space.waitingBlocks());
            assertEquals(run, bare.allocate(Geometry.GROUP_BLOCKS + 2, 100, 100));
            assertNull(bare.space.groupIfKnown(2), "nothing of it was read");
        }
    }

    @Test
    void aSweepTakesAsMuchAsItsRecordHolds() {
        try (Bare bare = Bare.memory(3 * Geometry.GROUP_BLOCKS)) {
            long[] inodes = new long[3 * Inode.PER_BLOCK];
            for (int i = 0; i < inodes.length; i++) {
                inodes[i] = bare.create(0);
            }
            Transaction freeing = bare.journal.begin();
            for (long inode : inodes) {
                bare.space.freeInode(freeing, inode);
            }
            freeing.commit();
            Transaction tx = bare.journal.begin();
            for (long at = Geometry.at(20_000); tx.remaining() >= 1024; at += 8) {
                tx.putLong(at, 1);
            }
            assertEquals(1, bare.space.sweep(tx), "the record is nearly full");
            tx.commit();
            Transaction next = bare.journal.begin();
            assertEquals(2, bare.space.sweep(next));
            next.commit();
            assertEquals(bare.geometry.usableBlocks(), bare.space.freeBlocks());
            assertTrue(Model.bits(bare, true).isEmpty());
            bare.reopen();
            Transaction last = bare.journal.begin();
            assertEquals(0, bare.space.sweep(last));
            last.commit();
            assertNull(bare.space.groupIfKnown(2), "nothing is read for it");
        }
    }
}
