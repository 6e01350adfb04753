package dev.stele.crash.faults;

/// A fault led to what it may not lead to.
final class FaultFinding extends AssertionError {
    private static final long serialVersionUID = 1L;

    FaultFinding(String message) {
        super(message);
    }
}
