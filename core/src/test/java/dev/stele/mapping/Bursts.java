package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.stele.cpu.Native;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

/// Several threads store to the same pages in finite bursts while another harvests, copying the pages it is told; when
/// all is quiet and nothing is left to harvest, the copy must be the pages. (Threads that never pause would hide every
/// loss: their next store makes the page dirty again.)
final class Bursts implements AutoCloseable {
    static final int PAGES = 256;
    private static final int WRITERS = 4;
    private static final int STORES_PER_PAGE = 64;
    private static final long PAGE = Medium.PAGE_BYTES;
    private static final long PAGEMAP_SCAN = 0xC0606610L;

    /// One way to find the pages stored to, copy and protect them.
    interface Order {
        void harvest(Bursts bursts);
    }

    /// Found and protected in one step, then copied.
    static final Order ATOMIC = bursts -> bursts.scan(true, bursts::copy);
    /// Found, protected, then copied: two steps in the right order.
    static final Order PROTECT_FOUND_THEN_COPY = bursts -> {
        List<long[]> found = bursts.find();
        // where processors are few and busy, nobody might come between by chance
        Thread.yield();
        found.forEach(run -> bursts.protect(run[0], run[1]));
        Thread.yield();
        found.forEach(run -> bursts.copy(run[0], run[1]));
    };
    /// Wrong: a store between the copy and the protection is in neither.
    static final Order COPY_THEN_PROTECT = bursts -> {
        List<long[]> found = bursts.find();
        found.forEach(run -> bursts.copy(run[0], run[1]));
        Thread.yield();
        found.forEach(run -> bursts.protect(run[0], run[1]));
    };
    /// Wrong: a page that is stored to between the two is protected, and was not found.
    static final Order FIND_THEN_PROTECT_ALL = bursts -> {
        List<long[]> found = bursts.find();
        Thread.yield();
        bursts.protect(bursts.pages.address(), bursts.pages.byteSize());
        found.forEach(run -> bursts.copy(run[0], run[1]));
    };

    private final Arena arena = Arena.ofShared();
    /// what is scanned: the pages, and others behind them
    private final MemorySegment range;
    private final MemorySegment pages;
    private final MemorySegment copy = arena.allocate(PAGES * PAGE, PAGE);
    private final SplittableRandom random;
    private final PageWatch watch;
    /// only the harvesting thread sets it, and scans
    private boolean protects = true;

    /// @param inCompany whether it scans as it does where other threads scan, too
    Bursts(MemorySegment range, boolean inCompany, long seed) {
        this.range = range;
        this.pages = range.asSlice(0, PAGES * PAGE);
        this.random = new SplittableRandom(seed);
        ScanCohorts cohorts = new ScanCohorts();
        this.watch = PageWatch.open(this::request, 32, cohorts);
        watch.watch(range.address(), range.byteSize());
        if (inCompany) {
            cohorts.begin();
        }
        MemorySegment.copy(pages, 0, copy, 0, pages.byteSize());
    }

    private long request(int descriptor, long request, long argument) {
        if (request == PAGEMAP_SCAN && !protects) {
            MemorySegment flags = MemorySegment.ofAddress(argument + Long.BYTES).reinterpret(Long.BYTES);
            flags.set(JAVA_LONG, 0, flags.get(JAVA_LONG, 0) & ~ScanRequest.WP_MATCHING);
        }
        return Native.ioctlOnce(descriptor, request, argument);
    }

    private void scan(boolean protecting, Mmu.AddressVisitor visitor) {
        protects = protecting;
        watch.collect(range.address(), range.byteSize(), visitor);
        protects = true;
    }

    private List<long[]> find() {
        List<long[]> found = new ArrayList<>();
        scan(false, (address, byteCount) -> found.add(new long[] {address, byteCount}));
        return found;
    }

    private void protect(long address, long byteCount) {
        watch.collect(address, byteCount, (protectedAddress, protectedBytes) -> { });
    }

    private void copy(long address, long byteCount) {
        long at = address - pages.address();
        MemorySegment.copy(pages, at, copy, at, byteCount);
    }

    /// @param untilLost whether to stop at the first loss
    /// @return pages of which a store was lost, over all rounds
    int lostPages(Order order, int rounds, boolean untilLost) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(WRITERS + 1);
        AtomicInteger storing = new AtomicInteger();
        boolean[] over = new boolean[1];
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            SplittableRandom own = random.split();
            writers.add(Thread.ofPlatform().start(() -> write(writer, own, barrier, storing, over)));
        }
        int lost = 0;
        for (int round = 0; round < rounds && !(untilLost && lost > 0); round++) {
            storing.set(WRITERS);
            barrier.await();
            while (storing.get() > 0) {
                order.harvest(this);
            }
            order.harvest(this);
            lost += differences();
        }
        over[0] = true;
        barrier.await();
        for (Thread writer : writers) {
            writer.join();
        }
        return lost;
    }

    private void write(int writer, SplittableRandom own, CyclicBarrier barrier, AtomicInteger storing,
            boolean[] over) {
        try {
            for (barrier.await(); !over[0]; barrier.await()) {
                int first = own.nextInt(PAGES);
                for (int i = 0; i < PAGES; i++) {
                    burst(writer, (first + i) % PAGES, own.nextLong());
                }
                storing.decrementAndGet();
            }
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
    }

    private void burst(int writer, int page, long value) {
        long at = page * PAGE + (long) writer * STORES_PER_PAGE * Long.BYTES;
        for (int i = 0; i < STORES_PER_PAGE; i++) {
            pages.set(JAVA_LONG, at + (long) i * Long.BYTES, value + i);
        }
    }

    private int differences() {
        int count = 0;
        for (int page = 0; page < PAGES; page++) {
            MemorySegment stored = pages.asSlice(page * PAGE, PAGE);
            MemorySegment copied = copy.asSlice(page * PAGE, PAGE);
            if (stored.mismatch(copied) >= 0) {
                count++;
                copied.copyFrom(stored);
            }
        }
        return count;
    }

    @Override
    public void close() {
        watch.close();
        arena.close();
    }
}
