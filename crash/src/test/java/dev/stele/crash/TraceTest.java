package dev.stele.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.VolumeException;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.Volume.FileExtent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The rules that need no image (T1, T2 of [Trace]; [Flushes]), over every operation from every volume to start from.
class TraceTest {
    private static final int MOST_REPORTED = 8;

    private long flushedLines;
    private long operations;

    @Test
    void everyOperationIsDrainedOrLoggedWhenItReturnsAndFlushesNothingTwice() {
        Flushes all = new Flushes();
        Map<String, Long> byOperation = new TreeMap<>();
        for (Start start : Start.values()) {
            Start.Image image = start.make();
            for (Operation operation : Operations.all()) {
                Flushes here = run(image, operation);
                all.add(here);
                byOperation.merge(operation.name(), here.count(), Long::sum);
                assertEquals(List.of(), here.unexplained(), start + ", " + operation);
            }
        }
        System.out.println(operations + " operations, " + flushedLines + " lines flushed, of them to no avail: "
                + all.describe());
        byOperation.entrySet().stream().filter(each -> each.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed()).limit(MOST_REPORTED)
                .forEach(each -> System.out.println("    " + each.getValue() + " " + each.getKey()));
        assertTrue(all.count() > 0, "the explained ones are there to be found");
    }

    private Flushes run(Start.Image image, Operation operation) {
        Flushes flushes = new Flushes();
        try (SimMedium medium = SimMedium.create(Start.SIZE_BYTES)) {
            medium.restore(image.bytes());
            Trace trace = new Trace(medium, image.geometry());
            try (Stage stage = new Stage(medium, image.tree().copy())) {
                attempt(operation.prepare(), stage);
                long before = medium.counters().ofAllThreads().flushedLines();
                flushes.watch(medium);
                for (Step step : operation.steps()) {
                    List<FileExtent> owned = Trace.extents(stage);
                    attempt(step.action(), stage);
                    trace.require(stage, owned);
                }
                medium.watchFlushes(null);
                flushedLines += medium.counters().ofAllThreads().flushedLines() - before;
                operations++;
            }
        }
        return flushes;
    }

    private static void attempt(Step.Action action, Stage stage) {
        try {
            action.on(stage);
        } catch (VolumeException refused) {
            // Part of the set: what is refused flushes nothing either.
        }
    }

    @Test
    void aFlushThatCouldBeSavedIsCountedByItsPlace() {
        try (SimMedium medium = SimMedium.create(1 << 20)) {
            Flushes flushes = new Flushes();
            flushes.watch(medium);
            medium.metadata().putLong(4096, 1);
            medium.metadata().flush(4096, 8);
            assertEquals(0, flushes.count());
            medium.metadata().flush(4096, 8);
            medium.metadata().putLong(4104, 1);
            medium.metadata().flush(4096, 8);
            medium.drain();
            medium.metadata().flush(4096, 8);
            String place = "TraceTest.aFlushThatCouldBeSavedIsCountedByItsPlace ";
            assertEquals(List.of(place + "CLEAN", place + "REPEATED", place + "SPLIT"), flushes.unexplained());
            assertEquals(3, flushes.count());
        }
    }
}
