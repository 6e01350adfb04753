package dev.stele.crash.junit;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.PersistentMemory;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Programs that look right, and what it takes to see that they are not.
class SubtleFaultsTest {
    /// A hash table of entries {key, value} in one cache line each; a key of 0 is none.
    abstract static class HashIndex {
        static final int ENTRY_COUNT = 8;

        final PersistentMemory memory;

        HashIndex(PersistentMemory memory) {
            this.memory = memory;
        }

        void put(long key, long value) {
            long at = find(key);
            insert(at, key, value);
        }

        abstract void insert(long at, long key, long value);

        Optional<Long> get(long key) {
            long at = find(key);
            return word(at) == key ? Optional.of(word(at + 8)) : Optional.empty();
        }

        private long find(long key) {
            long at = key % ENTRY_COUNT * 64;
            while (word(at) != 0 && word(at) != key) {
                at = (at + 64) % (ENTRY_COUNT * 64);
            }
            return at;
        }

        long word(long at) {
            return memory.segment().get(JAVA_LONG, at);
        }

        void set(long at, long value) {
            memory.segment().set(JAVA_LONG, at, value);
        }
    }

    /// Takes it that the two words of an entry become durable together, as they are in one line.
    static final class HopefulIndex extends HashIndex {
        HopefulIndex(PersistentMemory memory) {
            super(memory);
        }

        @Override
        void insert(long at, long key, long value) {
            set(at + 8, value);
            set(at, key);
            memory.persist(at, 16);
        }
    }

    static final class CarefulIndex extends HashIndex {
        CarefulIndex(PersistentMemory memory) {
            super(memory);
        }

        @Override
        void insert(long at, long key, long value) {
            set(at + 8, value);
            memory.persist(at + 8, 8);
            set(at, key);
            memory.persist(at, 8);
        }
    }

    abstract static class IndexCase {
        private final Function<PersistentMemory, HashIndex> opener;

        IndexCase(Function<PersistentMemory, HashIndex> opener) {
            this.opener = opener;
        }

        @CrashTest
        void puts(PersistentMemory memory, CrashLab lab) {
            HashIndex index = opener.apply(memory);
            for (long key : new long[] {1, 9, 4}) {
                lab.step("put " + key, () -> index.put(key, key * 100));
            }
        }

        @Recover
        HashIndex recover(PersistentMemory memory) {
            return opener.apply(memory);
        }

        @Check
        void check(HashIndex index, Crash crash) {
            for (long key : new long[] {1, 9, 4}) {
                Optional<Long> value = index.get(key);
                assertTrue(value.isPresent() || !crash.hasCompleted("put " + key), () -> key + " is gone");
                value.ifPresent(found -> assertEquals(key * 100, found, () -> "the value of " + key));
            }
        }
    }

    static final class HopefulByWordsCase extends IndexCase {
        HopefulByWordsCase() {
            super(HopefulIndex::new);
        }
    }

    static final class HopefulByLinesCase extends IndexCase {
        HopefulByLinesCase() {
            super(HopefulIndex::new);
        }

        @Override
        @CrashTest(model = Model.LINE)
        void puts(PersistentMemory memory, CrashLab lab) {
            super.puts(memory, lab);
        }
    }

    static final class CarefulCase extends IndexCase {
        CarefulCase() {
            super(CarefulIndex::new);
        }
    }

    /// Two accounts whose sum stays, with an undo log: both old balances, and a word that says they count.
    abstract static class Accounts {
        private static final long IS_LOGGED = 0;
        private static final long OLD = 64;
        private static final long FIRST = 128;
        private static final long SECOND = 192;

        final PersistentMemory memory;

        Accounts(PersistentMemory memory) {
            this.memory = memory;
        }

        void set(long at, long value) {
            memory.segment().set(JAVA_LONG, at, value);
        }

        long get(long at) {
            return memory.segment().get(JAVA_LONG, at);
        }

        void transfer(long amount) {
            set(OLD, get(FIRST));
            set(OLD + 8, get(SECOND));
            memory.persist(OLD, 16);
            set(IS_LOGGED, 1);
            memory.persist(IS_LOGGED, 8);
            set(FIRST, get(FIRST) - amount);
            set(SECOND, get(SECOND) + amount);
            memory.persist(FIRST, 72);
            set(IS_LOGGED, 0);
            memory.persist(IS_LOGGED, 8);
        }

        void recover() {
            if (get(IS_LOGGED) == 1) {
                set(FIRST, get(OLD));
                set(SECOND, get(OLD + 8));
                forgetLog();
            }
        }

        abstract void forgetLog();
    }

