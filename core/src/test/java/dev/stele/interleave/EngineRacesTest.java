package dev.stele.interleave;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// All interleavings of operations on the sync engine, the power cut at every step: when a sync returns, what was
/// stored before it was called is durable (P5); no page is clean, writable without a fault and stored to; what two
/// operations leave behind the next sync makes durable.
class EngineRacesTest {
    private static final String ENGINE = "dev.stele.interleave.world.EngineScenario";
    private static final WeavingLoader LOADER = new WeavingLoader(Seed.NONE);
    private static final boolean DEEP = "deep".equals(System.getProperty("stele.interleave"));
    private static final String[] OPERATIONS = {"store0", "alias1", "write0", "huge0", "cut1", "fsync", "msync0",
        "store0 fsync"};
    private static final String[] LONGER = {"write0 msync0", "huge1 fsync", "store0 store1 fsync",
        "write0 fsync store0 msync0"};

    static Stream<Arguments> pairs() {
        return Stream.of("ASYNC", "KERNEL").flatMap(tracking -> Stream.of("", "store0 write1 alias1")
                .flatMap(prelude -> Stream.of(operations()).flatMap(first -> Stream.of(operations())
                        .filter(second -> second.compareTo(first) <= 0)
                        .map(second -> Arguments.of(tracking, prelude, first, second)))));
    }

    private static String[] operations() {
        return DEEP ? Stream.of(OPERATIONS, LONGER).flatMap(Stream::of).toArray(String[]::new) : OPERATIONS;
    }

    @ParameterizedTest(name = "{0}, after [{1}]: [{2}] beside [{3}]")
    @MethodSource("pairs")
    @DisplayName("P5, C2, C3, C7, C8, C9, W-4: no sync of the engine returns early, whatever runs beside it")
    void nothingReturnsEarly(String tracking, String prelude, String first, String second) {
        try (Scenario scenario = LOADER.scenario(ENGINE, tracking, false, prelude,
                new String[] {first, second})) {
            Coverage coverage = new Explorer(scenario).explore(Long.MAX_VALUE);
            System.out.println(tracking + ", after [" + prelude + "]: [" + first + "] beside [" + second + "]: "
                    + coverage);
            assertTrue(coverage.isComplete());
        }
    }
}
