package dev.stele.interleave;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// All interleavings of operations on the sync engine.
class EngineRacesTest {
    private static final String ENGINE = "dev.stele.interleave.world.EngineScenario";
    private static final long MAX_RUNS = 2_000_000;

    @ParameterizedTest
    @CsvSource({"ASYNC,store0,fsync,fsync", "ASYNC,'',store0,fsync", "ASYNC,'',store0 fsync,store0 fsync",
        "KERNEL,'',store0 fsync,store0 fsync"})
    @DisplayName("P5, C7, C9: a sync never returns before what was stored before it is durable")
    void nothingReturnsEarly(String tracking, String prelude, String first, String second) {
        try (Scenario scenario = new WeavingLoader(Seed.NONE).scenario(ENGINE, tracking, prelude,
                new String[] {first, second})) {
            Coverage coverage = new Explorer(scenario).explore(MAX_RUNS);
            System.out.println(tracking + " | " + first + " | " + second + ": " + coverage);
            assertTrue(coverage.isComplete());
        }
    }
}
