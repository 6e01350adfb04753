package dev.stele.crash.mutants;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Puts in one class of bugs after the other, and has the scenarios named for each look for it.
public final class PlantRun {
    private PlantRun() {
    }

    /// Runs it.
    ///
    /// @param only part of the number and name of those wanted; empty for all
    public static PlantResult run(long seed, String only) {
        return run(seed, plant -> (plant.number() + " " + plant.what()).contains(only));
    }

    static PlantResult run(long seed, Predicate<Plant> wanted) {
        Sites sites = new Sites();
        Hunter hunter = (Hunter) new MutantLoader(sites).make("dev.stele.crash.mutants.inside.Hunt", sites.all(), seed);
        List<PlantResult.Found> found = new ArrayList<>();
        for (Plant each : Plant.ALL) {
            if (wanted.test(each)) {
                found.add(find(hunter, each, each.mutants(sites)));
            }
        }
        return new PlantResult(found);
    }

    private static PlantResult.Found find(Hunter hunter, Plant plant, List<Mutant> mutants) {
        long begun = System.nanoTime();
        for (String name : plant.scenarios()) {
            int scenario = hunter.scenarios().indexOf(name);
            if (scenario < 0) {
                throw new IllegalStateException(plant.number() + " names no scenario: " + name);
            }
            Hunter.Outcome outcome = hunter.run(scenario, mutants);
            long nanos = System.nanoTime() - begun;
            if (outcome.message() != null && outcome.hits() > 0) {
                String unchanged = hunter.run(scenario, List.of()).message();
                if (unchanged != null) {
                    throw new IllegalStateException("fails with no mutant on: " + name + ": " + unchanged);
                }
                return found(plant, name, outcome.message(), nanos);
            }
        }
        return found(plant, null, null, System.nanoTime() - begun);
    }

    private static PlantResult.Found found(Plant plant, String scenario, String message, long nanos) {
        return new PlantResult.Found(plant.number(), plant.what(), plant.analogue(), scenario, message, nanos);
    }
}
