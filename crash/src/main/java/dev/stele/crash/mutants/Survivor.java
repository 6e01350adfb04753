package dev.stele.crash.mutants;

/// A mutant that nothing noticed.
///
/// @param reason why that is right, null where nobody said so
/// @param isReached whether any scenario reaches its site
public record Survivor(Mutant mutant, String reason, boolean isReached) {
}
