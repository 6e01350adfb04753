package dev.stele.check;

import dev.stele.format.DirectoryBlock;
import java.lang.foreign.MemorySegment;

/// The key of a name, computed once more from the paper (SipHash-1-3: Aumasson and Bernstein, "SipHash: a fast
/// short-input PRF", 2012), so that the check does not believe the code it judges.
final class NameHash {
    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    NameHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /// The key under which the entry at `entryAt` belongs, from the bytes of its name.
    long keyOf(MemorySegment block, long entryAt, int nameBytes) {
        start();
        int whole = nameBytes >>> 3;
        for (int i = 0; i < whole; i++) {
            absorb(DirectoryBlock.nameWord(block, entryAt, i));
        }
        int rest = nameBytes & 7;
        long last = rest == 0 ? 0 : DirectoryBlock.nameWord(block, entryAt, whole) & (1L << rest * 8) - 1;
        return finish((long) nameBytes << 56 | last);
    }

    /// The key under which an entry for this name belongs.
    long keyOf(byte[] name) {
        start();
        int whole = name.length >>> 3;
        for (int i = 0; i < whole; i++) {
            absorb(word(name, i * 8, 8));
        }
        return finish((long) name.length << 56 | word(name, whole * 8, name.length & 7));
    }

    private static long word(byte[] bytes, int from, int count) {
        long word = 0;
        for (int i = 0; i < count; i++) {
            word |= (bytes[from + i] & 0xFFL) << i * 8;
        }
        return word;
    }

    private void start() {
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
    }

    private void absorb(long word) {
        v3 ^= word;
        round();
        v0 ^= word;
    }

    private long finish(long last) {
        absorb(last);
        v2 ^= 0xFF;
        round();
        round();
        round();
        return DirectoryBlock.keyOf(v0 ^ v1 ^ v2 ^ v3);
    }

    private void round() {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
    }
}
