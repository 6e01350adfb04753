package dev.stele.interleave;

import java.util.List;

/// A program of a few tasks, and what must hold of it. All it does must follow from the order of its steps.
public interface Scenario extends AutoCloseable {
    /// Does away with what the run before has left.
    default void clear() {
    }

    /// Prepares a run: the same state every time.
    ///
    /// @return what the tasks do
    List<Runnable> begin();

    /// Looks at the state after a step that was never taken in this state before.
    ///
    /// @param unlocked whether no task holds a lock
    void afterStep(boolean unlocked);

    /// All tasks have ended.
    void end();

    /// Power cuts tried so far.
    default long powerCuts() {
        return 0;
    }

    @Override
    default void close() {
    }
}
