package dev.stele.crash.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.api.PersistentMemory;
import dev.stele.api.Stele;
import org.junit.jupiter.api.Test;

/// Who uses the lab wrongly is told in one line what to do.
class WrongUseTest {
    private static void assertRefused(Class<?> type, String line) {
        assertEquals(type.getSimpleName() + "." + line, Run.of(type).report());
    }

    private static void store(PersistentMemory memory) {
        memory.fillPersist(0, 8, (byte) 1);
    }

    static final class NoRecoverCase {
        @CrashTest
        void work(PersistentMemory memory) {
            store(memory);
        }

        @Check
        void check() {
        }
    }

    static final class TwoRecoversCase {
        @CrashTest
        void work(PersistentMemory memory) {
            store(memory);
        }

        @Recover
        void one() {
        }

        @Recover
        void two() {
        }

        @Check
        void check() {
        }
    }

    static final class NoCheckCase {
        @CrashTest
        void work(PersistentMemory memory) {
            store(memory);
        }

        @Recover
        void recover() {
        }
    }

    static final class NoMediumCase {
        @CrashTest
        void work() {
        }

        @Recover
        void recover() {
        }

        @Check
        void check() {
        }
    }

    static final class TwoMediaCase {
        @CrashTest
        void work(PersistentMemory memory) {
            store(memory);
        }

        @Recover
        void recover(Stele stele) {
        }

        @Check
        void check() {
        }
    }

    static final class UnknownParameterCase {
        @CrashTest
        void work(PersistentMemory memory) {
            store(memory);
        }

        @Recover
        StringBuilder recover() {
            return new StringBuilder();
        }

        @Check
        void check(Integer number) {
        }
    }

    static final class CrashInRecoveryCase {
        @CrashTest
        void work(PersistentMemory memory) {
            store(memory);
        }

        @Recover
        void recover(Crash crash) {
        }

        @Check
        void check() {
        }
    }

    /// What is right, for the wrong settings of its subclasses.
    abstract static class Base {
        @Recover
        void recover() {
        }

        @Check
        void check() {
        }
    }

    static final class ManyLinesCase extends Base {
        @CrashTest(exhaustiveLines = 21)
        void work(PersistentMemory memory) {
            store(memory);
        }
    }

    static final class FewSamplesCase extends Base {
        @CrashTest(samples = -1)
        void work(PersistentMemory memory) {
            store(memory);
        }
    }

    static final class DeepCase extends Base {
        @CrashTest(nested = 4)
        void work(PersistentMemory memory) {
            store(memory);
        }
    }

    static final class LargeCase extends Base {
        @CrashTest(sizeBytes = 1L << 40)
        void work(PersistentMemory memory) {
            store(memory);
        }
    }

    static final class OddSizeCase extends Base {
        @CrashTest(sizeBytes = 5000)
        void work(PersistentMemory memory) {
            store(memory);
        }
    }

    static final class SmallVolumeCase extends Base {
        @CrashTest(sizeBytes = 4096)
        void work(Stele stele) {
        }
    }

    static final class NothingStoredCase extends Base {
        @CrashTest
        void work(PersistentMemory memory) {
            memory.drain();
        }
    }

    static final class FailingWorkloadCase extends Base {
        @CrashTest
        void work(PersistentMemory memory) {
            store(memory);
            throw new IllegalStateException("the workload is broken");
        }
    }

    static final class FailingSetUpCase extends Base {
        @SetUp
        void setUp() {
            throw new IllegalStateException("the set up is broken");
        }

        @CrashTest
        void work(PersistentMemory memory) {
            store(memory);
        }
    }

    @Test
    void aMethodThatIsMissing() {
        assertRefused(NoRecoverCase.class, "work: no method of NoRecoverCase is annotated @Recover: "
                + "write one that opens what a power cut left, and returns it for the checks");
        assertRefused(NoCheckCase.class, "work: no method of NoCheckCase is annotated @Check: "
                + "write one that throws where what was recovered is not acceptable");
    }

    @Test
    void aMethodTooMany() {
        assertRefused(TwoRecoversCase.class, "work: two methods are annotated @Recover, one and two: "
                + "a program comes up again in one way");
    }

    @Test
    void parametersThatCannotBeHad() {
        assertRefused(NoMediumCase.class, "work: nothing is stored to: take a PersistentMemory, MemorySegment, "
                + "SimulatedFile, Stele, FileSystem or Path as a parameter");
        assertRefused(TwoMediaCase.class, "work: some parameters ask for memory and some for a volume: "
                + "a test has one medium");
        assertRefused(UnknownParameterCase.class, "work: the method check asks for a Integer, "
                + "which @Recover does not return");
        assertRefused(CrashInRecoveryCase.class, "work: the method recover asks for a Crash, "
                + "which only the workload or a check could have");
    }

    @Test
    void settingsOutOfRange() {
        assertRefused(ManyLinesCase.class, "work: exhaustiveLines is from 0 to 20, not 21");
        assertRefused(FewSamplesCase.class, "work: samples is from 0 to 1000000, not -1");
        assertRefused(DeepCase.class, "work: nested is from 0 to 3, not 4");
        assertRefused(LargeCase.class, "work: a medium of 1099511627776 bytes is too large, at most 67108864 are "
                + "simulated: give the code under test a smaller one");
        assertRefused(OddSizeCase.class, "work: sizeBytes is a multiple of 4096 and at least 4096 here, not 5000");
        assertRefused(SmallVolumeCase.class,
                "work: sizeBytes is a multiple of 4096 and at least 1048576 here, not 4096");
    }

    @Test
    void aWorkloadThatCannotBeTested() {
        assertRefused(NothingStoredCase.class, "work: the workload stored nothing to the medium it was given, "
                + "so there is nothing that could be lost");
        Run run = Run.of(FailingWorkloadCase.class);
        assertEquals("the workload is broken", run.report());
        assertEquals(1, run.names().size());
        assertEquals("FailingWorkloadCase.work: the workload did not come to its end", run.coverage());
        assertEquals("the set up is broken", Run.of(FailingSetUpCase.class).failures().getFirst().getCause()
                .getMessage());
    }
}
