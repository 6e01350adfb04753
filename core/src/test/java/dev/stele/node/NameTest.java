package dev.stele.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NameTest {
    @Test
    void remembersTheHashOfEachKey() {
        Name name = Name.of("a name");
        long one = name.hash(1, 2);
        long two = name.hash(3, 4);
        assertNotEquals(one, two);
        assertEquals(one, name.hash(1, 2));
        assertEquals(two, Name.of("a name").hash(3, 4));
    }

    /// P7: what stands behind the name on the medium is not part of it.
    @Test
    void nameFromTheMediumIsTheNameItself() {
        for (int byteCount = 1; byteCount <= Name.MAX_BYTES; byteCount++) {
            Name name = Name.of("n".repeat(byteCount));
            long[] words = new long[name.wordCount()];
            for (int i = 0; i < words.length; i++) {
                words[i] = 0x6e6e6e6e6e6e6e6eL;
            }
            if (byteCount % 8 != 0) {
                words[words.length - 1] |= -1L << byteCount % 8 * 8;
            }
            Name there = Name.ofWords(words, byteCount);
            assertEquals(name, there);
            assertEquals(name.hash(1, 2), there.hash(1, 2));
            for (int i = 0; i < words.length; i++) {
                assertEquals(name.word(i), there.word(i), byteCount + " bytes, word " + i);
            }
        }
    }

    /// P7
    @Test
    void whatNoProgramCouldHavePutThereIsNoName() {
        assertNull(Name.ofWords(new long[0], 0));
        assertNull(Name.ofWords(new long[] {'.'}, 1));
        assertNull(Name.ofWords(new long[] {'.' | '.' << 8}, 2));
        assertNull(Name.ofWords(new long[] {'a' | '/' << 8}, 2));
        assertNull(Name.ofWords(new long[] {'a'}, 2));
        assertNull(Name.ofWords(new long[32], Name.MAX_BYTES + 1));
        assertEquals(Name.of("..."), Name.ofWords(new long[] {'.' | '.' << 8 | '.' << 16}, 3));
    }

    /// Two volumes with one name: neither may ever get the other's hash.
    @Test
    void threadsWithDifferentKeysDoNotMixTheirHashes() throws Exception {
        Name name = Name.of("shared");
        AtomicInteger wrong = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(3);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            long key = t;
            long expected = Name.of("shared").hash(key, ~key);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                } catch (Exception e) {
                    wrong.incrementAndGet();
                }
                for (int i = 0; i < 300_000; i++) {
                    if (name.hash(key, ~key) != expected) {
                        wrong.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.get());
    }
}
