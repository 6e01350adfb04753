package dev.stele.crash.junit;

/// What a power cut left was not acceptable. The message says what was lost, where in the code it was stored, and how
/// to see it again; the cause is what recovery or the check threw.
public final class CrashFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final String replay;

    CrashFailure(String message, String replay, Throwable cause) {
        super(message, cause);
        this.replay = replay;
    }

    /// For [CrashTest#replay()].
    public String replay() {
        return replay;
    }
}
