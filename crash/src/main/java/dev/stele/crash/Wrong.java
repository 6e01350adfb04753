package dev.stele.crash;

/// A volume is not what it should be.
final class Wrong extends AssertionError {
    private static final long serialVersionUID = 1L;

    Wrong(String message) {
        super(message);
    }
}
