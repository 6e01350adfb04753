package dev.stele.crash.junit;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.api.PersistentMemory;
import dev.stele.api.PersistentMemory.Way;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Litmus tests: small programs, and everything that a cut at their end may leave under each model.
class ModelTest {
    private interface Program {
        void run(PersistentMemory memory, CrashLab lab) throws Exception;
    }

    /// A test class whose checks accept everything and write down what they are shown at the point "end".
    static final class Litmus {
        final Set<String> seen = new TreeSet<>();
        private final long[] places;

        Litmus(long... places) {
            this.places = places;
        }

        @CrashTest
        void workload(PersistentMemory memory, CrashLab lab) {
        }

        @Recover
        void recover() {
        }

        @Check
        void check(PersistentMemory memory, Crash crash) {
            if (crash.hasPassed("end")) {
                StringBuilder words = new StringBuilder();
                for (long place : places) {
                    words.append(Long.toHexString(memory.segment().get(JAVA_LONG, place))).append(' ');
                }
                seen.add(words.toString().strip());
            }
        }
    }

    private static Set<String> states(Model model, Program program, long... places) {
        Litmus litmus = new Litmus(places);
        try {
            Phases phases = Phases.of(Litmus.class,
                    Litmus.class.getDeclaredMethod("workload", PersistentMemory.class, CrashLab.class));
            Settings settings = new Settings(model, new Tiers(12, 150, 16, 1), 0, 4096, null, null);
            try (Lab lab = new Lab(phases, settings)) {
                lab.run(litmus, () -> {
                    CrashLab told = (CrashLab) lab.argument(CrashLab.class);
                    program.run((PersistentMemory) lab.argument(PersistentMemory.class), told);
                    told.crashPoint("end");
                });
                lab.moments().forEach(moment -> lab.explore(moment, litmus));
            }
        } catch (Throwable failed) {
            throw new AssertionError(failed);
        }
        return litmus.seen;
    }

    private static void put(PersistentMemory memory, long at, long value) {
        memory.segment().set(JAVA_LONG, at, value);
    }

    @Test
    void twoPlainWordsOfALineStoredTogether() {
        Program program = (memory, lab) -> {
            put(memory, 0, 1);
            put(memory, 8, 1);
        };
        Set<String> any = Set.of("0 0", "1 0", "0 1", "1 1");
        assertEquals(any, states(Model.WORDS, program, 0, 8));
        assertEquals(any, states(Model.TSO_PREFIX, program, 0, 8));
        assertEquals(any, states(Model.EADR, program, 0, 8));
        assertEquals(Set.of("0 0", "1 1"), states(Model.LINE, program, 0, 8));
    }

    @Test
    void twoPlainWordsOfALineWithAPointBetween() {
        Program program = (memory, lab) -> {
            put(memory, 0, 1);
            lab.crashPoint("between");
            put(memory, 8, 1);
        };
        Set<String> inOrder = Set.of("0 0", "1 0", "1 1");
        assertEquals(Set.of("0 0", "1 0", "0 1", "1 1"), states(Model.WORDS, program, 0, 8));
        assertEquals(inOrder, states(Model.TSO_PREFIX, program, 0, 8));
        assertEquals(inOrder, states(Model.LINE, program, 0, 8));
        assertEquals(inOrder, states(Model.EADR, program, 0, 8));
    }

    @Test
    void linesKnowNoOrderUnlessCachesSurvive() {
        Program program = (memory, lab) -> {
            put(memory, 0, 1);
            lab.crashPoint("between");
            put(memory, 64, 1);
        };
        Set<String> any = Set.of("0 0", "1 0", "0 1", "1 1");
        assertEquals(any, states(Model.WORDS, program, 0, 64));
        assertEquals(any, states(Model.TSO_PREFIX, program, 0, 64));
        assertEquals(any, states(Model.LINE, program, 0, 64));
        assertEquals(Set.of("0 0", "1 0", "1 1"), states(Model.EADR, program, 0, 64));
    }

    @Test
    void aWordHasAnyValueItHadAtAComparison() {
        Program program = (memory, lab) -> {
            put(memory, 0, 1);
            lab.crashPoint("one");
            put(memory, 0, 2);
            lab.crashPoint("two");
            put(memory, 0, 3);
        };
        assertEquals(Set.of("0", "1", "2", "3"), states(Model.WORDS, program, 0));
    }

