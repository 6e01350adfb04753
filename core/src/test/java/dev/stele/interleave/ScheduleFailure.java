package dev.stele.interleave;

/// A schedule under which something went wrong: what, and how to see it again.
public final class ScheduleFailure extends AssertionError {
    private static final long serialVersionUID = 1;

    private final String schedule;

    ScheduleFailure(String schedule, String steps, Throwable cause) {
        super(cause + "\nreplay with schedule \"" + schedule + "\":\n" + steps, cause);
        this.schedule = schedule;
    }

    /// For [Explorer#replay].
    public String schedule() {
        return schedule;
    }
}
