package dev.stele.interleave.world;

import dev.stele.dirty.DirtyIndex;
import dev.stele.dirty.Flusher;
import dev.stele.interleave.Scenario;
import dev.stele.interleave.Steps;
import dev.stele.medium.sim.SimMedium;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;

/// The sync engine alone: a file of a few pages that stand on a simulated medium at the same place, mapped twice, and
/// the dirty index of that file.
///
/// Every word that is stored to only grows, so that what a power cut may leave of it is at least what is durable: one
/// look at the durable bytes answers for all images. It is taken after every step.
public final class EngineScenario implements Scenario {
    static final int PAGES = 3;
    private static final int MAPPINGS = 2;
    private static final int LINES = 2;
    private static final int PAGE_BYTES = 4096;
    private static final int HUGE_PAGES = 512;

    private final String prelude;
    private final String[] programs;
    private final Tracking tracking;
    private final boolean onlyLosses;
    private final SimMedium medium = SimMedium.create(PAGES * PAGE_BYTES);

    private DirtyIndex index;
    private PageTables tables;
    private ReentrantLock entries;
    /// held by whoever takes pages from the file, shared by whoever flushes them
    private StampedLock inode;
    /// pages of the file; behind them nothing counts
    private int end;
    /// by page and line, the last value whose store is done
    private long[][] stored;
    /// what some sync that has returned vouches for
    private long[][] vouched;
    private long cuts;

    /// @param onlyLosses whether nothing counts but bytes that a sync promised and a power cut took
    /// @param prelude what happens before, by one thread
    /// @param programs what each task does, operations separated by blanks: `store0` and `write0` to page 0 by mapping
    ///     0 and by hand, `alias1` to page 1 by mapping 1, `huge0` marking 2 MiB, `cut2` giving up
    ///     page 2 and what follows, `fsync`, `msync0`
    public EngineScenario(String tracking, boolean onlyLosses, String prelude, String... programs) {
        this.tracking = Tracking.valueOf(tracking);
        this.onlyLosses = onlyLosses;
        this.prelude = prelude;
        this.programs = programs;
    }

    @Override
    public List<Runnable> begin() {
        medium.data().segment().fill((byte) 0);
        medium.settle();
        index = new DirtyIndex();
        tables = new PageTables(MAPPINGS, PAGES);
        entries = new ReentrantLock();
        inode = new StampedLock();
        end = PAGES;
        inode.unlockWrite(inode.writeLock());
        stored = new long[PAGES][LINES];
        vouched = new long[PAGES][LINES];
        perform(prelude, 0);
        // Whatever is shared is touched once, so that its name is the same in every run.
        index.sync(PAGES, 1, (firstPage, pageCount, marks) -> { }, mediumFlusher());
        List<Runnable> tasks = new ArrayList<>();
        for (int i = 0; i < programs.length; i++) {
            int line = i;
            tasks.add(() -> perform(programs[line], line));
        }
        return tasks;
    }

    private void perform(String program, int line) {
        for (String each : program.split(" ")) {
            if (!each.isEmpty()) {
                performOne(each, line);
            }
        }
    }

    private void performOne(String operation, int line) {
        int page = Math.max(0, operation.charAt(operation.length() - 1) - '0') % 10;
        switch (operation.replaceAll("[0-9]", "")) {
            case "store" -> store(0, page, line);
            case "alias" -> store(1, page, line);
            case "write" -> write(page, line);
            case "huge" -> writeHuge(page, line);
            case "cut" -> cutOff(page);
            case "fsync" -> sync(0, Long.MAX_VALUE);
            case "msync" -> sync(page, 1);
            default -> throw new IllegalArgumentException(operation);
        }
    }

    private void store(int mapping, int page, int line) {
        tables.store(mapping, page, tracking.fault(tables, index, entries), () -> {
            long at = at(page, line);
            long value = stored[page][line] + 1;
            medium.data().segment().set(ValueLayout.JAVA_LONG, at, value);
            Steps.store(at, Long.BYTES);
            done(page, line, value);
        });
    }

    /// As a volume writes: in the cache, then the mark.
    private void write(int page, int line) {
        long value = stored[page][line] + 1;
        medium.data().putLong(at(page, line), value);
        index.mark(at(page, line), Long.BYTES);
        Steps.step("write returns", "stores", true);
        stored[page][line] = value;
    }

