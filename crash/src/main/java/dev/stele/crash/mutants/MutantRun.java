package dev.stele.crash.mutants;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/// Turns on one mutant after the other, and has scenarios that reach its site look for it until one finds it.
public final class MutantRun {
    private static final double GOLDEN = 0.618;

    /// Somebody who watches.
    public interface Watcher {
        /// Called by any worker, one at a time, when a mutant is done.
        void done(long mutants, long all, long survivors);
    }

    /// @param seed start of all that is random
    /// @param only names of mutants wanted contain it; empty for all
    /// @param every of how many mutants one is run; 1 for all
    /// @param tries scenarios that look at a mutant, at most
    /// @param scenarios regular expression found in the names of scenarios wanted; empty for all
    /// @param workers threads, each with a core of its own
    /// @param trusts whether a mutant that is let live for a reason is not looked at again
    /// @param isOpenOnly whether only mutants are wanted that are neither let live nor were killed when all were run
    public record Order(long seed, String only, int every, int tries, String scenarios, int workers, boolean trusts,
            boolean isOpenOnly) {
        public Order {
            if (every < 1 || tries < 1 || workers < 1) {
                throw new IllegalArgumentException("at least one of each");
            }
        }
    }

    private final Order order;
    private final Watcher watcher;
    private final Sites sites = new Sites();
    private final Kept reasons = Kept.reasons();
    private final Kept hints = Kept.killers();
    /// names of scenarios, by name of the mutant each killed
    private final Map<String, String> killers = new ConcurrentSkipListMap<>();
    private final List<Hunter> hunters = new ArrayList<>();
    private final List<Mutant> mutants;
    private final AtomicLong runs = new AtomicLong();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger survived = new AtomicInteger();
    /// scenarios that pass, or are being asked, with no mutant on
    private final Set<Integer> passing = ConcurrentHashMap.newKeySet();
    /// by scenario
    private BitSet[] reached;

    private MutantRun(Order order, Watcher watcher) {
        this.order = order;
        this.watcher = watcher;
        this.mutants = choose(sites.mutants());
    }

    private List<Mutant> choose(List<Mutant> all) {
        List<Mutant> chosen = new ArrayList<>();
        int number = 0;
        for (Mutant each : all) {
            boolean isKnown = reasons.of(each) != null || hints.of(each) != null;
            if (each.name().contains(order.only) && !(order.isOpenOnly && isKnown)
                    && Math.floorMod(number++ + order.seed, (long) order.every) == 0) {
                chosen.add(each);
            }
        }
        return chosen;
    }

    /// What the lists say of all mutants that are in the core now; runs nothing.
    public static MutantResult listed(long seed) {
        MutantRun run = new MutantRun(new Order(seed, "", 1, 1, "", 1, true, false), (done, all, survivors) -> { });
        List<Survivor> survivors = new ArrayList<>();
        for (Mutant each : run.mutants) {
            if (run.hints.of(each) == null) {
                survivors.add(new Survivor(each, run.reasons.of(each), true));
            }
        }
        return new MutantResult(run.sites.calls().size(), run.mutants, survivors, run.hints.all(), 0, seed, 0);
    }

    /// Runs it.
    public static MutantResult run(Order order, Watcher watcher) {
        return new MutantRun(order, watcher).run();
    }

    private MutantResult run() {
        long begun = System.nanoTime();
        try (ExecutorService workers = Executors.newFixedThreadPool(order.workers,
                Thread.ofPlatform().daemon().name("stele-mutants-", 1).factory())) {
            await(workers, order.workers, worker -> () -> start(worker));
            Survivor[] survivors = new Survivor[mutants.size()];
            List<Integer> open = new ArrayList<>();
            share(workers, mutants.size(), hunter -> number -> {
                Mutant mutant = mutants.get(number);
                if (order.trusts && reasons.of(mutant) != null) {
                    survivors[number] = new Survivor(mutant, reasons.of(mutant), true);
                } else if (!isKilledByHint(hunter, mutant)) {
                    synchronized (open) {
                        open.add(number);
                    }
                    return;
                }
                report(survivors[number]);
            });
            if (!open.isEmpty()) {
                reached = new BitSet[hunters.getFirst().scenarios().size()];
                share(workers, reached.length, hunter -> scenario -> reached[scenario] = record(hunter, scenario));
            }
            share(workers, open.size(), hunter -> index -> {
                int number = open.get(index);
                survivors[number] = hunt(hunter, mutants.get(number));
                report(survivors[number]);
            });
            List<Survivor> found = new ArrayList<>();
            for (Survivor each : survivors) {
                if (each != null) {
                    found.add(each);
                }
            }
            return new MutantResult(sites.calls().size(), mutants, found, new TreeMap<>(killers),
                    runs.get(), order.seed, System.nanoTime() - begun);
        }
    }

