package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Run;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// What a volume's space must be like, the slow and simple way: sets of blocks and inodes.
final class Model {
    final Geometry geometry;
    final boolean awaitsCheckpoints;
    /// Blocks in use that hold no inodes, and the runs they were allocated as.
    BitSet used = new BitSet();
    List<Long> runs = new ArrayList<>();
    List<Long> inodes = new ArrayList<>();
    /// Freed since the last checkpoint began, before it began, and freed but held.
    BitSet waiting = new BitSet();
    BitSet sealed = new BitSet();
    BitSet lingering = new BitSet();
    final int[] holds;
    final List<Long> held = new ArrayList<>();

    Model(Geometry geometry, boolean awaitsCheckpoints) {
        this.geometry = geometry;
        this.awaitsCheckpoints = awaitsCheckpoints;
        this.holds = new int[(int) geometry.blockCount()];
    }

    /// A copy for a transaction that may be aborted; holds are shared.
    Model copy() {
        Model copy = new Model(geometry, awaitsCheckpoints);
        copy.used = (BitSet) used.clone();
        copy.runs = new ArrayList<>(runs);
        copy.inodes = new ArrayList<>(inodes);
        return copy;
    }

    void allocated(long run, BitSet freedInTransaction, BitSet inodeBlocks) {
        int start = (int) Run.start(run);
        int end = start + (int) Run.count(run);
        assertTrue(geometry.isUsable(start, end - start), () -> Run.toString(run) + " is not usable");
        for (int block = start; block < end; block++) {
            int number = block;
            assertFalse(used.get(block), () -> "in use: " + number);
            assertFalse(freedInTransaction.get(block), () -> "freed by a transaction that is open: " + number);
            assertFalse(inodeBlocks.get(block), () -> "holds inodes: " + number);
        }
        used.set(start, end);
        runs.add(run);
    }

    void freed(long run) {
        used.clear((int) Run.start(run), (int) (Run.start(run) + Run.count(run)));
    }

    /// What freed blocks become when their transaction is committed.
    void settle(BitSet freed) {
        if (awaitsCheckpoints) {
            waiting.or(freed);
        } else {
            linger(freed);
        }
    }

    private void linger(BitSet freed) {
        freed.stream().filter(block -> holds[block] > 0).forEach(lingering::set);
    }

    void checkpointBegun() {
        sealed.or(waiting);
        waiting.clear();
    }

    void checkpointDone() {
        linger(sealed);
        sealed.clear();
    }

    void hold(long run) {
        held.add(run);
        count(run, 1);
    }

    void release(long run) {
        count(run, -1);
        for (int block = lingering.nextSetBit(0); block >= 0; block = lingering.nextSetBit(block + 1)) {
            if (holds[block] == 0) {
                lingering.clear(block);
            }
        }
    }

    private void count(long run, int delta) {
        for (long block = Run.start(run); block < Run.start(run) + Run.count(run); block++) {
            holds[(int) block] += delta;
        }
    }

    /// Whether nobody may be given the block now.
    boolean isUnavailable(int block) {
        return waiting.get(block) || sealed.get(block) || lingering.get(block);
    }

    /// Compares with the volume; no transaction is open.
    void check(Bare bare, String where) {
        BitSet blockBits = bits(bare, false);
        BitSet inodeBits = bits(bare, true);
        BitSet inUse = (BitSet) used.clone();
        BitSet holding = new BitSet();
        for (long inode : inodes) {
            holding.set((int) Inode.blockOf(inode));
        }
        int empty = inodeBits.cardinality() - holding.cardinality();
        holding.andNot(inodeBits);
        assertTrue(holding.isEmpty(), () -> where + ": inodes in blocks without: " + holding);
        assertFalse(inodeBits.intersects(used), where + ": blocks of inodes are used otherwise");
        inUse.or(inodeBits);
        assertEquals(inUse, blockBits, where);
        long free = geometry.usableBlocks() - inUse.cardinality() - lingering.cardinality();
        assertEquals(free + empty, bare.space.freeBlocks(), where);
        long waitingNow = waiting.cardinality() + sealed.cardinality();
        assertEquals(awaitsCheckpoints ? waitingNow : 0, bare.space.waitingBlocks(), where);
        assertEquals(inodes.size(), bare.space.usedInodes(), where);
    }

    /// What the medium says.
    static BitSet bits(Bare bare, boolean inodes) {
        long[] words = new long[(int) bare.geometry.groupCount() * BlockMap.WORD_COUNT];
        for (long group = 0; group < bare.geometry.groupCount(); group++) {
            long at = inodes ? Geometry.inodeBitmapAt(group) : Geometry.blockBitmapAt(group);
            for (int i = 0; bare.geometry.groupBlocks(group) > 2 && i << 6 < bare.geometry.groupBlocks(group); i++) {
                words[(int) group * BlockMap.WORD_COUNT + i] =
                        (long) Layouts.WORD.get(bare.medium.metadata().segment(), at + i * 8L);
            }
        }
        return BitSet.valueOf(words);
    }
}
