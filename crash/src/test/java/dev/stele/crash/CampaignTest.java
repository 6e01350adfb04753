package dev.stele.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.volume.SyncStrategy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// P2, P5, P8: campaigns of power cuts, small here: so many workloads of each part of the plan, by one worker, so that
/// every machine runs the same. `-Dstele.crash.workloads=N` runs more, `-Dstele.crash.length=N` longer sequences,
/// `-Dstele.seed` begins elsewhere.
class CampaignTest {
    private static final long WORKLOADS = Long.getLong("stele.crash.workloads", 25);
    private static final int LENGTH = Integer.getInteger("stele.crash.length", 2);
    private static final long SEED = Long.getLong("stele.seed", 20_261_121);

    private static Result run(Settings settings, long workloads) {
        Result result = Campaign.run(settings.perPart(workloads).workers(1), (done, all, found) -> { });
        System.out.print(result.describe());
        assertEquals(List.of(), result.violations());
        assertFalse(result.isStopped(), result.describe());
        return result;
    }

    @Test
    void nothingIsLostInAFairPartOfAllSequences() {
        Result result = run(Settings.of(LENGTH, SEED), WORKLOADS);
        assertEquals(LENGTH == 1 ? 3 : LENGTH == 2 ? 7 : 8, result.workloads() / WORKLOADS);
        assertTrue(result.walked() <= result.states(), result.describe());
        assertEquals(result.coverage().points(), result.exhaustivePoints() + result.coverage().sampledPoints());
    }

    @Test
    void nothingIsLostWhenRecoveryIsCutToo() {
        Result result = run(Settings.of(1, SEED).exhaustive(16, 8).nested(5), WORKLOADS);
        assertTrue(result.coverage().nestedImages() > 0, result.describe());
    }

    @Test
    void everyImageIsWalkedWhereNothingIsRemembered() {
        Result result = run(Settings.of(1, SEED).exhaustive(16, 8).oracles(new Oracles(2, 20, false)), WORKLOADS);
        assertEquals(result.states(), result.walked());
    }

    /// Two workers share the same workloads.
    @Test
    void everyWorkloadIsRunOnce() {
        Settings settings = Settings.of(1, SEED).exhaustive(4, 2).perPart(20).workers(2);
        List<Long> told = new ArrayList<>();
        Result result = Campaign.run(settings, 3, (done, all, found) -> told.add(done * 100 + all));
        assertEquals(List.of(), result.violations());
        assertEquals(3 * 20 + 3, result.workloads());
        assertEquals(LongStream.rangeClosed(1, 63).mapToObj(done -> done * 100 + 63).toList(), told);
        assertTrue(result.describe().contains("20 of " + 4 * Operations.all().size() + " sequences of 1"),
                result.describe());
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

    /// What there is room for stays, and is never taken back: that would be a second operation, between whose two the
    /// power could go.
    @Test
    void anAppendThatFindsRoomForAPartOnly() {
        Operation append = Operations.all().stream()
                .filter(each -> each.name().equals("append 20000 DEFERRED foo")).findFirst().orElseThrow();
        Workload workload = new Workload(Start.NEARLY_FULL, List.of(append));
        Settings settings = Settings.of(1, SEED).workers(1).exhaustive(64, 150);
        try (Lab lab = new Lab(workload.start().make(), settings, null)) {
            assertEquals(null, lab.run(workload, workload.code(Operations.all())));
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
                "store through two mappings, fsync", "copy a range", "grow", "seal foo",
                "sync mapping, store, flush, drain", "two handles write ATOMIC, apart", "write and force(false)",
                "write and msync of another part")) {
            assertTrue(names.contains(each), each);
        }
    }

