package dev.stele.crash.images;

import java.util.Arrays;

/// A set of pieces of an image, of 256 bytes each, the size of an inode: what somebody owns, or what was damaged.
final class Cells {
    static final int SHIFT = 8;

    private final long[] words;

    Cells(long sizeBytes) {
        this.words = new long[(int) ((sizeBytes >>> SHIFT) + 63 >>> 6)];
    }

    private Cells(long[] words) {
        this.words = words;
    }

    Cells copy() {
        return new Cells(words.clone());
    }

    void clear() {
        Arrays.fill(words, 0);
    }

    /// Bytes beyond the end of the image are left out.
    void add(long at, long byteCount) {
        long last = Math.min(at + byteCount - 1 >>> SHIFT, words.length * 64L - 1);
        for (long cell = at >>> SHIFT; cell <= last; cell++) {
            words[(int) (cell >>> 6)] |= 1L << (cell & 63);
        }
    }

    void addAll(Cells others) {
        for (int i = 0; i < words.length; i++) {
            words[i] |= others.words[i];
        }
    }

    boolean contains(long at) {
        long cell = at >>> SHIFT;
        return cell < words.length * 64L && (words[(int) (cell >>> 6)] >>> (cell & 63) & 1) != 0;
    }

    boolean meets(Cells others) {
        for (int i = 0; i < words.length; i++) {
            if ((words[i] & others.words[i]) != 0) {
                return true;
            }
        }
        return false;
    }

    /// Whether a part of the range is here.
    boolean meets(long at, long byteCount) {
        for (long cell = at >>> SHIFT; cell <= at + byteCount - 1 >>> SHIFT; cell++) {
            if (contains(cell << SHIFT)) {
                return true;
            }
        }
        return false;
    }
}
