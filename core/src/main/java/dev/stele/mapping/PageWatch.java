package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.cpu.NativeException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The kernel's knowledge of which pages of this process were stored to: `userfaultfd(2)` write protection, resolved by
/// the kernel itself (*asynchronous*: no thread waits, no signal), and the PAGEMAP_SCAN request, which finds the
/// pages that are no longer protected and protects them again in one step per page. Linux 6.7.
///
/// It belongs to address space, not to files: a store through another mapping of the same bytes, by `write(2)` or by
/// another process is not seen, which is why Stele's own reading and writing goes through a mapping that is not
/// watched; and pages that are replaced or moved are not watched any more, which a scan reports as an error. Children
/// do not inherit it. A device that was handed a page's memory before and writes it later (a long-lived DMA) escapes as
/// it does in the kernel's own DAX; a read into the mapping does not. One for the process, open until that ends.
final class PageWatch {
    private static final long UFFDIO_API = 0xC018AA3FL;
    private static final long UFFDIO_REGISTER = 0xC020AA00L;
    private static final long UFFDIO_WRITEPROTECT = 0xC018AA06L;
    private static final long API_VERSION = 0xAA;
    private static final long WP_UNPOPULATED = 1 << 13;
    private static final long WP_ASYNC = 1 << 15;
    private static final long REGISTER_MODE_WP = 1 << 1;
    private static final long WRITEPROTECT_MODE_WP = 1;
    private static final int USER_MODE_ONLY = 1;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    /// 12 KiB for each scan that runs at the same time, and as much again where they meet
    private static final int REGION_COUNT = 512;

    /// What makes requests of the kernel; another in tests.
    interface Requests {
        /// @return the result, or the error number, negative
        long make(int descriptor, long request, long argument);
    }

    private final int userfault;
    private final int pagemap;
    private final Requests requests;
    private final int regionCount;
    private final ScanCohorts cohorts;
    /// as many as there ever were scans at a time
    private final Queue<PageScan> idleScans = new ConcurrentLinkedQueue<>();

    private PageWatch(int userfault, int pagemap, Requests requests, int regionCount, ScanCohorts cohorts) {
        this.userfault = userfault;
        this.pagemap = pagemap;
        this.requests = requests;
        this.regionCount = regionCount;
        this.cohorts = cohorts;
    }

    /// Tried once, at the first mapping that asks.
    private static final class OfProcess {
        static final PageWatch WATCH;
        static final String BLINDNESS;

        static {
            PageWatch opened = null;
            String reason = null;
            try {
                opened = open(Native::ioctlOnce, REGION_COUNT, new ScanCohorts());
            } catch (VolumeException refused) {
                reason = refused.getMessage();
            }
            WATCH = opened;
            BLINDNESS = reason;
        }
    }

    /// Why this process cannot watch pages; null where it can.
    static String blindness() {
        return OfProcess.BLINDNESS;
    }

    /// @throws VolumeException EOPNOTSUPP
    static PageWatch require() {
        if (OfProcess.WATCH == null) {
            throw new VolumeException(Errno.EOPNOTSUPP, OfProcess.BLINDNESS);
        }
        return OfProcess.WATCH;
    }

    /// @throws VolumeException EOPNOTSUPP with the reason
    static PageWatch open(Requests requests, int regionCount, ScanCohorts cohorts) {
        int userfault = -1;
        int pagemap = -1;
        try {
            userfault = Native.userfaultfd(USER_MODE_ONLY | Native.O_NONBLOCK);
            pagemap = Native.open(Path.of("/proc/self/pagemap"), Native.O_RDONLY);
            PageWatch watch = new PageWatch(userfault, pagemap, requests, regionCount, cohorts);
            watch.agree();
            watch.tryOut();
            return watch;
        } catch (VolumeException refused) {
            closeIfOpen(userfault);
            closeIfOpen(pagemap);
            throw new VolumeException(Errno.EOPNOTSUPP,
                    "this kernel does not say which pages were stored to (" + refused.getMessage() + ")");
        }
    }

    private static void closeIfOpen(int descriptor) {
        if (descriptor >= 0) {
            Native.close(descriptor);
        }
    }

    void close() {
        Native.close(userfault);
        Native.close(pagemap);
    }