    /// Makes the balances durable before the log is forgotten.
    static final class CarefulAccounts extends Accounts {
        CarefulAccounts(PersistentMemory memory) {
            super(memory);
        }

        @Override
        void forgetLog() {
            memory.persist(Accounts.FIRST, 72);
            set(Accounts.IS_LOGGED, 0);
            memory.persist(Accounts.IS_LOGGED, 8);
        }
    }

    /// One fence for all: right unless the power goes twice.
    static final class HastyAccounts extends Accounts {
        HastyAccounts(PersistentMemory memory) {
            super(memory);
        }

        @Override
        void forgetLog() {
            set(Accounts.IS_LOGGED, 0);
            memory.persist(Accounts.IS_LOGGED, 200);
        }
    }

    abstract static class AccountsCase {
        private final Function<PersistentMemory, Accounts> opener;

        AccountsCase(Function<PersistentMemory, Accounts> opener) {
            this.opener = opener;
        }

        @SetUp
        void setUp(PersistentMemory memory) {
            memory.segment().set(JAVA_LONG, Accounts.FIRST, 100);
        }

        @CrashTest
        void pays(PersistentMemory memory, CrashLab lab) {
            Accounts accounts = opener.apply(memory);
            lab.step("30", () -> accounts.transfer(30));
            lab.step("20", () -> accounts.transfer(20));
        }

        @Recover
        Accounts recover(PersistentMemory memory) {
            Accounts accounts = opener.apply(memory);
            accounts.recover();
            return accounts;
        }

        @Check
        void check(Accounts accounts, Crash crash) {
            assertEquals(100, accounts.get(Accounts.FIRST) + accounts.get(Accounts.SECOND), "the sum");
            assertTrue(accounts.get(Accounts.SECOND) == 50 || crash.completed().size() < 2);
        }
    }

    static final class CarefulAccountsCase extends AccountsCase {
        CarefulAccountsCase() {
            super(CarefulAccounts::new);
        }

        @Override
        @CrashTest(nested = 2)
        void pays(PersistentMemory memory, CrashLab lab) {
            super.pays(memory, lab);
        }
    }

    static final class HastyAccountsCase extends AccountsCase {
        HastyAccountsCase() {
            super(HastyAccounts::new);
        }
    }

    static final class HastyAccountsOnceCase extends AccountsCase {
        HastyAccountsOnceCase() {
            super(HastyAccounts::new);
        }

        @Override
        @CrashTest(nested = 0)
        void pays(PersistentMemory memory, CrashLab lab) {
            super.pays(memory, lab);
        }
    }

    @Test
    void wordsOfALineTakenForOne() {
        assertEquals(List.of(), Run.of(HopefulByLinesCase.class).failures());
        assertEquals(List.of(), Run.of(CarefulCase.class).failures());
        String report = Run.of(HopefulByWordsCase.class).crash().getMessage();
        assertTrue(report.startsWith("org.opentest4j.AssertionFailedError: the value of 1 ==> expected"), report);
        assertTrue(report.contains("harm:\n    line at byte 64: word at 72 (0x0 -> 0x64)\n"), report);
        assertTrue(report.contains("either:\n    line at byte 64: word at 64 (0x0 -> 0x1)\n"), report);
        assertTrue(report.contains("flushed at SubtleFaultsTest.HopefulIndex.insert(SubtleFaultsTest.java:"), report);
    }

    @Test
    void aRecoveryThatMustNotBeCut() {
        assertEquals(List.of(), Run.of(HastyAccountsOnceCase.class).failures());
        assertEquals(List.of(), Run.of(CarefulAccountsCase.class).failures());
        Run run = Run.of(HastyAccountsCase.class);
        String report = run.crash().getMessage();
        assertTrue(report.startsWith("org.opentest4j.AssertionFailedError: the sum ==> expected: <100>"), report);
        assertTrue(report.contains("\npower cut during recovery: fence 1"), report);
        assertTrue(report.contains("at SubtleFaultsTest.HastyAccounts.forgetLog(SubtleFaultsTest.java:"), report);
        assertEquals(1, run.failures().size());
        String failed = run.names().stream().filter(name -> name.startsWith("recovery: fence 1 at ")).findFirst()
                .orElseThrow();
        assertTrue(failed.contains("HastyAccounts.forgetLog"), failed);
    }

    @Test
    void aCutDuringRecoveryCanBeReplayed() {
        CrashFailure first = Run.of(HastyAccountsCase.class).crash();
        System.setProperty("stele.crash.replay", first.replay());
        try {
            Run again = Run.of(HastyAccountsCase.class);
            assertEquals(first.replay(), again.crash().replay());
            assertEquals(2, again.names().size());
        } finally {
            System.clearProperty("stele.crash.replay");
        }
    }
}
