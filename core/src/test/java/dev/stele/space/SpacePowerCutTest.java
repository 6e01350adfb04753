package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.OrphanBlock;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The power is cut at every drain: afterwards each transaction has happened or not, blocks hold what was stored to
/// them whatever they held before, and what is free is free.
class SpacePowerCutTest {
    private static final int TRANSACTIONS = Integer.getInteger("stele.rounds", 20);
    private static final Geometry GEOMETRY = Bare.geometry(256);

    /// What a volume is expected to be.
    private static final class State {
        final BitSet blocks = new BitSet();
        final BitSet inodeBlocks = new BitSet();
        final TreeSet<Long> inodes = new TreeSet<>();
        final TreeMap<Integer, Long> orphans = new TreeMap<>();
        /// What stands in a block.
        final TreeMap<Integer, Long> contents = new TreeMap<>();

        State copy() {
            State copy = new State();
            copy.blocks.or(blocks);
            copy.inodeBlocks.or(inodeBlocks);
            copy.inodes.addAll(inodes);
            copy.orphans.putAll(orphans);
            copy.contents.putAll(contents);
            return copy;
        }

        /// What is there, but for the contents of blocks, of which only those are read that `like` has.
        static State of(Bare bare, State like) {
            State state = new State();
            MemorySegment segment = bare.medium.metadata().segment();
            state.blocks.or(Model.bits(bare, false));
            state.inodeBlocks.or(Model.bits(bare, true));
            state.inodeBlocks.stream().forEach(block -> {
                for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
                    long inode = Inode.number(block, slot);
                    if ((long) Layouts.WORD.get(segment, Inode.at(inode)) != 0) {
                        state.inodes.add(inode);
                    }
                }
            });
            bare.orphans.forEach(state.orphans::put);
            for (int block : like.contents.keySet()) {
                state.contents.put(block, contentOf(segment, block));
            }
            return state;
        }

        /// The word a block is full of, or -1.
        private static long contentOf(MemorySegment segment, int block) {
            long at = Geometry.at(block);
            long first = (long) Layouts.WORD.get(segment, at);
            MemorySegment all = segment.asSlice(at, Geometry.BLOCK_BYTES);
            return all.asSlice(0, Geometry.BLOCK_BYTES - 8).mismatch(all.asSlice(8)) < 0 ? first : -1;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof State state && toString().equals(state.toString());
        }

        @Override
        public int hashCode() {
            return toString().hashCode();
        }

