package dev.stele.node;

/// SipHash-1-3 over zero-padded little-endian words (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).
/// Keyed, so that nobody can choose names that all fall into one directory block.
final class SipHash {
    private SipHash() {
    }

    /// @param words the message, little-endian, zero-padded to whole words
    /// @param byteCount length of the message in bytes
    static long hash(long key0, long key1, long[] words, int byteCount) {
        long v0 = 0x736f6d6570736575L ^ key0;
        long v1 = 0x646f72616e646f6dL ^ key1;
        long v2 = 0x6c7967656e657261L ^ key0;
        long v3 = 0x7465646279746573L ^ key1;
        int whole = byteCount >>> 3;
        long tail = (long) byteCount << 56 | ((byteCount & 7) == 0 ? 0 : words[whole]);
        for (int i = 0; i <= whole; i++) {
            long word = i < whole ? words[i] : tail;
            v3 ^= word;
            v0 += v1; v1 = Long.rotateLeft(v1, 13) ^ v0; v0 = Long.rotateLeft(v0, 32);
            v2 += v3; v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3; v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1; v1 = Long.rotateLeft(v1, 17) ^ v2; v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
        }
        v2 ^= 0xFF;
        for (int i = 0; i < 3; i++) {
            v0 += v1; v1 = Long.rotateLeft(v1, 13) ^ v0; v0 = Long.rotateLeft(v0, 32);
            v2 += v3; v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3; v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1; v1 = Long.rotateLeft(v1, 17) ^ v2; v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
