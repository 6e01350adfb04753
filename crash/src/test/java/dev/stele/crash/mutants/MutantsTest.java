package dev.stele.crash.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The mutator: what it changes is changed, what it does not is not, and its lists name what is there.
class MutantsTest {
    private static final long SEED = Long.getLong("stele.seed", 1);
    private static final String LOG = "journal.Journal.log View.stream";

    private final Sites sites = new Sites();

    private Mutant mutant(String site, Mutation mutation) {
        return new Mutant(sites.all().stream().filter(each -> each.name().equals(site)).findFirst().orElseThrow(),
                mutation);
    }

    private Hunter hunter() {
        return (Hunter) new MutantLoader(sites).make("dev.stele.crash.mutants.inside.Hunt", sites.all(), SEED);
    }

    private static int scenario(Hunter hunter, String name) {
        int scenario = hunter.scenarios().indexOf(name);
        assertTrue(scenario >= 0, name);
        return scenario;
    }

    @Test
    void theCallsOfTheCoreAreFoundEachWithANameOfItsOwn() {
        Set<String> names = new HashSet<>();
        sites.calls().forEach(each -> assertTrue(names.add(each.name()), each.name()));
        assertTrue(names.size() > 200, "only " + names.size());
        for (String each : List.of(LOG, "journal.Recovery.run Medium.drain 2", "volume.Syncs.drain Medium.drain",
                "medium.Checkpoint.sync BackingFile.sync", "check.Log.settle View.stream")) {
            assertTrue(names.contains(each), each);
        }
        assertFalse(names.stream().anyMatch(each -> each.startsWith("medium.sim.SimMedium")), "the judge is changed");
    }

    /// B1, B2: the lab would find a missing flush and a missing fence.
    @Test
    void canariesAreKilledAndWhatChangesNothingSurvives() {
        Hunter hunter = hunter();
        int create = scenario(hunter, "empty, create foo");
        for (Mutation each : List.of(Mutation.DROP, Mutation.SHORTEN, Mutation.UNSENT, Mutation.SWAP)) {
            Hunter.Outcome outcome = hunter.run(create, List.of(mutant(LOG, each)));
            assertNotNull(outcome.message(), each + " survived");
            assertTrue(outcome.hits() > 0);
        }
        Hunter.Outcome unchanged = hunter.run(create, List.of(mutant(LOG, Mutation.NOTHING)));
        assertTrue(unchanged.hits() > 0);
        assertNull(unchanged.message());
        assertNull(hunter.run(create, List.of()).message());
    }

    @Test
    void sitesThatAScenarioReachesAreKnown() {
        Hunter hunter = hunter();
        int create = scenario(hunter, "empty, create foo");
        assertTrue(hunter.record(create).get(mutant(LOG, Mutation.DROP).site().number()));
        assertFalse(hunter.record(create).get(mutant("check.Log.settle View.stream", Mutation.DROP).site().number()));
    }

    @Test
    void aRunCountsWhatItKilledAndWhatIsLeft() {
        MutantRun.Order order = new MutantRun.Order(SEED, "journal.Journal.log", 1, 3, "empty, create foo", 1, false,
                false);
        MutantResult result = MutantRun.run(order, (done, all, survivors) -> assertTrue(done <= all));
        assertTrue(result.mutants() >= 4, result.describe());
        assertEquals(result.mutants(), result.killed() + result.survivors().size());
        assertFalse(result.survivors().stream().anyMatch(each -> each.mutant().site().name().equals(LOG)),
                result.describe());
        String report = MutantReport.of(result, new PlantResult(List.of()));
        assertTrue(report.contains("| `journal` | " + result.mutants() + " |"), report);
    }

