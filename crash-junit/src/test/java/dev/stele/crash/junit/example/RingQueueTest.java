package dev.stele.crash.junit.example;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.PersistentMemory;
import dev.stele.crash.junit.Check;
import dev.stele.crash.junit.Crash;
import dev.stele.crash.junit.CrashLab;
import dev.stele.crash.junit.CrashTest;
import dev.stele.crash.junit.Model;
import dev.stele.crash.junit.Recover;
import dev.stele.crash.junit.SetUp;
import java.util.ArrayList;
import java.util.List;

/// A queue of fixed length that is handed out at least once: its ends are words on lines of their own.
class RingQueueTest {
    record RingQueue(PersistentMemory memory) {
        private static final long HEAD = 0;
        private static final long TAIL = 64;
        private static final long SLOTS = 128;
        private static final int SLOT_COUNT = 4;

        boolean offer(long value) {
            long tail = get(TAIL);
            if (tail - get(HEAD) == SLOT_COUNT) {
                return false;
            }
            put(SLOTS + tail % SLOT_COUNT * 8, value);
            put(TAIL, tail + 1);
            return true;
        }

        long poll() {
            long head = get(HEAD);
            if (head == get(TAIL)) {
                return 0;
            }
            long value = get(SLOTS + head % SLOT_COUNT * 8);
            put(HEAD, head + 1);
            return value;
        }

        List<Long> content() {
            List<Long> values = new ArrayList<>();
            for (long at = get(HEAD); at < get(TAIL); at++) {
                values.add(get(SLOTS + at % SLOT_COUNT * 8));
            }
            return values;
        }

        private long get(long at) {
            return memory.segment().get(JAVA_LONG, at);
        }

        private void put(long at, long value) {
            memory.segment().set(JAVA_LONG, at, value);
            memory.persist(at, 8);
        }
    }

    @SetUp
    void twoAreInTheQueue(PersistentMemory memory) {
        RingQueue queue = new RingQueue(memory);
        queue.offer(1);
        queue.offer(2);
    }

    private static void work(PersistentMemory memory, CrashLab lab) {
        RingQueue queue = new RingQueue(memory);
        lab.step("offer 3", () -> assertTrue(queue.offer(3)));
        lab.step("poll 1", () -> assertEquals(1, queue.poll()));
        lab.step("offer 4", () -> assertTrue(queue.offer(4)));
        lab.step("offer 5", () -> assertTrue(queue.offer(5)));
        assertTrue(!queue.offer(6), "the queue is full");
        lab.step("poll 2", () -> assertEquals(2, queue.poll()));
    }

    @CrashTest
    void works(PersistentMemory memory, CrashLab lab) {
        work(memory, lab);
    }

    @CrashTest(model = Model.TSO_PREFIX, nested = 2)
    void worksWhereLinesKeepTheirOrder(PersistentMemory memory, CrashLab lab) {
        work(memory, lab);
    }

    @Recover
    RingQueue recover(PersistentMemory memory) {
        return new RingQueue(memory);
    }

    @Check
    void holdsARunOfWhatWasOffered(RingQueue queue, Crash crash) {
        List<Long> content = queue.content();
        long offered = 2 + crash.completed().stream().filter(step -> step.startsWith("offer")).count();
        long polled = crash.completed().stream().filter(step -> step.startsWith("poll")).count();
        for (int i = 1; i < content.size(); i++) {
            assertEquals(content.get(i - 1) + 1, content.get(i), content::toString);
        }
        assertTrue(content.getLast() >= offered, "what was offered is gone");
        long begun = polled + crash.running().size();
        assertTrue(content.getFirst() <= begun + 1, "what was not polled is gone");
        assertTrue(content.getFirst() > polled, "what was polled is back");
    }
}
