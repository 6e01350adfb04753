package dev.stele.space;

import dev.stele.format.Geometry;
import dev.stele.format.Run;
import dev.stele.space.Placement.Wish;

/// Fills windows and takes back what is in them. Each group lists those that have blocks of it.
final class Windows {
    private final Space space;
    private final Placement placement;

    Windows(Space space, Placement placement) {
        this.space = space;
        this.placement = placement;
    }

    /// Takes up to `maxCount` blocks, and sets more aside behind them if there are.
    ///
    /// @return the run, or 0 where there is none of `minCount` blocks
    long refill(Claims mine, Window window, long goalBlock, long minCount, long maxCount) {
        drop(window);
        Wish wish = maxCount < Geometry.CHUNK_BLOCKS ? Wish.GROWING : Wish.PLAIN;
        long run = placement.take(mine, goalBlock, minCount, maxCount + window.nextAhead(maxCount), wish);
        long rest = Run.count(run) - maxCount;
        if (rest <= 0) {
            return run;
        }
        Group group = space.group(Geometry.groupOf(Run.start(run)));
        group.lock.lock();
        try {
            window.fill(Run.of(Run.start(run) + maxCount, rest));
            group.list(window);
        } finally {
            group.lock.unlock();
        }
        return Run.of(Run.start(run), maxCount);
    }

    void drop(Window window) {
        Group group = window.group;
        if (group != null) {
            group.lock.lock();
            try {
                give(group, window.empty());
                group.unlist(window);
            } finally {
                group.lock.unlock();
            }
        }
    }

    /// Takes back what every window has set aside.
    void emptyAll() {
        for (long number = 0; number < space.geometry().groupCount(); number++) {
            Group group = space.groupIfKnown(number);
            if (group != null && group.windows() != null) {
                empty(group);
            }
        }
    }

    private static void empty(Group group) {
        group.lock.lock();
        try {
            for (Window window = group.windows(); window != null; window = window.next) {
                give(group, window.empty());
            }
        } finally {
            group.lock.unlock();
        }
    }

    /// Gives back a run that was taken in memory and that nobody owns; 0 is no run.
    static void give(Group group, long run) {
        if (run == 0) {
            return;
        }
        group.lock.lock();
        try {
            group.give(Geometry.bitOf(Run.start(run)), (int) Run.count(run));
        } finally {
            group.lock.unlock();
        }
    }

    /// How many blocks of the group are set aside.
    static long blocks(Group group) {
        group.lock.lock();
        try {
            long blocks = 0;
            for (Window window = group.windows(); window != null; window = window.next) {
                blocks += window.blocks();
            }
            return blocks;
        } finally {
            group.lock.unlock();
        }
    }
}