    private void agree() {
        request("asynchronous write protection, of Linux 6.7", UFFDIO_API, API_VERSION, WP_ASYNC | WP_UNPOPULATED, 0,
                0);
    }

    /// Trusts no version number: a page that is stored to must be told, once, and no other.
    private void tryOut() {
        int descriptor = Native.memfd("stele-watch", 0);
        long address = 0;
        try {
            Native.truncate(descriptor, 3 * Medium.PAGE_BYTES);
            address = Native.map(0, 3 * Medium.PAGE_BYTES, Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED,
                    descriptor, 0);
            MemorySegment pages = MemorySegment.ofAddress(address).reinterpret(3 * Medium.PAGE_BYTES);
            watch(address, pages.byteSize());
            expect(pages, -1);
            for (int page : new int[] {1, 1, 2}) {
                pages.set(JAVA_LONG, (long) page * Medium.PAGE_BYTES, page);
                expect(pages, page);
                expect(pages, -1);
            }
        } finally {
            if (address != 0) {
                Native.unmap(address, 3 * Medium.PAGE_BYTES);
            }
            Native.close(descriptor);
        }
    }

    /// @param page the only one stored to, -1 for none
    private void expect(MemorySegment pages, int page) {
        long[] seen = {-1, 0};
        collect(pages.address(), pages.byteSize(), (address, byteCount) -> {
            seen[0] = (address - pages.address()) / Medium.PAGE_BYTES;
            seen[1] += byteCount / Medium.PAGE_BYTES;
        });
        if (seen[0] != page || seen[1] != (page < 0 ? 0 : 1)) {
            throw new VolumeException(Errno.EIO, "it told " + seen[1] + " pages where "
                    + (page < 0 ? "none" : "one") + " had been stored to");
        }
    }

    /// See [Mmu#watch]. Pages of 4 KiB from here on, also where the file has larger ones: of a huge page a single store
    /// would make all 512 pages dirty, and on a DAX file system a huge page may become writable again untold.
    void watch(long address, long byteCount) {
        Mapping.advise(address, byteCount, Native.MADV_NOHUGEPAGE);
        protect(address, byteCount);
    }

    /// The same for a file on a DAX file system. Where a protected page is not present, its entry of the page table
    /// says only that it is protected; the kernel's DAX takes that for the page, and a thread that touches it waits in
    /// the kernel for ever, and with it the JVM (seen with Linux 6.12). So every page is put in place before it is
    /// protected: those that are there are dropped first, for a huge page would be dropped by protecting it.
    ///
    /// The pages have not been watched before: dropping them would leave such entries.
    ///
    /// @throws VolumeException where the file system cannot put a page in place
    void watchPresent(long address, long byteCount) {
        Mapping.advise(address, byteCount, Native.MADV_NOHUGEPAGE);
        Native.advise(address, byteCount, Native.MADV_DONTNEED);
        Native.advise(address, byteCount, Native.MADV_POPULATE_WRITE);
        protect(address, byteCount);
    }

    private void protect(long address, long byteCount) {
        request("watching pages", UFFDIO_REGISTER, address, byteCount, REGISTER_MODE_WP, 0);
        request("protecting pages", UFFDIO_WRITEPROTECT, address, byteCount, WRITEPROTECT_MODE_WP, 0);
    }

    private void request(String what, long request, long first, long second, long third, long fourth) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argument = arena.allocate(4 * Long.BYTES, Long.BYTES);
            long result;
            do {
                argument.setAtIndex(JAVA_LONG, 0, first);
                argument.setAtIndex(JAVA_LONG, 1, second);
                argument.setAtIndex(JAVA_LONG, 2, third);
                argument.setAtIndex(JAVA_LONG, 3, fourth);
                result = requests.make(userfault, request, argument.address());
            } while (result == -EINTR || result == -EAGAIN);
            if (result < 0) {
                throw new NativeException(what, (int) -result);
            }
        }
    }

    /// See [Mmu#collect].
    void collect(long address, long byteCount, Mmu.AddressVisitor visitor) {
        PageScan idle = idleScans.poll();
        PageScan scan = idle == null ? new PageScan(requests, pagemap, regionCount, cohorts) : idle;
        try {
            scan.collect(address, byteCount, visitor);
        } finally {
            idleScans.add(scan);
        }
    }
}
