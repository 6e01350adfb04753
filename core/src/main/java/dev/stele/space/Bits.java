package dev.stele.space;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Ranges of bits in arrays of words. The atomic forms may run beside each other on one word; the plain ones need the
/// lock that guards the array.
final class Bits {
    private static final VarHandle WORD =
            MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();

    private Bits() {
    }

    /// The bits of word `index` that lie in [from, to).
    static long mask(int index, int from, int to) {
        int first = Math.max(from, index << 6);
        int end = Math.min(to, index + 1 << 6);
        return first >= end ? 0 : -1L >>> 64 - (end - first) << (first & 63);
    }

    static boolean get(long[] words, int bit) {
        return (words[bit >>> 6] >>> (bit & 63) & 1) != 0;
    }

    static void set(long[] words, int from, int count) {
        int to = from + count;
        for (int i = from >>> 6; i <= to - 1 >>> 6; i++) {
            words[i] |= mask(i, from, to);
        }
    }

    static void clear(long[] words, int from, int count) {
        int to = from + count;
        for (int i = from >>> 6; i <= to - 1 >>> 6; i++) {
            words[i] &= ~mask(i, from, to);
        }
    }

    static void setAtomically(long[] words, int from, int count) {
        int to = from + count;
        for (int i = from >>> 6; i <= to - 1 >>> 6; i++) {
            long before = (long) WORD.getAndBitwiseOr(words, i, mask(i, from, to));
        }
    }

    static void clearAtomically(long[] words, int from, int count) {
        int to = from + count;
        for (int i = from >>> 6; i <= to - 1 >>> 6; i++) {
            long before = (long) WORD.getAndBitwiseAnd(words, i, ~mask(i, from, to));
        }
    }

    static boolean getAcquire(long[] words, int bit) {
        return ((long) WORD.getAcquire(words, bit >>> 6) >>> (bit & 63) & 1) != 0;
    }

    static boolean areAllSet(long[] words, int from, int count) {
        return nextClear(words, from, from + count) == from + count;
    }

    static boolean areAllClear(long[] words, int from, int count) {
        return nextSet(words, from, from + count) == from + count;
    }

    /// The first set bit in [from, to), or `to`.
    static int nextSet(long[] words, int from, int to) {
        if (from >= to) {
            return to;
        }
        int index = from >>> 6;
        int last = to - 1 >>> 6;
        long word = words[index] & -1L << (from & 63);
        while (word == 0) {
            if (++index > last) {
                return to;
            }
            word = words[index];
        }
        return Math.min(to, (index << 6) + Long.numberOfTrailingZeros(word));
    }

    /// The first clear bit in [from, to), or `to`.
    static int nextClear(long[] words, int from, int to) {
        if (from >= to) {
            return to;
        }
        int index = from >>> 6;
        int last = to - 1 >>> 6;
        long word = ~words[index] & -1L << (from & 63);
        while (word == 0) {
            if (++index > last) {
                return to;
            }
            word = ~words[index];
        }
        return Math.min(to, (index << 6) + Long.numberOfTrailingZeros(word));
    }
}
