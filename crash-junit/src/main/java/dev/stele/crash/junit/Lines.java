package dev.stele.crash.junit;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Arithmetic of cache lines, and their words.
final class Lines {
    static final int SHIFT = 6;
    static final int BYTES = 1 << SHIFT;
    static final int WORDS = BYTES / 8;
    static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final long FIRST = 0x9E3779B97F4A7C15L;
    private static final long SECOND = 0xC2B2AE3D27D4EB4FL;

    private Lines() {
    }

    static int lineOf(long at) {
        return (int) (at >>> SHIFT);
    }

    static long offset(int line) {
        return (long) line << SHIFT;
    }

    static long[] load(MemorySegment from, int line) {
        long[] words = new long[WORDS];
        for (int w = 0; w < WORDS; w++) {
            words[w] = from.get(WORD, offset(line) + w * 8L);
        }
        return words;
    }

    static void store(MemorySegment to, int line, long[] words) {
        for (int w = 0; w < WORDS; w++) {
            to.set(WORD, offset(line) + w * 8L, words[w]);
        }
    }

    /// A hash of a line's number and content; an image's is that of all of its lines, combined by exclusive or.
    static Hash hash(int line, long[] words) {
        long a = mix(line * FIRST + 1, SECOND);
        long b = mix(line * SECOND + 1, FIRST);
        for (long word : words) {
            a = (a ^ word) * FIRST;
            a ^= a >>> 32;
            b = (b + word) * SECOND;
            b ^= b >>> 29;
        }
        return new Hash(mix(a, FIRST), mix(b, SECOND));
    }

    private static long mix(long value, long by) {
        long mixed = (value ^ value >>> 31) * by;
        return mixed ^ mixed >>> 33;
    }

    /// 128 bits; not for adversaries.
    record Hash(long high, long low) {
        static final Hash ZERO = new Hash(0, 0);

        Hash with(Hash other) {
            return new Hash(high ^ other.high, low ^ other.low);
        }
    }
}