    /// Two calls commute, or a swap of them is a mutant.
    @Test
    void whatIsPutOffComesDueBehindWhatItDoesNotCommuteWith() {
        assertTrue(Kind.STORE.yieldsTo(Kind.FLUSH, Mutation.SWAP));
        assertFalse(Kind.STORE.yieldsTo(Kind.STORE, Mutation.SWAP));
        assertFalse(Kind.STORE.yieldsTo(Kind.FLUSH, Mutation.LATE));
        assertTrue(Kind.STORE.yieldsTo(Kind.DRAIN, Mutation.LATE));
        assertTrue(Kind.FLUSH.yieldsTo(Kind.DRAIN, Mutation.SWAP));
        assertFalse(Kind.FLUSH.yieldsTo(Kind.STORE, Mutation.SWAP));
        assertTrue(Kind.DRAIN.yieldsTo(Kind.STORE, Mutation.SWAP));
        assertFalse(Kind.PUBLISH.yieldsTo(Kind.DRAIN, Mutation.SWAP));
    }

    @Test
    void aRangeLosesItsLastLine() {
        Verb flush = Verb.BY_NAME.get("dev/stele/medium/View.flush");
        assertEquals(64, flush.shortened(0, 65));
        assertEquals(0, flush.shortened(0, 64));
        assertEquals(0, flush.shortened(100, 8));
        assertEquals(28, flush.shortened(100, 64));
        assertEquals(2, Verb.BY_NAME.get("dev/stele/journal/Transaction.setBits").shortened(0, 3));
    }

    @Test
    void onlyMutantsThatAreThereAreLetLive() {
        Set<String> names = new TreeSet<>();
        sites.mutants().forEach(each -> names.add(each.name()));
        Kept.reasons().all().forEach((name, reason) -> {
            assertTrue(names.contains(name), "listed, and not there: " + name);
            assertFalse(reason.isBlank(), name);
        });
    }

    /// A mutant is either let live or was killed, by a scenario that is there.
    @Test
    void killersAreThere() {
        List<String> scenarios = hunter().scenarios();
        Map<String, String> killers = Kept.killers().all();
        killers.forEach((mutant, scenario) -> assertTrue(scenarios.contains(scenario), mutant + ": " + scenario));
        Kept.reasons().all().keySet().forEach(each -> assertFalse(killers.containsKey(each), each));
    }

    @Test
    void aMutantThatIsLetLiveIsNotLookedAtWhereThatIsTrusted() {
        String kept = Kept.reasons().all().keySet().iterator().next();
        MutantResult result = MutantRun.run(new MutantRun.Order(SEED, kept, 1, 1, "no scenario", 1, true, false),
                (done, all, survivors) -> { });
        assertEquals(0, result.runs());
        assertTrue(result.explained() > 0);
        assertEquals(100, result.score());
        assertTrue(result.unexplained().isEmpty(), result.describe());
    }

    /// B1 to B28: each names places that are there and scenarios that are there.
    @Test
    void everyClassOfBugsHasItsPlant() {
        List<String> scenarios = hunter().scenarios();
        for (int i = 0; i < 28; i++) {
            Plant plant = Plant.ALL.get(i);
            assertEquals("B" + (i + 1), plant.number());
            assertFalse(plant.mutants(sites).isEmpty(), plant.number());
            plant.scenarios().forEach(each -> assertTrue(scenarios.contains(each), plant.number() + ": " + each));
        }
        assertEquals(28, Plant.ALL.size());
    }

    /// Those that take no time; all of them are run by `stele crash mutants --classes`.
    @Test
    void plantsAreFound() {
        Set<String> quick = Set.of("B4", "B6", "B22", "B23", "B24");
        PlantResult result = PlantRun.run(SEED, plant -> quick.contains(plant.number()));
        assertEquals(quick.size(), result.found().size());
        assertEquals(quick.size(), result.killed(), result.describe());
    }

    @Test
    void anOrderOfNothingIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new MutantRun.Order(1, "", 0, 1, "", 1, false, false));
        assertThrows(IllegalArgumentException.class, () -> new MutantRun.Order(1, "", 1, 1, "", 0, false, false));
    }
}
