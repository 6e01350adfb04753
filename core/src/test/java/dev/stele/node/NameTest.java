package dev.stele.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.stele.error.CorruptionException;
import dev.stele.format.DirectoryBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
            Listing listing = listed(words, byteCount);
            Name there = listing.name(0);
            assertEquals(name, there);
            assertEquals(name.hash(1, 2), there.hash(1, 2));
            for (int i = 0; i < words.length; i++) {
                assertEquals(name.word(i), there.word(i), byteCount + " bytes, word " + i);
            }
            byte[] bytes = new byte[byteCount];
            listing.copyName(0, bytes, 0);
            assertArrayEquals(name.toBytes(), bytes);
        }
    }

    /// P7
    @Test
    void whatNoProgramCouldHavePutThereIsNoName() {
        assertRefused(new long[0], 0);
        assertRefused(new long[] {'.'}, 1);
        assertRefused(new long[] {'.' | '.' << 8}, 2);
        assertRefused(new long[] {'.' | '.' << 8 | 'x' << 16}, 2);
        assertRefused(new long[] {'a' | '/' << 8}, 2);
        assertRefused(new long[] {'a'}, 2);
        assertEquals(Name.of("..."), listed(new long[] {'.' | '.' << 8 | '.' << 16}, 3).name(0));
    }

    private static void assertRefused(long[] words, int byteCount) {
        assertThrows(CorruptionException.class, () -> listed(words, byteCount));
    }

    /// An entry of those words, listed.
    private static Listing listed(long[] words, int byteCount) {
        MemorySegment s = Arena.ofAuto().allocate(DirectoryBlock.entryBytes(Name.MAX_BYTES), 8);
        for (int i = 0; i < words.length; i++) {
            DirectoryBlock.nameWord(s, 0, i, words[i]);
        }
        Listing listing = new Listing();
        listing.reserve(1, words.length);
        listing.add(s, 0, byteCount, 1);
        assertEquals(0, listing.count());
        listing.complete();
        assertEquals(1, listing.count());
        return listing;
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
