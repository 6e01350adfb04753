package dev.stele.crash.junit;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.PersistentMemory;
import java.util.function.Function;

/// The journal of the README with a fault planted in each of several ways. Not run by the build but by [CrashTestTest].
final class JournalCases {
    private JournalCases() {
    }

    /// Values in the order in which they came, one to a cache line; the first line holds their number.
    abstract static class Journal {
        final PersistentMemory memory;

        Journal(PersistentMemory memory) {
            this.memory = memory;
        }

        abstract void append(long value);

        void put(long value) {
            memory.segment().set(JAVA_LONG, at(), value);
        }

        void publish() {
            memory.segment().set(JAVA_LONG, 0, count() + 1);
        }

        long at() {
            return 64 * (count() + 1);
        }

        long count() {
            return memory.segment().get(JAVA_LONG, 0);
        }

        long value(long index) {
            return memory.segment().get(JAVA_LONG, 64 * (index + 1));
        }
    }

    static final class Right extends Journal {
        Right(PersistentMemory memory) {
            super(memory);
        }

        @Override
        void append(long value) {
            put(value);
            memory.persist(at(), 8);
            publish();
            memory.persist(0, 8);
        }
    }

    static final class WithoutFlush extends Journal {
        WithoutFlush(PersistentMemory memory) {
            super(memory);
        }

        @Override
        void append(long value) {
            put(value);
            publish();
            memory.persist(0, 8);
        }
    }

    static final class WithoutFence extends Journal {
        WithoutFence(PersistentMemory memory) {
            super(memory);
        }

        @Override
        void append(long value) {
            put(value);
            memory.flush(at(), 8);
            publish();
            memory.flush(0, 8);
            memory.drain();
        }
    }

    static final class WithoutLastFence extends Journal {
        WithoutLastFence(PersistentMemory memory) {
            super(memory);
        }

        @Override
        void append(long value) {
            put(value);
            memory.persist(at(), 8);
            publish();
            memory.flush(0, 8);
        }
    }

    /// What all of them must stand.
    abstract static class Case {
        private final Function<PersistentMemory, Journal> opener;

        Case(Function<PersistentMemory, Journal> opener) {
            this.opener = opener;
        }

        @CrashTest
        void appends(PersistentMemory memory, CrashLab lab) {
            Journal journal = opener.apply(memory);
            for (long value = 1; value <= 3; value++) {
                long next = value;
                lab.step("append " + value, () -> journal.append(next));
            }
        }

        @Recover
        Journal recover(PersistentMemory memory) {
            return opener.apply(memory);
        }

        @Check
        void check(Journal journal, Crash crash) {
            assertTrue(journal.count() >= crash.completed().size(), "what was appended is gone");
            for (long index = 0; index < journal.count(); index++) {
                assertEquals(index + 1, journal.value(index));
            }
        }
    }

    static final class RightCase extends Case {
        RightCase() {
            super(Right::new);
        }
    }

    static final class WithoutFlushCase extends Case {
        WithoutFlushCase() {
            super(WithoutFlush::new);
        }
    }

    static final class WithoutFenceCase extends Case {
        WithoutFenceCase() {
            super(WithoutFence::new);
        }
    }

    static final class WithoutLastFenceCase extends Case {
        WithoutLastFenceCase() {
            super(WithoutLastFence::new);
        }
    }
}
