package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import org.junit.jupiter.api.Test;

class GrowTest {
    @Test
    void newBlocksCanBeAllocated() {
        long[] sizes = {256, 300, 32_767, 32_768, 32_769, 32_770, 32_771, 65_536, 80_000, 2_000_000};
        for (boolean known : new boolean[] {false, true}) {
            try (Bare bare = Bare.memory(sizes[0])) {
                long used = 0;
                for (int i = 1; i < sizes.length; i++) {
                    if (known) {
                        used += Run.count(bare.allocate(Geometry.firstBlock(i) + 5, 1, 100));
                        bare.create(bare.geometry.blockCount() - 1);
                    }
                    Geometry larger = new Geometry(sizes[i], bare.geometry.journalBlockCount());
                    bare.medium.grow(larger.sizeBytes());
                    bare.geometry = larger;
                    bare.space.grow(larger);
                    long free = bare.space.freeBlocks();
                    long inodeBlocks = Model.bits(bare, true).cardinality();
                    assertEquals(larger.usableBlocks() - used - inodeBlocks, free, "at " + sizes[i]);
                    Space again = new Space(bare.medium, larger);
                    assertEquals(free, again.freeBlocks());
                    assertEquals(again.usedInodes(), bare.space.usedInodes());
                }
            }
        }
    }

    @Test
    void shrinkingIsRefused() {
        try (Bare bare = Bare.memory(1000)) {
            assertThrows(IllegalArgumentException.class, () -> bare.space.grow(Bare.geometry(999)));
        }
    }

    @Test
    void aVolumeOfPetabytesCostsWhatIsUsedOfIt() {
        GroupTable groups = new GroupTable(new Geometry(Geometry.MAX_BLOCKS, 1024).groupCount());
        Group last = groups.get(Geometry.groupOf(Geometry.MAX_BLOCKS - 1));
        assertEquals(last, groups.getIfKnown(last.number));
        assertEquals(null, groups.getIfKnown(5));
    }

    @Test
    void anotherJournalIsRefused() {
        try (Bare bare = Bare.memory(1000)) {
            Geometry other = new Geometry(2000, bare.geometry.journalBlockCount() + 1);
            assertThrows(IllegalArgumentException.class, () -> bare.space.grow(other));
            assertEquals(1000, bare.space.geometry().blockCount());
        }
    }

    /// S4: what a bitmap says beyond the end means nothing until the end moves; then it says that blocks are in use.
    @Test
    void whatTheBitmapSaysOfNewBlocksHolds() {
        for (boolean loaded : new boolean[] {false, true}) {
            try (Bare bare = Bare.memory(1000)) {
                if (loaded) {
                    bare.allocate(0, 1, 1);
                }
                long free = bare.space.freeBlocks();
                Transaction tx = bare.journal.begin();
                tx.setBits(Geometry.blockBitmapAt(0), 1500, 100);
                tx.commit();
                assertEquals(free, bare.space.freeBlocks());
                Geometry larger = new Geometry(2000, bare.geometry.journalBlockCount());
                bare.medium.grow(larger.sizeBytes());
                bare.geometry = larger;
                bare.space.grow(larger);
                assertEquals(free + 900, bare.space.freeBlocks());
                assertEquals(free + 900, new Space(bare.medium, larger).freeBlocks());
                bare.free(Run.of(1500, 100));
                assertEquals(free + 1000, bare.space.freeBlocks(), "they have an owner, who may give them back");
            }
        }
    }

    @Test
    void aGroupIsMadeOnceWhoeverAsksFirst() throws Exception {
        GroupTable groups = new GroupTable(10);
        Group[] found = new Group[2];
        Thread other = new Thread(() -> found[0] = groups.get(3));
        synchronized (groups) {
            // It saw that nobody had asked, and comes second nevertheless.
            other.start();
            while (other.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            found[1] = groups.get(3);
        }
        other.join();
        assertSame(found[1], found[0]);
    }

    @Test
    void marksOfVerifiedBlocksAreMadeOnceWhoeverComesFirst() throws Exception {
        Group group = new Group(0);
        Thread other = new Thread(() -> group.markVerified(100));
        group.lock.lock();
        try {
            other.start();
            while (other.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            group.markVerified(200);
        } finally {
            group.lock.unlock();
        }
        other.join();
        assertTrue(group.isVerified(100) && group.isVerified(200) && !group.isVerified(300));
    }
}
