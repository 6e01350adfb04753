package dev.stele.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.Volume.Durability;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is broken on purpose is found: a lab that finds nothing anywhere would pass every other test.
class CanaryTest {
    private static final Settings SETTINGS = Settings.of(1, 7).workers(1).exhaustive(256, 20);

    private static Operation operation(String name) {
        return Operations.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    private static Violation run(Workload workload, String code, String replay, long forgets) {
        try (Lab lab = new Lab(workload.start().make(), SETTINGS, replay)) {
            lab.forgetFlush(forgets);
            return lab.run(workload, code);
        }
    }

    @Test
    void aForgottenFlushIsFoundMadeSmallAndReplayed() {
        for (String name : List.of("create foo", "rename foo bar", "append 65 DEFERRED foo", "truncate foo to 5000",
                "setxattr foo", "write 8 at 1 DSYNC foo", "write and fsync", "symlink bar, long")) {
            Workload workload = new Workload(Start.EMPTY, List.of(operation(name)));
            List<Violation> found = new ArrayList<>();
            List<Long> forgotten = new ArrayList<>();
            for (long flush = 0; flush < 6; flush++) {
                Violation violation = run(workload, "E.0", null, flush);
                if (violation != null && violation.message().contains(" line at byte ")) {
                    found.add(violation);
                    forgotten.add(flush);
                }
            }
            assertFalse(found.isEmpty(), name + ": no flush of it is missed by anybody");
            String cut = found.getFirst().replay().substring(found.getFirst().replay().indexOf('@') + 1);
            assertNotNull(run(workload, "E.0", cut, forgotten.getFirst()), name + ": " + found.getFirst());
            assertNull(run(workload, "E.0", cut.substring(0, cut.indexOf(':') + 1), -1), name);
        }
    }

    @Test
    void aStructureThatNobodyFlushesOrDrainsIsFoundWithoutAnyImage() throws Exception {
        try (SimMedium medium = SimMedium.create(Start.SIZE_BYTES)) {
            Start.Image start = Start.EMPTY.make();
            medium.restore(start.bytes());
            Trace trace = new Trace(medium, start.geometry());
            try (Stage stage = new Stage(medium, null)) {
                stage.create("foo");
                trace.require(stage, List.of());
                stage.file("gone", 9000);
                stage.write("gone", 100, 8, Durability.DEFERRED);
                stage.unlink("gone");
                trace.require(stage, List.of());
                long structureAt = Geometry.at(Geometry.FIRST_ORPHAN_BLOCK) + 2048;
                medium.metadata().putLong(structureAt, 5);
                assertTrue(assertThrows(Wrong.class, () -> trace.require(stage, List.of())).getMessage()
                        .contains("never flushed"));
                medium.metadata().flush(structureAt, 8);
                Thread.ofPlatform().start(medium::drain).join();
                assertTrue(assertThrows(Wrong.class, () -> trace.require(stage, List.of())).getMessage()
                        .contains("neither drained, by the thread that flushed it"));
                medium.drain();
                trace.require(stage, List.of());
            }
        }
    }

    @Test
    void aVolumeThatIsNotAsItShouldBeIsFound() {
        try (SimMedium medium = SimMedium.create(Start.SIZE_BYTES)) {
            medium.restore(Start.EMPTY.make().bytes());
            try (Stage stage = new Stage(medium, null)) {
                stage.mkdir("A");
                stage.file("A/foo", 9000);
                stage.compare();
                Moment before = Moment.of(stage);
                stage.volume.truncate(stage.tree.require("A/foo").inode, 8999);
                assertThrows(Wrong.class, stage::compare);
                stage.truncate("A/foo", 8999);
                stage.compare();
                stage.tree.require("A/foo").bytes = new byte[8999];
                assertTrue(assertThrows(Wrong.class, stage::compare).getMessage().contains("A/foo"));
                assertFalse(before.digest().value(new long[0], 0) == Moment.of(stage).digest().value(new long[0], 0));
                assertEquals("/A/foo has another size, or other blocks and holes",
                        before.digest().difference(Moment.of(stage).digest(), new long[0], stage.tree::nameOf));
            }
        }
    }

    @Test
    void aDigestTellsEveryByteAndLeavesOutWhatIsLoose() {
        try (SimMedium medium = SimMedium.create(Start.SIZE_BYTES)) {
            medium.restore(Start.EMPTY.make().bytes());
            try (Stage stage = new Stage(medium, null)) {
                stage.file("foo", 9000);
                TreeDigest before = Moment.of(stage).digest();
                stage.write("foo", 8000, 1, Durability.DSYNC);
                TreeDigest after = Moment.of(stage).digest();
                long[] loose = {stage.tree.require("foo").inode};
                assertFalse(before.value(new long[0], 0) == after.value(new long[0], 0));
                assertEquals(before.value(loose, 0), after.value(loose, 0));
                stage.append("foo", 1, Durability.DEFERRED);
                TreeDigest longer = Moment.of(stage).digest();
                assertFalse(longer.value(loose, 0) == after.value(loose, 0));
                assertEquals(longer.value(loose, loose[0]), after.value(loose, loose[0]));
            }
        }
    }
}
