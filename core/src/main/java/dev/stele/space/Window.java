package dev.stele.space;

import dev.stele.format.Geometry;
import dev.stele.format.Run;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Blocks set aside in memory for the appends of one open file, so that files growing side by side stay contiguous and
/// an append needs no lock of a group. It grows from 16 KiB to 2 MiB as the file grows. Nothing on the medium knows of
/// it; a crash gives it back, and so does another file's need before ENOSPC is given.
///
/// One thread at a time appends with it (the caller holds the file's lock); others may take the rest of it away at any
/// time.
public final class Window {
    private static final int MIN_BLOCKS = 4;
    private static final int MAX_BLOCKS = Geometry.CHUNK_BLOCKS;
    /// From here on, 16 MiB, a file may break whole chunks: the one it ends in is small beside it.
    private static final int BIG_BLOCKS = 4096;
    private static final VarHandle RUN;

    static {
        try {
            RUN = MethodHandles.lookup().findVarHandle(Window.class, "run", long.class).withInvokeExactBehavior();
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// What is set aside, a [Run] word; 0 for nothing.
    private volatile long run;
    /// owner's: blocks to set aside next time
    private int ahead = MIN_BLOCKS;
    /// owner's: blocks set aside and taken so far
    private long total;

    /// The group that lists this window, and its neighbours there; guarded by that group's lock.
    Group group;
    Window previous;
    Window next;

    /// The first `minCount` to `maxCount` blocks of what is set aside, or 0 where there are fewer.
    ///
    /// @param minCount 1 at least
    long take(long minCount, long maxCount) {
        while (true) {
            long before = run;
            long count = Run.count(before);
            if (count < minCount) {
                return 0;
            }
            long taken = Math.min(count, maxCount);
            long rest = taken == count ? 0 : Run.of(Run.start(before) + taken, count - taken);
            if (RUN.compareAndSet(this, before, rest)) {
                return Run.of(Run.start(before), taken);
            }
        }
    }

    /// Takes all of it, for its owner or for others.
    long empty() {
        return (long) RUN.getAndSet(this, 0L);
    }

    void fill(long rest) {
        assert run == 0;
        run = rest;
    }

    /// How many blocks are set aside; others may take them at any time.
    public long blocks() {
        return Run.count(run);
    }

    /// How many blocks to set aside beyond the `count` needed now; twice as many next time.
    long nextAhead(long count) {
        int blocks = ahead;
        total += count + blocks;
        ahead = Math.min(ahead * 2, total >= BIG_BLOCKS ? MAX_BLOCKS : MAX_BLOCKS / 2);
        return blocks;
    }
}
