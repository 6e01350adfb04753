package dev.stele.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.volume.Volume.Durability;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// W-9, P2, P8 on image files: what comes up is what a checkpoint kept.
class PageLabTest {
    private static final long SEED = Long.getLong("stele.seed", 20_261_121);

    private static Operation operation(String name) {
        return Operations.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    private static Workload workload(Start start, String... names) {
        List<Operation> operations = new ArrayList<>();
        for (String each : names) {
            operations.add(operation(each));
        }
        return new Workload(start, operations);
    }

    @Test
    void nothingIsLostThatACheckpointKept() {
        for (int sectorBytes : new int[] {512, 4096}) {
            try (PageLab lab = new PageLab(Start.POPULATED.make(), SEED, sectorBytes, 0, null)) {
                for (String each : List.of("create foo", "unlink foo", "rename foo bar", "truncate foo to 5000",
                        "write 8 at 1 DSYNC foo", "append 4097 DEFERRED foo", "store 8 at 0 mapped, fsync", "grow")) {
                    assertNull(lab.run(workload(Start.POPULATED, each), ""), each);
                }
                assertNull(lab.run(workload(Start.POPULATED, "unlink foo", "append 4097 DEFERRED foo"), ""));
                assertTrue(lab.coverage().points() > 60 && lab.coverage().images() > 100, lab.coverage().toString());
            }
        }
    }

    @Test
    void nothingIsLostWhenReplayingIsCutToo() {
        try (PageLab lab = new PageLab(Start.EMPTY.make(), SEED, 512, 5, null)) {
            assertNull(lab.run(workload(Start.EMPTY, "create foo"), ""));
            assertTrue(lab.coverage().nestedImages() > 0, lab.coverage().toString());
        }
    }

    /// K1 and K2: without the sync before the header, or the one behind it, some cut shows.
    @Test
    void aForgottenSyncIsFound() {
        for (long forgotten = 0; forgotten < 2; forgotten++) {
            try (PageLab lab = new PageLab(Start.EMPTY.make(), SEED, 512, 0, null)) {
                lab.forgetSync(forgotten);
                Violation found = lab.run(workload(Start.EMPTY, "append 4097 DEFERRED foo"), "again");
                assertNotNull(found, "sync " + forgotten);
                assertTrue(found.message().contains("smallest failing cut found"), found.message());
                assertFound(found, forgotten);
            }
        }
    }

    /// The text that a violation gives names the same cut, and nothing else is tried.
    private static void assertFound(Violation first, long forgotten) {
        String replay = first.replay();
        assertTrue(replay.startsWith("again@"), replay);
        try (PageLab lab = new PageLab(Start.EMPTY.make(), SEED, 512, 0, replay.substring("again@".length()))) {
            lab.forgetSync(forgotten);
            Violation again = lab.run(workload(Start.EMPTY, "append 4097 DEFERRED foo"), "again");
            assertNotNull(again, replay);
            assertEquals(first, again);
            assertEquals(1, lab.coverage().images());
        }
    }

    @Test
    void aStateThatNoCheckpointKeptIsFound() {
        try (PageLab lab = new PageLab(Start.EMPTY.make(), SEED, 512, 0, null)) {
            Operation promising = new Operation("promise what is not synced", stage -> stage.create("foo"),
                    List.of(Step.atomic("promise", stage -> {
                        stage.write("foo", 0, 10, Durability.DEFERRED);
                        stage.promises++;
                    })), Reach.PAIRS);
            Violation found = lab.run(new Workload(Start.EMPTY, List.of(promising)), "");
            assertNotNull(found);
            assertTrue(found.message().contains("promise returned"), found.message());
        }
    }

    private static PageCampaign.Report run(Settings settings) {
        return PageCampaign.run(settings.workers(1), (done, found) -> { });
    }

    @Test
    void aCampaignFindsNothing() {
        PageCampaign.Report report = run(Settings.of(2, SEED).perPart(16));
        System.out.print(report.describe());
        assertEquals(List.of(), report.violations());
        assertEquals(16, report.workloads());
        assertFalse(report.stopped() || report.allSingles(), report.describe());
        assertTrue(report.states() > 16, report.describe());
        assertEquals(report.coverage().points(), report.coverage().exhaustivePoints()
                + report.coverage().sampledPoints());
    }

    @Test
    void aCampaignThatIsStoppedSaysSo() {
        PageCampaign.Report report = run(Settings.of(2, SEED).budget(1));
        assertTrue(report.stopped() && report.describe().contains("STOPPED"), report.describe());
    }

    @Test
    void aCutIsTriedAgainByItsText() {
        Settings settings = Settings.of(1, SEED);
        assertNull(PageCampaign.replay("page512.E.0@2:40.0,size.0", settings));
        assertNull(PageCampaign.replay("page4096.E.0@6:/0:", settings));
        for (String wrong : List.of("page512.E.0", "page511.E.0@2:", "E.0@2:", "page512.E.0@2", "page512.E.0@99:",
                "page4096.E.0@6:/99:", "page4096.E.0@2:/0:")) { // recovery from the last stores nothing
            assertThrows(IllegalArgumentException.class, () -> PageCampaign.replay(wrong, settings), wrong);
        }
    }
}
