package dev.stele.crash.mutants.inside;

import dev.stele.crash.mutants.Hunter;
import dev.stele.crash.mutants.Mutant;
import dev.stele.crash.mutants.Site;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The hunter that is loaded together with the woven core.
public final class Hunt implements Hunter {
    /// No scenario takes a hundredth of it; what takes so long hangs.
    private static final long HANGS_SECONDS = 300;

    private static final Logger LOGGER = Logger.getLogger("dev.stele");

    private final List<Scenario> scenarios;
    private final int general;

    /// @param sites all there are
    /// @param seed start of all that is random
    public Hunt(List<Site> sites, Long seed) {
        // Damage is what is looked for: nobody wants to read of each.
        LOGGER.setLevel(Level.OFF);
        Switch.sites(sites);
        Scenarios made = new Scenarios(seed);
        scenarios = made.all();
        general = made.general();
    }

    @Override
    public List<String> scenarios() {
        return scenarios.stream().map(Scenario::name).toList();
    }

    @Override
    public int general() {
        return general;
    }

    @Override
    public BitSet record(int scenario) {
        Switch.turn(List.of());
        String message = await(scenarios.get(scenario), Switch::beginRecording, true);
        BitSet reached = Switch.endRecording();
        if (message != null || reached == null) {
            throw new IllegalStateException("fails with no mutant on: " + scenarios.get(scenario).name() + ": "
                    + message);
        }
        return reached;
    }

    @Override
    public Outcome run(int scenario, List<Mutant> mutants) {
        Switch.turn(mutants);
        String message = await(scenarios.get(scenario), () -> { }, false);
        long hits = Switch.hits();
        Switch.turn(List.of());
        return new Outcome(message, hits);
    }

    /// In a thread of its own: what a mutant leaves behind in a thread goes with it.
    private static String await(Scenario scenario, Runnable begins, boolean isQuick) {
        FutureTask<String> task = new FutureTask<>(() -> run(scenario, begins, isQuick));
        Thread.ofPlatform().daemon().name("stele-mutant").start(task);
        try {
            return task.get(HANGS_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException hangs) {
            Switch.stop();
            return "hangs";
        } catch (ExecutionException failed) {
            return "failed: " + failed.getCause();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static String run(Scenario scenario, Runnable begins, boolean isQuick) {
        try {
            return scenario.run(begins, isQuick);
        } catch (Throwable failure) {
            StackTraceElement[] stack = failure.getStackTrace();
            return failure + (stack.length == 0 ? "" : " at " + stack[0]);
        }
    }
}
