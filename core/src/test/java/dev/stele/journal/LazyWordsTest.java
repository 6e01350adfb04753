package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LazyWordsTest {
    private static final int COUNT = 3 * 4096 + 5;

    private final LazyWords words = new LazyWords(COUNT);

    @Test
    void areZeroAtFirst() {
        for (int i = 0; i < COUNT; i++) {
            assertEquals(0, words.get(i));
            assertEquals(0, words.getAcquire(i));
        }
    }

    @Test
    void keepWhatWasStoredToEach() {
        for (int i = 0; i < COUNT; i++) {
            if (i % 2 == 0) {
                words.set(i, i + 1);
            } else {
                words.setRelease(i, i + 1);
            }
        }
        for (int i = 0; i < COUNT; i++) {
            assertEquals(i + 1, words.get(i));
            assertEquals(i + 1, words.getAcquire(i));
        }
    }

    @Test
    void manyAtOnceCrossFromPieceToPiece() {
        long[] many = LongStream.rangeClosed(1, 6000).toArray();
        words.set(4000, many, 5000);
        assertEquals(0, words.get(3999));
        for (int i = 0; i < 5000; i++) {
            assertEquals(i + 1, words.get(4000 + i));
        }
        assertEquals(0, words.get(9000), "more than asked for");
    }

    @Test
    void endWhereTheyEnd() {
        assertThrows(IndexOutOfBoundsException.class, () -> words.set(4 * 4096, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> words.get(4 * 4096));
    }

    /// Two threads that are the first to store to a piece store to the same one.
    @Test
    void aPieceIsMadeOnceForThreadsSideBySide() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            LazyWords shared = new LazyWords(COUNT);
            Thread other = new Thread(() -> storeEverySecond(shared, 0));
            other.start();
            storeEverySecond(shared, 1);
            other.join();
            for (int i = 0; i < COUNT; i++) {
                assertEquals(i + 1, shared.get(i));
            }
        }
    }

    private static void storeEverySecond(LazyWords shared, int first) {
        for (int i = first; i < COUNT; i += 2) {
            shared.setRelease(i, i + 1);
        }
    }
}
