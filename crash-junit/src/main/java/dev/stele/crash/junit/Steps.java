package dev.stele.crash.junit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The steps of a workload as it tells them; each return and each named point is a moment to cut the power at.
final class Steps implements CrashLab {
    /// all three guarded by this
    private final List<String> completed = new ArrayList<>();
    private final List<String> running = new ArrayList<>();
    private final List<String> passed = new ArrayList<>();
    private Consumer<String> cut = name -> { };

    /// Steps of which none has begun.
    Steps() {
    }

    /// The same as they were at some moment, to whatever else happens.
    static Steps at(Crash crash) {
        Steps steps = new Steps();
        steps.completed.addAll(crash.completed());
        steps.running.addAll(crash.running());
        steps.passed.addAll(crash.passed());
        return steps;
    }

    void cutBy(Consumer<String> how) {
        cut = how;
    }

    synchronized Crash crash() {
        return new Crash(completed, running, passed);
    }

    @Override
    public <T, E extends Exception> T call(String name, Call<T, E> action) throws E {
        begin(name);
        T result;
        try {
            result = action.call();
        } catch (Throwable failed) {
            end(name, false);
            throw failed;
        }
        end(name, true);
        return result;
    }

    private synchronized void begin(String name) {
        running.add(name);
    }

    private void end(String name, boolean hasReturned) {
        synchronized (this) {
            running.remove(name);
            if (hasReturned) {
                completed.add(name);
            }
        }
        cut.accept("\"" + name + (hasReturned ? "\" returned" : "\" failed"));
    }

    @Override
    public void crashPoint(String name) {
        synchronized (this) {
            passed.add(name);
        }
        cut.accept("point \"" + name + "\"");
    }
}