    @Test
    void bytesTearOnlyUnderBulk() {
        Program program = (memory, lab) -> memory.segment().asSlice(6, 4).fill((byte) 0xFF);
        Set<String> words = Set.of("0 0", "ffff000000000000 0", "0 ffff", "ffff000000000000 ffff");
        assertEquals(words, states(Model.WORDS, program, 0, 8));
        assertEquals(16, states(Model.BULK, program, 0, 8).size());
        Program aligned = (memory, lab) -> memory.segment().asSlice(0, 16).fill((byte) 0xFF);
        assertEquals(4, states(Model.BULK, aligned, 0, 8).size());
    }

    @Test
    void aFlushTakesTheContentOfItsTime() {
        Program program = (memory, lab) -> {
            put(memory, 0, 1);
            memory.flush(0, 8);
            put(memory, 0, 2);
            memory.drain();
        };
        assertEquals(Set.of("1", "2"), states(Model.WORDS, program, 0));
        Program flushed = (memory, lab) -> {
            put(memory, 0, 1);
            put(memory, 64, 1);
            memory.flush(0, 8);
            memory.drain();
        };
        assertEquals(Set.of("1 0", "1 1"), states(Model.WORDS, flushed, 0, 64));
    }

    @Test
    void aDrainCoversItsOwnThreadOnly() {
        Program program = (memory, lab) -> {
            put(memory, 0, 1);
            memory.flush(0, 8);
            Thread other = new Thread(memory::drain);
            other.start();
            other.join();
        };
        assertEquals(Set.of("0", "1"), states(Model.WORDS, program, 0));
        Program own = (memory, lab) -> {
            Thread other = new Thread(() -> {
                put(memory, 0, 1);
                memory.persist(0, 8);
            });
            other.start();
            other.join();
        };
        assertEquals(Set.of("1"), states(Model.WORDS, own, 0));
    }

    @Test
    void whatIsStreamedIsDurableWithItsDrain() {
        Program program = (memory, lab) -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment ones = arena.allocate(64).fill((byte) 1);
                memory.copy(0, ones, 0, 64, Way.NON_TEMPORAL);
                memory.drain();
                memory.copy(64, ones, 0, 64, Way.NON_TEMPORAL);
            }
        };
        String one = "101010101010101";
        Set<String> any = Set.of(one + " 0 0", one + " " + one + " 0", one + " 0 " + one, one + " " + one + " " + one);
        assertEquals(any, states(Model.WORDS, program, 0, 64, 72));
        assertEquals(any, states(Model.TSO_PREFIX, program, 0, 64, 72));
    }

    @Test
    void whatAVerbCopiesIsInOrderWhereTheLineIs() {
        Program program = (memory, lab) -> {
            try (Arena arena = Arena.ofConfined()) {
                memory.copy(0, arena.allocate(16).fill((byte) 1), 0, 16, Way.NO_FLUSH);
            }
        };
        String one = "101010101010101";
        assertEquals(Set.of("0 0", one + " 0", one + " " + one), states(Model.TSO_PREFIX, program, 0, 8));
        assertEquals(4, states(Model.WORDS, program, 0, 8).size());
    }

    /// 20 lines of 8 words: sampled, and still each line is seen lost alone and kept alone.
    @Test
    void manyLinesAreSampledWithTheTellingOnesFirst() {
        Program program = (memory, lab) -> {
            for (int line = 0; line < 20; line++) {
                memory.segment().asSlice(line * 64L, 64).fill((byte) 1);
            }
        };
        long[] places = new long[20];
        for (int line = 0; line < 20; line++) {
            places[line] = line * 64L;
        }
        Set<String> seen = states(Model.WORDS, program, places);
        for (int alone = 0; alone < 20; alone++) {
            StringBuilder lost = new StringBuilder();
            StringBuilder kept = new StringBuilder();
            for (int line = 0; line < 20; line++) {
                lost.append(line == alone ? "0 " : "101010101010101 ");
                kept.append(line == alone ? "101010101010101 " : "0 ");
            }
            assertEquals(true, seen.contains(lost.toString().strip()), lost::toString);
            assertEquals(true, seen.contains(kept.toString().strip()), kept::toString);
        }
    }

    @Test
    void aValueThatCameAndWentBetweenComparisonsIsNotKnown() {
        Program program = (memory, lab) -> {
            memory.segment().set(JAVA_BYTE, 0, (byte) 1);
            memory.segment().set(JAVA_BYTE, 0, (byte) 0);
            memory.segment().set(JAVA_BYTE, 64, (byte) 1);
        };
        assertEquals(Set.of("0 0", "0 1"), states(Model.WORDS, program, 0, 64));
    }
}
