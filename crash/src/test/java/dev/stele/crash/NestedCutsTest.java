package dev.stele.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.sim.PowerCutFailure;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// B28: recovery that forgets a flush is as good as any, until the power is cut in it.
class NestedCutsTest {
    private static final int FLUSHES = 12;
    private static final long SEED = Long.getLong("stele.seed", 20_261_121);

    /// @param forgotten number of the flush that each recovery forgets, -1 for none
    /// @return the cut that is not recovered from, null where there is none
    private static String cut(Start.Image start, long forgotten, int nestedEvery, int depth) {
        try (SimMedium medium = SimMedium.create(Start.SIZE_BYTES)) {
            medium.restore(start.bytes());
            boolean[] returned = new boolean[1];
            try (Stage stage = new Stage(medium, null);
                    PowerCuts<Volume> cuts = PowerCuts.<Volume>of(medium).seed(SEED).exhaustiveTo(64).samples(20)
                            .nested(nestedEvery).depth(depth).verbsOnly().check(image -> {
                                if (forgotten >= 0) {
                                    image.forgetFlush(forgotten);
                                }
                                return Recoveries.open(image);
                            }, (volume, image, point) -> assertTrue(!returned[0]
                                    || volume.lookup(volume.root(), Name.of("foo")) > 0))) {
                stage.create("foo");
                returned[0] = true;
                cuts.at("create returned");
                return null;
            } catch (PowerCutFailure found) {
                return found.code();
            }
        }
    }

    @Test
    void aFlushForgottenInRecoveryIsFoundByCutsDuringItAndByNothingElse() {
        Start.Image start = Start.EMPTY.make();
        List<String> found = new ArrayList<>();
        for (long flush = 0; flush < FLUSHES; flush++) {
            assertEquals(null, cut(start, flush, 0, 1), "flush " + flush);
            String code = cut(start, flush, 1, 1);
            if (code != null) {
                assertTrue(code.contains("/"), code);
                found.add(code);
            }
        }
        assertFalse(found.isEmpty(), "no flush of recovery is missed by anybody");
        assertEquals(null, cut(start, -1, 1, 1));
    }

    @Test
    void recoveryOfRecoveryOfRecoveryIsRight() {
        assertEquals(null, cut(Start.EMPTY.make(), -1, 3, 2));
    }

    @Test
    void aCampaignGoesTwoLevelsDeep() {
        Settings settings = Settings.of(1, SEED).workers(1).exhaustive(16, 4).nested(3);
        Workload workload = new Workload(Start.POPULATED, List.of(Operations.all().get(7)));
        long shallow = nested(settings.depth(1), workload);
        long deep = nested(settings.depth(2), workload);
        assertTrue(deep > shallow && shallow > 0, deep + " and " + shallow);
        assertTrue(settings.budget(TimeUnit.SECONDS.toNanos(1)).nestedDepth() == 1);
    }

    private static long nested(Settings settings, Workload workload) {
        try (Lab lab = new Lab(workload.start().make(), settings, null)) {
            assertEquals(null, lab.run(workload, ""));
            return lab.coverage().nestedImages();
        }
    }
}
