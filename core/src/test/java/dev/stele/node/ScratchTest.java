package dev.stele.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.format.DirectoryBlock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The order in which a directory block's entries are listed and split: by key, then by place.
class ScratchTest {
    private static final long SEED = Long.getLong("stele.seed", 11);

    private record Gathered(long key, long entryAt, int bytes) {
    }

    @Test
    void sortsByKeyThenByPlaceWhateverBitsDiffer() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        for (int round = 0; round < 2000; round++) {
            int count = random.nextInt(DirectoryBlock.SLOT_COUNT + 2);
            int likeBits = random.nextInt(60);
            long common = random.nextLong() & DirectoryBlock.KEY_MASK;
            List<Gathered> wanted = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long key = random.nextInt(4) == 0 ? common : common ^ random.nextLong(1L << 60 - likeBits);
                wanted.add(new Gathered(key, 4096 + 8L * i, 24 + 8 * random.nextInt(32)));
            }
            Collections.shuffle(wanted, random);
            Scratch scratch = Scratch.get();
            scratch.count = 0;
            wanted.forEach(each -> scratch.add(each.entryAt, each.key, each.bytes));
            scratch.sort();
            wanted.sort(Comparator.comparingLong(Gathered::key).thenComparingLong(Gathered::entryAt));
            assertEquals(wanted, gathered(scratch));
        }
    }

    @Test
    void nothingAndOneAreSorted() {
        Scratch scratch = Scratch.get();
        scratch.count = 0;
        scratch.sort();
        assertEquals(0, scratch.count);
        scratch.add(4096, DirectoryBlock.KEY_MASK, 32);
        scratch.sort();
        assertArrayEquals(new long[] {4096, DirectoryBlock.KEY_MASK, 32},
                new long[] {scratch.entryAts[0], scratch.keys[0], scratch.entryBytes[0]});
    }

    private static List<Gathered> gathered(Scratch scratch) {
        List<Gathered> found = new ArrayList<>();
        for (int i = 0; i < scratch.count; i++) {
            found.add(new Gathered(scratch.keys[i], scratch.entryAts[i], scratch.entryBytes[i]));
        }
        return found;
    }
}
