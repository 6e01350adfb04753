package dev.stele.medium.sim;

/// What a power cut left was not acceptable. The message names the point, the lines that were lost, and the seed.
public final class PowerCutFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    PowerCutFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
