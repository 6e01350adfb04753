package dev.stele.crash.junit;

/// What a workload tells while it runs: which step it is at, and which have returned. May be used by any threads.
public interface CrashLab {
    /// Something a step does.
    @FunctionalInterface
    interface Action<E extends Exception> {
        void run() throws E;
    }

    /// Something a step does that has a result.
    @FunctionalInterface
    interface Call<T, E extends Exception> {
        T call() throws E;
    }

    /// Does it, as the step of this name: when it returns the power is cut, and from then on [Crash#completed()]
    /// names it.
    default <E extends Exception> void step(String name, Action<E> action) throws E {
        call(name, () -> {
            action.run();
            return null;
        });
    }

    /// See [#step].
    <T, E extends Exception> T call(String name, Call<T, E> action) throws E;

    /// Cuts the power here, in the middle of something: [Crash#passed()] names it from then on.
    void crashPoint(String name);
}
