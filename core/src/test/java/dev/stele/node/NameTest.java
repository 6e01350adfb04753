package dev.stele.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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
