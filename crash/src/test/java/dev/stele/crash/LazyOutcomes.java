package dev.stele.crash;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.LazyAgainstChosen;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.Volume;

/// Run in the loader that weaves.
public final class LazyOutcomes {
    private LazyOutcomes() {
    }

    /// Runs operations, each from a volume, and compares at every drain.
    ///
    /// @return see [LazyAgainstChosen#counts()]
    public static long[] compare(String start, String... names) {
        long[] sum = new long[5];
        Start.Image from = Start.valueOf(start).make();
        for (String name : names) {
            Operation operation =
                    Operations.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
            try (SimMedium medium = SimMedium.create(Start.SIZE_BYTES)) {
                medium.restore(from.bytes());
                try (Stage stage = new Stage(medium, from.tree().copy());
                        LazyAgainstChosen both = new LazyAgainstChosen(medium, LazyOutcomes::outcome)) {
                    run(operation.prepare(), stage);
                    both.begin();
                    operation.steps().forEach(step -> run(step.action(), stage));
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += both.counts()[i];
                    }
                } catch (AssertionError | RuntimeException failed) {
                    throw new AssertionError(name + " from " + start + ": " + failed, failed);
                }
            }
        }
        return sum;
    }

    private static void run(Step.Action action, Stage stage) {
        try {
            action.on(stage);
        } catch (VolumeException refused) {
            // Refusals are part of the game.
        }
    }

    /// Everything that can be seen of a volume, and what the check says.
    private static String outcome(SimMedium image) {
        try {
            Volume volume = Recoveries.open(image);
            TreeDigest digest = new TreeDigest();
            digest.take(volume, new long[0]);
            Report report = Check.run(image);
            return Long.toHexString(digest.value(new long[0], 0)) + (report.isClean() ? " clean " : report.findings())
                    + report.totals().freeBlocks() + "/" + volume.statistics().freeBlocks();
        } catch (VolumeException | Wrong failed) {
            return failed.toString();
        }
    }

    /// Forgets each flush of an operation, in turn.
    ///
    /// @param isLazy whether everything is chosen when it is read, or beforehand
    /// @return for each flush whether that is found
    public static boolean[] forget(String name, int flushes, boolean isLazy) {
        boolean[] found = new boolean[flushes];
        Operation operation =
                Operations.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
        Workload workload = new Workload(Start.EMPTY, java.util.List.of(operation));
        Settings settings = Settings.of(1, 7).workers(1);
        settings = isLazy ? settings.exhaustive(1, 0).lazy(2000) : settings.exhaustive(256, 20);
        for (int flush = 0; flush < flushes; flush++) {
            try (Lab lab = new Lab(workload.start().make(), settings, null)) {
                lab.forgetFlush(flush);
                Violation violation = lab.run(workload, "E.0");
                found[flush] = violation != null && violation.message().contains(" line at byte ");
                if (violation != null && violation.message().contains("found while words were undecided")) {
                    throw new AssertionError(violation.message());
                }
            }
        }
        return found;
    }
}
