package dev.stele.crash.junit.example;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.PersistentMemory;
import dev.stele.crash.junit.Check;
import dev.stele.crash.junit.Crash;
import dev.stele.crash.junit.CrashLab;
import dev.stele.crash.junit.CrashTest;
import dev.stele.crash.junit.Recover;

class JournalTest {
    /// Values in the order in which they came, one to a cache line; the first line holds their number.
    record Journal(PersistentMemory memory) {
        void append(long value) {
            long at = 64 * (count() + 1);
            memory.segment().set(JAVA_LONG, at, value);
            memory.persist(at, 8);                              // the value first,
            memory.segment().set(JAVA_LONG, 0, count() + 1);
            memory.persist(0, 8);                               // and then the number that makes it count
        }

        long count() {
            return memory.segment().get(JAVA_LONG, 0);
        }

        long value(long index) {
            return memory.segment().get(JAVA_LONG, 64 * (index + 1));
        }
    }

    @CrashTest
    void appends(PersistentMemory memory, CrashLab lab) {
        Journal journal = new Journal(memory);
        for (long value = 1; value <= 3; value++) {
            long next = value;
            lab.step("append " + value, () -> journal.append(next));
        }
    }

    @Recover
    Journal recover(PersistentMemory memory) {
        return new Journal(memory);
    }

    @Check
    void check(Journal journal, Crash crash) {
        assertTrue(journal.count() >= crash.completed().size(), "what was appended is gone");
        for (long index = 0; index < journal.count(); index++) {
            assertEquals(index + 1, journal.value(index));
        }
    }
}
