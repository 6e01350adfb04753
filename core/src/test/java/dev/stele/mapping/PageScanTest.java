package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Native;
import dev.stele.cpu.NativeException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Scans in two steps, as they are where threads scan at the same time: nothing that was stored is lost, nothing else
/// is told (C8, C9).
class PageScanTest {
    private static final long PAGE = Medium.PAGE_BYTES;
    /// pages that one page table maps
    private static final int TABLE = 512;
    private static final int TABLES = 2 * PageScan.FEW_TABLES;
    private static final int PAGES = TABLES * TABLE;
    private static final long PAGEMAP_SCAN = 0xC0606610L;
    private static final int EINTR = 4;
    private static final int ENOMEM = 12;

    private final long seed = Long.getLong("stele.seed", 20_261_122);
    private final ScanCohorts cohorts = new ScanCohorts();
    private final List<MemorySegment> mapped = new ArrayList<>();
    private final MemorySegment pages = map();
    private PageWatch.Requests requests = Native::ioctlOnce;
    private PageWatch watch;

    private MemorySegment map() {
        long space = Native.map(0, (PAGES + TABLE) * PAGE, Native.PROT_READ | Native.PROT_WRITE,
                Native.MAP_SHARED | Native.MAP_ANONYMOUS, -1, 0);
        MemorySegment whole = MemorySegment.ofAddress(space).reinterpret((PAGES + TABLE) * PAGE);
        mapped.add(whole);
        return whole.asSlice(-space & TABLE * PAGE - 1, PAGES * PAGE);
    }

    @AfterEach
    void unmap() {
        mapped.forEach(each -> Native.unmap(each.address(), each.byteSize()));
        if (watch != null) {
            watch.close();
        }
    }

    /// All scans believe that there is another.
    private void open(int regionCount) {
        watch = PageWatch.open((descriptor, request, argument) -> requests.make(descriptor, request, argument),
                regionCount, cohorts);
        watch.watch(pages.address(), pages.byteSize());
        cohorts.begin();
    }

    private void store(int page) {
        pages.set(JAVA_LONG, page * PAGE, page + 1);
    }

    private BitSet store(IntStream each) {
        BitSet stored = new BitSet();
        each.forEach(page -> {
            store(page);
            stored.set(page);
        });
        return stored;
    }

    private BitSet collect() {
        return collect(pages);
    }

    private BitSet collect(MemorySegment of) {
        BitSet told = new BitSet();
        watch.collect(of.address(), of.byteSize(), (address, byteCount) -> {
            int from = (int) ((address - of.address()) / PAGE);
            int to = from + (int) (byteCount / PAGE);
            assertTrue(told.get(from, to).isEmpty(), "told twice");
            assertEquals(-1, told.nextSetBit(from), "not in ascending order");
            told.set(from, to);
        });
        return told;
    }

    private static boolean isProtecting(long request, long argument) {
        return request == PAGEMAP_SCAN && (MemorySegment.ofAddress(argument + Long.BYTES).reinterpret(Long.BYTES)
                .get(JAVA_LONG, 0) & ScanRequest.WP_MATCHING) != 0;
    }

    /// @return answers as the kernel does, but calls `before` once, before the first request that protects
    private PageWatch.Requests once(Runnable before) {
        boolean[] called = new boolean[1];
        return (descriptor, request, argument) -> {
            if (isProtecting(request, argument) && !called[0]) {
                called[0] = true;
                before.run();
            }
            return Native.ioctlOnce(descriptor, request, argument);
        };
    }

    /// @return as the kernel, but every request that protects, or every one that does not, ends with an error
    private static PageWatch.Requests failing(boolean ifProtecting, int number) {
        return (descriptor, request, argument) -> {
            long found = Native.ioctlOnce(descriptor, request, argument);
            return request == PAGEMAP_SCAN && isProtecting(request, argument) == ifProtecting ? -number : found;
        };
    }

    private void assertWatchedAsBefore() {
        requests = Native::ioctlOnce;
        assertEquals(new BitSet(), collect());
        BitSet stored = store(IntStream.range(0, TABLES).map(table -> table * TABLE + table));
        assertEquals(stored, collect());
        assertEquals(new BitSet(), collect());
    }

    @Test
    void tellsWhatWasStoredTo() {
        open(512);
        SplittableRandom random = new SplittableRandom(seed);
        for (int count : new int[] {0, 1, 3, 15, 16, 64, 1000, 6000, 64, PAGES}) {
            BitSet stored = store(count == PAGES ? IntStream.range(0, PAGES) : random.ints(count, 0, PAGES));
            assertEquals(stored, collect(), "seed " + seed + ", " + count);
            assertEquals(new BitSet(), collect(), "seed " + seed + ", " + count);
        }
    }

    @Test
    void runsThatReachOverPageTables() {
        open(512);
        BitSet stored = store(IntStream.range(0, 3000).filter(page -> page % 1000 > 2));
        assertEquals(stored, collect());
        assertEquals(new BitSet(), collect());
    }

