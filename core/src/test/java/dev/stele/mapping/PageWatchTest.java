package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Native;
import dev.stele.cpu.NativeException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The requests made of the kernel, and what is made of its answers: those it gives, and those it gives on bad days.
class PageWatchTest {
    private static final int PAGES = 256;
    private static final long PAGE = Medium.PAGE_BYTES;
    private static final long UFFDIO_API = 0xC018AA3FL;
    private static final long PAGEMAP_SCAN = 0xC0606610L;
    private static final int EPERM = 1;
    private static final int EINTR = 4;
    private static final int EINVAL = 22;
    private static final int ENOTTY = 25;

    private final MemorySegment pages = MemorySegment.ofAddress(Native.map(0, PAGES * PAGE,
            Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED | Native.MAP_ANONYMOUS, -1, 0))
            .reinterpret(PAGES * PAGE);
    private PageWatch.Requests requests = Native::ioctlOnce;
    private PageWatch watch;

    @AfterEach
    void unmap() {
        Native.unmap(pages.address(), pages.byteSize());
        if (watch != null) {
            watch.close();
        }
    }

    private void open(int regionCount) {
        watch = PageWatch.open((descriptor, request, argument) -> requests.make(descriptor, request, argument),
                regionCount, new ScanCohorts());
        watch.watch(pages.address(), pages.byteSize());
    }

    private void store(int page) {
        pages.set(JAVA_LONG, page * PAGE, page + 1);
    }

    private BitSet collect() {
        BitSet told = new BitSet();
        watch.collect(pages.address(), pages.byteSize(), (address, byteCount) -> {
            int from = (int) ((address - pages.address()) / PAGE);
            int to = from + (int) (byteCount / PAGE);
            assertTrue(told.get(from, to).isEmpty(), "told twice");
            told.set(from, to);
        });
        return told;
    }

    private static BitSet of(int... indices) {
        BitSet set = new BitSet();
        IntStream.of(indices).forEach(set::set);
        return set;
    }

    /// What a DAX file system needs; `integration/run` shows on one that nothing less will do.
    @Test
    void pagesPutInPlaceBeforeTheyAreWatchedAreNotToldForThat() {
        watch = PageWatch.open(requests, 512, new ScanCohorts());
        store(5);
        watch.watchPresent(pages.address(), pages.byteSize());
        assertEquals(of(), collect());
        assertEquals(6, pages.get(JAVA_LONG, 5 * PAGE));
        store(7);
        assertEquals(of(7), collect());
        assertEquals(of(), collect());
    }

    @Test
    void tellsWhatWasStoredTo() {
        open(512);
        assertEquals(of(), collect());
        store(3);
        store(4);
        store(255);
        assertEquals(of(3, 4, 255), collect());
        assertEquals(of(), collect());
        store(4);
        assertEquals(of(4), collect());
    }

    /// A scan ends where its room for regions does, and must be continued.
    @Test
    void roomForFewRegionsLosesNone() {
        open(3);
        for (int round = 0; round < 3; round++) {
            BitSet expected = new BitSet();
            for (int page = round; page < PAGES; page += 2) {
                store(page);
                expected.set(page);
            }
            assertEquals(expected, collect());
            assertEquals(of(), collect());
        }
    }

    /// An interrupted scan has forgotten what it found, so making it again would lose that.
    @Test
    void anInterruptedScanCountsEverything() {
        open(512);
        store(7);
        requests = (descriptor, request, argument) -> {
            long found = Native.ioctlOnce(descriptor, request, argument);
            assertEquals(1, found);
            return -EINTR;
        };
        BitSet told = collect();
        assertTrue(told.get(7), "the page the kernel has forgotten");
        requests = Native::ioctlOnce;
        assertEquals(of(), collect());
        store(8);
        assertEquals(of(8), collect(), "watched as before");
    }

    @Test
    void pagesReplacedBehindItsBackAreAnError() {
        open(512);
        store(1);
        Native.map(pages.address() + 100 * PAGE, PAGE, Native.PROT_READ | Native.PROT_WRITE,
                Native.MAP_SHARED | Native.MAP_ANONYMOUS | Native.MAP_FIXED, -1, 0);
        NativeException lost = assertThrows(NativeException.class, this::collect);
        assertEquals(EPERM, lost.number());
        watch.watch(pages.address() + 100 * PAGE, PAGE);
        store(100);
        assertTrue(collect().get(100));
    }

    @Test
    void aScanThatGetsNowhereEnds() {
        open(512);
        requests = (descriptor, request, argument) -> 0;
        assertEquals(Errno.EIO, assertThrows(VolumeException.class, this::collect).errno());
    }

    @Test
    void aKernelBefore67SaysSo() {
        requests = (descriptor, request, argument) ->
                request == UFFDIO_API ? -EINVAL : Native.ioctlOnce(descriptor, request, argument);
        assertRefused("Linux 6.7");
        requests = (descriptor, request, argument) ->
                request == PAGEMAP_SCAN ? -ENOTTY : Native.ioctlOnce(descriptor, request, argument);
        assertRefused("scanning pages");
    }

    @Test
    void aKernelThatForgetsStoresIsNotTrusted() {
        requests = (descriptor, request, argument) -> {
            long found = Native.ioctlOnce(descriptor, request, argument);
            return request == PAGEMAP_SCAN ? 0 : found;
        };
        assertRefused("told 0 pages");
    }

    /// One whose scans do not protect tells a page again and again.
    @Test
    void aKernelThatNeverProtectsIsNotTrusted() {
        requests = (descriptor, request, argument) -> {
            if (request == PAGEMAP_SCAN) {
                MemorySegment flags = MemorySegment.ofAddress(argument + Long.BYTES).reinterpret(Long.BYTES);
                flags.set(JAVA_LONG, 0, flags.get(JAVA_LONG, 0) & ~ScanRequest.WP_MATCHING);
            }
            return Native.ioctlOnce(descriptor, request, argument);
        };
        assertRefused("told 1 pages where none");
    }

    private void assertRefused(String reason) {
        VolumeException refused = assertThrows(VolumeException.class, () -> open(512));
        assertEquals(Errno.EOPNOTSUPP, refused.errno());
        assertTrue(refused.getMessage().contains(reason), refused.getMessage());
    }
}