        @Override
        public String toString() {
            return "blocks " + blocks + " inodes " + inodes + " in " + inodeBlocks + " orphans " + orphans
                    + " contents " + contents;
        }
    }

    private State before = new State();
    private State after = before;

    private void check(Bare bare, String where) {
        State found = State.of(bare, before);
        if (!found.equals(before)) {
            assertEquals(after, State.of(bare, after), where);
        }
        assertEquals(GEOMETRY.usableBlocks() - found.blocks.cardinality(), bare.space.freeBlocks(), where);
        assertEquals(found.inodes.size(), bare.space.usedInodes(), where);
    }

    @ParameterizedTest
    @EnumSource(names = {"CACHE_LINE", "BYTE"})
    void everyTransactionHasHappenedOrNot(Granularity granularity) {
        long seed = Long.getLong("stele.seed", 8);
        SplittableRandom random = new SplittableRandom(seed);
        try (SimMedium medium = SimMedium.create(GEOMETRY.sizeBytes(), granularity)) {
            Bare bare = new Bare(medium, GEOMETRY);
            medium.settle();
            try (PowerCuts<Bare> cuts = watch(medium, seed)) {
                for (int i = 0; i < TRANSACTIONS; i++) {
                    transaction(bare, random, i);
                    if (random.nextInt(10) == 0) {
                        cuts.pause(bare::reopen);
                    }
                }
                cuts.at("end");
                assertTrue(cuts.coverage().images() > TRANSACTIONS, cuts.coverage().toString());
            }
        }
    }

    private PowerCuts<Bare> watch(SimMedium medium, long seed) {
        return PowerCuts.<Bare>of(medium).seed(seed).exhaustiveTo(32).samples(4).nested(60).check(
                image -> Bare.recover(image, GEOMETRY),
                (bare, image, point) -> check(bare, "seed " + seed + " " + point));
    }

    private void transaction(Bare bare, SplittableRandom random, int number) {
        State next = before.copy();
        Transaction tx = bare.journal.begin();
        for (int i = random.nextInt(3); i >= 0; i--) {
            if (random.nextInt(3) != 0) {
                allocate(bare, tx, next, random, number);
            } else {
                free(bare, tx, next, random);
            }
        }
        switch (random.nextInt(5)) {
            case 0, 1 -> create(bare, tx, next);
            case 2 -> delete(bare, tx, next);
            case 3 -> orphan(bare, tx, next);
            default -> { }
        }
        if (random.nextInt(6) == 0) {
            tx.abort();
            return;
        }
        after = next;
        tx.commit();
        before = next;
    }

    private static void allocate(Bare bare, Transaction tx, State next, SplittableRandom random, int number) {
        if (bare.space.freeBlocks() >= 20) {
            fill(tx, next, bare.space.allocate(tx, 0, 1, 1 + random.nextInt(2)), number);
        }
    }

    private static void fill(Transaction tx, State next, long run, int number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Geometry.BLOCK_BYTES, 64);
            for (long block = Run.start(run); block < Run.start(run) + Run.count(run); block++) {
                long content = block << 32 | number << 8 | 1;
                for (long at = 0; at < Geometry.BLOCK_BYTES; at += 8) {
                    Layouts.WORD.set(bytes, at, content);
                }
                tx.storeNew(Geometry.at(block), bytes, 0, Geometry.BLOCK_BYTES);
                next.blocks.set((int) block);
                next.contents.put((int) block, content);
            }
        }
    }

    private static void free(Bare bare, Transaction tx, State next, SplittableRandom random) {
        List<Integer> blocks = new ArrayList<>(next.contents.keySet());
        for (int i = random.nextInt(5); i > 0 && !blocks.isEmpty(); i--) {
            int block = blocks.remove(random.nextInt(blocks.size()));
            bare.space.free(tx, block, 1);
            next.blocks.clear(block);
            next.contents.remove(block);
        }
    }

    private static void create(Bare bare, Transaction tx, State next) {
        long inode = bare.space.allocateInode(tx, 0);
        Bare.use(tx, inode);
        next.inodes.add(inode);
        next.inodeBlocks.set((int) Inode.blockOf(inode));
        next.blocks.set((int) Inode.blockOf(inode));
    }

    private static void delete(Bare bare, Transaction tx, State next) {
        if (next.inodes.isEmpty()) {
            return;
        }
        long inode = next.inodes.last();
        if (next.orphans.containsValue(inode)) {
            return;
        }
        bare.space.freeInode(tx, inode);
        next.inodes.remove(inode);
        int block = (int) Inode.blockOf(inode);
        if (next.inodes.stream().noneMatch(other -> Inode.blockOf(other) == block)) {
            next.inodeBlocks.clear(block);
            next.blocks.clear(block);
        }
    }

    private static void orphan(Bare bare, Transaction tx, State next) {
        if (next.orphans.size() < 5 && !next.inodes.isEmpty()) {
            next.orphans.put(bare.orphans.add(tx, next.inodes.first()), next.inodes.first());
        } else if (!next.orphans.isEmpty()) {
            int slot = next.orphans.lastKey();
            bare.orphans.remove(tx, slot);
            next.orphans.remove(slot);
        }
    }

    @Test
    void aBlockTakenAndFreedInOneCanBeStoredToAtOnce() {
        try (SimMedium medium = SimMedium.create(GEOMETRY.sizeBytes())) {
            Bare bare = new Bare(medium, GEOMETRY);
            medium.settle();
            try (PowerCuts<Bare> cuts = watch(medium, 1)) {
                after = new State();
                Transaction tx = bare.journal.begin();
                long twice = bare.space.allocate(tx, 0, 1, 1);
                fill(tx, after, twice, 1);
                fill(tx, after, bare.space.allocate(tx, 0, 1, 1), 2);
                bare.space.free(tx, Run.start(twice), 1);
                after.blocks.clear((int) Run.start(twice));
                after.contents.remove((int) Run.start(twice));
                tx.commit();
                before = after;
                after = before.copy();
                tx = bare.journal.begin();
                assertEquals(twice, bare.space.allocate(tx, Run.start(twice), 1, 1));
                fill(tx, after, twice, 3);
                cuts.at("stored again, its record not there yet");
                tx.commit();
                before = after;
                cuts.at("end");
            }
        }
    }

    @Test
    void theOrphanTableGrowsAllAtOnce() {
        try (SimMedium medium = SimMedium.create(GEOMETRY.sizeBytes())) {
            Bare bare = new Bare(medium, GEOMETRY);
            long inode = bare.create(0);
            before.inodes.add(inode);
            before.inodeBlocks.set((int) Inode.blockOf(inode));
            before.blocks.set((int) Inode.blockOf(inode));
            for (int i = 0; i < OrphanBlock.SLOT_COUNT; i++) {
                Transaction tx = bare.journal.begin();
                before.orphans.put(bare.orphans.add(tx, inode), inode);
                tx.commit();
            }
            medium.settle();
            try (PowerCuts<Bare> cuts = watch(medium, 1)) {
                after = before.copy();
                Transaction tx = bare.journal.begin();
                for (int i = 0; i < 2; i++) {
                    after.orphans.put(bare.orphans.add(tx, inode), inode);
                }
                after.blocks.or(freshBlock(bare));
                tx.commit();
                before = after;
                cuts.at("grown");
                after = before.copy();
                tx = bare.journal.begin();
                bare.orphans.remove(tx, after.orphans.lastKey());
                after.orphans.pollLastEntry();
                tx.commit();
                before = after;
                cuts.at("removed");
            }
        }
    }

    private static BitSet freshBlock(Bare bare) {
        BitSet fresh = new BitSet();
        for (int block = 0; block < GEOMETRY.blockCount(); block++) {
            if (GEOMETRY.isUsable(block) && bare.space.group(0).isOwned(block, 1)
                    && !Model.bits(bare, false).get(block)) {
                fresh.set(block);
            }
        }
        return fresh;
    }
}
