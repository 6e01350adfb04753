package dev.stele.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Very many words, all 0 at first, that threads store to side by side. Room for them is made a piece at a time, when
/// the first word of a piece is stored: a ring has a quarter of a million places, and who opens a volume may
/// log nothing, or little.
final class LazyWords {
    private static final int PIECE_BITS = 12;
    private static final int PIECE_WORDS = 1 << PIECE_BITS;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();

    private final AtomicReferenceArray<long[]> pieces;

    LazyWords(long count) {
        this.pieces = new AtomicReferenceArray<>(Math.toIntExact(count + PIECE_WORDS - 1 >>> PIECE_BITS));
    }

    long get(int index) {
        long[] piece = pieces.getAcquire(index >>> PIECE_BITS);
        return piece == null ? 0 : piece[index & PIECE_WORDS - 1];
    }

    /// Whoever sees the word sees what was stored before it by [#setRelease].
    long getAcquire(int index) {
        long[] piece = pieces.getAcquire(index >>> PIECE_BITS);
        return piece == null ? 0 : (long) WORD.getAcquire(piece, index & PIECE_WORDS - 1);
    }

    void setRelease(int index, long word) {
        WORD.setRelease(piece(index), index & PIECE_WORDS - 1, word);
    }

    void set(int index, long word) {
        piece(index)[index & PIECE_WORDS - 1] = word;
    }

    /// Stores the first `count` of some words, from `index` on.
    void set(int index, long[] words, int count) {
        int done = 0;
        while (done < count) {
            int at = index + done & PIECE_WORDS - 1;
            int fitting = Math.min(count - done, PIECE_WORDS - at);
            System.arraycopy(words, done, piece(index + done), at, fitting);
            done += fitting;
        }
    }

    private long[] piece(int index) {
        long[] piece = pieces.getAcquire(index >>> PIECE_BITS);
        return piece != null ? piece : newPiece(index >>> PIECE_BITS);
    }

    private long[] newPiece(int number) {
        long[] made = new long[PIECE_WORDS];
        long[] other = pieces.compareAndExchange(number, null, made);
        return other != null ? other : made;
    }
}
