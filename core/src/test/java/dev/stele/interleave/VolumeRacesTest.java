package dev.stele.interleave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// All interleavings of every pair of operations on a file that is mapped and dirty, on a whole volume, the power cut
/// at every step: each image that may be left is recovered and checked; what a sync that has returned found stored is
/// in it (P5), operations have happened or not, and those that have returned have (P2); nothing waits for ever.
class VolumeRacesTest {
    private static final String VOLUME = "dev.stele.interleave.world.VolumeScenario";
    private static final boolean DEEP = "deep".equals(System.getProperty("stele.interleave"));
    private static final WeavingLoader LOADER = new WeavingLoader(Seed.NONE);
    private static final String[] OPERATIONS = {"store", "fsync", "msync", "truncate", "punch", "map", "unmap", "seal",
        "unlink", "rename"};
    private static final String[] LONGER = {"write", "store fsync", "write msync", "map unlink"};

    static Stream<Arguments> pairs() {
        return Stream.of(DEEP ? new String[] {"MMU", "PESSIMISTIC"} : new String[] {"MMU"}).flatMap(tracking ->
                Stream.of(DEEP ? new String[] {"", "store", "store fsync store"} : new String[] {"store"}).flatMap(
                        prelude -> Stream.of(operations()).flatMap(first -> Stream.of(operations())
                                .filter(second -> second.compareTo(first) <= 0)
                                .map(second -> Arguments.of(tracking, prelude, first, second)))));
    }

    private static String[] operations() {
        return DEEP ? Stream.of(OPERATIONS, LONGER).flatMap(Stream::of).toArray(String[]::new) : OPERATIONS;
    }

    @ParameterizedTest(name = "{0}, after [{1}]: [{2}] beside [{3}]")
    @MethodSource("pairs")
    @DisplayName("P2, P5, P8, C2, C4, C6, C7, C8, C9: two operations on one mapped file")
    void allInterleavings(String tracking, String prelude, String first, String second) {
        try (Scenario scenario = LOADER.scenario(VOLUME, tracking, prelude, new String[] {first, second})) {
            Coverage coverage = new Explorer(scenario).explore(Long.MAX_VALUE);
            System.out.println(tracking + ", after [" + prelude + "]: [" + first + "] beside [" + second + "]: "
                    + coverage);
            assertTrue(coverage.isComplete());
        }
    }

    /// The entries of pages that were stored to one by one give way to one of 2 MiB, which the MMU tells, and that is
    /// flushed.
    @ParameterizedTest(name = "[hugesync] beside [{0}]")
    @ValueSource(strings = {"store", "write", "fsync", "msync", "truncate", "punch", "map", "unmap", "seal", "unlink",
        "rename", "hugesync"})
    @DisplayName("P5, C3: entries of 4 KiB become one of 2 MiB beside another operation")
    void upgrade(String other) {
        allInterleavings("MMU", "write store", "hugesync", other);
    }

    @ParameterizedTest(name = "{0}: [{2}] beside [{3}]")
    @DisplayName("a bug put into the volume is found")
    @CsvSource({
        "NO_ENTRY_LOCK,       store, fsync, fsync,       LOST",
        "NO_ENTRY_LOCK,       '',    store fsync, msync, LOST",
        "TOWRITE_LOST_BY_UPGRADE, write, fsync, store hugesync, LOST",
        "NO_DRAIN_OF_SYNCS,   store, fsync, seal,        LOST",
        "NO_DRAIN_OF_RECORDS, store, truncate, fsync,    DAMAGED",
        "NO_DRAIN_OF_RECORDS, store, rename, store,      DAMAGED"})
    void seededBugs(Seed seed, String prelude, String first, String second, String verdict) {
        try (Scenario scenario = new WeavingLoader(seed).scenario(VOLUME, "MMU", prelude,
                new String[] {first, second})) {
            ScheduleFailure found = assertThrows(ScheduleFailure.class,
                    () -> new Explorer(scenario).explore(Long.MAX_VALUE));
            System.out.println("seeded bug found: " + seed + ": " + found.getMessage());
            assertTrue(found.getCause().getMessage().startsWith(verdict), found.getCause().toString());
            ScheduleFailure again = assertThrows(ScheduleFailure.class,
                    () -> new Explorer(scenario).replay(found.schedule()));
            assertEquals(found.getCause().getMessage(), again.getCause().getMessage());
            seed.requireHits();
        }
    }
}
