package dev.stele.crash.junit;

import java.util.List;
import java.util.Map;

/// A moment at which the power is cut.
///
/// @param number counted from 1 in a run
/// @param name for people
/// @param at where in the user's code
/// @param crash what had happened by then
/// @param durable durable words of every line whose durable content has changed since the run began
/// @param lines those that are not durable, ascending
/// @param sent what had been sent on its way and not drained
record Moment(int number, String name, Site at, Crash crash, Map<Integer, long[]> durable, List<Undurable> lines,
        List<Sent> sent) {
    /// A line that is not durable.
    ///
    /// @param durable the words that are
    /// @param changes made to them since, oldest first
    record Undurable(int line, long[] durable, List<Change> changes) {
    }

    /// The name, with the step in which it is.
    String title() {
        return crash.running().isEmpty() ? name : name + " in \"" + crash.running().getLast() + "\"";
    }
}
