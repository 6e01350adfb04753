package dev.stele.crash.images;

/// A volume or a check did what it must never do.
final class Wrong extends AssertionError {
    private static final long serialVersionUID = 1L;

    Wrong(String message) {
        super(message);
    }
}