    /// A store of which no more is known than which 2 MiB it went to: marked as a whole, which replaces the marks of
    /// single pages by one of 2 MiB.
    private void writeHuge(int page, int line) {
        long value = stored[page][line] + 1;
        medium.data().putLong(at(page, line), value);
        index.markPages(0, HUGE_PAGES);
        Steps.step("write returns", "stores", true);
        stored[page][line] = value;
    }

    /// The file gives up everything from this page on, as a truncation does: nobody vouches for it any more.
    private void cutOff(int page) {
        long stamp = inode.writeLock();
        try {
            index.forget(page, Long.MAX_VALUE - page);
            end = Math.min(end, page);
        } finally {
            inode.unlockWrite(stamp);
        }
    }

    private void done(int page, int line, long value) {
        Steps.touch("stores", true);
        stored[page][line] = value;
    }

    /// The rule (P5): when a sync returns, every store that happened before it was called is durable.
    private void sync(long firstPage, long pageCount) {
        Steps.step("call sync", "stores", false);
        long[][] before = copy(stored);
        index.sync(firstPage, pageCount, tracking.harvester(tables),
                tracking.flusher(tables, entries, mediumFlusher()));
        if (tracking == Tracking.ASYNC_DRAIN_AFTER_UNLOCK) {
            medium.drain();
        }
        Steps.lookAtMedium("sync returns");
        for (int page = (int) firstPage; page < Math.min(PAGES, firstPage + Math.min(PAGES, pageCount)); page++) {
            for (int line = 0; line < LINES; line++) {
                vouched[page][line] = Math.max(vouched[page][line], before[page][line]);
            }
        }
        cutPower();
    }

    private Flusher mediumFlusher() {
        return new Flusher() {
            @Override
            public void flush(long offset, long byteCount) {
                // Of the 2 MiB only the first pages exist.
                long endBytes = Math.min(PAGES * PAGE_BYTES, offset + byteCount);
                medium.data().flush(Math.min(offset, endBytes), Math.max(0, endBytes - offset));
            }

            @Override
            public void drain() {
                medium.drain();
            }

            @Override
            public long hold() {
                return inode.readLock();
            }

            @Override
            public void release(long held) {
                inode.unlockRead(held);
            }
        };
    }

    @Override
    public void afterStep(boolean unlocked) {
        cutPower();
        if (unlocked && !onlyLosses) {
            requireCovered();
        }
    }

    private void cutPower() {
        cuts++;
        for (int page = 0; page < end; page++) {
            for (int line = 0; line < LINES; line++) {
                if (durable(page, line) < vouched[page][line]) {
                    throw new AssertionError("LOST: page " + page + " line " + line + " is durable as of store "
                            + durable(page, line) + ", but a sync returned that was called after store "
                            + vouched[page][line]);
                }
            }
        }
    }

    /// No page is clean in the index, writable without a fault, and stored to: the next sync would pass it by. With
    /// asynchronous protection a writable page *is* on record; the kernel's way needs a mark for every writable page.
    private void requireCovered() {
        for (int page = 0; page < end; page++) {
            boolean marked = !index.isClean(page, 1);
            if (tracking.isKernel() && tables.isWritable(page) && !marked) {
                throw new AssertionError("UNGUARDED: page " + page + " is writable and its mark is clean");
            }
            for (int line = 0; line < LINES; line++) {
                if (durable(page, line) < stored[page][line] && !marked && !tables.isWritable(page)) {
                    throw new AssertionError("FORGOTTEN: page " + page + " line " + line + " has store "
                            + stored[page][line] + ", durable is " + durable(page, line)
                            + ", and neither mark nor page table knows");
                }
            }
        }
    }

    @Override
    public void end() {
        if (!onlyLosses) {
            requireCovered();
        }
        sync(0, Long.MAX_VALUE);
    }

    @Override
    public long powerCuts() {
        return cuts;
    }

    @Override
    public void close() {
        medium.close();
    }

    private long durable(int page, int line) {
        return medium.durableBytes().get(ValueLayout.JAVA_LONG, at(page, line));
    }

    private static long at(int page, int line) {
        return page * PAGE_BYTES + line * 64L;
    }

    private static long[][] copy(long[][] values) {
        long[][] copied = new long[values.length][];
        for (int i = 0; i < values.length; i++) {
            copied[i] = values[i].clone();
        }
        return copied;
    }
}
