package dev.stele.crash.junit;

import java.util.List;

/// What a check may know of the power cut: what had happened before, as far as anybody outside could tell.
///
/// @param completed names of the steps that had returned, in that order
/// @param running names of the steps that had begun and not returned, in that order
/// @param passed names of the points that had been passed, in that order
public record Crash(List<String> completed, List<String> running, List<String> passed) {
    public Crash {
        completed = List.copyOf(completed);
        running = List.copyOf(running);
        passed = List.copyOf(passed);
    }

    public boolean hasCompleted(String step) {
        return completed.contains(step);
    }

    public boolean isRunning(String step) {
        return running.contains(step);
    }

    public boolean hasPassed(String point) {
        return passed.contains(point);
    }
}
