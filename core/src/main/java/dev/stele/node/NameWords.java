package dev.stele.node;

import dev.stele.format.Layouts;

/// The bytes of names as zero-padded little-endian words, which is how they stand on the medium: what is done to eight
/// bytes at a time. Each name begins at a word of its own.
final class NameWords {
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = ONES << 7;
    private static final long SLASHES = ONES * '/';

    private NameWords() {
    }

    static int count(int byteCount) {
        return byteCount + 7 >>> 3;
    }

    /// The bytes [from, to), at least one.
    static long[] of(byte[] bytes, int from, int to) {
        long[] words = new long[count(to - from)];
        int last = words.length - 1;
        for (int i = 0; i < last; i++) {
            words[i] = (long) Layouts.BYTES.get(bytes, from + i * 8);
        }
        words[last] = lastWord(bytes, from + last * 8, to);
        return words;
    }

    /// One to eight bytes. Where there are others before them the eight that end at `to` are loaded at once.
    private static long lastWord(byte[] bytes, int from, int to) {
        if (to >= 8) {
            return (long) Layouts.BYTES.get(bytes, to - 8) >>> 64 - 8 * (to - from);
        }
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (bytes[i] & 0xFFL) << 8 * (i - from);
        }
        return word;
    }

    /// A name's last word without what stands behind the name.
    static long trimmed(long lastWord, int byteCount) {
        return lastWord & -1L >>> (-byteCount & 7) * 8;
    }

    /// Whether one of the name's bytes is NUL.
    static boolean hasNul(long[] words, int first, int byteCount) {
        int last = first + count(byteCount) - 1;
        long zeros = 0;
        for (int i = first; i < last; i++) {
            zeros |= zeros(words[i]);
        }
        return (zeros | zeros(filled(words[last], byteCount))) != 0;
    }

    /// Whether a program could have given a file that name: no NUL, no slash, neither `.` nor `..`.
    static boolean isLegal(long[] words, int first, int byteCount) {
        int last = first + count(byteCount) - 1;
        long wrong = 0;
        for (int i = first; i < last; i++) {
            wrong |= zeros(words[i]) | zeros(words[i] ^ SLASHES);
        }
        long tail = filled(words[last], byteCount);
        wrong |= zeros(tail) | zeros(tail ^ SLASHES);
        return wrong == 0 && !isDots(words[first], byteCount);
    }

    /// Whether a name of that first word is `.` or `..`.
    static boolean isDots(long word, int byteCount) {
        return byteCount == 1 && word == '.' || byteCount == 2 && word == ('.' | '.' << 8);
    }

    /// The last word with bytes of 0xFF, which are allowed, behind the name.
    private static long filled(long lastWord, int byteCount) {
        return lastWord | ~(-1L >>> (-byteCount & 7) * 8);
    }

    /// Not 0 where a byte of the word is 0. Of several bits that are set, only the lowest says where.
    private static long zeros(long word) {
        return word - ONES & ~word & HIGHS;
    }

    /// Puts the name's bytes into the array, and changes no other byte of it.
    static void copy(long[] words, int first, int byteCount, byte[] into, int at) {
        int whole = byteCount >>> 3;
        for (int i = 0; i < whole; i++) {
            Layouts.BYTES.set(into, at + i * 8, words[first + i]);
        }
        int bits = (byteCount & 7) * 8;
        if (bits == 0) {
            return;
        }
        long tail = words[first + whole];
        if (whole > 0) {
            // Some bytes of the word before are stored again: one store instead of up to seven.
            Layouts.BYTES.set(into, at + byteCount - 8, words[first + whole - 1] >>> bits | tail << 64 - bits);
            return;
        }
        for (int i = 0; i < byteCount; i++) {
            into[at + i] = (byte) (tail >>> 8 * i);
        }
    }
}
