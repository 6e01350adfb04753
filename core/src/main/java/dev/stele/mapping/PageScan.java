package dev.stele.mapping;

import dev.stele.cpu.NativeException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;

/// Finds the pages that were stored to and protects them again: PAGEMAP_SCAN, in one step, or in two where other
/// threads scan, too ([ScanCohorts]). Used by one thread at a time.
///
/// The first of two steps looks, and forgets nothing; the second is what the one step is, but only where the
/// first has seen something. What is told is what the second protects, page by page in one step with finding it:
/// pages stored to between the two are told if they are in its range, and else stay unprotected for the next scan.
final class PageScan {
    /// Memory that one page table maps.
    private static final long TABLE_BYTES = 2L << 20;
    /// With fewer page tables to protect pages in there is nothing to gain by waiting for others: waking one takes as
    /// long as interrupting it ten times.
    static final int FEW_TABLES = 16;
    /// With more pages in one step telling the processors is a small part of protecting them.
    static final int MANY_PAGES = 4096;
    /// Others wait for one look: a quarter of a millisecond.
    private static final long LOOK_BYTES = 1L << 30;
    private static final long PAGEMAP_SCAN = 0xC0606610L;
    private static final int EINTR = 4;
    private static final int DENSE = -1;

    private final PageWatch.Requests requests;
    private final int pagemap;
    private final int regionCount;
    private final ScanCohorts cohorts;
    private final ScanRequest scan;
    /// What the first step found; null where there never was one.
    private ScanRequest look;
    private long lookedCount;
    /// Regions in `scan` that the second step found.
    private long foundCount;
    /// How far it came.
    private long protectedEnd;
    /// The error number that ended it early, or 0.
    private long failure;

    PageScan(PageWatch.Requests requests, int pagemap, int regionCount, ScanCohorts cohorts) {
        this.requests = requests;
        this.pagemap = pagemap;
        this.regionCount = regionCount;
        this.cohorts = cohorts;
        this.scan = new ScanRequest(regionCount);
    }

    /// See [Mmu#collect].
    void collect(long address, long byteCount, Mmu.AddressVisitor visitor) {
        boolean hasCompany = cohorts.begin();
        try {
            long end = address + byteCount;
            long at = address;
            while (hasCompany && end - at >= FEW_TABLES * TABLE_BYTES) {
                long next = collectTogether(at, Math.min(end, at + LOOK_BYTES), visitor);
                hasCompany = next > at;
                at = next;
            }
            collectAlone(at, end, visitor);
        } finally {
            cohorts.end();
        }
    }

    private void collectAlone(long from, long end, Mmu.AddressVisitor visitor) {
        for (long at = from; at < end; ) {
            scan.range(at, end, ScanRequest.WP_MATCHING | ScanRequest.CHECK_WPASYNC);
            long found = requests.make(pagemap, PAGEMAP_SCAN, scan.address());
            if (found == -EINTR) {
                // What it had found by then is protected again, and nobody will ever know: it may have been all.
                visitor.run(at, end - at);
                return;
            }
            if (found < 0) {
                throw failed(-found);
            }
            visit(found, visitor);
            // it ends early when there is no more room for regions
            at = walkEnd(scan, at);
        }
    }

    private void visit(long count, Mmu.AddressVisitor visitor) {
        for (long i = 0; i < count; i++) {
            long start = scan.regionStart(i);
            visitor.run(start, scan.regionEnd(i) - start);
        }
    }

    private static long walkEnd(ScanRequest ended, long at) {
        long walkEnd = ended.walkEnd();
        if (walkEnd <= at) {
            throw new VolumeException(Errno.EIO, "scanning pages: the kernel stays where it is");
        }
        return walkEnd;
    }

    private static NativeException failed(long number) {
        return new NativeException("scanning pages", (int) number);
    }

    /// @return where the scan has to go on; where it began, if so many pages were stored to that it is not worth while
    private long collectTogether(long at, long end, Mmu.AddressVisitor visitor) {
        ScanCohorts.Cohort cohort = cohorts.join();
        long tableCount = DENSE;
        try {
            tableCount = look(at, end);
        } finally {
            if (tableCount < FEW_TABLES) {
                cohorts.leave(cohort);
            }
        }
        if (tableCount == DENSE) {
            return at;
        }
        if (tableCount < FEW_TABLES) {
            protectLooked();
        } else {
            cohorts.run(cohort, this::protectLooked);
        }
        if (failure != 0) {
            throw failed(failure);
        }
        visit(foundCount, visitor);
        long lookEnd = look.walkEnd();
        collectAlone(protectedEnd, lookEnd, visitor);
        return lookEnd;
    }

    /// Finds pages and leaves them as they are.
    ///
    /// @return number of page tables with pages that were stored to
    private long look(long at, long end) {
        if (look == null) {
            look = new ScanRequest(regionCount);
        }
        look.range(at, end, ScanRequest.CHECK_WPASYNC);
        look.limit(MANY_PAGES);
        lookedCount = requests.make(pagemap, PAGEMAP_SCAN, look.address());
        if (lookedCount == -EINTR) {
            return DENSE;
        }
        if (lookedCount < 0) {
            throw failed(-lookedCount);
        }
        walkEnd(look, at);
        return tableCount();
    }

    private long tableCount() {
        long byteCount = 0;
        long tables = 0;
        long behind = 0;
        for (long i = 0; i < lookedCount; i++) {
            long first = Math.max(behind, look.regionStart(i) / TABLE_BYTES);
            behind = (look.regionEnd(i) - 1) / TABLE_BYTES + 1;
            tables += behind - first;
            byteCount += look.regionEnd(i) - look.regionStart(i);
        }
        return byteCount >= MANY_PAGES * Medium.PAGE_BYTES ? DENSE : tables;
    }

    /// The second step, by any thread: nobody is told before its own thread goes on. Regions of one page table are
    /// protected together, for one interruption.
    private void protectLooked() {
        foundCount = 0;
        failure = 0;
        protectedEnd = look.walkEnd();
        for (long i = 0; i < lookedCount; ) {
            long start = look.regionStart(i);
            long end = look.regionEnd(i);
            for (i++; i < lookedCount && look.regionStart(i) / TABLE_BYTES == (end - 1) / TABLE_BYTES; i++) {
                end = look.regionEnd(i);
            }
            if (!protect(start, end)) {
                return;
            }
        }
    }

    /// @return whether to go on behind it
    private boolean protect(long start, long end) {
        if (foundCount == regionCount) {
            protectedEnd = start;
            return false;
        }
        scan.range(start, end, ScanRequest.WP_MATCHING | ScanRequest.CHECK_WPASYNC);
        scan.roomFrom(foundCount);
        long found = requests.make(pagemap, PAGEMAP_SCAN, scan.address());
        if (found == -EINTR) {
            // as if all of it had been found
            scan.setRegion(foundCount++, start, end);
        } else if (found < 0) {
            failure = -found;
            return false;
        } else {
            foundCount += found;
            if (scan.walkEnd() < end) {
                protectedEnd = Math.max(start, scan.walkEnd());
                return false;
            }
        }
        return true;
    }
}
