package dev.stele.cli;

/// A command cannot do what it was asked to; the message is the one line that the user sees.
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param message names the file, says what is wrong and, where there is something to be done, what
    CommandFailure(String message) {
        super(message);
    }

    CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
