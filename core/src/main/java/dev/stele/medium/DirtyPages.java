package dev.stele.medium;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Which pages were stored to: a bitmap that many threads set without a lock. A page marked already costs two loads.
/// Parts of it come into being when first needed, so that a volume of terabytes costs little.
final class DirtyPages implements StoreGuard {
    private static final VarHandle WORD =
            MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();
    private static final int PAGE_SHIFT = 12;
    /// Pages of a part: 16 MiB of the medium.
    private static final int PART_SHIFT = 12;
    private static final int PART_WORDS = 1 << (PART_SHIFT - 6);

    private volatile AtomicReferenceArray<long[]> parts;
    /// changes while nobody marks
    private long pageCount;
    private final AtomicLong count = new AtomicLong();
    /// a page that is never dirty, -1 for none
    private final long exempt;

    DirtyPages(long sizeBytes, long exemptPage) {
        this.pageCount = sizeBytes >> PAGE_SHIFT;
        this.parts = new AtomicReferenceArray<>(partCount());
        this.exempt = exemptPage;
    }

    private int partCount() {
        return Math.toIntExact((pageCount + (1 << PART_SHIFT) - 1) >> PART_SHIFT);
    }

    /// Keeps the marks. Nobody marks meanwhile.
    void grow(long newSizeBytes) {
        pageCount = newSizeBytes >> PAGE_SHIFT;
        AtomicReferenceArray<long[]> larger = new AtomicReferenceArray<>(partCount());
        for (int index = 0; index < parts.length(); index++) {
            larger.set(index, parts.get(index));
        }
        parts = larger;
    }

    @Override
    public void beforeStore(long at, long byteCount) {
        long last = (at + byteCount - 1) >> PAGE_SHIFT;
        for (long page = at >> PAGE_SHIFT; page <= last; page++) {
            mark(page);
        }
    }

    void mark(long page) {
        AtomicReferenceArray<long[]> all = parts;
        int index = (int) (page >> PART_SHIFT);
        // an offset outside the medium is refused by the access itself
        if (page == exempt || page < 0 || page >= pageCount) {
            return;
        }
        long[] part = all.get(index);
        if (part == null) {
            part = create(all, index);
        }
        int word = (int) (page >> 6) & (PART_WORDS - 1);
        long bit = 1L << page;
        if ((part[word] & bit) == 0 && ((long) WORD.getAndBitwiseOr(part, word, bit) & bit) == 0) {
            count.incrementAndGet();
        }
    }

    private static long[] create(AtomicReferenceArray<long[]> all, int index) {
        long[] fresh = new long[PART_WORDS];
        return all.compareAndSet(index, null, fresh) ? fresh : all.get(index);
    }

    void markAll(long[] pages) {
        for (long page : pages) {
            mark(page);
        }
    }

    long count() {
        return count.get();
    }

    boolean contains(long page) {
        long[] part = parts.get((int) (page >> PART_SHIFT));
        return part != null && ((long) WORD.getVolatile(part, (int) (page >> 6) & (PART_WORDS - 1)) & 1L << page) != 0;
    }

    /// The marked pages in ascending order. Nobody marks meanwhile.
    long[] list() {
        long[] pages = new long[Math.toIntExact(count.get())];
        int found = 0;
        for (int index = 0; index < parts.length(); index++) {
            long[] part = parts.get(index);
            for (int word = 0; part != null && word < PART_WORDS; word++) {
                long base = ((long) index << PART_SHIFT) + ((long) word << 6);
                for (long bits = (long) WORD.getVolatile(part, word); bits != 0; bits &= bits - 1) {
                    pages[found++] = base + Long.numberOfTrailingZeros(bits);
                }
            }
        }
        assert found == pages.length : found + " of " + pages.length;
        return pages;
    }

    /// Forgets all marks. Nobody marks meanwhile.
    void clear() {
        for (int index = 0; index < parts.length(); index++) {
            long[] part = parts.get(index);
            for (int word = 0; part != null && word < PART_WORDS; word++) {
                WORD.setVolatile(part, word, 0L);
            }
        }
        count.set(0);
    }
}
