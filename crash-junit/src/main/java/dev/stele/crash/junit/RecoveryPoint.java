package dev.stele.crash.junit;

/// A point of recovery, met in the recovery from many states, and what cutting the power there has found.
final class RecoveryPoint {
    private final String name;
    private CrashFailure failure;

    RecoveryPoint(String name) {
        this.name = name;
    }

    static String name(Moment moment) {
        return "recovery: " + moment.name() + " at " + moment.at().shortly();
    }

    String name() {
        return name;
    }

    void tried(CrashFailure found) {
        failure = found == null ? failure : found;
    }

    /// null where there is none.
    CrashFailure failure() {
        return failure;
    }
}
