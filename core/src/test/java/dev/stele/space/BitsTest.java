package dev.stele.space;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BitsTest {
    private static final int BITS = 512;

    @Test
    void rangesAreWhatABitSetSaysTheyAre() {
        long seed = Long.getLong("stele.seed", 1);
        SplittableRandom random = new SplittableRandom(seed);
        long[] words = new long[BITS / 64];
        BitSet expected = new BitSet(BITS);
        for (int i = 0; i < 20_000; i++) {
            int from = random.nextInt(BITS);
            int count = 1 + random.nextInt(random.nextBoolean() ? 3 : BITS - from);
            count = Math.min(count, BITS - from);
            boolean atomic = random.nextBoolean();
            if (random.nextBoolean()) {
                expected.set(from, from + count);
                change(words, from, count, true, atomic);
            } else {
                expected.clear(from, from + count);
                change(words, from, count, false, atomic);
            }
            assertSame(expected, words, random, "seed " + seed + " step " + i);
        }
    }

    private static void change(long[] words, int from, int count, boolean set, boolean atomic) {
        if (set && atomic) {
            Bits.setAtomically(words, from, count);
        } else if (set) {
            Bits.set(words, from, count);
        } else if (atomic) {
            Bits.clearAtomically(words, from, count);
        } else {
            Bits.clear(words, from, count);
        }
    }

    private static void assertSame(BitSet expected, long[] words, SplittableRandom random, String where) {
        int from = random.nextInt(BITS);
        int to = from + random.nextInt(BITS - from + 1);
        int set = expected.nextSetBit(from);
        assertEquals(set < 0 ? to : Math.min(to, set), Bits.nextSet(words, from, to), where);
        assertEquals(Math.min(to, expected.nextClearBit(from)), Bits.nextClear(words, from, to), where);
        assertEquals(expected.get(from), Bits.get(words, from), where);
        assertEquals(expected.get(from), Bits.getAcquire(words, from), where);
        assertEquals(expected.get(from, to).isEmpty(), Bits.areAllClear(words, from, to - from), where);
        assertEquals(expected.get(from, to).cardinality() == to - from,
                Bits.areAllSet(words, from, to - from), where);
    }
}
