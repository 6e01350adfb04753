package dev.stele.interleave;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/// A virtual thread that runs only while it is told to: from one step to the next. Its carrier is the thread that calls
/// [#resume()], so that all tasks and their scheduler share one thread and switching costs a fraction of a microsecond.
///
/// It serves one run after the other, for what is kept by thread (transactions, buffers) is costly to make.
final class Task {
    private static final Constructor<?> VIRTUAL_THREAD = constructor();

    private final String name;
    private final Thread thread;
    private Runnable continuation;
    private Runnable body;
    private Throwable failure;
    private boolean isPaused;

    /// The step it stands before, and what must hold for it to be taken.
    private String step;
    private BooleanSupplier condition;
    /// What it has touched since it was resumed.
    private Accesses accesses = new Accesses();
    /// What it looked at before it began to wait for a change of it; null while it does not.
    private Accesses watched;
    /// Replaced, never changed, so that a state can keep it.
    private List<HeldLock> locks = List.of();

    Task(String name) {
        this.name = name;
        this.thread = make(name);
        thread.start();
    }

    private static Constructor<?> constructor() {
        try {
            Constructor<?> made = Class.forName("java.lang.VirtualThread")
                    .getDeclaredConstructor(Executor.class, String.class, int.class, Runnable.class);
            made.setAccessible(true);
            return made;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("this JDK makes virtual threads in another way", e);
        }
    }

    private Thread make(String threadName) {
        try {
            Executor executor = runnable -> continuation = runnable;
            return (Thread) VIRTUAL_THREAD.newInstance(executor, threadName, 0, (Runnable) this::serve);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("this JDK makes virtual threads in another way", e);
        }
    }

    private void serve() {
        while (true) {
            try {
                body.run();
            } catch (Throwable thrown) {
                failure = thrown;
            }
            body = null;
            Thread.yield();
        }
    }

    /// Gives it something to do, from the next [#resume()] on.
    void begin(Runnable work) {
        body = work;
        failure = null;
        step = "begin";
        condition = () -> true;
        watched = null;
        locks = List.of();
    }

    boolean isDone() {
        return body == null;
    }

    boolean isEnabled() {
        return body != null && (watched == null) && condition.getAsBoolean();
    }

    /// Runs to the next step, or to the end.
    ///
    /// @return what it has touched
    Accesses resume() {
        accesses = new Accesses();
        Runnable next = continuation;
        if (next == null) {
            throw new IllegalStateException(name + " blocks on something that is no step");
        }
        continuation = null;
        isPaused = false;
        Steps.running = this;
        try {
            next.run();
        } finally {
            Steps.running = null;
        }
        if (continuation == null) {
            throw new IllegalStateException(name + " blocks on something that is no step, after " + step);
        }
        return accesses;
    }

    /// Stands before a step until it is resumed. Called by the task.
    void pauseBefore(String what, BooleanSupplier when) {
        step = what;
        condition = when;
        isPaused = true;
        Thread.yield();
        if (isPaused) {
            throw new IllegalStateException("a step where a virtual thread cannot be suspended: " + what);
        }
    }

    /// Stands until somebody has changed what this has read since its last step. Called by the task.
    void pauseUntilChange(String what) {
        watched = accesses;
        pauseBefore(what, () -> true);
    }

    /// Another task has done this.
    void notice(Accesses made) {
        if (watched != null && made.changesWhatIsTouchedBy(watched)) {
            watched = null;
        }
    }

    void touch(long key, boolean write) {
        if (write) {
            accesses.write(key);
        } else {
            accesses.read(key);
        }
    }

    void count(long key) {
        accesses.count(key);
    }

    /// It is about to take a lock that it may have waited for.
    void acquire(Object lock, boolean alone) {
        accesses.acquire(lock, alone);
        hold(lock, alone);
    }

    /// It has got a lock.
    void hold(Object lock, boolean alone) {
        List<HeldLock> more = new ArrayList<>(locks);
        more.add(new HeldLock(lock, alone));
        locks = more;
    }

    void release(Object lock) {
        List<HeldLock> fewer = new ArrayList<>(locks);
        for (int i = fewer.size() - 1; i >= 0; i--) {
            if (fewer.get(i).lock() == lock) {
                fewer.remove(i);
                locks = fewer;
                return;
            }
        }
        throw new IllegalStateException("a lock is given back that was not taken");
    }

    List<HeldLock> locks() {
        return locks;
    }

    String name() {
        return name;
    }

    String step() {
        return step;
    }

    Throwable failure() {
        return failure;
    }
}