    private boolean isWanted(String scenario) {
        return Pattern.compile(order.scenarios).matcher(scenario).find();
    }

    private BitSet record(Hunter hunter, int scenario) {
        return isWanted(hunter.scenarios().get(scenario)) ? hunter.record(scenario) : new BitSet();
    }

    private void start(int worker) {
        Hunter hunter = (Hunter) new MutantLoader(sites).make("dev.stele.crash.mutants.inside.Hunt", sites.all(),
                order.seed);
        synchronized (hunters) {
            hunters.add(hunter);
        }
        assert worker >= 0;
    }

    private synchronized void report(Survivor survivor) {
        if (survivor != null) {
            survived.incrementAndGet();
        }
        watcher.done(done.incrementAndGet(), mutants.size(), survived.get());
    }

    /// Hands out numbers from 0 to the workers, each with its hunter.
    private void share(ExecutorService workers, int count, java.util.function.Function<Hunter, IntConsumer> work) {
        AtomicInteger next = new AtomicInteger();
        await(workers, hunters.size(), worker -> () -> {
            IntConsumer mine = work.apply(hunters.get(worker));
            for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                mine.accept(number);
            }
        });
    }

    private static void await(ExecutorService workers, int count, IntFunction<Runnable> work) {
        List<Future<?>> all = new ArrayList<>();
        for (int worker = 0; worker < count; worker++) {
            all.add(workers.submit(work.apply(worker)));
        }
        for (Future<?> each : all) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                throw new IllegalStateException(failed.getCause());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }
    }

    /// Asks the scenario that killed it when all were run last.
    private boolean isKilledByHint(Hunter hunter, Mutant mutant) {
        int scenario = hunter.scenarios().indexOf(hints.of(mutant));
        return scenario >= 0 && isWanted(hunter.scenarios().get(scenario))
                && isKilled(hunter, mutant, scenario);
    }

    private boolean isKilled(Hunter hunter, Mutant mutant, int scenario) {
        runs.incrementAndGet();
        Hunter.Outcome outcome = hunter.run(scenario, List.of(mutant));
        if (outcome.message() != null && outcome.hits() > 0 && passesUnchanged(hunter, scenario)) {
            killers.put(mutant.name(), hunter.scenarios().get(scenario));
            return true;
        }
        return false;
    }

    /// @return null where the mutant was killed
    private Survivor hunt(Hunter hunter, Mutant mutant) {
        List<Integer> scenarios = reaching(mutant.site().number(), hunter.general());
        for (int scenario : scenarios.subList(0, Math.min(order.tries, scenarios.size()))) {
            if (isKilled(hunter, mutant, scenario)) {
                return null;
            }
        }
        return new Survivor(mutant, reasons.of(mutant), !scenarios.isEmpty());
    }

    /// A scenario that fails anyway shows nothing. Each is asked once.
    private boolean passesUnchanged(Hunter hunter, int scenario) {
        if (!passing.add(scenario)) {
            return true;
        }
        Hunter.Outcome outcome = hunter.run(scenario, List.of());
        if (outcome.message() != null) {
            throw new IllegalStateException("fails with no mutant on: " + hunter.scenarios().get(scenario) + ": "
                    + outcome.message());
        }
        return true;
    }

    /// Scenarios that reach a site: by turns one made for something, and one of one operation.
    private List<Integer> reaching(int site, int general) {
        List<Integer> operations = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < reached.length; i++) {
            if (reached[i].get(site)) {
                (i < general ? operations : others).add(i);
            }
        }
        List<Integer> scenarios = new ArrayList<>();
        for (int i = 0; i < Math.max(operations.size(), others.size()); i++) {
            if (i < others.size()) {
                scenarios.add(spread(others, i));
            }
            if (i < operations.size()) {
                scenarios.add(spread(operations, i));
            }
        }
        return scenarios;
    }

    /// Steps through all of a list, so that those that follow each other are unlike.
    private static int spread(List<Integer> list, int index) {
        int stride = Math.max(1, (int) (list.size() * GOLDEN));
        while (gcd(stride, list.size()) > 1) {
            stride++;
        }
        return list.get((int) ((long) index * stride % list.size()));
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