    @Test
    void aWorkloadIsFoundAgainByItsCode() {
        List<Operation> set = Operations.all();
        Workload workload = new Workload(Start.FRAGMENTED, List.of(set.get(3), set.get(170)));
        assertEquals("F.3.170", workload.code(set));
        assertEquals(workload, Workload.of("F.3.170", set));
        for (SyncStrategy each : SyncStrategy.values()) {
            Workload other = new Workload(Start.EMPTY, each, List.of(set.get(3)));
            assertEquals(other, Workload.of(other.code(set), set));
            assertEquals(each != SyncStrategy.FILE, other.toString().contains(each.name()), other.toString());
        }
        for (String wrong : List.of("", ".3", "Ex.3", "Evv.3", "X.3")) {
            assertThrows(IllegalArgumentException.class, () -> Workload.of(wrong, set), wrong);
        }
    }

    @Test
    void nothingIsLostOnLongWalks() {
        Settings settings = Settings.of(1, SEED).light().exhaustive(8, 6).workers(1);
        for (Start start : Start.values()) {
            for (SyncStrategy strategy : SyncStrategy.values()) {
                int length = strategy == SyncStrategy.FILE ? 40 : 10;
                Workload walk = Workload.walk(start, strategy, SEED + start.letter, length);
                try (Lab lab = new Lab(start.make(), settings, null)) {
                    assertEquals(null, lab.run(walk, walk.code(Operations.all())));
                    assertTrue(lab.coverage().points() > length, lab.coverage().toString());
                }
            }
        }
    }

    @Test
    void aWalkIsFoundAgainByItsCodeAndGoesTheSameWay() {
        Workload walk = Workload.walk(Start.POPULATED, SyncStrategy.FILE, 0x123456789L, 20);
        assertEquals("P~123456789.20", walk.code(Operations.all()));
        Workload other = Workload.walk(Start.POPULATED, SyncStrategy.IMMEDIATE, 0x123456789L, 20);
        assertEquals(other, Workload.of(other.code(Operations.all()), Operations.all()));
        assertEquals(walk, Workload.of("P~123456789.20", Operations.all()));
        Settings settings = Settings.of(1, 9).exhaustive(4, 2).workers(1);
        assertEquals(coverage(settings, walk), coverage(settings, walk));
    }

    private static long count(Reach reach) {
        return Operations.all().stream().filter(each -> each.reach() == reach).count();
    }

    @Test
    void thePlanHasEverySequenceOnce() {
        Plan plan = new Plan(Settings.of(2, SEED), 5);
        long set = Operations.all().size();
        long rare = count(Reach.BESIDE_CORE);
        long usual = set - rare;
        assertEquals(3 * 4 * set + 4 * usual * usual + 2 * 4 * rare * count(Reach.CORE) + 5, plan.count());
        Set<String> met = new HashSet<>();
        long step = plan.count() / 5000;
        for (long i = 0; i < plan.count(); i += step) {
            Workload each = plan.workload(i);
            assertTrue(met.add(each.toString()), each.toString());
            assertEquals(each, Workload.of(each.code(Operations.all()), Operations.all()));
        }
        assertEquals(null, plan.segment(plan.count()));
    }

    @Test
    void oneWalkInTwentyHasEachOtherStrategy() {
        Plan plan = new Plan(Settings.of(1, SEED), 60);
        Map<SyncStrategy, Integer> walks = new EnumMap<>(SyncStrategy.class);
        for (long i = 3L * 4 * Operations.all().size(); i < plan.count(); i++) {
            Workload walk = plan.workload(i);
            assertTrue(walk.walk() >= 10, walk.toString());
            walks.merge(walk.strategy(), 1, Integer::sum);
        }
        assertEquals(Map.of(SyncStrategy.FILE, 60, SyncStrategy.VOLUME, 3, SyncStrategy.IMMEDIATE, 3), walks);
    }

    @Test
    void aCampaignThatIsStoppedSaysSo() {
        Result result = Campaign.run(Settings.of(2, SEED).exhaustive(4, 2).budget(1), (done, all, found) -> { });
        assertTrue(result.isStopped());
        assertTrue(result.describe().contains("STOPPED by the budget"), result.describe());
    }

    @Test
    void theBoundOfSamplingIsAsStated() {
        assertTrue(Result.missedBound(Settings.BOUNDED_SAMPLES) < 1e-3);
        assertEquals(1, Result.missedBound(3));
    }
}
