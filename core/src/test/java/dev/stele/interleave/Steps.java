package dev.stele.interleave;

import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;
import java.util.function.BooleanSupplier;

/// What woven code calls at every step, and in place of every lock and wait ([Weaver]). Where no task of an [Explorer]
/// runs, it does what the code it stands in place of would have done.
///
/// A task pauses *before* a step and does it when it is resumed, with everything up to the next one.
public final class Steps {
    private static final String LOCK = "lock";
    private static final BooleanSupplier ALWAYS = () -> true;
    /// Locks of conditions, which a condition does not tell.
    private static final Map<Condition, ReentrantLock> LOCKS = new WeakHashMap<>();
    private static final Map<Condition, Integer> SIGNALS = new WeakHashMap<>();

    /// The task that runs now, null for none.
    static Task running;
    static final Names NAMES = new Names();

    private Steps() {
    }

    /// A step of a scenario's own.
    ///
    /// @param key what it touches
    public static void step(String what, String key, boolean write) {
        if (running != null) {
            running.pauseBefore(what, ALWAYS);
            running.touch(NAMES.ofWord(key), write);
        }
    }

    /// Touches what `key` names, without a step.
    public static void touch(String key, boolean write) {
        if (running != null) {
            running.touch(NAMES.ofWord(key), write);
        }
    }

    /// A store of a scenario's own to the medium, which is no verb: through a mapping.
    public static void store(long at, long byteCount) {
        if (running != null) {
            touchLines(at, byteCount, true);
            running.touch(Names.MEDIUM, false);
        }
    }

    /// Looks at everything that is durable.
    public static void lookAtMedium(String what) {
        if (running != null) {
            running.pauseBefore(what, ALWAYS);
            running.touch(Names.MEDIUM, false);
        }
    }

    /// A verb of a medium that stores, or sends lines on their way.
    public static void verb(String what, long at, long byteCount) {
        if (running != null) {
            running.pauseBefore(what + " " + at + "+" + byteCount, ALWAYS);
            touchLines(at, byteCount, true);
            running.touch(Names.MEDIUM, false);
        }
    }

    public static void drain() {
        if (running != null) {
            running.pauseBefore("drain", ALWAYS);
            running.touch(Names.MEDIUM, true);
        }
    }

    private static void touchLines(long at, long byteCount, boolean write) {
        for (long line = at >>> 6; byteCount > 0 && line <= at + byteCount - 1 >>> 6; line++) {
            running.touch(Names.ofLine(line), write);
        }
    }

    /// A field of a mark is about to be written.
    public static void mark(Object node, String field) {
        if (running != null) {
            running.pauseBefore("mark " + field, ALWAYS);
        }
        touch(node, field, true);
    }

    /// A field of a mark is about to be read.
    public static void look(Object node, String field) {
        touch(node, field, false);
    }

    /// Something shared, without a lock of its own, is read.
    public static void read(Object object, String field) {
        pause("read", object);
        touch(object, field, false);
    }

    /// Something shared, without a lock of its own, is written.
    public static void write(Object object, String field) {
        pause("write", object);
        touch(object, field, true);
    }

    /// Something shared is counted up or down, and nobody looks at the outcome.
    public static void count(Object object, String field) {
        pause("count", object);
        if (running == null) {
            NAMES.know(object);
        } else {
            running.count(NAMES.of(object, field));
        }
    }

    private static void pause(String what, Object object) {
        if (running != null) {
            running.pauseBefore(what + " " + object.getClass().getSimpleName(), ALWAYS);
        }
    }

    private static void touch(Object object, String part, boolean write) {
        if (running == null) {
            NAMES.know(object);
        } else {
            running.touch(NAMES.of(object, part), write);
        }
    }

    /// Stands in place of spinning, yielding and parking for a moment: whoever does that waits for a change.
    public static void spin() {
        if (running != null) {
            running.pauseUntilChange("wait for a change");
        }
    }

    public static void spin(long ignored) {
        spin();
    }

