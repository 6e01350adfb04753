package dev.stele.cli;

/// What the process returns. `check` follows `e2fsck(8)`; all other commands use the first three.
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    static final int CHECK_REPAIRED = 1;
    static final int CHECK_ERRORS_LEFT = 4;
    static final int CHECK_COULD_NOT_RUN = 8;
    static final int CHECK_USAGE = 16;

    private ExitCode() {
    }
}
