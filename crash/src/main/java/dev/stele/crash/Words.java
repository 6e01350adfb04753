package dev.stele.crash;

/// Aligned words of 8 bytes in a file's content, little-endian; bytes behind the end are zeros.
final class Words {
    static final int BYTES = 8;

    private Words() {
    }

    static long get(byte[] content, int index) {
        int at = index * BYTES;
        long word = 0;
        for (int i = Math.min(BYTES, content.length - at) - 1; i >= 0; i--) {
            word = word << 8 | content[at + i] & 0xFF;
        }
        return word;
    }

    /// Bits of a word that lie in a range of bytes.
    static long mask(int index, long from, long to) {
        long first = Math.max(0, from - (long) index * BYTES);
        long end = Math.min(BYTES, to - (long) index * BYTES);
        return end <= first ? 0 : -1L >>> (BYTES - (end - first)) * 8 << first * 8;
    }
}
