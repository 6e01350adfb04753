package dev.stele.interleave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The races of 2016, put back: each is found, in every run, and its schedule finds it again.
class SeededBugsTest {
    private static final String ENGINE = "dev.stele.interleave.world.EngineScenario";
    private static final long MAX_RUNS = 200_000;

    @ParameterizedTest(name = "{0}: {1}")
    @DisplayName("C3, C7, C8, C9 and section 3.7: a bug of history is found")
    @CsvSource({
        "C7 TOWRITE cleared before the flush,       NO_ENTRY_LOCK,   ASYNC, store0, fsync, fsync, LOST",
        "C7 TOWRITE cleared before the flush,       NO_ENTRY_LOCK,   ASYNC, '', store0 fsync, msync0, LOST",
        "C3 TOWRITE lost by an entry of 2 MiB, TOWRITE_LOST_BY_UPGRADE, ASYNC, write0, fsync, huge1, LOST",
        "C3 DIRTY lost by an entry of 2 MiB, DIRTY_LOST_BY_UPGRADE, KERNEL, '', store0 fsync, huge1, LOST",
        "3.7 harvest not moved under the lock,      NO_HARVEST_LOCK, ASYNC, store0, fsync, fsync, LOST",
        "C8 only the first mapping scanned,         NONE, ASYNC_FIRST_MAPPING_ONLY, '', alias1, fsync, LOST",
        "C8 only the first mapping protected,       NONE, KERNEL_FIRST_MAPPING_ONLY, '', alias1, fsync, UNGUARDED",
        "C8 only the first mapping protected,       NONE, KERNEL_FIRST_MAPPING_ONLY, alias1, fsync alias1, fsync, LOST",
        "C9 marked then cleaned then made writable, NONE, KERNEL_WITHOUT_LOCK, '', store0, fsync, LOST",
        "C9 marked then cleaned then made writable, NONE, KERNEL_WITHOUT_LOCK, '', store0, fsync, UNGUARDED",
        "3.8 flushed then protected,                NONE, ASYNC_FLUSH_THEN_PROTECT, store0, store0, fsync, LOST",
        "I2 unlocked then drained,                  NONE, ASYNC_DRAIN_AFTER_UNLOCK, store0, fsync, fsync, LOST"})
    void isFound(String bug, Seed seed, String tracking, String prelude, String first, String second, String verdict) {
        try (Scenario scenario = new WeavingLoader(seed).scenario(ENGINE, tracking,
                verdict.equals("LOST"), prelude, new String[] {first, second})) {
            ScheduleFailure found = assertThrows(ScheduleFailure.class,
                    () -> new Explorer(scenario).explore(MAX_RUNS));
            System.out.println("seeded bug found: " + bug + ": " + found.getMessage());
            assertTrue(found.getCause().getMessage().startsWith(verdict), found.getCause().toString());
            ScheduleFailure again = assertThrows(ScheduleFailure.class,
                    () -> new Explorer(scenario).replay(found.schedule()));
            assertEquals(found.getCause().getMessage(), again.getCause().getMessage());
            seed.requireHits();
        }
    }
}
