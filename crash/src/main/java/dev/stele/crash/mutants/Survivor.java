package dev.stele.crash.mutants;

/// A mutant that nothing noticed.
///
/// @param reason why that is right, null where nobody said so
/// @param isReached whether any scenario reaches its site
public record Survivor(Mutant mutant, String reason, boolean isReached) {
    private static final String OPEN = "open: ";

    /// Whether it is known to live, and nothing says that this is right.
    public boolean isOpen() {
        return reason != null && reason.startsWith(OPEN);
    }

    public boolean isExplained() {
        return reason != null && !isOpen();
    }
}
