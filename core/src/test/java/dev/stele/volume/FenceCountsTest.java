package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.FenceCounts.Cost;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// P1, counted: every metadata operation costs at most one fence. The same counts as `stele fences` prints.
class FenceCountsTest {
    private static final int REPETITIONS = Integer.getInteger("stele.fences.repetitions", 300);

    /// The operations that the promise names.
    private static final List<String> PROMISED = List.of("create", "mkdir", "mknod", "symlink", "link", "unlink",
            "rmdir",
            "rename", "rename-replace", "rename-directories", "rename-directory", "rename-exchange", "setattr",
            "setxattr", "setxattr-replace", "removexattr", "truncate", "truncate-extend", "allocate", "append",
            "append-file-of-one-block");

    private static Map<String, Cost> costs;

    @BeforeAll
    static void measure() {
        costs = FenceCounts.measure(SimMedium.create(128 << 20), REPETITIONS).stream()
                .collect(Collectors.toMap(Cost::operation, Function.identity()));
        costs.values().forEach(System.out::println);
    }

    @Test
    void everyPromisedOperationCostsOneFenceAndNotNone() {
        for (String operation : PROMISED) {
            assertEquals(1, costs.get(operation).fences(), operation + ": " + costs.get(operation));
        }
    }

    /// Also where a directory block splits, a tree grows or the journal wraps.
    @Test
    void theDearestRunCostsOneFenceToo() {
        for (String operation : PROMISED) {
            assertTrue(costs.get(operation).worstFences() <= 1, operation + ": " + costs.get(operation));
        }
    }

    /// A write in place and its sync; of the operations on extents only one takes two records.
    @Test
    void everythingElseCostsWhatIsKnown() {
        Map<String, Integer> known = Map.of("zero-range", 2, "write-deferred", 0,
                "fsync-nothing-dirty", 0);
        for (Cost cost : costs.values()) {
            assertTrue(cost.worstFences() <= known.getOrDefault(cost.operation(), 1), cost.toString());
        }
    }

    @Test
    void aSecondSyncFlushesNothing() {
        Cost cost = costs.get("fsync-nothing-dirty");
        assertEquals(0, cost.worstFlushedLines(), cost.toString());
        assertEquals(0, cost.worstLoggedBytes(), cost.toString());
    }

    /// P4: one dirty page is 64 lines, however large the file.
    @Test
    void aSyncFlushesWhatIsDirty() {
        assertEquals(64, costs.get("fdatasync-one-dirty-page").flushedLines());
    }

    @Test
    void repetitionsAreCounted() {
        assertEquals(2, FenceCounts.measure(SimMedium.create(64 << 20), 2).getFirst().repetitions());
    }
}