    @Test
    void roomForFewRegionsLosesNone() {
        open(5);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 5; round++) {
            BitSet stored = store(random.ints(300, 0, PAGES));
            assertEquals(stored, collect(), "seed " + seed);
            assertEquals(new BitSet(), collect(), "seed " + seed);
        }
    }

    /// One for each page table, for each interrupts all processors, and none elsewhere.
    @Test
    void protectsOnceForEachPageTable() {
        open(512);
        store(IntStream.range(0, TABLES).flatMap(table -> IntStream.of(table * TABLE, table * TABLE + 9)));
        int[] protecting = new int[1];
        requests = (descriptor, request, argument) -> {
            protecting[0] += isProtecting(request, argument) ? 1 : 0;
            return Native.ioctlOnce(descriptor, request, argument);
        };
        assertEquals(2 * TABLES, collect().cardinality());
        assertEquals(TABLES, protecting[0]);
    }

    /// A store between the two steps is told now or the next time.
    @Test
    void aStoreBetweenTheStepsIsNotLost() {
        for (int tables : new int[] {1, PageScan.FEW_TABLES}) {
            open(512);
            BitSet stored = store(IntStream.range(0, tables)
                    .flatMap(table -> IntStream.of(table * TABLE + 10, table * TABLE + 20)));
            requests = once(() -> {
                store(10);
                store(15);
                store(25);
                store(20 * TABLE);
            });
            stored.set(15);
            assertEquals(stored, collect());
            BitSet later = new BitSet();
            later.set(25);
            later.set(20 * TABLE);
            assertEquals(later, collect());
            assertWatchedAsBefore();
            watch.close();
        }
        watch = null;
    }

    /// More regions than were found at first, and room for no more.
    @Test
    void storesBetweenTheStepsThatFillTheRoomAreNotLost() {
        open(PageScan.FEW_TABLES + 1);
        BitSet stored = store(IntStream.range(0, PageScan.FEW_TABLES).map(table -> table * TABLE));
        stored.or(store(IntStream.of(40)));
        requests = once(() -> stored.or(store(IntStream.range(0, 20).map(page -> 2 * page))));
        assertEquals(stored, collect());
        assertWatchedAsBefore();
    }

    @Test
    void aLookThatIsInterruptedForgetsNothing() {
        open(512);
        BitSet stored = store(IntStream.range(0, TABLES).map(table -> table * TABLE));
        requests = failing(false, EINTR);
        assertEquals(stored, collect());
        assertWatchedAsBefore();
    }

    /// It has forgotten what it found.
    @Test
    void whereProtectingIsInterruptedAllCounts() {
        open(512);
        BitSet stored = store(IntStream.range(0, TABLES).flatMap(i -> IntStream.of(i * TABLE, i * TABLE + 5)));
        requests = failing(true, EINTR);
        BitSet told = collect();
        assertEquals(6 * TABLES, told.cardinality());
        told.and(stored);
        assertEquals(stored, told);
        assertWatchedAsBefore();
    }

    @Test
    void errorsAreTold() {
        open(512);
        for (boolean ifProtecting : new boolean[] {true, false}) {
            store(IntStream.range(0, TABLES).map(table -> table * TABLE));
            requests = failing(ifProtecting, ENOMEM);
            assertEquals(ENOMEM, assertThrows(NativeException.class, this::collect).number());
            requests = Native::ioctlOnce;
            collect();
            assertWatchedAsBefore();
        }
    }

    @Test
    void aScanThatGetsNowhereEnds() {
        open(512);
        requests = (descriptor, request, argument) -> 0;
        assertEquals(Errno.EIO, assertThrows(VolumeException.class, this::collect).errno());
        store(IntStream.range(0, TABLES).map(table -> table * TABLE));
        requests = (descriptor, request, argument) ->
                isProtecting(request, argument) ? 0 : Native.ioctlOnce(descriptor, request, argument);
        assertEquals(Errno.EIO, assertThrows(VolumeException.class, this::collect).errno());
        requests = Native::ioctlOnce;
        assertEquals(TABLES, collect().cardinality());
    }

    /// Somebody looks all the while: nobody with little to protect, or very much, waits for that.
    @Test
    void whoGainsNothingWaitsForNobody() {
        open(512);
        ScanCohorts.Cohort looking = cohorts.join();
        assertEquals(store(IntStream.range(0, PageScan.FEW_TABLES - 1).map(table -> table * TABLE)), collect());
        assertEquals(store(IntStream.range(0, PageScan.MANY_PAGES)), collect());
        assertEquals(new BitSet(), collect());
        cohorts.leave(looking);
    }

    /// What waits is protected by the other thread, and told to its own.
    @Test
    void oneProtectsForBoth() throws Exception {
        open(512);
        BitSet stored = store(IntStream.range(0, TABLES).map(table -> table * TABLE + table));
        AtomicReference<Thread> protector = new AtomicReference<>();
        requests = once(() -> protector.set(Thread.currentThread()));
        ScanCohorts.Cohort looking = cohorts.join();
        AtomicReference<BitSet> told = new AtomicReference<>();
        Thread other = Thread.ofPlatform().start(() -> told.set(collect()));
        while (cohorts.waitingCount() == 0) {
            Thread.yield();
        }
        assertNull(protector.get());
        cohorts.run(looking, () -> { });
        other.join();
        assertEquals(Thread.currentThread(), protector.get());
        assertEquals(stored, told.get());
        assertWatchedAsBefore();
    }

    @Test
    void threadsThatScanAtTheSameTimeAreToldTheirOwn() throws Exception {
        open(512);
        List<Thread> threads = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            MemorySegment own = map();
            watch.watch(own.address(), own.byteSize());
            SplittableRandom random = new SplittableRandom(seed + i);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 200; round++) {
                    BitSet stored = new BitSet();
                    random.ints(1 + random.nextInt(64), 0, PAGES).forEach(stored::set);
                    stored.stream().forEach(page -> own.set(JAVA_LONG, page * PAGE, page));
                    BitSet told = collect(own);
                    if (!told.equals(stored)) {
                        synchronized (wrong) {
                            wrong.add(stored + " told as " + told);
                        }
                    }
                }
            }));
        }
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(List.of(), wrong, "seed " + seed);
    }
}
