package dev.stele.bench;

/// A benchmark that did not do what its time is given for.
final class WrongResult extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongResult(String message) {
        super(message);
    }

    static void require(boolean isRight, String message) {
        if (!isRight) {
            throw new WrongResult(message);
        }
    }
}
