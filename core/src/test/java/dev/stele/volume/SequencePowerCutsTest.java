package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.cpu.Granularity;
import dev.stele.medium.Medium;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.medium.sim.WindowedMedium;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// P2 over many operations one after the other, with nothing settled in between: what an operation left to the next
/// drain is under way while the next one runs. After every cut the volume is as before or after the operation that was
/// running; all that returned earlier is there.
///
/// `-Dstele.cuts=N` runs N times as many sequences; `-Dstele.seed` starts elsewhere.
class SequencePowerCutsTest {
    private static final int THOROUGH = Integer.getInteger("stele.cuts", 1);
    private static final long SEED = Long.getLong("stele.seed", 1);
    private static final int STEPS = 120;

    private static PowerCuts.Coverage total = PowerCuts.Coverage.NONE;

    @AfterAll
    static void report() {
        System.out.println("sequences of operations, seeds from " + SEED + ": " + total);
    }

    @TestFactory
    Stream<DynamicTest> linesInAnyOrder() {
        return LongStream.range(SEED, SEED + 5L * THOROUGH).mapToObj(seed ->
                dynamicTest("seed " + seed, () -> cut(seed, Granularity.CACHE_LINE, Ground.Fill.EMPTY, STEPS)));
    }

    @TestFactory
    Stream<DynamicTest> onANearlyFullVolume() {
        return LongStream.range(SEED, SEED + 2L * THOROUGH).mapToObj(seed ->
                dynamicTest("seed " + seed, () -> cut(seed, Granularity.CACHE_LINE, Ground.Fill.NEARLY_FULL, STEPS)));
    }

    @TestFactory
    Stream<DynamicTest> wherePersistentCachesKeepTheOrder() {
        return LongStream.range(SEED, SEED + 2L * THOROUGH).mapToObj(seed ->
                dynamicTest("seed " + seed, () -> cut(seed, Granularity.BYTE, Ground.Fill.EMPTY, 15)));
    }

    /// E2: the power is cut while a window slides, too; what is left is read through a window.
    @TestFactory
    @DisplayName("E2: through a window of 8 KiB, cut wherever it slides")
    Stream<DynamicTest> throughAWindow() {
        UnaryOperator<Medium> window = medium -> WindowedMedium.over(medium, 8192);
        return LongStream.range(SEED, SEED + 2L * THOROUGH).mapToObj(seed -> dynamicTest("seed " + seed,
                () -> cut(seed, Granularity.CACHE_LINE, Ground.Fill.EMPTY, 25, window)));
    }

    /// The volume around one step, as it is when opened anew.
    private record Moment(String step, long torn, String before, String after, String afterWhole) {
    }

    private static Ground ground(Granularity granularity, Ground.Fill fill, UnaryOperator<Medium> seen) {
        Ground ground = new Ground(SimMedium.create(Ground.SIZE_BYTES, granularity), seen);
        if (fill == Ground.Fill.NEARLY_FULL) {
            ground.fillUp(25);
        }
        ground.volume.sync();
        ground.medium.settle();
        return ground;
    }

    private static List<Moment> rehearse(long seed, Granularity granularity, Ground.Fill fill, int stepCount,
            UnaryOperator<Medium> seen) {
        List<Moment> moments = new ArrayList<>();
        try (Ground ground = ground(granularity, fill, seen)) {
            RandomSteps steps = new RandomSteps(ground, seed);
            for (int i = 0; i < stepCount; i++) {
                RandomSteps.Step step = steps.next();
                String before = text(ground.volume.medium(), step.torn());
                step.run();
                moments.add(new Moment(step.name(), step.torn(), before, text(ground.volume.medium(), step.torn()),
                        step.torn() == 0 ? "" : text(ground.volume.medium(), 0)));
            }
        }
        return moments;
    }

    private static String text(Medium medium, long torn) {
        try (SimMedium copy = TreeText.copy(medium)) {
            return TreeText.of(Ground.open(copy), torn);
        }
    }

    private static void cut(long seed, Granularity granularity, Ground.Fill fill, int stepCount) {
        cut(seed, granularity, fill, stepCount, UnaryOperator.identity());
    }

    private static void cut(
            long seed, Granularity granularity, Ground.Fill fill, int stepCount, UnaryOperator<Medium> seen) {
        List<Moment> moments = rehearse(seed, granularity, fill, stepCount, seen);
        try (Ground ground = ground(granularity, fill, seen)) {
            RandomSteps steps = new RandomSteps(ground, seed);
            Checking checking = new Checking();
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(ground.medium).seed(seed).exhaustiveTo(4)
                    .samples(5).alone(12).nested(THOROUGH > 1 ? 40 : 0)
                    .check(image -> Ground.open(seen.apply(image)), checking)) {
                for (int i = 0; i < stepCount; i++) {
                    RandomSteps.Step[] step = new RandomSteps.Step[1];
                    cuts.pause(() -> step[0] = steps.next());
                    checking.running = moments.get(i);
                    checking.returned = false;
                    step[0].run();
                    checking.returned = true;
                    cuts.at("step " + i + " returned");
                }
                assertTrue(granularity == Granularity.BYTE || cuts.coverage().points() > stepCount * 3 / 2,
                        () -> "most steps are refused, and show nothing: " + cuts.coverage());
                total = total.plus(cuts.coverage());
            }
        }
    }

    private static final class Checking implements PowerCuts.Check<Volume> {
        private Moment running;
        private boolean returned;

        @Override
        public void check(Volume volume, SimMedium image, PowerCuts.Point point) {
            boolean isWhole = returned || running.torn == 0;
            String found = TreeText.of(volume, isWhole ? 0 : running.torn);
            String after = isWhole && running.torn != 0 ? running.afterWhole : running.after;
            if (!found.equals(after)) {
                assertTrue(!returned, () -> running.step + " returned, but is not there:\n"
                        + VolumePowerCutsTest.difference(after, found));
                assertTrue(found.equals(running.before), () -> running.step + ": neither before nor after:\n"
                        + VolumePowerCutsTest.difference(running.before, found) + "\nor\n"
                        + VolumePowerCutsTest.difference(after, found));
            }
            Report report = Check.run(image);
            assertTrue(report.isClean(), () -> running.step + ": " + report.obstacle() + report.findings());
        }
    }
}
