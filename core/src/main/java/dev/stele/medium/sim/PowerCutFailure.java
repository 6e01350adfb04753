package dev.stele.medium.sim;

/// What a power cut left was not acceptable. The message names the point, the lines that were lost, and the seed.
public final class PowerCutFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    /// The cut, for [PowerCuts#replay].
    private final String code;

    PowerCutFailure(String message, String code, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /// Which cut it was: hand it to [PowerCuts#replay] to have it once more.
    public String code() {
        return code;
    }
}
