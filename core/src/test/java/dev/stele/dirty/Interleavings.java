package dev.stele.dirty;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import dev.stele.dirty.IndexInUse.Mistake;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;

/// Has Lincheck look for an interleaving in which an [IndexInUse] says false, or does not end. A program of its own:
/// the agent it loads changes every class of its JVM.
///
/// Prints for the index, and for one with a mistake, whether each way of looking finds something: `index model none`.
final class Interleavings {
    private Interleavings() {
    }

    /// What [IndexInUse] is to say.
    public static final class AlwaysTrue {
        public void store(int i) {
        }

        public void storeHuge() {
        }

        public void forget(int i) {
        }

        public boolean syncPage(int i) {
            return true;
        }

        public boolean sync() {
            return true;
        }

        public boolean isCleanOnlyIfDurable(int i) {
            return true;
        }
    }

    /// The operations of the index as it is.
    @Param(name = "page", gen = IntGen.class, conf = "0:2")
    public static final class Index {
        private final IndexInUse index = new IndexInUse(Mistake.NONE);

        @Operation
        public void store(@Param(name = "page") int i) {
            index.store(i);
        }

        @Operation
        public void storeHuge() {
            index.storeHuge();
        }

        @Operation
        public void forget(@Param(name = "page") int i) {
            index.forget(i);
        }

        @Operation
        public boolean syncPage(@Param(name = "page") int i) {
            return index.sync(i, 1);
        }

        @Operation
        public boolean sync() {
            return index.sync(0, 3);
        }

        @Operation
        public boolean isCleanOnlyIfDurable(@Param(name = "page") int i) {
            return index.isCleanOnlyIfDurable(i);
        }
    }

    /// The same with the mistake, and only what is needed to see it: two syncs.
    public static final class Canary {
        private final IndexInUse index = new IndexInUse(Mistake.UNLOCKS_BEFORE_DRAINING);

        @Operation
        public boolean sync() {
            return index.sync(0, 3);
        }
    }

    /// The same, for a run that does not switch threads by plan.
    public static final class SlowCanary {
        private final IndexInUse index = new IndexInUse(Mistake.UNLOCKS_LONG_BEFORE_DRAINING);

        @Operation
        public boolean sync() {
            return index.sync(0, 3);
        }
    }

    /// @param arguments scenarios, and invocations of each, for the index; the canary must do with fixed numbers
    public static void main(String[] arguments) {
        int scenarios = Integer.parseInt(arguments[0]);
        int invocations = Integer.parseInt(arguments[1]);
        look(Canary.class, "model", model(1).iterations(1).invocationsPerIteration(3000));
        look(SlowCanary.class, "stress", stress(1).iterations(5).invocationsPerIteration(1000));
        look(Index.class, "model", model(2).iterations(scenarios).invocationsPerIteration(invocations));
        look(Index.class, "stress", stress(3).iterations(2 * scenarios).invocationsPerIteration(10 * invocations));
    }

    /// Switches threads at every step but within [Marks], which one lock guards. A loop over the pages of 2 MiB is no
    /// livelock.
    private static ModelCheckingOptions model(int operations) {
        return new ModelCheckingOptions().threads(2).actorsPerThread(operations).actorsBefore(0).actorsAfter(1)
                .loopBound(4 * Marks.HUGE_PAGES)
                .addGuarantee(forClasses(Marks.class.getName()).allMethods().treatAsAtomic());
    }

    private static StressOptions stress(int operations) {
        return new StressOptions().threads(3).actorsPerThread(operations).actorsBefore(0).actorsAfter(1);
    }

    private static void look(Class<?> operations, String way, Options<?, ?> options) {
        options.sequentialSpecification(AlwaysTrue.class);
        options.minimizeFailedScenario(false);
        String found = "none";
        long start = System.nanoTime();
        try {
            options.check(operations);
        } catch (AssertionError failure) {
            found = "found";
            System.err.println(failure.getMessage());
        }
        System.err.println(operations.getSimpleName() + " " + way + ": " + (System.nanoTime() - start) / 1_000_000
                + " ms");
        System.out.println(operations.getSimpleName() + " " + way + " " + found);
    }
}
