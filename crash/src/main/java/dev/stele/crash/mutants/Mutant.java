package dev.stele.crash.mutants;

/// The core with one call of a verb changed.
public record Mutant(Site site, Mutation mutation) {
    /// The name by which lists know it.
    public String name() {
        return site.name() + " " + mutation;
    }
}