    public static void lock(Lock lock, String where) {
        if (running != null) {
            ReentrantLock real = (ReentrantLock) lock;
            boolean mine = real.isHeldByCurrentThread();
            running.pauseBefore("lock in " + where, () -> mine || !real.isLocked());
            running.acquire(lock, true);
        }
        touch(lock, LOCK, true);
        lock.lock();
    }

    public static boolean tryLock(Lock lock, String where) {
        if (running != null) {
            running.pauseBefore("tryLock in " + where, ALWAYS);
        }
        touch(lock, LOCK, true);
        boolean locked = lock.tryLock();
        if (running != null && locked) {
            running.hold(lock, true);
        }
        return locked;
    }

    public static void unlock(Lock lock, String where) {
        if (running != null) {
            running.pauseBefore("unlock in " + where, ALWAYS);
            running.release(lock);
        }
        touch(lock, LOCK, true);
        lock.unlock();
    }

    public static Condition newCondition(Lock lock, String where) {
        Condition made = lock.newCondition();
        LOCKS.put(made, (ReentrantLock) lock);
        return made;
    }

    /// Never wakes without a signal; the lock is held once, as all code here holds it.
    public static void awaitUninterruptibly(Condition condition, String where) {
        if (running == null) {
            throw new IllegalStateException("nobody is there to wake who waits in " + where);
        }
        ReentrantLock lock = LOCKS.get(condition);
        int seen = SIGNALS.getOrDefault(condition, 0);
        touch(condition, "signal", true);
        touch(lock, LOCK, true);
        lock.unlock();
        running.release(lock);
        running.pauseBefore("woken in " + where,
                () -> SIGNALS.getOrDefault(condition, 0) != seen && !lock.isLocked());
        running.acquire(lock, true);
        touch(condition, "signal", true);
        touch(lock, LOCK, true);
        lock.lock();
    }

    public static void signalAll(Condition condition, String where) {
        touch(condition, "signal", true);
        SIGNALS.merge(condition, 1, Integer::sum);
        condition.signalAll();
    }

    public static long writeLock(StampedLock lock, String where) {
        if (running != null) {
            running.pauseBefore("writeLock in " + where, () -> !lock.isWriteLocked() && !lock.isReadLocked());
            running.acquire(lock, true);
        }
        touch(lock, LOCK, true);
        return lock.writeLock();
    }

    public static long readLock(StampedLock lock, String where) {
        if (running != null) {
            running.pauseBefore("readLock in " + where, () -> !lock.isWriteLocked());
            running.acquire(lock, false);
        }
        // Two readers commute.
        touch(lock, LOCK, false);
        return lock.readLock();
    }

    public static long tryWriteLock(StampedLock lock, String where) {
        if (running != null) {
            running.pauseBefore("tryWriteLock in " + where, ALWAYS);
        }
        touch(lock, LOCK, true);
        long stamp = lock.tryWriteLock();
        if (running != null && stamp != 0) {
            running.hold(lock, true);
        }
        return stamp;
    }

    public static long tryOptimisticRead(StampedLock lock, String where) {
        if (running != null) {
            running.pauseBefore("tryOptimisticRead in " + where, ALWAYS);
        }
        touch(lock, LOCK, false);
        return lock.tryOptimisticRead();
    }

    public static boolean validate(StampedLock lock, long stamp, String where) {
        if (running != null) {
            running.pauseBefore("validate in " + where, ALWAYS);
        }
        touch(lock, LOCK, false);
        return lock.validate(stamp);
    }

    public static void unlockWrite(StampedLock lock, long stamp, String where) {
        releaseWrite(lock, where);
        lock.unlockWrite(stamp);
    }

    public static boolean tryUnlockWrite(StampedLock lock, String where) {
        releaseWrite(lock, where);
        return lock.tryUnlockWrite();
    }

    private static void releaseWrite(StampedLock lock, String where) {
        if (running != null) {
            running.pauseBefore("unlockWrite in " + where, ALWAYS);
            running.release(lock);
        }
        touch(lock, LOCK, true);
    }

    public static void unlockRead(StampedLock lock, long stamp, String where) {
        if (running != null) {
            running.pauseBefore("unlockRead in " + where, ALWAYS);
            running.release(lock);
        }
        touch(lock, LOCK, false);
        lock.unlockRead(stamp);
    }
}
