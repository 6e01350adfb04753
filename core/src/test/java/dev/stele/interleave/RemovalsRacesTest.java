package dev.stele.interleave;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// All interleavings of those who note that a directory is removed or moved, and of who asks meanwhile.
class RemovalsRacesTest {
    private static final String SCENARIO = "dev.stele.volume.RemovalsScenario";
    private static final WeavingLoader LOADER = new WeavingLoader(Seed.NONE);

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"remove, ask ask", "move, ask ask", "remove, move-like, ask", "remove, remove-like",
        "remove, elsewhere move-like", "move, elsewhere move-like"})
    @DisplayName("N7: whoever sees a later time sees why, and nobody's removal is forgotten")
    void noneIsForgotten(String tasks) {
        try (Scenario scenario = LOADER.scenario(SCENARIO, (Object) tasks.split(", "))) {
            Coverage coverage = new Explorer(scenario).explore(Long.MAX_VALUE);
            System.out.println("removals, " + tasks + ": " + coverage);
            assertTrue(coverage.isComplete());
        }
    }
}
