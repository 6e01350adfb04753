package dev.stele.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// P2, P5, P8: campaigns of power cuts, small here. `-Dstele.crash.seconds=N` gives them more time,
/// `-Dstele.crash.length=N` longer sequences, `-Dstele.seed` another beginning.
class CampaignTest {
    private static final long SECONDS = Long.getLong("stele.crash.seconds", 5);
    private static final int LENGTH = Integer.getInteger("stele.crash.length", 2);
    private static final long SEED = Long.getLong("stele.seed", 20_261_121);

    private static Result run(Settings settings) {
        Result result = Campaign.run(settings.budget(TimeUnit.SECONDS.toNanos(SECONDS)), (done, all, found) -> { });
        System.out.print(result.describe());
        assertEquals(List.of(), result.violations());
        assertTrue(result.states() > 0 && result.workloads() > 0, result.describe());
        return result;
    }

    @Test
    void nothingIsLostInAFairPartOfAllSequences() {
        Result result = run(Settings.of(LENGTH, SEED));
        assertTrue(result.walked() <= result.states(), result.describe());
        assertEquals(result.coverage().points(), result.exhaustivePoints() + result.coverage().sampledPoints());
    }

    @Test
    void nothingIsLostWhenRecoveryIsCutToo() {
        Result result = run(Settings.of(1, SEED).exhaustive(16, 8).nested(5));
        assertTrue(result.coverage().nestedImages() > 0, result.describe());
    }

    @Test
    void everyImageIsWalkedWhereNothingIsRemembered() {
        Result result = run(Settings.of(1, SEED).exhaustive(16, 8).oracles(new Oracles(2, 20, false)));
        assertEquals(result.states(), result.walked());
    }

    @Test
    void aSeedGivesTheSameCampaign() {
        Settings one = Settings.of(1, SEED).workers(1).exhaustive(8, 2);
        Workload workload = new Workload(Start.POPULATED, List.of(Operations.all().getFirst()));
        assertEquals(coverage(one, workload), coverage(one, workload));
    }

    private static Object coverage(Settings settings, Workload workload) {
        try (Lab lab = new Lab(workload.start().make(), settings, null)) {
            assertEquals(null, lab.run(workload, ""));
            return lab.coverage();
        }
    }

    @Test
    void theSetIsWholeAndItsNamesAreUnique() {
        List<Operation> set = Operations.all();
        Set<String> names = new HashSet<>();
        set.forEach(each -> assertTrue(names.add(each.name()), each.name()));
        assertTrue(set.size() >= 150, "only " + set.size());
        assertTrue(set.stream().filter(Operation::isCore).count() >= 30);
        for (String each : List.of("create foo", "unlink foo, open", "exchange A B", "append 4097 DEFERRED foo",
                "store through two mappings, fsync", "copy a range", "grow", "seal foo")) {
            assertTrue(names.contains(each), each);
        }
    }

    @Test
    void aWorkloadIsFoundAgainByItsCode() {
        List<Operation> set = Operations.all();
        Workload workload = new Workload(Start.FRAGMENTED, List.of(set.get(3), set.get(170)));
        assertEquals("F.3.170", workload.code(set));
        assertEquals(workload, Workload.of("F.3.170", set));
    }
}
